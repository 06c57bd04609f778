-- name: stage
create temporary table offer_staged (
    ref text not null, sku text not null, on_sale boolean not null, tax_code text not null
) on commit preserve rows

-- name: priced
create temporary table offer_priced (sku text primary key) on commit preserve rows

-- name: judged
create temporary table offer_judged (
    n bigint generated always as identity primary key, sku text not null, ref text not null, on_sale boolean not null,
    state text not null, missing text[] not null, owed text[] not null, switch boolean
) on commit preserve rows

-- name: index
create index if not exists offer_staged_sku on offer_staged (sku)

-- name: index_keys
create index if not exists offer_staged_key on offer_staged (lower(sku))

-- name: analyze
analyze offer_staged

-- name: clear_priced
truncate offer_priced

-- name: find_priced
-- SKUs the storefront shows a price of.
insert into offer_priced select distinct sku from price_shown where tenant = $1 and pairing = $2 and value > 0

-- name: unknown
-- Stock codes of what is on sale and the ERP, as far as we know, does not hold.
select distinct o.code from offered o
where not o.held and o.code is not null and exists (select from offer_staged s where s.sku = o.sku and s.on_sale)

-- name: products
-- Staged products by SKU, each unit with what the ERP holds for it. Whose units were never read is left out.
-- $1 tenant, $2 pairing, $3 erp, $4 last SKU, $5 limit.
with page as (
    select distinct on (s.sku) s.* from offer_staged s
    where s.sku > $4 and exists (select from offered o where o.sku = s.sku)
    order by s.sku, s.ref limit $5
)
select p.ref, p.sku, p.on_sale, p.tax_code, coalesce(i.state = 'hidden', false) as hidden, pr.sku is not null as priced,
       u.units::text as units
from page p
left join item_offer i on i.tenant = $1 and i.pairing = $2 and i.sku = p.sku
left join offer_priced pr on pr.sku = p.sku
cross join lateral (
    select jsonb_agg(jsonb_build_object(
        'unit', o.unit, 'problem', o.problem, 'item', si.document, 'over', o.declared_over::text,
        'under', o.declared_under::text, 'listed', o.listed::text) order by o.unit) as units
    from offered o
    left join stock_item si on si.tenant = $1 and si.system = $3 and si.code_key = o.code_key
    where o.sku = p.sku
) u
order by p.sku

-- name: unlisted
-- ERP items that are counted, or made up of others, and that no product is; units with a code of their own belong to
-- their base. $1 tenant, $2 erp, $3 last code, $4 limit, $5 published price lists.
select si.code_key, si.document::text as item, exists (
           select from price p
           where p.tenant = $1 and p.system = $2 and p.code_key = si.code_key and p.price_list = any($5::text[])
             and p.price > 0) as priced
from stock_item si
where si.tenant = $1 and si.system = $2 and si.code_key > $3
  and ((si.document -> 'stock_controlled')::boolean or si.document -> 'components' <> '[]')
  and not exists (select from offered o where o.code_key = si.code_key)
  and not exists (select from offer_staged s where lower(s.sku) = si.code_key)
  and not exists (
      select from item_unit u
      where u.tenant = $1 and u.system = $2 and u.code_key = si.code_key and u.sku_key = si.code_key
        and u.base_key <> si.code_key)
order by si.code_key limit $4

-- name: hides
select count(*) from offer_judged where switch = false

-- name: withhold
update offer_judged set switch = null, state = 'lacking' where switch = false

-- name: keep
insert into item_offer as i (tenant, pairing, sku, ref, on_sale, state, missing, owed)
select distinct on (sku) $1, $2, sku, ref, on_sale, state, missing, owed from offer_judged order by sku, n
on conflict (tenant, pairing, sku) do update
set ref = excluded.ref, on_sale = excluded.on_sale, state = excluded.state, missing = excluded.missing,
    owed = excluded.owed, changed_at = now()
where (i.ref, i.on_sale, i.state, i.missing, i.owed)
    is distinct from (excluded.ref, excluded.on_sale, excluded.state, excluded.missing, excluded.owed)

-- name: switches
-- What goes off sale before what goes on.
select n, ref, sku, switch as on_sale from offer_judged where switch = $1 and n > $2 order by n limit $3

-- name: switching
-- Before it is asked for: whoever dies or loses the answer has said so.
insert into audit_entry (tenant, actor, action, subject, subject_id, detail)
select $1, 'crossdock', case when g.on_sale then 'put_on_sale' else 'take_off_sale' end, 'offer', i.id,
       jsonb_build_object('sku', i.sku, 'missing', i.missing)
from unnest($3::text[], $4::boolean[]) as g(sku, on_sale)
join item_offer i on i.tenant = $1 and i.pairing = $2 and i.sku = g.sku

-- name: switched
update item_offer i
set on_sale = g.on_sale, state = case when g.on_sale then 'on-sale' else i.state end, changed_at = now()
from unnest($3::text[], $4::boolean[]) as g(sku, on_sale)
where i.tenant = $1 and i.pairing = $2 and i.sku = g.sku

-- name: forget_prices
-- The storefront has no product of that name, so it shows no price of it, whatever it showed of an earlier one.
delete from price_shown where tenant = $1 and pairing = $2 and sku = any($3::text[])

-- name: making
insert into audit_entry (tenant, actor, action, subject, subject_id, detail)
select $1, 'crossdock', 'make_product', 'offer', id, jsonb_build_object('sku', sku)
from item_offer where tenant = $1 and pairing = $2 and sku = any($3::text[])

-- name: refused
-- $5: it should have gone off sale, so it is on sale still.
with told as (
    update item_offer i
    set missing = array_append(i.missing, g.problem), owed = array_append(i.owed, g.problem),
        state = case when $5 then 'lacking' else i.state end, changed_at = now()
    from unnest($3::text[], $4::text[]) as g(sku, problem)
    where i.tenant = $1 and i.pairing = $2 and i.sku = g.sku
    returning i.id, i.sku, g.problem
)
insert into audit_entry (tenant, actor, action, subject, subject_id, detail)
select $1, 'crossdock', 'refuse_offer', 'offer', id, jsonb_build_object('sku', sku, 'problem', problem) from told

-- name: trim
-- What was accepted and is not missing any more is told again when it is missing next.
update item_offer i
set accepted = array(select one from unnest(i.accepted) one where one = any(i.missing))
where i.tenant = $1 and i.pairing = $2 and not i.accepted <@ i.missing

-- name: telling
with due as (
    select id, sku, told, array(
               select one from unnest(owed) with ordinality as o(one, place) where not one = any(accepted)
               order by place) as causes
    from item_offer where tenant = $1 and pairing = $2 and (owed <> '{}' or told <> '{}')
)
select id, sku, causes from due where causes <> told order by id limit $3

-- name: told
update item_offer set told = $2::text[] where id = $1

-- name: gone
select i.id from item_offer i
where i.tenant = $1 and i.pairing = $2
  and not exists (select from offer_judged j where j.sku = i.sku)
  and not exists (select from offer_staged s where s.sku = i.sku)
order by i.id limit $3

-- name: forget
delete from item_offer where id = any($1::bigint[])

-- name: accept
update item_offer set accepted = array_append(array_remove(accepted, $2::text), $2)
where tenant = $3 and id = any($1::bigint[])

-- name: counts
select state, count(*) as offers from item_offer where tenant = $1 and pairing = $2 group by 1 order by 1

-- name: list
-- By SKU, each with the cases it stands in. $3 state, $4 one SKU, $5 behind this SKU, $6 limit.
select i.id, i.sku, i.ref, i.on_sale, i.state, i.missing, i.accepted, i.changed_at,
       array(select h.case_id from case_hold h join desk_case d on d.id = h.case_id
             where h.record = 'offer' and h.record_id = i.id and d.tenant = i.tenant and d.state = 'open'
             order by 1) as cases
from item_offer i
where i.tenant = $1 and i.pairing = $2 and ($3::text is null or i.state = $3) and ($4::text is null or i.sku = $4)
  and i.sku > $5
order by i.sku limit $6
