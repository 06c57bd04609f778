-- name: order_documents
-- Every document that speaks of these orders, with where it stands.
select 'sales_order_document' as place, o.id as id, o.id as order_id, o.document::text as text from sales_order o where o.id = any($1::bigint[]) and o.document is not null
union all
select 'sales_order_resolved', o.id as id, o.id as order_id, o.resolved::text from sales_order o where o.id = any($1::bigint[]) and o.resolved is not null
union all
select 'sales_order_sold', o.id as id, o.id as order_id, o.sold::text from sales_order o where o.id = any($1::bigint[]) and o.sold is not null
union all
select 'order_change_document', c.id, c.order_id, c.document::text from order_change c where c.order_id = any($1::bigint[])
union all
select 'order_change_wanted', c.id, c.order_id, c.wanted::text from order_change c where c.order_id = any($1::bigint[]) and c.wanted is not null
union all
select 'order_change_sale', c.id, c.order_id, c.sale::text from order_change c where c.order_id = any($1::bigint[]) and c.sale is not null
union all
select 'refund_document', r.id, r.order_id, r.document::text from refund r where r.order_id = any($1::bigint[]) and r.document is not null
union all
select 'refund_credit', r.id, r.order_id, r.credit::text from refund r where r.order_id = any($1::bigint[]) and r.credit is not null
union all
select 'despatch_document', d.id, d.order_id, d.document::text from despatch d where d.order_id = any($1::bigint[])
union all
select 'channel_out_document', x."position", o.id, x.document::text
from sales_order o join channel_out x on x.tenant = o.tenant and x.pairing = o.pairing and x.kind = 'sales-order' and x.ref = o.ref
where o.id = any($1::bigint[])
union all
select 'channel_out_document', x."position", o.id, x.document::text
from channel_out x join sales_order o on o.tenant = x.tenant and o.pairing = x.pairing and o.ref = x.document ->> 'order_ref'
where x.kind = 'return' and o.id = any($1::bigint[])

-- name: sales_order_document
update sales_order t set document = g.text::jsonb from unnest($1::bigint[], $2::text[]) as g(id, text) where t.id = g.id

-- name: sales_order_resolved
update sales_order t set resolved = g.text::jsonb from unnest($1::bigint[], $2::text[]) as g(id, text) where t.id = g.id

-- name: sales_order_sold
update sales_order t set sold = g.text::jsonb from unnest($1::bigint[], $2::text[]) as g(id, text) where t.id = g.id

-- name: order_change_document
update order_change t set document = g.text::jsonb from unnest($1::bigint[], $2::text[]) as g(id, text) where t.id = g.id

-- name: order_change_wanted
update order_change t set wanted = g.text::jsonb from unnest($1::bigint[], $2::text[]) as g(id, text) where t.id = g.id

-- name: order_change_sale
update order_change t set sale = g.text::jsonb from unnest($1::bigint[], $2::text[]) as g(id, text) where t.id = g.id

-- name: refund_document
update refund t set document = g.text::jsonb from unnest($1::bigint[], $2::text[]) as g(id, text) where t.id = g.id

-- name: refund_credit
update refund t set credit = g.text::jsonb from unnest($1::bigint[], $2::text[]) as g(id, text) where t.id = g.id

-- name: despatch_document
update despatch t set document = g.text::jsonb from unnest($1::bigint[], $2::text[]) as g(id, text) where t.id = g.id

-- name: channel_out_document
update channel_out t set document = g.text::jsonb from unnest($1::bigint[], $2::text[]) as g(id, text)
where t."position" = g.id

-- name: erased
-- The orders themselves, each with an entry of its own: its story says why nobody's name is on it.
with made as (
    update sales_order o set erased_at = now(), company_name = case when o.id = any($2::bigint[]) and o.company_name <> '' then $3 else o.company_name end
    where o.id = any($1::bigint[])
    returning o.id, o.tenant, o.ref
)
insert into audit_entry (tenant, actor, action, subject, subject_id, detail)
select tenant, $4, 'person_erased', 'order', id, jsonb_build_object('ref', ref, 'why', $5::text) from made
