-- part: story
select o.id, o.pairing, o.ref, o.storefront_id, o.erp_ref, o.state, o.currency, o.total, o.company_ref, o.company_name,
       o.account_code, o.attempts, o.placed_at, o.captured_at, o.sent_at, o.posted_at, o.acknowledged_at,
       o.acknowledge_problem, o.shown_state, o.shown_problem, o.look_at, o.checked_at, o.waivers::text as waivers, o.raw_digest,
       o.document::text as document, o.resolved::text as resolved
from sales_order o

-- name: orders_by_reference
-- By order number, storefront key, ERP number, tracking number or despatch key.
-- with: story
where o.tenant = $1
  and (o.ref = $2 or o.storefront_id = $2 or (o.erp_ref = $2 and $2 <> '')
       or o.id in (select d.order_id from despatch d where d.tenant = $1 and (d.key = $2 or d.tracking_number = $2)))
order by o.id limit 20

-- name: order_by_id
-- with: story
where o.tenant = $1 and o.id = $2

-- name: order_despatches
select id, key, tracking_number, carrier, state, attempts, found_at, published_at, look_at, document::text as document
from despatch where order_id = $1 order by id

-- name: order_changes
select key, origin, state, document ->> 'what' as what, reason, asked_at, answered_at
from order_change where order_id = $1 order by id

-- name: order_refunds
select key, state, erp_ref, credit::text as credit, found_at, credited_at from refund where order_id = $1 order by id

-- name: opened
-- Somebody read a document that holds a person's name and address.
insert into audit_entry (tenant, actor, action, subject, subject_id, detail)
values ($1, $2, 'open_document', 'order', $3, jsonb_build_object('document', $4::text))

-- name: order_cases
-- Every case the order stands in, itself or with one of its despatches.
select c.id, c.kind, c.subject, c.state, c.desk, c.severity, h.cause, h.sticky, c.opened_at, c.due_at
from case_hold h join desk_case c on c.id = h.case_id
where c.tenant = $1
  and ((h.record in ('order', 'despatch-of') and h.record_id = $2)
       or (h.record = 'despatch' and h.record_id in (select d.id from despatch d where d.order_id = $2)))
order by c.id

-- name: open_cases
select pairing, kind, desk, severity, count(*) as cases, min(opened_at) as oldest, min(due_at) as due,
       count(*) filter (where due_at < now()) as overdue
from desk_case where tenant = $1 and state = 'open' group by 1, 2, 3, 4 order by 1, 3, 2

-- name: items
select document::text as document from stock_item where tenant = $1 and system = $2 order by code_key limit 200000

-- name: line_description
-- What the storefront calls a SKU, by the newest order that says so.
select line ->> 'description' as description
from case_hold h join sales_order o on h.record = 'order' and o.id = h.record_id,
     jsonb_array_elements(o.document -> 'lines') as line
where h.case_id = $1 and line ->> 'sku' = $2 and line ->> 'description' <> ''
order by o.id desc limit 1

-- name: current_maps
select tenant, pairing, kind, key, value, actor from code_map where tenant = $1 and pairing = $2 and until is null

-- name: current_links
select tenant, pairing, company_ref, account_id, actor from account_link where tenant = $1 and pairing = $2

-- name: order_ids
select id from sales_order where tenant = $1 and pairing = $2 order by id

-- name: forget_maps
delete from code_map

-- name: forget_links
delete from account_link

-- name: targets_without_item
-- SKUs that the storefront sells and that stand for no item of the ERP.
select distinct t.sku
from stock_target t
left join code_map m on m.tenant = $1 and m.pairing = $2 and m.kind = 'sku' and m.key = t.sku and m.until is null
left join stock_item i on i.tenant = $1 and i.system = $4 and i.code_key = lower(coalesce(m.value ->> 'code', t.sku))
where t.tenant = $1 and t.system = $3 and i.code_key is null
order by t.sku

-- name: items_of_targets
-- What the SKUs that the storefront sells stand for.
select distinct on (t.sku) t.sku, i.document::text as document
from stock_target t
left join code_map m on m.tenant = $1 and m.pairing = $2 and m.kind = 'sku' and m.key = t.sku and m.until is null
join stock_item i on i.tenant = $1 and i.system = $4 and i.code_key = lower(coalesce(m.value ->> 'code', t.sku))
where t.tenant = $1 and t.system = $3
order by t.sku

-- name: targets_twice
-- SKUs of the storefront that differ in nothing but their case.
select array_agg(distinct sku order by sku) as names from stock_target
where tenant = $1 and system = $2 group by sku_key having count(distinct sku) > 1 order by 1
