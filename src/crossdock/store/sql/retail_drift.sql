-- name: told
create temporary table drift_told (
    location text not null, sku text not null, sku_key text not null, on_hand numeric, sequence numeric,
    occurred_at timestamptz not null, published_at timestamptz
) on commit preserve rows

-- name: counted
create temporary table drift_counted (
    location text not null, code_key text not null, basis text not null, quantity numeric not null,
    moved boolean not null default false
) on commit preserve rows

-- name: allocated
create temporary table drift_allocated (location text not null, code_key text not null, quantity numeric not null)
on commit preserve rows

-- name: moved
update drift_counted r set moved = true
from unnest($2::text[], $3::numeric[]) as g(code_key, quantity)
where r.location = $1 and r.code_key = g.code_key and r.quantity <> g.quantity

-- name: both
-- Both sides of every shelf that is told. $3: when the reading began; what was booked since was read in the middle.
with newest as (
    select distinct on (location, sku_key) * from drift_told
    order by location, sku_key, sequence desc nulls last, occurred_at desc, coalesce(published_at, occurred_at) desc
), gone as (
    select d.location, x.sku_key, d.despatched_at, x.quantity, d.state
    from retail_despatch d join retail_despatch_line x on x.despatch_id = d.id
    where d.tenant = $1 and d.pairing = $2 and d.state in ('found', 'waiting', 'closing')
), mapped as (
    select lower(key) as sku_key, value ->> 'code' as code from code_map
    where tenant = $1 and pairing = $2 and kind = 'sku' and until is null
)
select n.location, n.sku, n.on_hand as told, n.sequence, n.occurred_at, n.published_at,
       l.id, l.version, l.on_hand as held, l.sequence as held_sequence, l.occurred_at as held_at,
       l.published_at as held_published, l.accepted, coalesce(l.problem, '') <> '' as in_case,
       coalesce(l.waiting_since is not null or l.unsure, false)
           or exists (select from gone g where g.location = n.location and g.sku_key = n.sku_key and g.state = 'closing')
           as waiting,
       coalesce((select sum(g.quantity) from gone g where g.location = n.location and g.sku_key = n.sku_key
                 and g.despatched_at <= n.occurred_at and g.state <> 'closing'), 0) as left_unbooked,
       c.basis, c.quantity, coalesce(a.quantity, 0) as allocated,
       coalesce(c.moved or l.booked_at >= $3, false) as moved
from newest n
left join retail_level l
    on l.tenant = $1 and l.pairing = $2 and l.location = n.location and l.sku_key = n.sku_key
left join mapped m on m.sku_key = n.sku_key
left join drift_counted c on c.location = n.location and c.code_key = lower(coalesce(m.code, n.sku))
left join drift_allocated a on a.location = n.location and a.code_key = c.code_key
order by n.location, n.sku_key

-- name: rebook
-- What the ERP holds is known now, and is not what it shall hold. Less than nothing is no count that it ever took.
update retail_level l set booked = case when g.counted >= 0 then g.counted end,
    waiting_since = coalesce(l.waiting_since, clock_timestamp()), attempts = 0, version = l.version + 1
from unnest($1::bigint[], $2::numeric[]) as g(id, counted)
where l.id = g.id and l.problem = '' and not l.unsure

-- name: again
-- Whatever its number, what the shop tells next by the clock is the newer, and it is booked whatever was booked before.
update retail_level set booked = null, sequence = null, attempts = 0, version = version + 1,
    waiting_since = coalesce(waiting_since, clock_timestamp())
where id = any($1::bigint[]) and problem = ''

-- name: note
update retail_level l set differs = g.difference
from unnest($1::bigint[], $2::text[]) as g(id, difference) where l.id = g.id

-- name: accept
update retail_level set accepted = differs where id = any($1::bigint[])
