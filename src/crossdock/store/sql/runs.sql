-- name: claim
-- Whoever moves next_at runs the flow this time; the others find nothing due.
update cadence set next_at = now() + $4::float8 * interval '1 second', began_at = now()
where tenant = $1 and pairing = $2 and flow = $3 and next_at <= now()
returning 1

-- name: ensure
insert into cadence (tenant, pairing, flow) values ($1, $2, $3) on conflict do nothing

-- name: hurry
update cadence set next_at = now() where tenant = $1 and pairing = $2 and flow = $3

-- name: hurry_by
-- The same because a person asked; nothing for a flow that is not there.
with made as (
    update cadence set next_at = now() where tenant = $1 and pairing = $2 and flow = $3 returning flow
)
insert into audit_entry (tenant, actor, action, subject, subject_id, detail)
select $1, $4, 'run_asked', 'flow', 0, jsonb_build_object('pairing', $2::text, 'flow', $3::text) from made
returning 1

-- name: hurry_paced
-- Sooner, but not before so many seconds have passed since it last began: a storm of events is one look.
update cadence
set next_at = least(next_at, greatest(now(), coalesce(began_at, '-infinity') + $4::float8 * interval '1 second'))
where tenant = $1 and pairing = $2 and flow = $3

-- name: ended
update cadence c set ended_at = now(), succeeded_at = case when $4 then now() else c.succeeded_at end, failures = case when $4 then 0 else c.failures + 1 end,
    result = case when $4 then $5::jsonb else c.result || $5::jsonb end
from (select failures from cadence where tenant = $1 and pairing = $2 and flow = $3 for update) before
where c.tenant = $1 and c.pairing = $2 and c.flow = $3
returning case when $4 then before.failures else c.failures end

-- name: webhook_seen
insert into webhook_seen (tenant, system, key, topic) values ($1, $2, $3, $4) on conflict do nothing returning 1

-- name: status_flows
select pairing, flow, next_at, began_at, ended_at, failures, result::text as result from cadence where tenant = $1 order by 1, 2

-- name: schedules
select pairing, flow, next_at, began_at, ended_at, failures, result::text as result
from cadence where tenant = $1 and pairing = any($2::text[]) order by 1, 2

-- name: status_orders
select pairing, state, count(*) as orders, min(captured_at) as oldest, sum(total) as value, currency
from sales_order where tenant = $1 group by pairing, state, currency order by 1, 2

-- name: status_watermarks
select pairing, feed, at, moved_at from watermark where tenant = $1 order by 1, 2

-- name: status_budgets
select system, tokens, blocked_until, failures, open_until from remote_budget where tenant = $1 order by 1

-- name: status_despatches
select pairing, state, count(*) as despatches from despatch where tenant = $1 group by 1, 2 order by 1, 2

-- name: book_orders
select o.pairing, o.ref, o.storefront_id, o.state, o.erp_ref, o.total::text as total, o.currency, o.account_code,
       o.attempts, o.acknowledged_at is not null as acknowledged, jsonb_array_length(o.waivers) > 0 as accepted,
       (select count(*) from case_hold h join desk_case c on c.id = h.case_id
        where c.state = 'open' and ((h.record = 'order' and h.record_id = o.id) or (h.record = 'change'
            and h.record_id in (select w.id from order_change w where w.order_id = o.id)))) as open_cases,
       (select count(*) from case_hold h join desk_case c on c.id = h.case_id
        where c.state = 'open' and ((h.record = 'despatch-of' and h.record_id = o.id) or (h.record = 'despatch'
            and h.record_id in (select d.id from despatch d where d.order_id = o.id)))) as despatch_cases,
       (select count(*) from audit_entry a where a.subject = 'order' and a.subject_id = o.id) as audit_entries
from sales_order o where o.tenant = $1 order by o.id

-- name: book_despatches
select d.pairing, d.key, o.ref, o.storefront_id, d.tracking_number, d.carrier, d.state from despatch d
join sales_order o on o.id = d.order_id where d.tenant = $1 order by d.id

-- name: book_refunds
select r.pairing, r.key, coalesce(o.ref, r.order_ref) as ref, r.storefront_id, r.state, r.erp_ref,
       coalesce((select sum((l ->> 'quantity')::numeric) from jsonb_array_elements(r.document -> 'lines') l), 0)::text as units,
       coalesce((select sum((l ->> 'net')::numeric + (l ->> 'tax')::numeric) from jsonb_array_elements(r.credit -> 'lines') l)
                + coalesce((r.credit ->> 'carriage_net')::numeric, 0) + coalesce((r.credit ->> 'carriage_tax')::numeric, 0), 0)::text as gross
from refund r left join sales_order o on o.id = r.order_id where r.tenant = $1 order by r.id

-- name: book_openings
select pairing, company_ref, ref, state, account_id, account_code, actor from account_opening where tenant = $1 order by 1, 2

-- name: book_catalogue
select pairing, code as sku, state from catalogue_product where tenant = $1 and kind = 'product' order by id

-- name: book_shelves
select pairing, location, sku, problem from retail_level where tenant = $1 order by id

-- name: book_published
select p.pairing, p.ref, t.sku, t.unit, p.quantity::text as quantity, p.published_at, t.units_over::text, t.units_under::text
from stock_published p join stock_target t on t.tenant = p.tenant and t.ref = p.ref where p.tenant = $1 order by 1, 2
