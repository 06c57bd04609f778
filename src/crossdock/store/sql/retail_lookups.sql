-- name: lags
select seconds, sum(figures)::bigint as figures from retail_lag
where tenant = $1 and pairing = $2 and minute >= date_trunc('minute', $3::timestamptz) group by seconds

-- name: waiting
select count(*) as shelves, min(waiting_since) as since from retail_level
where tenant = $1 and pairing = $2 and waiting_since is not null and problem = '' and location = any($3::text[])

-- name: places
select location, count(*) as shelves, count(*) filter (where waiting_since is not null and problem = '') as waiting,
       count(*) filter (where problem <> '') as in_case, max(booked_at) as newest
from retail_level where tenant = $1 and pairing = $2 group by location

-- name: told_places
select l.location, count(*) as shelves, count(*) filter (where s.state = 'unsure') as waiting,
       count(*) filter (where s.state = 'refused') as in_case, max(s.told_at) as newest
from unnest($3::text[]) as l(location)
join retail_sent s on s.tenant = $1 and s.pairing = $2 and s.kind = 'level' and starts_with(s.key, l.location || '/')
group by l.location

-- name: told
select kind, state, count(*) as records, max(told_at) as newest from retail_sent
where tenant = $1 and pairing = $2 group by kind, state order by kind, state

-- name: despatches
select state, count(*) as despatches from retail_despatch where tenant = $1 and pairing = $2 group by state order by state

-- name: proposals
select document::text as document, first_seen_at from retail_proposal
where tenant = $1 and pairing = $2 and gone_at is null order by first_seen_at, ref limit $3

-- name: left_out
select number, setting, last_seen_at from order_left_out
where tenant = $1 and pairing = $2 order by last_seen_at desc, number limit $3

-- name: not_ready
select h.ref as sku, c.id as case_id, h.cause, h.held_at from desk_case c
join case_hold h on h.case_id = c.id
where c.tenant = $1 and c.pairing = $2 and c.state = 'open' and c.kind = 'item-not-on-sale' order by h.ref, c.id limit $3

-- name: flows
select flow, ended_at, result::text as result from cadence where tenant = $1 and pairing = $2 order by flow
