-- name: flows_of
select flow, began_at, ended_at, failures, result::text as result from cadence where tenant = $1 and pairing = $2

-- name: watermarks_of
select feed, moved_at from watermark where tenant = $1 and pairing = $2

-- name: cases_of
select desk, kind, severity, count(*) as cases, min(opened_at) as oldest, count(*) filter (where due_at < now()) as overdue
from desk_case where tenant = $1 and pairing = $2 and state = 'open' group by 1, 2, 3 order by 1, 2

-- name: unacknowledged_since
select count(*) as records, min(posted_at) as oldest from sales_order
where tenant = $1 and pairing = $2 and erp_ref <> '' and acknowledged_at is null
  and coalesce(posted_at, captured_at) < now() - $3::float8 * interval '1 second'

-- name: orders_stuck
select count(*) as records, min(o.captured_at) as oldest from sales_order o
where o.tenant = $1 and o.pairing = $2 and o.state in ('unreadable', 'captured', 'waiting', 'posting')
  and o.captured_at < now() - $3::float8 * interval '1 second'
  and not exists (select from case_hold h join desk_case c on c.id = h.case_id
                  where h.record = 'order' and h.record_id = o.id and c.state = 'open')

-- name: despatches_untold
select count(*) as records, min(d.found_at) as oldest from despatch d
where d.tenant = $1 and d.pairing = $2 and d.state in ('found', 'sending', 'waiting')
  and d.found_at < now() - $3::float8 * interval '1 second'
  and not exists (select from case_hold h join desk_case c on c.id = h.case_id
                  where h.record = 'despatch' and h.record_id = d.id and c.state = 'open')

-- name: shop_despatches_unbooked
select count(*) as records, min(d.found_at) as oldest from retail_despatch d
where d.tenant = $1 and d.pairing = $2 and d.state in ('found', 'closing')
  and d.found_at < now() - $3::float8 * interval '1 second'
  and not exists (select from case_hold h join desk_case c on c.id = h.case_id
                  where h.record = 'retail-despatch' and h.record_id = d.id and c.state = 'open')

-- name: untold_to_shops
select count(*) as records, min(s.told_at) as oldest from retail_sent s
where s.tenant = $1 and s.pairing = $2 and s.state in ('unsure', 'refused')
  and s.told_at < now() - $3::float8 * interval '1 second'
  and not exists (select from case_hold h join desk_case c on c.id = h.case_id
                  where h.record = 'told' and h.record_id = s.id and c.state = 'open')

-- name: levels_unsure
select count(*) from stock_published where tenant = $1 and pairing = $2 and unsure

-- name: budgets_of
select system, failures, greatest(open_until, 'epoch') as open_until, greatest(blocked_until, 'epoch') as blocked_until
from remote_budget where tenant = $1 and system = any($2::text[])

-- name: jobs_late
select count(*) as records, min(execute_after) as oldest from pgqueuer
where status = 'queued' and execute_after < now() - $2::float8 * interval '1 second'
  and starts_with(convert_from(payload, 'UTF8'), $1 || '/')

-- name: silent_feeds
select count(*) from desk_case where tenant = $1 and pairing = $2 and state = 'open' and kind = 'feed-silent'

-- name: left_out_lately
select setting, count(*) as orders from order_left_out
where tenant = $1 and pairing = $2 and first_seen_at > now() - interval '7 days' group by 1 order by 2 desc, 1

-- name: maps_unused
-- Entries that no order captured in so many days asked for, of the kinds that orders ask for.
with lately as (
    select o.id, o.document from sales_order o
    where o.tenant = $1 and o.pairing = $2 and o.captured_at > now() - $3::int * interval '1 day' and o.document is not null
), lines as (
    select l.sku, l.unit from sales_order_line l join lately o on o.id = l.order_id
), used as (
    select 'sku' as kind, sku as key from lines
    union select 'unit', unit from lines
    union select 'unit', sku || '/' || unit from lines
    union select 'shipping', document -> 'shipping' ->> 'method' from lately
    union select 'payment_term', document ->> 'payment_term' from lately
    union select 'tax', document -> 'shipping' ->> 'tax_code' from lately
    union select 'tax', line ->> 'tax_code' from lately, jsonb_array_elements(document -> 'lines') as line
)
select m.kind, m.key from code_map m
where m.tenant = $1 and m.pairing = $2 and m.until is null and m.since < now() - $3::int * interval '1 day'
  and m.kind in ('sku', 'unit', 'shipping', 'payment_term', 'tax')
  and not exists (select from used u where u.kind = m.kind and u.key = m.key)
order by 1, 2

-- name: accepted_lately
select c.kind, count(distinct c.id) as cases
from audit_entry a join desk_case c on c.id = a.subject_id
where a.tenant = $1 and a.subject = 'case' and a.action = 'accept' and a.at > now() - interval '7 days' and c.pairing = $2
group by 1 order by 1
