-- Figures for `/metrics`, each answered by an index and bounded by what is open, not by what there ever was.

-- name: orders
-- In flight by one index, open in the ERP by another: each is as long as the work that is left.
select pairing, state, count(*) as orders, extract(epoch from now() - min(captured_at)) as oldest
from sales_order
where tenant = $1 and state in ('unreadable', 'captured', 'waiting', 'posting')
group by 1, 2
union all
select pairing, state, count(*), extract(epoch from now() - min(captured_at))
from sales_order
where tenant = $1 and state in ('posted', 'part_despatched')
group by 1, 2

-- name: day
select pairing, state, count(*) as orders from sales_order
where tenant = $1 and pairing = any($2::text[]) and captured_at > now() - interval '24 hours'
group by 1, 2

-- name: cases
select pairing, desk, kind, severity, count(*) as cases, count(*) filter (where due_at < now()) as overdue,
       extract(epoch from now() - min(opened_at)) as oldest
from desk_case where tenant = $1 and state = 'open'
group by 1, 2, 3, 4

-- name: flows
select pairing, flow, failures, greatest(0, extract(epoch from now() - next_at)) as late,
       extract(epoch from now() - succeeded_at) as well
from cadence where tenant = $1

-- name: watermarks
select pairing, feed, extract(epoch from now() - at) as age from watermark where tenant = $1

-- name: queue
select entrypoint as kind,
       case when status <> 'queued' then status::text when execute_after > now() then 'later' else 'queued' end as state,
       count(*) as jobs, greatest(0, extract(epoch from now() - min(execute_after))) as oldest
from pgqueuer group by 1, 2

-- name: budgets
select b.system, b.failures,
       case when b.open_until > now() then 1 else 0 end as open, b.tokens,
       least(86400, extract(epoch from greatest(b.blocked_until, now()) - now())) as wait,
       (select count(*) from remote_slot s where s.tenant = b.tenant and s.system = b.system and s.until > now()) as busy
from remote_budget b where b.tenant = $1

-- name: stock
select pairing, count(*) as levels from stock_published where tenant = $1 group by 1

-- name: audit
select count(*) as entries, coalesce(extract(epoch from now() - min(at)), 0) as oldest
from (select at from audit_entry where tenant = $1 and seal_id is null order by id limit 100000) waiting
