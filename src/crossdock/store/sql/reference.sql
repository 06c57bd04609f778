-- name: store_items
insert into stock_item (tenant, system, code_key, code, item_id, document)
select distinct on (lower(code)) $1, $2, lower(code), code, item_id, document
from unnest($3::text[], $4::text[], $5::jsonb[]) as g(code, item_id, document)
on conflict (tenant, system, code_key) do update
set code = excluded.code, item_id = excluded.item_id, document = excluded.document, seen_at = now()

-- name: forget_parts
delete from stock_part where tenant = $1 and system = $2 and pack_key = any($3::text[])

-- name: store_parts
-- Several pairings may read the items of one ERP at once.
insert into stock_part (tenant, system, pack_key, part_key, quantity)
select $1, $2, pack_key, part_key, sum(quantity)
from unnest($3::text[], $4::text[], $5::numeric[]) as g(pack_key, part_key, quantity)
group by pack_key, part_key
order by pack_key, part_key
on conflict (tenant, system, pack_key, part_key) do update set quantity = excluded.quantity

-- name: forget_units
delete from item_unit where tenant = $1 and system = $2 and code_key = any($3::text[])

-- name: store_units
-- A unit that is listed twice, and not alike, is not confirmed.
insert into item_unit (tenant, system, code_key, unit, sku_key, base_key, base_quantity, confirmed)
select $1, $2, code_key, unit, min(sku_key), min(base_key), min(base_quantity),
       bool_and(confirmed) and count(distinct (sku_key, base_key, base_quantity)) = 1
from unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::numeric[], $8::boolean[])
    as g(code_key, unit, sku_key, base_key, base_quantity, confirmed)
group by code_key, unit
on conflict (tenant, system, code_key, unit) do update
set sku_key = excluded.sku_key, base_key = excluded.base_key, base_quantity = excluded.base_quantity,
    confirmed = excluded.confirmed

-- name: forget_shares
delete from stock_share where tenant = $1 and pairing = any($2::text[])

-- name: share_out
-- One share for each place that sells from a stock: every unit of the item itself, and every unit of each pack with it,
-- in every storefront that sells the stock of this ERP.
with sellers as (
    select pairing, storefront, (rules::jsonb -> 'coded')::boolean as coded, rules::jsonb -> 'codes' as codes
    from unnest($2::text[], $3::text[], $4::text[]) as s(pairing, storefront, rules)
), sold as (
    select lower(coalesce(m.value ->> 'code',
                          case when s.coded then replace(s.codes ->> t.unit, '{sku}', t.sku) else t.sku end)) as code_key
    from sellers s
    join stock_target t on t.tenant = $1 and t.system = s.storefront
    left join code_map m on m.tenant = $1 and m.pairing = s.pairing and m.kind = 'sku' and m.until is null
        and m.key = case when s.coded then t.sku || '/' || t.unit else t.sku end
), taken as (
    select code_key from sold where code_key is not null
    union all
    select p.part_key from sold join stock_part p on p.tenant = $1 and p.system = $5 and p.pack_key = sold.code_key
)
insert into stock_share (tenant, pairing, code_key, shares)
select $1, s.pairing, t.code_key, t.shares
from (select code_key, count(*) as shares from taken group by code_key having count(*) > 1) t cross join sellers s

-- name: store_accounts
-- A code belongs to one account at a time: whoever else was known by it is known by it no longer.
with given as (
    select distinct on (account_id) account_id, code, document
    from unnest($3::text[], $4::text[], $5::jsonb[]) as g(account_id, code, document)
), lost as (
    update account a set code_lost = true
    from given g
    where a.tenant = $1 and a.system = $2 and a.code_key = lower(g.code) and a.document ->> 'code' = g.code
      and not a.code_lost and a.as_of <= $6 and a.account_id not in (select account_id from given)
)
insert into account (tenant, system, account_id, code_key, document, as_of)
select $1, $2, account_id, lower(code), document, $6 from given
on conflict (tenant, system, account_id) do update
set code_key = excluded.code_key, document = excluded.document, seen_at = now(), as_of = excluded.as_of, code_lost = false,
    changed_at = case when (account.document - array['balance', 'credit_limit', 'on_stop', 'po_required', 'price_lists'])
                           is distinct from
                           (excluded.document - array['balance', 'credit_limit', 'on_stop', 'po_required', 'price_lists'])
                      then now() else account.changed_at end
where account.as_of <= excluded.as_of

-- name: lose_code
-- The ERP holds no account under this code.
update account set code_lost = true
where tenant = $1 and system = $2 and code_key = lower($3) and not code_lost and as_of <= $4

-- name: store_targets
insert into stock_target (tenant, system, ref, sku, sku_key, unit, units_over, units_under, seen_at)
select distinct on (ref) $1, $2, ref, sku, lower(sku), unit, units_over, units_under, $8::timestamptz
from unnest($3::text[], $4::text[], $5::text[], $6::numeric[], $7::numeric[]) as g(ref, sku, unit, units_over, units_under)
on conflict (tenant, system, ref) do update
set sku = excluded.sku, sku_key = excluded.sku_key, unit = excluded.unit, units_over = excluded.units_over,
    units_under = excluded.units_under, seen_at = excluded.seen_at

-- name: note_shown
update stock_published p set unsure = true
from unnest($3::text[], $4::numeric[]) as g(ref, shown)
where p.tenant = $1 and p.pairing = $2 and p.ref = g.ref and p.quantity <> g.shown and p.published_at < $5 and not p.unsure
returning 1

-- name: current_maps
select kind, key, value::text as value, actor from code_map where tenant = $1 and pairing = $2 and until is null

-- name: forget_targets
delete from stock_target where tenant = $1 and system = $2 and seen_at < $3

-- name: link_account
-- What a person linked, no machine links anew. The company is looked at again: the storefront may have to be told.
with made as (
    insert into account_link (tenant, pairing, company_ref, account_id, actor, hint)
    values ($1, $2, $3, $4, $5,
            coalesce((select document ->> 'account_code' from company where tenant = $1 and pairing = $2 and ref = $3),
                     case when $5 = 'crossdock' then $6::text else '' end))
    on conflict (tenant, pairing, company_ref) do update
    set account_id = excluded.account_id, actor = excluded.actor, since = now(), hint = excluded.hint, wanted_code = '',
        told_code = '', told_problem = '', told_attempts = 0
    where excluded.actor <> 'crossdock'
    returning company_ref
)
update company set matched_at = null where tenant = $1 and pairing = $2 and ref in (select company_ref from made)

-- name: account_by_code
select document::text as document from account where tenant = $1 and system = $2 and code_key = lower($3)

-- name: company_classes
select code_key, coalesce(document ->> 'company_class', '') as company_class from account
where tenant = $1 and system = $2 and code_key = any($3::text[])

-- name: end_map
update code_map set until = now() where tenant = $1 and pairing = $2 and kind = $3 and key = $4 and until is null

-- name: add_map
insert into code_map (tenant, pairing, kind, key, value, actor, reason) values ($1, $2, $3, $4, $5::jsonb, $6, $7) returning id

-- name: maps
select kind, key, value::text as value from code_map
where tenant = $1 and pairing = $2 and kind <> 'sku' and until is null

-- name: watermark
select at from watermark where tenant = $1 and pairing = $2 and feed = $3

-- name: move_watermark
insert into watermark (tenant, pairing, feed, at) values ($1, $2, $3, $4)
on conflict (tenant, pairing, feed) do update set at = greatest(watermark.at, excluded.at), moved_at = now()

-- name: audit
insert into audit_entry (tenant, actor, action, subject, subject_id, detail) values ($1, $2, $3, $4, $5, $6::jsonb)

-- name: forget_items
delete from stock_item where tenant = $1 and system = $2 and code_key = any($3::text[])

-- name: sku_suggestions
select code from stock_item where tenant = $1 and system = $2 order by code_key limit 100000
