-- What the console's lists show. Every list is paged by its key. $2/$3: desks and pairings of a person's grants, side by
-- side; '' is every one.

-- name: cases
select c.id, c.pairing, c.kind, c.subject, c.desk, c.severity, c.cause, c.opened_at, c.due_at, c.state,
       held.records, held.value::text as value
from desk_case c
cross join lateral (
    select coalesce(sum(records), 0)::bigint as records,
           coalesce(json_object_agg(currency, value) filter (where value is not null), '{}') as value
    from (select currency, count(*) as records, sum(value) as value from case_hold where case_id = c.id group by currency) v
) held
where c.tenant = $1 and c.state = 'open'
  and exists (select from unnest($2::text[], $3::text[]) as g(desk, pairing)
              where g.desk in ('', c.desk) and g.pairing in ('', c.pairing))
  and ($4::text is null or c.desk = $4) and ($5::text is null or c.pairing = $5) and ($6::text is null or c.kind = $6)
  and ($7::timestamptz is null or (c.due_at, c.id) > ($7, $8::bigint))
order by c.due_at, c.id limit $9

-- name: queues
select c.desk, count(*) as cases, count(*) filter (where c.due_at < now()) as overdue, min(c.due_at) as due
from desk_case c
where c.tenant = $1 and c.state = 'open'
  and exists (select from unnest($2::text[], $3::text[]) as g(desk, pairing)
              where g.desk in ('', c.desk) and g.pairing in ('', c.pairing))
group by c.desk order by c.desk

-- name: orders
select o.id, o.pairing, o.ref, o.erp_ref, o.state, o.currency, o.total, o.company_name, o.placed_at, o.captured_at
from sales_order o
where o.tenant = $1 and o.pairing = any($2::text[]) and ($3::bigint is null or o.id < $3)
order by o.id desc limit $4

-- name: orders_found
-- By order number, storefront key, ERP number, tracking number, SKU or the beginning of a company's name.
select o.id, o.pairing, o.ref, o.erp_ref, o.state, o.currency, o.total, o.company_name, o.placed_at, o.captured_at
from sales_order o
where o.tenant = $1 and o.pairing = any($2::text[]) and ($3::bigint is null or o.id < $3) and o.id in (
    select id from sales_order where tenant = $1 and ref = $5
    union select id from sales_order where tenant = $1 and storefront_id = $5
    union select id from sales_order where tenant = $1 and erp_ref = $5
    union select order_id from despatch where tenant = $1 and tracking_number = $5
    union select order_id from sales_order_line where sku = $5
    union select id from sales_order where tenant = $1 and lower(company_name) like $6
)
order by o.id desc limit $4

-- name: day
-- Orders by the hour they were captured in, over the last day.
select pairing, floor(extract(epoch from now() - captured_at) / 3600)::int as hours_ago, count(*) as orders
from sales_order
where tenant = $1 and pairing = any($2::text[]) and captured_at > now() - interval '24 hours'
group by 1, 2

-- name: trail_of_people
select id, at, actor, action, subject, subject_id, detail::text as detail from audit_entry
where tenant = $1 and actor <> 'crossdock' and ($2::text is null or actor = $2) and ($3::bigint is null or id < $3)
order by id desc limit $4

-- name: trail
select id, at, actor, action, subject, subject_id, detail::text as detail from audit_entry
where tenant = $1 and ($2::bigint is null or id < $2)
order by id desc limit $3
