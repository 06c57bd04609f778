-- name: stage
create temporary table retail_staged (
    location text not null, sku text not null, sku_key text not null, leaf boolean not null, basis text not null,
    quantity numeric not null, allocated numeric, sequence numeric, occurred_at timestamptz not null,
    published_at timestamptz, on_hand numeric
) on commit preserve rows

-- name: merge
-- Newer over older only. The order of two tellings is that of decide/retail_stock.py; a property test holds them
-- together. $3: since when a shelf never heard of counts as waiting, null for when its change happened.
with newest as (
    select distinct on (location, sku_key) * from retail_staged
    order by location, sku_key, sequence desc nulls last, occurred_at desc, coalesce(published_at, occurred_at) desc
), held as (
    select n.*, l.id, l.sequence as held_sequence, l.occurred_at as held_at,
           coalesce(l.published_at, l.occurred_at) as held_published
    from newest n
    left join retail_level l
        on l.tenant = $1 and l.pairing = $2 and l.location = n.location and l.sku_key = n.sku_key
), aged as (
    select h.*, case
        when id is null then 'newer'
        when sequence is not null and held_sequence is not null then
            case when sequence > held_sequence then 'newer' when sequence = held_sequence then 'same' else 'older' end
        when (occurred_at, coalesce(published_at, occurred_at)) > (held_at, held_published) then 'newer'
        when (occurred_at, coalesce(published_at, occurred_at)) = (held_at, held_published) then 'same'
        else 'older' end as age
    from held h
), taken as (
    insert into retail_level as l (tenant, pairing, location, sku, sku_key, leaf, basis, quantity, allocated, sequence,
                                   occurred_at, published_at, on_hand, waiting_since)
    select $1, $2, location, sku, sku_key, leaf, basis, quantity, allocated, sequence, occurred_at, published_at,
           on_hand, coalesce($3::timestamptz, occurred_at)
    from aged where age = 'newer'
    on conflict (tenant, pairing, location, sku_key) do update
    set sku = excluded.sku, leaf = excluded.leaf, basis = excluded.basis, quantity = excluded.quantity,
        allocated = excluded.allocated, sequence = excluded.sequence, occurred_at = excluded.occurred_at,
        published_at = excluded.published_at, on_hand = excluded.on_hand, heard_at = clock_timestamp(),
        waiting_since = case when excluded.on_hand is not distinct from l.on_hand then l.waiting_since
                             when l.problem <> '' then excluded.occurred_at
                             else coalesce(l.waiting_since, excluded.occurred_at) end,
        problem = case when excluded.on_hand is distinct from l.on_hand then '' else l.problem end,
        attempts = case when excluded.on_hand is distinct from l.on_hand then 0 else l.attempts end,
        version = l.version + 1
    returning 1
)
select count(*) filter (where age = 'newer') as newer, count(*) filter (where age = 'same') as same,
       count(*) filter (where age = 'older') as older, (select count(*) from taken) as taken
from aged

-- name: at_rest
-- What changed and changed back before anybody wrote it needs no writing.
with gone as (
    select d.location, x.sku_key, d.despatched_at, x.quantity
    from retail_despatch d join retail_despatch_line x on x.despatch_id = d.id
    where d.tenant = $1 and d.pairing = $2 and d.state in ('found', 'waiting')
)
update retail_level l set waiting_since = null
where l.tenant = $1 and l.pairing = $2 and l.waiting_since is not null and not l.unsure and l.problem = ''
  and l.on_hand is not null and l.booked = greatest(0, l.on_hand + coalesce((
      select sum(g.quantity) from gone g
      where g.location = l.location and g.sku_key = l.sku_key and g.despatched_at <= l.occurred_at), 0))

-- name: due
-- $3 the ERP, $4 locations, $5 whether the figures are too old to raise anything, $6 at most so many, $7 one shelf alone
-- whatever its state. wanted is decide/retail_stock.py's to_count; a property test holds them together.
with gone as (
    select d.location, x.sku_key, d.despatched_at, x.quantity, d.state
    from retail_despatch d join retail_despatch_line x on x.despatch_id = d.id
    where d.tenant = $1 and d.pairing = $2 and d.state in ('found', 'waiting', 'closing')
), mapped as (
    select lower(key) as sku_key, value ->> 'code' as code from code_map
    where tenant = $1 and pairing = $2 and kind = 'sku' and until is null
), shelves as (
    select l.*, coalesce(m.code, l.sku) as code, coalesce(g.quantity, 0) as left_unbooked,
           case when l.on_hand is not null then greatest(0, l.on_hand + coalesce(g.quantity, 0)) end as wanted
    from retail_level l
    left join mapped m on m.sku_key = l.sku_key
    left join lateral (
        select sum(quantity) as quantity from gone
        where gone.location = l.location and gone.sku_key = l.sku_key and gone.despatched_at <= l.occurred_at
          and gone.state <> 'closing'
    ) g on true
    where l.tenant = $1 and l.pairing = $2
      and case when $7::bigint is null then
          l.waiting_since is not null and l.problem = '' and l.location = any($4::text[])
          and not exists (select from gone where gone.location = l.location and gone.sku_key = l.sku_key and gone.state = 'closing')
      else l.id = $7::bigint end
)
select s.id, s.location, s.sku, s.leaf, s.basis, s.quantity, s.allocated, s.sequence, s.occurred_at, s.published_at,
       s.code, s.left_unbooked, s.booked, s.attempts, s.version, i.document::text as item,
       array(select distinct o.sku from retail_level o left join mapped m on m.sku_key = o.sku_key
             where o.tenant = $1 and o.pairing = $2 and o.location = s.location
               and o.sku_key in (select lower(s.code) union select k.sku_key from mapped k where lower(k.code) = lower(s.code))
               and lower(coalesce(m.code, o.sku)) = lower(s.code) order by o.sku) as told_as
from shelves s
left join stock_item i on i.tenant = $1 and i.system = $3 and i.code_key = lower(s.code)
where not $5::boolean or s.wanted <= coalesce(s.booked, 0)
order by (s.wanted < s.booked or (s.unsure and s.wanted = s.booked)) is true desc, s.wanted = 0 desc, s.waiting_since, s.id
limit $6

-- name: booking
-- Whatever becomes of the write, the ERP holds no less than the lower of the two, which a stale figure may not exceed.
update retail_level l set unsure = true, attempts = attempts + 1,
    booked = case when l.booked is not null then least(l.booked, g.counted) end
from unnest($1::bigint[], $2::numeric[]) as g(id, counted) where l.id = g.id

-- name: booked
-- What changed while the count was under way goes on waiting.
update retail_level l
set booked = g.counted, booked_at = $4, unsure = false, attempts = 0,
    waiting_since = case when l.version = g.version then null else l.waiting_since end
from unnest($1::bigint[], $2::numeric[], $3::integer[]) as g(id, counted, version),
     (select id, waiting_since from retail_level where id = any($1::bigint[]) for update) before
where l.id = g.id and before.id = l.id
returning extract(epoch from $4::timestamptz - before.waiting_since)::float8 as seconds

-- name: add_lags
insert into retail_lag as r (tenant, pairing, minute, seconds, figures)
select $1, $2, date_trunc('minute', $3::timestamptz), seconds, figures
from unnest($4::float8[], $5::bigint[]) as g(seconds, figures)
on conflict (tenant, pairing, minute, seconds) do update set figures = r.figures + excluded.figures

-- name: forget_lags
delete from retail_lag where tenant = $1 and pairing = $2 and minute < $3::timestamptz - interval '30 days'

-- name: lags
select seconds, sum(figures)::bigint as figures from retail_lag
where tenant = $1 and pairing = $2 and minute >= date_trunc('minute', $3::timestamptz) group by seconds

-- name: park
-- What waited in a case was told there: its delay counts from when it is let go.
update retail_level set problem = $2, attempts = 0, version = version + 1,
    waiting_since = case when $2 = '' then clock_timestamp() else coalesce(waiting_since, clock_timestamp()) end
where id = $1

-- name: waiting
select count(*) as shelves, min(waiting_since) as since from retail_level
where tenant = $1 and pairing = $2 and waiting_since is not null and problem = '' and location = any($3::text[])

-- name: waiting_by_location
select location, count(*) as shelves from retail_level
where tenant = $1 and pairing = $2 and waiting_since is not null group by location
