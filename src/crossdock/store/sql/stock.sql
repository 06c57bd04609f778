-- name: stage
create temporary table stock_staged (
    code_key text not null, site text not null, basis text not null, quantity numeric not null, unlimited boolean not null,
    as_of timestamptz not null
) on commit preserve rows

-- name: merge
-- Newer over older only. $3 is the pairing whose last whole read confirmed every figure we hold, so that a row that said
-- the same need not be written again to be known as that fresh.
with confirmed as (
    select coalesce(max(at), '-infinity') as at from watermark where tenant = $1 and pairing = $3 and feed = 'stock'
), newest as (
    select distinct on (code_key, site, basis) * from stock_staged order by code_key, site, basis, as_of desc
), taken as (
    insert into stock_position as p (tenant, system, code_key, site, basis, quantity, unlimited, as_of)
    select $1, $2, code_key, site, basis, quantity, unlimited, as_of from newest
    on conflict (tenant, system, code_key, site, basis) do update
    set quantity = excluded.quantity, unlimited = excluded.unlimited, as_of = excluded.as_of
    where p.as_of < excluded.as_of and excluded.as_of >= (select at from confirmed)
      and (p.quantity <> excluded.quantity or p.unlimited <> excluded.unlimited)
    returning 1
)
select count(*) from taken

-- name: forget
delete from stock_position where tenant = $1 and system = $2 and code_key = any($3::text[])

-- name: changes
-- What should be shown and is not. $1 tenant, $2 pairing, $3 erp, $4 storefront, $5 basis, $6 default buffer,
-- $7/$8 buffers by SKU, $9 shown for unlimited, $10 is the read too old to raise anything, $11 site ('' for all),
-- $12 when the figures' read began, $13 does the storefront's word on units outrank a unit mapped for all items.
-- The arithmetic is that of decide/stock.py; a property test holds them together. Division comes last and is rounded to
-- nine places, so that thirds and sevenths that add up to a whole are a whole.
with mapped as materialized (
    select key, split_part(value ->> 'units', '/', 1)::numeric as units_over,
           coalesce(nullif(split_part(value ->> 'units', '/', 2), ''), '1')::numeric as units_under
    from code_map where tenant = $1 and pairing = $2 and kind = 'unit' and until is null
), in_flight as (
    select lower(coalesce(m.value ->> 'code', l.sku)) as code_key,
           sum(l.quantity * case
               when own.key is not null then own.units_over / own.units_under
               when u.units_over is not null and ($13 or every.key is null) then u.units_over / u.units_under
               when every.key is not null then every.units_over / every.units_under
               else 1 end) as units
    from sales_order o
    join sales_order_line l on l.order_id = o.id
    left join code_map m on m.tenant = o.tenant and m.pairing = o.pairing and m.kind = 'sku' and m.key = l.sku and m.until is null
    left join mapped own on own.key = l.sku || '/' || l.unit
    left join mapped every on every.key = l.unit
    left join lateral (
        select t.units_over, t.units_under from stock_target t
        where t.tenant = $1 and t.system = $4 and t.sku_key = lower(l.sku) and t.unit = l.unit limit 1
    ) u on true
    where o.tenant = $1 and o.pairing = $2
      and (o.state in ('unreadable', 'captured', 'waiting', 'posting') or o.posted_at >= $12::timestamptz)
    group by 1
), buffers as (
    select distinct on (lower(sku)) lower(sku) as sku_key, buffer
    from unnest($7::text[], $8::numeric[]) with ordinality as b(sku, buffer, place) order by lower(sku), place
), figures as (
    select code_key, sum(quantity) as quantity, bool_or(unlimited) as unlimited
    from stock_position
    where tenant = $1 and system = $3 and basis = $5 and ($11 = '' or lower(site) = lower($11))
    group by code_key
), wanted as (
    select t.ref, t.sku, t.unit, s.quantity as shown, coalesce(s.unsure, false) as unsure,
           case when f.unlimited then $9::numeric
                else greatest(0, floor(round(
                    (f.quantity - coalesce(b.buffer, $6::numeric) - coalesce(i.units, 0)) * case
                        when own.key is not null then own.units_under / own.units_over
                        when $13 or every.key is null then t.units_under / t.units_over
                        else every.units_under / every.units_over end, 9)))
           end as level
    from stock_target t
    left join code_map m on m.tenant = $1 and m.pairing = $2 and m.kind = 'sku' and m.key = t.sku and m.until is null
    left join mapped own on own.key = t.sku || '/' || t.unit
    left join mapped every on every.key = t.unit
    join figures f on f.code_key = lower(coalesce(m.value ->> 'code', t.sku))
    left join in_flight i on i.code_key = f.code_key
    left join buffers b on b.sku_key = t.sku_key
    left join stock_published s on s.tenant = $1 and s.pairing = $2 and s.ref = t.ref
    where t.tenant = $1 and t.system = $4
)
select ref, sku, unit, level from wanted
where (level is distinct from shown or unsure)
  and (not $10::boolean or (shown is not null and (level < shown or (unsure and level = shown))))
order by (shown is not null and level < shown) desc, level = 0 desc, ref

-- name: publishing
-- Whatever becomes of the write, no more than the higher of the two is shown.
insert into stock_published (tenant, pairing, ref, quantity, published_at, unsure)
select $1, $2, ref, quantity, $5, true from unnest($3::text[], $4::numeric[]) as g(ref, quantity)
on conflict (tenant, pairing, ref) do update
set quantity = greatest(stock_published.quantity, excluded.quantity), published_at = excluded.published_at, unsure = true
where stock_published.published_at <= excluded.published_at

-- name: published
insert into stock_published (tenant, pairing, ref, quantity, published_at)
select $1, $2, ref, quantity, $5 from unnest($3::text[], $4::numeric[]) as g(ref, quantity)
on conflict (tenant, pairing, ref) do update
set quantity = excluded.quantity, published_at = excluded.published_at, unsure = false
where stock_published.published_at <= excluded.published_at
