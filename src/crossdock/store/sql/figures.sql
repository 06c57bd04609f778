-- Stock as people look at it: which SKUs to show, each list paged by its key. What is shown of them is reckoned from `terms` of
-- stock.sql.

-- part: sold_as
-- The SKUs that some stock codes (of `codes`) are sold as. $1 tenant, $2 pairing, $3 storefront, $4 code of each unit as
-- {"unit": "pattern"}, empty where units share the item's.
, sold_as as (
    select c.code_key, c.code_key as sku_key from codes c
    union
    select c.code_key, lower(case when $4::jsonb = '{}' then m.key else regexp_replace(m.key, '/[^/]*$', '') end)
    from codes c cross join lateral (
        select key from code_map
        where tenant = $1 and pairing = $2 and kind = 'sku' and until is null and lower(value ->> 'code') = c.code_key offset 0
    ) m
    union
    select c.code_key, substr(c.code_key, length(split_part(p.value, '{sku}', 1)) + 1,
                              length(c.code_key) - length(replace(p.value, '{sku}', '')))
    from codes c cross join jsonb_each_text($4::jsonb) p
    where c.code_key like lower(replace(replace(replace(replace(p.value, '\', '\\'), '_', '\_'), '%', '\%'), '{sku}', '_%'))
), sold as (
    select s.code_key, s.sku_key from sold_as s
    cross join lateral (
        select from stock_target t where t.tenant = $1 and t.system = $3 and t.sku_key = s.sku_key limit 1
    ) there
)

-- name: every_sku
-- $1 tenant, $2 storefront, $3 after, $4/$5 from and up to, as a prefix has them, $6 how many.
select sku_key from stock_target
where tenant = $1 and system = $2 and sku_key collate "C" > $3 and sku_key collate "C" >= $4 and sku_key collate "C" < $5
group by sku_key collate "C", sku_key order by sku_key collate "C" limit $6

-- name: every_sku_down
-- The same the other way: $3 before.
select sku_key from stock_target
where tenant = $1 and system = $2 and sku_key collate "C" < $3 and sku_key collate "C" >= $4 and sku_key collate "C" < $5
group by sku_key collate "C", sku_key order by sku_key collate "C" desc limit $6

-- name: told_first
-- Places in the order they were last told of, the longest ago first; a SKU stands where its first place does, and is null at
-- its others. $1 tenant, $2 pairing, $3 storefront, $4/$5 when and place the page before ended with, $6 how many.
with places as (
    select published_at, ref from stock_published
    where tenant = $1 and pairing = $2 and (published_at, ref) > (coalesce($4::timestamptz, '-infinity'), $5)
    order by published_at, ref limit $6
)
select p.published_at, p.ref, t.sku_key
from places p left join lateral (
    select t.sku_key from stock_target t
    where t.tenant = $1 and t.system = $3 and t.ref = p.ref and not exists (
        select from stock_target o join stock_published e on e.tenant = $1 and e.pairing = $2 and e.ref = o.ref
        where o.tenant = $1 and o.system = $3 and o.sku_key = t.sku_key and (e.published_at, e.ref) < (p.published_at, p.ref))
    limit 1
) t on true
order by p.published_at, p.ref

-- name: told_last
-- The same the other way.
with places as (
    select published_at, ref from stock_published
    where tenant = $1 and pairing = $2 and (published_at, ref) < (coalesce($4::timestamptz, 'infinity'), $5)
    order by published_at desc, ref desc limit $6
)
select p.published_at, p.ref, t.sku_key
from places p left join lateral (
    select t.sku_key from stock_target t
    where t.tenant = $1 and t.system = $3 and t.ref = p.ref and not exists (
        select from stock_target o join stock_published e on e.tenant = $1 and e.pairing = $2 and e.ref = o.ref
        where o.tenant = $1 and o.system = $3 and o.sku_key = t.sku_key and (e.published_at, e.ref) > (p.published_at, p.ref))
    limit 1
) t on true
order by p.published_at desc, p.ref desc

-- name: untold
-- The next SKUs by name, $6 at most after $3, and whether the storefront was never told of any place of each. $4 pairing,
-- $5 how it begins, as a pattern.
with next as (
    select sku_key from stock_target
    where tenant = $1 and system = $2 and sku_key collate "C" > $3
    group by sku_key collate "C", sku_key order by sku_key collate "C" limit $6
)
select s.sku_key, s.sku_key like $5 and not exists (
           select from stock_target t join stock_published p on p.tenant = $1 and p.pairing = $4 and p.ref = t.ref
           where t.tenant = $1 and t.system = $2 and t.sku_key = s.sku_key) as untold
from next s order by s.sku_key collate "C"

-- name: drifting_skus
-- Those with an open case of stock drift, by the case's subject. $2 pairing, $3 storefront, $4 the last subject of the page
-- before, $5 how the SKU begins, as a pattern, $6 how many.
with found as (
    select c.subject, lower(regexp_replace(substr(c.subject, length($3) + 2), '/[^/]*$', '')) as sku_key
    from desk_case c
    where c.tenant = $1 and c.pairing = $2 and c.kind = 'stock-drift' and c.state = 'open' and c.subject > $4
      and starts_with(c.subject, $3 || ' ') and lower(substr(c.subject, length($3) + 2)) like $5
    order by c.subject limit $6
)
select f.subject as place, f.sku_key from found f order by f.subject

-- name: oversold_skus
-- Those with an open case of more promised than there is, by stock code. $1 to $4 as with sold_as, $5 the last code of the page
-- before, $6 how it begins, as a pattern, $7 how many.
with codes as (
    select subject as place, lower(subject) as code_key from desk_case
    where tenant = $1 and pairing = $2 and kind = 'oversold' and state = 'open' and subject > $5 and lower(subject) like $6
    order by subject limit $7
)
-- with: sold_as
select c.place, s.sku_key from codes c left join sold s on s.code_key = c.code_key order by c.place, s.sku_key

-- name: waiting_skus
-- Those whose level may wait to be written: told and not known to be taken, or moved or sold since the last publication began.
-- $1 to $4 as with sold_as, $5 after, $6/$7 from and up to, $8 how many, $9 erp, $10 since when.
with codes as (
    select code_key from stock_moved where tenant = $1 and system = $9 and moved_at >= $10
)
-- with: sold_as
, found as (
    select sku_key from sold
    union
    select t.sku_key from stock_published p join stock_target t on t.tenant = $1 and t.system = $3 and t.ref = p.ref
    where p.tenant = $1 and p.pairing = $2 and p.unsure
    union
    select lower(l.sku) from sales_order o join sales_order_line l on l.order_id = o.id
    where o.tenant = $1 and o.pairing = $2 and o.captured_at >= $10
)
select sku_key, sku_key collate "C" as place from found
where sku_key collate "C" > $5 and sku_key collate "C" >= $6 and sku_key collate "C" < $7
order by place limit $8

-- name: waiting_skus_down
-- The same the other way: $5 before.
with codes as (
    select code_key from stock_moved where tenant = $1 and system = $9 and moved_at >= $10
)
-- with: sold_as
, found as (
    select sku_key from sold
    union
    select t.sku_key from stock_published p join stock_target t on t.tenant = $1 and t.system = $3 and t.ref = p.ref
    where p.tenant = $1 and p.pairing = $2 and p.unsure
    union
    select lower(l.sku) from sales_order o join sales_order_line l on l.order_id = o.id
    where o.tenant = $1 and o.pairing = $2 and o.captured_at >= $10
)
select sku_key, sku_key collate "C" as place from found
where sku_key collate "C" < $5 and sku_key collate "C" >= $6 and sku_key collate "C" < $7
order by place desc limit $8

-- name: lowest
-- Figures at or below the buffer, the lowest first. $1 to $4 as with sold_as, $5 erp, $6 basis, $7 buffer, $8/$9 the last figure
-- and code of the page before, $10 how many, $11 site ('' for all).
with codes as (
    select code_key, quantity from stock_position
    where tenant = $1 and system = $5 and basis = $6 and quantity <= $7 and not unlimited
      and ($8::numeric is null or (quantity, code_key) > ($8, $9)) and ($11 = '' or lower(site) = lower($11))
    order by quantity, code_key limit $10
)
-- with: sold_as
select c.code_key, c.quantity, s.sku_key from codes c left join sold s on s.code_key = c.code_key
order by c.quantity, c.code_key, s.sku_key

-- name: sku_of
-- $1 tenant, $2 storefront, $3 SKU in lower case.
select sku from stock_target where tenant = $1 and system = $2 and sku_key = $3 limit 1

-- name: cases_about
-- Open cases of any of these kinds ($3) about any of these subjects ($4).
select id, kind, subject, desk, severity, cause, opened_at from desk_case
where tenant = $1 and pairing = $2 and kind = any($3::text[]) and subject = any($4::text[]) and state = 'open' order by id

-- name: drifts
-- Subject → open case of stock drift.
select subject, id, desk from desk_case
where tenant = $1 and pairing = $2 and kind = 'stock-drift' and subject = any($3::text[]) and state = 'open'

-- name: positions
-- What the ERP says of one stock code, at each site and on each basis.
select coalesce(x.code, p.code_key) as code, p.site, p.basis, p.quantity, p.unlimited, p.as_of
from stock_position p
left join stock_item x on x.tenant = p.tenant and x.system = p.system and x.code_key = p.code_key
where p.tenant = $1 and p.system = $2 and p.code_key = any($3::text[]) order by p.code_key, p.basis, p.site

-- name: wanting
-- Orders that want a SKU and that the figures may not hold yet, the oldest first. $2 pairings, $3 since when posted ones count.
select o.id, o.pairing, o.ref, o.state, o.company_name, o.captured_at, sum(l.quantity) as quantity, l.unit
from sales_order o join sales_order_line l on l.order_id = o.id
where o.tenant = $1 and o.pairing = any($2::text[])
  and (o.state in ('unreadable', 'captured', 'waiting', 'posting') or o.posted_at >= $3::timestamptz) and lower(l.sku) = $4
group by o.id, l.unit order by o.id limit $5

-- name: shelves
-- What shops tell of a SKU. $2 pairings with shops.
select pairing, location, sku, basis, quantity, allocated, occurred_at, booked, booked_at, waiting_since, unsure, problem
from retail_level where tenant = $1 and pairing = any($2::text[]) and sku_key = $3 order by pairing, location

-- part: sold
-- What a pairing ($2) sold since $3, by SKU and unit: stock units do not matter here, units as they were ordered do.
with sold as (
    select lower(l.sku) collate "C" as sku_key, min(l.sku) as sku, l.unit, sum(l.quantity) as quantity,
           count(distinct o.id) as orders
    from sales_order o
    cross join lateral (select sku, unit, quantity from sales_order_line where order_id = o.id offset 0) l  -- a day's, by their key
    where o.tenant = $1 and o.pairing = $2 and o.captured_at >= $3
    group by lower(l.sku) collate "C", l.unit
)
select sku_key, sku, unit, quantity, orders from sold

-- name: sold_most
-- What sells fastest. $5 to $7: quantity, SKU and unit the page before ended with.
-- with: sold
where (-quantity, sku_key, unit) > (-$5::numeric, $6, $7) order by -quantity, sku_key, unit limit $4

-- name: sold_by_sku
-- with: sold
where (sku_key, unit) > ($5, $6) order by sku_key, unit limit $4

-- part: moved
-- With how it is written, and what it is sold as.
select c.*, coalesce(x.code, c.code_key) as code, (select min(s.sku_key) from sold s where s.code_key = c.code_key) as sku_key
from codes c left join stock_item x on x.tenant = $1 and x.system = $5 and x.code_key = c.code_key

-- name: moved_most
-- Figures that changed most on a day ($5 erp, $6 basis, $7 day), by how far. $1 to $4 as with sold_as, $8 how many, $9 to $11
-- how far, code and site the page before ended with.
with codes as (
    select * from (
        (select code_key, site, first, newest, changes, moved_at from stock_moved
         where tenant = $1 and system = $5 and basis = $6 and day = $7
           and abs(newest - first) = $9::numeric and (code_key, site) > ($10, $11)
         order by abs(newest - first) desc, code_key, site limit $8)
        union all
        (select code_key, site, first, newest, changes, moved_at from stock_moved
         where tenant = $1 and system = $5 and basis = $6 and day = $7 and abs(newest - first) < $9::numeric
         order by abs(newest - first) desc, code_key, site limit $8)
    ) m order by abs(newest - first) desc, code_key, site limit $8
)
-- with: sold_as
-- with: moved
order by abs(c.newest - c.first) desc, c.code_key, c.site

-- name: moved_by_code
-- The same by code. $9, $10: code and site the page before ended with.
with codes as (
    select code_key, site, first, newest, changes, moved_at from stock_moved
    where tenant = $1 and system = $5 and basis = $6 and day = $7 and (code_key, site) > ($9, $10)
    order by code_key, site limit $8
)
-- with: sold_as
-- with: moved
order by c.code_key, c.site

-- name: when
-- When the figures were read, by the clock all workers share, and how the last publication went.
select now() as now, (select at from watermark where tenant = $1 and pairing = $2 and feed = 'stock-counted') as counted_at,
       (select began_at from cadence where tenant = $1 and pairing = $2 and flow = 'stock') as began_at,
       coalesce((select failures from cadence where tenant = $1 and pairing = $2 and flow = 'stock'), 0) as failures

-- name: any_pack
select exists (select from stock_part where tenant = $1 and system = $2 and pack_key = any($3::text[]))
