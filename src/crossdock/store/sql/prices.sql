-- name: stage
create temporary table price_staged (
    place bigint not null, code_key text not null, currency text not null, unit text not null, per numeric not null,
    quantity_from numeric not null, quantity_to numeric, price numeric not null, is_net boolean not null,
    tax_percent numeric, valid_from date not null, valid_to date not null
) on commit preserve rows

-- name: missing
-- How many prices of a list we know of did not come with this read.
select count(*) from price p
where p.tenant = $1 and p.system = $2 and p.price_list = $3 and not exists (
    select from price_staged s
    where s.code_key = p.code_key and s.currency = p.currency and s.unit = p.unit
      and s.quantity_from = p.quantity_from and s.valid_from = p.valid_from)

-- name: kinds
-- Whether the staged prices are net, gross, or both.
select distinct is_net from price_staged

-- name: take
-- The newest of what came over what we knew, where they differ.
with newest as (
    select distinct on (code_key, currency, unit, quantity_from, valid_from) *
    from price_staged order by code_key, currency, unit, quantity_from, valid_from, place desc
), taken as (
    insert into price as p (tenant, system, price_list, code_key, currency, unit, per, quantity_from, quantity_to, price,
                            is_net, tax_percent, valid_from, valid_to)
    select $1, $2, $3, code_key, currency, unit, per, quantity_from, quantity_to, price, is_net, tax_percent, valid_from,
           valid_to
    from newest
    on conflict (tenant, system, code_key, price_list, currency, unit, quantity_from, valid_from) do update
    set per = excluded.per, quantity_to = excluded.quantity_to, price = excluded.price, is_net = excluded.is_net,
        tax_percent = excluded.tax_percent, valid_to = excluded.valid_to, seen_at = now()
    where (p.per, p.quantity_to, p.price, p.is_net, p.tax_percent, p.valid_to)
        is distinct from (excluded.per, excluded.quantity_to, excluded.price, excluded.is_net, excluded.tax_percent, excluded.valid_to)
    returning 1
)
select count(*) from taken

-- name: forget
-- A price that a whole list no longer brought is gone; $4 are the codes of which something came that nobody could read.
with gone as (
    delete from price p
    where p.tenant = $1 and p.system = $2 and p.price_list = $3 and not p.code_key = any($4::text[]) and not exists (
        select from price_staged s
        where s.code_key = p.code_key and s.currency = p.currency and s.unit = p.unit
          and s.quantity_from = p.quantity_from and s.valid_from = p.valid_from)
    returning 1
)
select count(*) from gone

-- name: see
create temporary table price_seen (
    sku text not null, unit text not null, currency text not null, quantity numeric not null, value numeric not null,
    ref text not null
) on commit preserve rows

-- name: note_seen
-- What the storefront shows, as it was read: over whatever we remember of before the read began ($4).
insert into price_shown as s (tenant, pairing, price_list, sku, unit, currency, quantity, value, ref, noted_at)
select distinct on (sku, unit, currency, quantity) $1, $2, $3, sku, unit, currency, quantity, value, ref, $4
from price_seen order by sku, unit, currency, quantity, ref
on conflict (tenant, pairing, price_list, sku, unit, currency, quantity) do update
set value = excluded.value, ref = excluded.ref, unsure = false, noted_at = excluded.noted_at
where s.noted_at <= excluded.noted_at and (s.value <> excluded.value or s.ref <> excluded.ref or s.unsure)

-- name: forget_unseen
delete from price_shown s
where s.tenant = $1 and s.pairing = $2 and s.price_list = $3 and s.noted_at <= $4 and not exists (
    select from price_seen g
    where g.sku = s.sku and g.unit = s.unit and g.currency = s.currency and g.quantity = s.quantity)

-- name: want
create temporary table price_wanted (
    price_list text not null, sku text not null, unit text not null, currency text not null, quantity numeric not null,
    value numeric not null, primary key (price_list, sku, unit, currency, quantity)
) on commit preserve rows

-- name: reckon
-- What the storefront's lists should hold. $1 tenant, $2 erp, $3/$4/$5 ERP lists, the storefront's lists they are shown
-- in, and whether those are net; $6/$7/$8 list and currency pairs that the storefront takes, with their decimals;
-- $9 rounding, $10 today. The arithmetic is that of decide/price_lists.py; a property test holds them together.
with feed as (
    select * from unnest($3::text[], $4::text[], $5::boolean[]) as f(price_list, shown_list, is_net)
), allowed as (
    select * from unnest($6::text[], $7::text[], $8::integer[]) as a(shown_list, currency, decimals)
), valid as (
    select distinct on (f.shown_list, p.code_key, p.currency, p.unit, p.quantity_from)
           f.shown_list, p.code_key, p.currency, p.unit, p.per, p.quantity_from, p.price, a.decimals
    from price p join feed f on f.price_list = p.price_list and f.is_net = p.is_net
    join allowed a on a.shown_list = f.shown_list and a.currency = p.currency
    where p.tenant = $1 and p.system = $2 and $10::date between p.valid_from and p.valid_to
    order by f.shown_list, p.code_key, p.currency, p.unit, p.quantity_from, p.valid_from desc
), candidate as (
    select v.*, o.sku, o.unit as sold_by, o.units_over, o.units_under, v.unit = o.unit as own,
           bool_or(v.unit = o.unit) over (partition by v.shown_list, o.sku, o.unit, v.currency) as has_own
    from valid v join offered o on o.code_key = v.code_key and o.problem = ''
    where v.unit in ('', o.unit) or v.per = 1
), reckoned as (
    -- A price set for the very unit outranks those reckoned from the stock unit's.
    select shown_list, sku, sold_by, currency, quantity_from, unit, decimals, price * units_over / (units_under * per) as exact,
           case when quantity_from <= 1 then 1
                when units_over = units_under then quantity_from
                else greatest(1, ceil(quantity_from * units_under / units_over)) end as quantity
    from candidate where own = has_own
)
insert into price_wanted (price_list, sku, unit, currency, quantity, value)
select distinct on (shown_list, sku, sold_by, currency, quantity) shown_list, sku, sold_by, currency, quantity,
       case when $9::text = 'down' then trunc(exact, decimals)
            when $9::text = 'half-even' and mod(exact * 10::numeric ^ decimals, 1) = 0.5 then 2 * round(exact / 2, decimals)
            else round(exact, decimals) end
from reckoned
order by shown_list, sku, sold_by, currency, quantity, quantity_from desc, unit

-- name: differ
create temporary table price_different (
    n bigint generated always as identity primary key, removes boolean not null, price_list text not null,
    sku text not null, unit text not null, currency text not null, quantity numeric not null, value numeric not null,
    ref text not null
) on commit preserve rows

-- name: compare
-- What should be shown and is not, then what is shown and should not be. A price of nought is wanted and never written,
-- so what is shown stays. $1 tenant, $2 pairing, $3 lists compared now, $4 those that are fed at all: what is ours in
-- any other list goes; $5/$6 list and code of which something could not be read, '' for any code of the list; $7 is a
-- price removed whose item the ERP does not hold.
with doubtful as (
    select * from unnest($5::text[], $6::text[]) as d(price_list, code_key)
), shown as (
    select * from price_shown where tenant = $1 and pairing = $2
), changed as (
    select false as removes, w.price_list, w.sku, w.unit, w.currency, w.quantity, w.value, coalesce(s.ref, '') as ref
    from price_wanted w left join shown s using (price_list, sku, unit, currency, quantity)
    where w.value > 0 and (s.value is distinct from w.value or s.unsure)
), gone as (
    select true, s.price_list, s.sku, s.unit, s.currency, s.quantity, s.value, s.ref
    from shown s
    left join price_wanted w using (price_list, sku, unit, currency, quantity)
    left join offered o on o.sku = s.sku and o.unit = s.unit
    where w.price_list is null and (
        (s.ours and not s.price_list = any($4::text[]))
        or (s.price_list = any($3::text[]) and (s.ours or $7 or coalesce(o.held, false))
            and not exists (select from doubtful d
                            where d.price_list = s.price_list and d.code_key in ('', coalesce(o.code_key, '')))))
), every as (
    select * from changed union all select * from gone
)
insert into price_different (removes, price_list, sku, unit, currency, quantity, value, ref)
select * from every order by 1, 2, 3, 4, 5, 6

-- name: differences
select n, price_list, sku, unit, currency, quantity, value, ref from price_different
where removes = $1 and n > $2 order by n limit $3

-- name: drift
-- What differs, with what the storefront shows instead, and whether that is other than reconciliation run $5 believed
-- before it looked. Of a list that was never looked at before nothing was believed.
with believed as (
    select key, value from reconciliation_ours where run_id = $5
), known as (
    select distinct split_part(key, e'\t', 1) as price_list from believed
)
select d.n, d.removes, d.price_list, d.sku, d.unit, d.currency, d.quantity, d.value, d.ref, s.value as shown,
       k.price_list is not null and b.value is distinct from s.value::text and b.value is distinct from 'unsure' as moved
from price_different d
left join known k on k.price_list = d.price_list
left join believed b on b.key = concat_ws(e'\t', d.price_list, d.sku, d.unit, d.currency, trim_scale(d.quantity))
left join price_shown s on s.tenant = $1 and s.pairing = $2 and s.price_list = d.price_list and s.sku = d.sku
    and s.unit = d.unit and s.currency = d.currency and s.quantity = d.quantity
where d.n > $3 order by d.n limit $4

-- name: believed
-- For a reconciliation run: what each list shows, as far as we know before we look.
insert into reconciliation_ours (run_id, key, value, detail)
select $1, concat_ws(e'\t', price_list, sku, unit, currency, trim_scale(quantity)),
       case when unsure then 'unsure' else value::text end, ''
from price_shown where tenant = $2 and pairing = $3

-- name: counts
select (select count(*) from price_wanted where value > 0) as wanted,
       count(*) filter (where not removes) as writes, count(*) filter (where removes) as removals
from price_different

-- name: zero
-- Items priced at nought, or at less than the storefront can show.
select price_list, sku, min(unit) as unit from price_wanted where value = 0 group by 1, 2 order by 1, 2

-- name: unconfirmed
-- Units of priced items that nobody has confirmed.
select distinct o.sku, o.unit, o.problem, o.declared_over, o.declared_under, o.listed from offered o
where o.problem in ('unmapped', 'conflict') and exists (
    select from price p
    where p.tenant = $1 and p.system = $2 and p.code_key = o.code_key and p.price_list = any($3::text[]))
order by 1, 2

-- name: foreign_currencies
-- List and currency pairs of what would be shown, that the storefront's list does not take.
select distinct f.shown_list, p.currency
from price p
join unnest($3::text[], $4::text[]) as f(price_list, shown_list) on f.price_list = p.price_list
where p.tenant = $1 and p.system = $2 and not exists (
    select from unnest($5::text[], $6::text[]) as a(shown_list, currency)
    where a.shown_list = f.shown_list and a.currency = p.currency)
order by 1, 2

-- name: writing
-- Until the storefront's word is in, what it shows is unsure; a price that is made may be there by then.
insert into price_shown (tenant, pairing, price_list, sku, unit, currency, quantity, value, ref, ours, unsure, noted_at)
select $1, $2, g.*, true, true, $10
from unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::numeric[], $8::numeric[], $9::text[])
    as g(price_list, sku, unit, currency, quantity, value, ref)
on conflict (tenant, pairing, price_list, sku, unit, currency, quantity) do update
set unsure = true, ours = true, noted_at = excluded.noted_at

-- name: written
update price_shown s set value = g.value, ref = g.ref, unsure = false
from unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::numeric[], $8::numeric[], $9::text[])
    as g(price_list, sku, unit, currency, quantity, value, ref)
where s.tenant = $1 and s.pairing = $2 and s.price_list = g.price_list and s.sku = g.sku and s.unit = g.unit
  and s.currency = g.currency and s.quantity = g.quantity

-- name: refused
-- What stood there stands there still; what was to be made was not.
with mine as (
    select * from unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::numeric[], $8::numeric[], $9::text[])
        as g(price_list, sku, unit, currency, quantity, value, ref)
), never as (
    delete from price_shown s using mine g
    where g.ref = '' and s.tenant = $1 and s.pairing = $2 and s.price_list = g.price_list and s.sku = g.sku
      and s.unit = g.unit and s.currency = g.currency and s.quantity = g.quantity and s.ref = ''
)
update price_shown s set unsure = false from mine g
where g.ref <> '' and s.tenant = $1 and s.pairing = $2 and s.price_list = g.price_list and s.sku = g.sku
  and s.unit = g.unit and s.currency = g.currency and s.quantity = g.quantity

-- name: removed
delete from price_shown s
using unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::numeric[], $8::numeric[], $9::text[])
    as g(price_list, sku, unit, currency, quantity, value, ref)
where s.tenant = $1 and s.pairing = $2 and s.price_list = g.price_list and s.sku = g.sku and s.unit = g.unit
  and s.currency = g.currency and s.quantity = g.quantity

-- name: removing
update price_shown s set unsure = true, noted_at = $10
from unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::numeric[], $8::numeric[], $9::text[])
    as g(price_list, sku, unit, currency, quantity, value, ref)
where s.tenant = $1 and s.pairing = $2 and s.price_list = g.price_list and s.sku = g.sku and s.unit = g.unit
  and s.currency = g.currency and s.quantity = g.quantity

-- name: lists_shown
select distinct price_list from price_shown where tenant = $1 and pairing = $2 order by 1

-- name: forget_lists
delete from price_shown where tenant = $1 and pairing = $2 and price_list = any($3::text[])

-- name: strangers
-- Of lists that nothing is fed into, only what we put there is remembered.
delete from price_shown where tenant = $1 and pairing = $2 and not ours and not price_list = any($3::text[])
