-- name: stage
-- What a million figures have in common is said once, in the head that a row names.
create temporary table stock_staged (head integer not null, quantity numeric not null, code_key text not null)
on commit preserve rows

-- name: heads
create temporary table stock_heads (
    head integer primary key, site text not null, basis text not null, unlimited boolean not null, as_of timestamptz not null
) on commit preserve rows

-- name: different
create temporary table stock_different (code_key text not null, site text not null, basis text not null)
on commit preserve rows

-- name: differ
-- Most rows say what is known already; the merge looks at no others. In a table of its own, so that the planner sees
-- how few they are.
insert into stock_different (code_key, site, basis)
select distinct s.code_key, h.site, h.basis
from stock_staged s
join stock_heads h on h.head = s.head
left join stock_position p
    on p.tenant = $1 and p.system = $2 and p.code_key = s.code_key and p.site = h.site and p.basis = h.basis
where p.code_key is null or p.quantity <> s.quantity or p.unlimited <> h.unlimited

-- name: merge
-- Newer over older only. $3 is the pairing whose last whole read confirmed every figure we hold, so that a row that said
-- the same need not be written again to be known as that fresh.
with confirmed as (
    select coalesce(max(at), '-infinity') as at from watermark where tenant = $1 and pairing = $3 and feed = 'stock-counted'
), newest as (
    select distinct on (d.code_key, d.site, d.basis) d.code_key, d.site, d.basis, s.quantity, h.unlimited, h.as_of
    from stock_different d
    join stock_staged s on s.code_key = d.code_key
    join stock_heads h on h.head = s.head and h.site = d.site and h.basis = d.basis
    order by d.code_key, d.site, d.basis, h.as_of desc
), taken as (
    insert into stock_position as p (tenant, system, code_key, site, basis, quantity, unlimited, as_of)
    select $1, $2, code_key, site, basis, quantity, unlimited, as_of from newest
    on conflict (tenant, system, code_key, site, basis) do update
    set quantity = excluded.quantity, unlimited = excluded.unlimited, as_of = excluded.as_of
    where p.as_of < excluded.as_of and excluded.as_of >= (select at from confirmed)
      and (p.quantity <> excluded.quantity or p.unlimited <> excluded.unlimited)
    returning 1
), moved as (
    -- Beside it, how far a figure moved since the day's first change of it.
    insert into stock_moved as m (tenant, system, day, basis, code_key, site, first, newest, moved_at)
    select $1, $2, (n.as_of at time zone 'utc')::date, n.basis, n.code_key, n.site, p.quantity, n.quantity, n.as_of
    from newest n
    join stock_position p
        on p.tenant = $1 and p.system = $2 and p.code_key = n.code_key and p.site = n.site and p.basis = n.basis
    where p.as_of < n.as_of and n.as_of >= (select at from confirmed) and p.quantity <> n.quantity
      and not p.unlimited and not n.unlimited
    on conflict (tenant, system, day, basis, code_key, site) do update
    set newest = excluded.newest, changes = m.changes + 1, moved_at = excluded.moved_at
)
select count(*) from taken

-- name: forget_moves
-- What moved long ago moves nobody.
delete from stock_moved where tenant = $1 and system = $2 and day < (now() at time zone 'utc')::date - $3::integer

-- name: forget
delete from stock_position where tenant = $1 and system = $2 and code_key = any($3::text[])

-- part: sellers
-- Every pairing that sells an ERP's stock, and what a person said of its units.
-- $1 tenant, $2/$3/$4 the pairings, their storefronts, and how each counts, $5 erp, $6 when the figures' read began.
with sellers as materialized (
    select pairing, storefront, (rules::jsonb -> 'declared')::boolean as declared, (rules::jsonb -> 'coded')::boolean as coded,
           rules::jsonb -> 'codes' as codes
    from unnest($2::text[], $3::text[], $4::text[]) as s(pairing, storefront, rules)
), mapped as materialized (
    select pairing, key, split_part(value ->> 'units', '/', 1)::numeric as units_over,
           coalesce(nullif(split_part(value ->> 'units', '/', 2), ''), '1')::numeric as units_under
    from code_map where tenant = $1 and pairing = any($2::text[]) and kind = 'unit' and until is null
)

-- part: ordered
-- What those pairings sold and the ERP's figures do not hold yet, pieces of packs among it: the orders, then their lines, then
-- what they come to.
, ordered as (
    select lower(coalesce(m.value ->> 'code',
                          case when w.coded then replace(w.codes ->> l.unit, '{sku}', l.sku) else l.sku end)) as code_key,
           sum(l.quantity * case
               when w.coded then 1
               when own.key is not null then own.units_over / own.units_under
               when u.units_over is not null and (w.declared or every.key is null) then u.units_over / u.units_under
               when every.key is not null then every.units_over / every.units_under
               else 1 end) as units
    from sellers w
    join sales_order o on o.tenant = $1 and o.pairing = w.pairing

-- part: in_flight
    left join code_map m on m.tenant = o.tenant and m.pairing = o.pairing and m.kind = 'sku' and m.until is null
        and m.key = case when w.coded then l.sku || '/' || l.unit else l.sku end
    left join mapped own on own.pairing = o.pairing and own.key = l.sku || '/' || l.unit
    left join mapped every on every.pairing = o.pairing and every.key = l.unit
    left join lateral (
        select t.units_over, t.units_under from stock_target t
        where t.tenant = $1 and t.system = w.storefront and t.sku_key = lower(l.sku) and t.unit = l.unit limit 1
    ) u on true
    where o.state in ('unreadable', 'captured', 'waiting', 'posting') or o.posted_at >= $6::timestamptz
    group by 1
), in_flight as (
    select code_key, sum(units) as units from (
        select code_key, units from ordered
        union all
        select p.part_key, o.units * p.quantity
        from ordered o join stock_part p on p.tenant = $1 and p.system = $5 and p.pack_key = o.code_key
    ) every_piece group by code_key
)

-- part: sought
-- Of all that is in flight, what may be of the codes `asked`: they themselves, packs that hold them, and whatever a map says
-- stands for either. A line that turns out to be of another code does no harm.
, sought as materialized (
    select key from asked
    union
    select p.pack_key from stock_part p join asked a on a.key = p.part_key where p.tenant = $1 and p.system = $5
), said as materialized (
    -- Key by key: a map holds far more than what is asked about.
    select m.pairing, m.key from sought s cross join unnest($2::text[]) as seller(pairing)
    cross join lateral (
        select c.pairing, c.key from code_map c
        where c.tenant = $1 and c.pairing = seller.pairing and c.kind = 'sku' and c.until is null
          and lower(c.value ->> 'code') = s.key offset 0
    ) m
)

-- part: lines_sought
-- Each order's lines by their key: few orders are in flight, however many there are.
    join lateral (select sku, unit, quantity from sales_order_line where order_id = o.id offset 0) l
        on lower(l.sku) in (select key from sought)
        or (o.pairing, case when w.coded then l.sku || '/' || l.unit else l.sku end) in (select pairing, key from said)
        or (w.coded and lower(replace(w.codes ->> l.unit, '{sku}', l.sku)) in (select key from sought))

-- part: wanted
-- What should be shown, and what was told last. $1 to $6 as with sellers, $7 pairing, $8 storefront, $9 basis, $10 default buffer,
-- $11/$12 buffers by SKU, $13 shown for unlimited, $14 is the read too old to raise anything, $15 site ('' for all),
-- $16 is one stock shared out among the places that sell from it, so that they cannot sell the same piece twice, $17 the
-- SKUs that are asked about, null for all.
-- Nothing is shown of a unit that the ERP's list of units does not bear out, however much there is: it must not be sold.
-- A unit with a stock code of its own shows that code's figure, no more than what it is made of lets go.
-- The arithmetic is that of decide/stock.py; a property test holds them together. Division comes last and is rounded to
-- nine places, so that thirds and sevenths that add up to a whole are a whole.
, me as (
    select * from sellers where pairing = $7
), listing as (
    select distinct code_key from item_unit where tenant = $1 and system = $5
), words as (
    select code_key, case when me.coded then '' else unit end as unit, min(base_quantity) as base_quantity,
           bool_and(confirmed) as confirmed,
           min(case when sku_key = code_key then 1 when base_key = code_key then base_quantity end) as holds
    from item_unit cross join me where tenant = $1 and system = $5 and (not me.coded or sku_key = code_key)
    group by 1, 2 having count(*) = 1
), buffers as (
    select distinct on (lower(sku)) lower(sku) as sku_key, buffer
    from unnest($11::text[], $12::numeric[]) with ordinality as b(sku, buffer, place) order by lower(sku), place
), figures as (
    select code_key, sum(quantity) as quantity, bool_or(unlimited) as unlimited
    from stock_position
    where tenant = $1 and system = $5 and basis = $9 and ($15 = '' or lower(site) = lower($15))
    group by code_key
), part_figures as (
    select code_key, sum(quantity) as quantity, bool_or(unlimited) as unlimited
    from stock_position
    where tenant = $1 and system = $5 and basis = $9 and ($15 = '' or lower(site) = lower($15))
      and code_key in (select part_key from stock_part where tenant = $1 and system = $5)
    group by code_key
), packs as (
    -- How many of a pack its components let go, each component keeping its own buffer and its other sellers' shares.
    select p.pack_key, min(greatest(0, floor(round(
        (f.quantity - coalesce(b.buffer, $10::numeric) - coalesce(i.units, 0))
        / (case when $16 then coalesce(s.shares, 1) else 1 end * p.quantity), 9)))) as most
    from stock_part p
    join part_figures f on f.code_key = p.part_key and not f.unlimited
    left join in_flight i on i.code_key = p.part_key
    left join buffers b on b.sku_key = p.part_key
    left join stock_share s on s.tenant = $1 and s.pairing = $7 and s.code_key = p.part_key
    where p.tenant = $1 and p.system = $5
    group by p.pack_key
), wanted as (
    select t.ref, t.sku, t.unit, s.quantity as shown, coalesce(s.unsure, false) as unsure,
           case when l.code_key is not null and own.key is null and case
                    when w.code_key is null then me.coded or every.key is null
                    when me.coded then not w.confirmed or t.units_over <> w.base_quantity * t.units_under
                    else not w.confirmed or w.holds is null or t.units_over <> w.holds * t.units_under end then 0
                when f.unlimited then $13::numeric
                else greatest(0, floor(round(case
                    -- By far most: nothing of it ordered, shared or packed, and sold as it is counted.
                    when i.units is null and h.shares is null and p.most is null and own.key is null
                         and (me.coded or ((me.declared or every.key is null) and t.units_under = t.units_over))
                    then f.quantity - coalesce(b.buffer, $10::numeric)
                    else least(f.quantity - coalesce(b.buffer, $10::numeric) - coalesce(i.units, 0), p.most)
                        / coalesce(h.shares, 1) * case
                            when me.coded then 1
                            when own.key is not null then own.units_under / own.units_over
                            when l.code_key is not null and w.code_key is null then every.units_under / every.units_over
                            when me.declared or every.key is null then t.units_under / t.units_over
                            else every.units_under / every.units_over end
                    end, 9)))
           end as level
    from stock_target t
    cross join me
    left join code_map m on m.tenant = $1 and m.pairing = $7 and m.kind = 'sku' and m.until is null
        and m.key = case when me.coded then t.sku || '/' || t.unit else t.sku end
    cross join lateral (
        select coalesce(lower(m.value ->> 'code'),
                        case when me.coded then lower(replace(me.codes ->> t.unit, '{sku}', t.sku)) else t.sku_key end) as key
    ) c
    left join mapped own on own.pairing = $7 and own.key = case when exists (select 1 from mapped) then t.sku || '/' || t.unit end
    left join mapped every on every.pairing = $7 and every.key = t.unit
    left join listing l on l.code_key = c.key
    left join words w on w.code_key = c.key and w.unit = case when me.coded then '' else t.unit end
    left join figures f on f.code_key = c.key
    left join in_flight i on i.code_key = c.key
    left join buffers b on b.sku_key = t.sku_key
    left join packs p on p.pack_key = c.key
    left join stock_share h on h.tenant = $1 and h.pairing = $7 and h.code_key = c.key and $16
    left join stock_published s on s.tenant = $1 and s.pairing = $7 and s.ref = t.ref
    where t.tenant = $1 and t.system = $8 and (f.code_key is not null or (me.coded and p.pack_key is not null))
      and ($17::text[] is null or t.sku = any($17))
)

-- name: changes
-- What should be shown and is not.
-- with: sellers
-- with: ordered
    join sales_order_line l on l.order_id = o.id
-- with: in_flight
-- with: wanted
select ref, sku, unit, level from wanted
where (level is distinct from shown or unsure)
  and (not $14::boolean or (shown is not null and (level < shown or (unsure and level = shown))))
order by (shown is not null and level < shown) desc, level = 0 desc, ref

-- name: places
-- Every place where what the storefront shows, as reconciliation run $18 read it, is not what should be shown there.
-- with: sellers
-- with: ordered
    join sales_order_line l on l.order_id = o.id
-- with: in_flight
-- with: wanted
-- sold: what shoppers took since the place was told its level.
, places as materialized (
    select coalesce(t.ref, g.key) as ref, coalesce(t.sku, substr(g.detail, strpos(g.detail, ' ') + 1)) as sku,
           coalesce(t.unit, split_part(g.detail, ' ', 1)) as unit, w.level as should, s.quantity as told,
           s.published_at as told_at, coalesce(s.unsure, false) as unsure, nullif(g.value, '')::numeric as shown,
           g.key is not null as there
    from (select * from stock_target where tenant = $1 and system = $8) t
    full join (select * from reconciliation_theirs where run_id = $18 and $14::boolean is not null) g on g.key = t.ref
    left join wanted w on w.ref = t.ref
    left join stock_published s on s.tenant = $1 and s.pairing = $7 and s.ref = t.ref
    where w.level is null or nullif(g.value, '')::numeric is distinct from w.level
), taken as (
    select p.ref, sum(l.quantity) as sold
    from places p
    join sales_order_line l on l.sku = p.sku and l.unit = p.unit and l.pairing = $7
    join sales_order o on o.id = l.order_id and o.tenant = $1 and o.pairing = $7 and o.captured_at >= p.told_at
    group by p.ref
)
select distinct on (sku, unit, ref) p.*, coalesce(t.sold, 0) as sold
from places p left join taken t using (ref) order by sku, unit, ref

-- name: short
-- What this storefront sells and is promised beyond what there is. $1 to $6 as with sellers, $7 basis, $8 site ('' for
-- all), $9 storefront, $10 pairing.
-- with: sellers
-- with: ordered
    join sales_order_line l on l.order_id = o.id
-- with: in_flight
, figures as (
    select code_key, sum(quantity) as quantity, bool_or(unlimited) as unlimited
    from stock_position
    where tenant = $1 and system = $5 and basis = $7 and ($8 = '' or lower(site) = lower($8))
    group by code_key
), sold as (
    select distinct coalesce(lower(m.value ->> 'code'), case when me.coded then lower(replace(me.codes ->> t.unit, '{sku}', t.sku))
                                                             else t.sku_key end) as code_key
    from stock_target t cross join (select * from sellers where pairing = $10) me
    left join code_map m on m.tenant = $1 and m.pairing = $10 and m.kind = 'sku' and m.until is null
        and m.key = case when me.coded then t.sku || '/' || t.unit else t.sku end
    where t.tenant = $1 and t.system = $9
)
select coalesce(i.code, f.code_key) as code, coalesce(n.units, 0) - f.quantity as short
from figures f
join sold on sold.code_key = f.code_key
left join in_flight n on n.code_key = f.code_key
left join stock_item i on i.tenant = $1 and i.system = $5 and i.code_key = f.code_key
where not f.unlimited and f.quantity < coalesce(n.units, 0)
order by 1

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

-- name: terms
-- Every term of the levels of some SKUs ($11, in lower case), so that the decision can be made again and told. $1 to $6 as
-- with in_flight, $7 pairing, $8 storefront, $9 basis, $10 site ('' for all).
-- with: sellers
, asked as materialized (
    select coalesce(lower(m.value ->> 'code'),
                    case when me.coded then lower(replace(me.codes ->> t.unit, '{sku}', t.sku)) else t.sku_key end) as key
    from sellers me
    join stock_target t on t.tenant = $1 and t.system = $8 and t.sku_key = any($11::text[])
    left join code_map m on m.tenant = $1 and m.pairing = $7 and m.kind = 'sku' and m.until is null
        and m.key = case when me.coded then t.sku || '/' || t.unit else t.sku end
    where me.pairing = $7
)
-- with: sought
-- with: ordered
-- with: lines_sought
-- with: in_flight
, me as (select * from sellers where pairing = $7)
select t.ref, t.sku, t.sku_key, t.unit, t.units_over, t.units_under, me.declared, me.coded, c.key as code_key,
       coalesce(x.code, m.value ->> 'code', c.key) as code, own.units_over as own_over, own.units_under as own_under,
       every.units_over as every_over, every.units_under as every_under,
       exists (select from item_unit z where z.tenant = $1 and z.system = $5 and z.code_key = c.key) as listed,
       w.confirmed, w.base_quantity, w.holds, f.quantity as figure, coalesce(f.unlimited, false) as unlimited, f.as_of,
       coalesce(i.units, 0) as in_flight, coalesce(h.shares, 1) as shares, s.quantity as told, s.published_at as told_at,
       coalesce(s.unsure, false) as unsure
from stock_target t
cross join me
left join code_map m on m.tenant = $1 and m.pairing = $7 and m.kind = 'sku' and m.until is null
    and m.key = case when me.coded then t.sku || '/' || t.unit else t.sku end
cross join lateral (
    select coalesce(lower(m.value ->> 'code'),
                    case when me.coded then lower(replace(me.codes ->> t.unit, '{sku}', t.sku)) else t.sku_key end) as key
) c
left join mapped own on own.pairing = $7 and own.key = t.sku || '/' || t.unit
left join mapped every on every.pairing = $7 and every.key = t.unit
left join lateral (
    select bool_and(confirmed) as confirmed, min(base_quantity) as base_quantity,
           min(case when sku_key = code_key then 1 when base_key = code_key then base_quantity end) as holds
    from item_unit u where u.tenant = $1 and u.system = $5 and u.code_key = c.key
      and case when me.coded then u.sku_key = u.code_key else u.unit = t.unit end
    having count(*) = 1
) w on true
left join lateral (
    select sum(quantity) as quantity, bool_or(unlimited) as unlimited, max(as_of) as as_of from stock_position p
    where p.tenant = $1 and p.system = $5 and p.code_key = c.key and p.basis = $9 and ($10 = '' or lower(p.site) = lower($10))
) f on true
left join in_flight i on i.code_key = c.key
left join stock_item x on x.tenant = $1 and x.system = $5 and x.code_key = c.key
left join stock_share h on h.tenant = $1 and h.pairing = $7 and h.code_key = c.key
left join stock_published s on s.tenant = $1 and s.pairing = $7 and s.ref = t.ref
where t.tenant = $1 and t.system = $8 and t.sku_key = any($11::text[])
order by t.sku_key collate "C", t.units_over / t.units_under, t.unit, t.ref

-- name: parts
-- The counted components of packs ($11), as with terms.
-- with: sellers
, asked as materialized (
    select part_key as key from stock_part where tenant = $1 and system = $5 and pack_key = any($11::text[])
)
-- with: sought
-- with: ordered
-- with: lines_sought
-- with: in_flight
select p.pack_key, coalesce(x.code, p.part_key) as code, p.quantity as each, f.quantity as figure,
       coalesce(i.units, 0) as in_flight, coalesce(h.shares, 1) as shares
from stock_part p
cross join lateral (
    select sum(quantity) as quantity, bool_or(unlimited) as unlimited from stock_position s
    where s.tenant = $1 and s.system = $5 and s.code_key = p.part_key and s.basis = $9 and ($10 = '' or lower(s.site) = lower($10))
) f
left join in_flight i on i.code_key = p.part_key
left join stock_item x on x.tenant = $1 and x.system = $5 and x.code_key = p.part_key
left join stock_share h on h.tenant = $1 and h.pairing = $7 and h.code_key = p.part_key
where p.tenant = $1 and p.system = $5 and p.pack_key = any($11::text[]) and f.quantity is not null and not f.unlimited
  and $8::text is not null
order by p.pack_key, p.part_key
