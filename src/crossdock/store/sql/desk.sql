-- What the console's lists show. Every list is paged by its key, and reads little more than it shows, however much there
-- is: an index for each order it can stand in, asked once for each desk or each pairing and state, the parts put together.

-- part: case_line
select c.id, c.pairing, c.kind, c.subject, c.desk, c.severity, c.cause, c.opened_at, c.due_at, c.state, c.closed_at,
       c.assignee, c.snoozed_until, held.records, held.value::text as value
from page join desk_case c using (id)
cross join lateral (
    select coalesce(sum(records), 0)::bigint as records,
           coalesce(json_object_agg(currency, value) filter (where value is not null), '{}') as value
    from (select currency, count(*) as records, sum(value) as value from case_hold where case_id = c.id group by currency) v
) held

-- part: reach
-- $2/$3: desks and pairings of a person's grants, side by side; '' is every one. $4: the desks to show. $5 to $8: only
-- this pairing, kind, assignee, severity; '' is every one.
  and exists (select from unnest($2::text[], $3::text[]) as g(desk, pairing)
              where g.desk in ('', c.desk) and g.pairing in ('', c.pairing))
  and ($5::text = '' or c.pairing = $5) and ($6::text = '' or c.kind = $6) and ($7::text = '' or c.assignee = $7)
  and ($8::text = '' or c.severity = $8)

-- name: cases_due
-- Soonest due first, from ($10, $11) on. $9: whether those that are put off, or those that are not.
with page as (
    select n.* from unnest($4::text[]) as d(desk) cross join lateral (
        select c.id, c.due_at from desk_case c
        where c.tenant = $1 and c.state = 'open' and c.desk = d.desk and (c.due_at, c.id) > ($10::timestamptz, $11::bigint)
          and (c.snoozed_until is not null and c.snoozed_until > now()) = $9
-- with: reach
        order by c.due_at, c.id limit $12
    ) n order by n.due_at, n.id limit $12
)
-- with: case_line
order by c.due_at, c.id

-- name: cases_newest
-- Newest first, before $10.
with page as (
    select n.* from unnest($4::text[]) as d(desk) cross join lateral (
        select c.id from desk_case c
        where c.tenant = $1 and c.state = 'open' and c.desk = d.desk and c.id < $10
          and (c.snoozed_until is not null and c.snoozed_until > now()) = $9
-- with: reach
        order by c.id desc limit $11
    ) n order by n.id desc limit $11
)
-- with: case_line
order by c.id desc

-- name: cases_oldest
-- Oldest first, after $10.
with page as (
    select n.* from unnest($4::text[]) as d(desk) cross join lateral (
        select c.id from desk_case c
        where c.tenant = $1 and c.state = 'open' and c.desk = d.desk and c.id > $10
          and (c.snoozed_until is not null and c.snoozed_until > now()) = $9
-- with: reach
        order by c.id limit $11
    ) n order by n.id limit $11
)
-- with: case_line
order by c.id

-- name: cases_closed_newest
-- Newest first, before $9.
with page as (
    select n.* from unnest($4::text[]) as d(desk) cross join lateral (
        select c.id from desk_case c
        where c.tenant = $1 and c.state <> 'open' and c.desk = d.desk and c.id < $9
-- with: reach
        order by c.id desc limit $10
    ) n order by n.id desc limit $10
)
-- with: case_line
order by c.id desc

-- name: cases_closed_oldest
-- Oldest first, after $9.
with page as (
    select n.* from unnest($4::text[]) as d(desk) cross join lateral (
        select c.id from desk_case c
        where c.tenant = $1 and c.state <> 'open' and c.desk = d.desk and c.id > $9
-- with: reach
        order by c.id limit $10
    ) n order by n.id limit $10
)
-- with: case_line
order by c.id

-- name: queues
-- What is put off waits for nobody. The first of each has waited longest.
select q.desk, q.pairing, q.cases, q.overdue, q.due, f.opened_at as oldest
from (
    select c.desk, c.pairing, count(*) as cases, count(*) filter (where c.due_at < now()) as overdue,
           min(c.due_at) as due, min(c.id) as first
    from desk_case c
    where c.tenant = $1 and c.state = 'open' and (c.snoozed_until is null or c.snoozed_until <= now())
      and exists (select from unnest($2::text[], $3::text[]) as g(desk, pairing)
                  where g.desk in ('', c.desk) and g.pairing in ('', c.pairing))
    group by c.desk, c.pairing
) q join desk_case f on f.id = q.first
order by q.desk, q.pairing

-- part: order_line
select o.id, o.pairing, o.ref, o.erp_ref, o.state, o.currency, o.total, o.company_name, o.placed_at, o.captured_at
from page join sales_order o using (id)

-- name: orders_newest
-- $3: pairings; $4: states; before $2.
with page as (
    select n.id from unnest($3::text[]) as p(pairing) cross join unnest($4::text[]) as s(state) cross join lateral (
        select o.id from sales_order o
        where o.tenant = $1 and o.pairing = p.pairing and o.state = s.state and o.id < $2 order by o.id desc limit $5
    ) n order by n.id desc limit $5
)
-- with: order_line
order by o.id desc

-- name: orders_oldest
-- $3: pairings; $4: states; after $2.
with page as (
    select n.id from unnest($3::text[]) as p(pairing) cross join unnest($4::text[]) as s(state) cross join lateral (
        select o.id from sales_order o
        where o.tenant = $1 and o.pairing = p.pairing and o.state = s.state and o.id > $2 order by o.id limit $5
    ) n order by n.id limit $5
)
-- with: order_line
order by o.id

-- name: orders_found_newest
-- Before $2: by order number, storefront key, ERP number, tracking number, SKU, or one of the companies $6.
with found as (
    select id from sales_order where tenant = $1 and ref = $4 and id < $2
    union select o.id from unnest($3::text[]) as p(pairing)
        join sales_order o on o.tenant = $1 and o.pairing = p.pairing and o.storefront_id = $4 and o.id < $2
    union select id from sales_order where tenant = $1 and erp_ref = $4 and erp_ref <> '' and id < $2
    union select order_id from despatch where tenant = $1 and tracking_number = $4 and order_id < $2
    -- "offset 0" has the newest lines looked at one by one, instead of all the orders beside them.
    union select n.order_id from unnest($3::text[]) as p(pairing) cross join lateral (
        select distinct l.order_id from sales_order_line l
        cross join lateral (select from sales_order o where o.id = l.order_id and o.tenant = $1 offset 0) mine
        where l.sku = $4 and l.pairing = p.pairing and l.order_id < $2 order by l.order_id desc limit $5
    ) n
    union select n.id from unnest($6::text[]) as c(company) cross join lateral (
        select o.id from sales_order o
        where o.tenant = $1 and lower(o.company_name) collate "C" = c.company and o.id < $2 and o.pairing = any($3::text[])
        order by o.id desc limit $5
    ) n
), page as (
    select o.id from sales_order o
    where o.id = any(array(select id from found)) and o.tenant = $1 and o.pairing = any($3::text[])
    order by o.id desc limit $5
)
-- with: order_line
order by o.id desc

-- name: orders_found_oldest
-- The same after $2.
with found as (
    select id from sales_order where tenant = $1 and ref = $4 and id > $2
    union select o.id from unnest($3::text[]) as p(pairing)
        join sales_order o on o.tenant = $1 and o.pairing = p.pairing and o.storefront_id = $4 and o.id > $2
    union select id from sales_order where tenant = $1 and erp_ref = $4 and erp_ref <> '' and id > $2
    union select order_id from despatch where tenant = $1 and tracking_number = $4 and order_id > $2
    union select n.order_id from unnest($3::text[]) as p(pairing) cross join lateral (
        select distinct l.order_id from sales_order_line l
        cross join lateral (select from sales_order o where o.id = l.order_id and o.tenant = $1 offset 0) mine
        where l.sku = $4 and l.pairing = p.pairing and l.order_id > $2 order by l.order_id limit $5
    ) n
    union select n.id from unnest($6::text[]) as c(company) cross join lateral (
        select o.id from sales_order o
        where o.tenant = $1 and lower(o.company_name) collate "C" = c.company and o.id > $2 and o.pairing = any($3::text[])
        order by o.id limit $5
    ) n
), page as (
    select o.id from sales_order o
    where o.id = any(array(select id from found)) and o.tenant = $1 and o.pairing = any($3::text[])
    order by o.id limit $5
)
-- with: order_line
order by o.id

-- name: companies
-- Names of companies that begin with $2, in small letters, $3 at most: each is looked up from the one before it.
with recursive name as (
    select (select lower(company_name) collate "C" from sales_order
            where tenant = $1 and lower(company_name) collate "C" >= $2 order by 1 limit 1) as name, 1 as at
    union all
    select (select lower(company_name) collate "C" from sales_order
            where tenant = $1 and lower(company_name) collate "C" > n.name order by 1 limit 1), n.at + 1
    from name n where starts_with(n.name, $2) and n.at < $3
)
select name from name where starts_with(name, $2)

-- name: flowing
-- Per pairing what is not settled yet, and its worth.
select pairing, state, currency, count(*) as orders, min(captured_at) as oldest, sum(total) as value
from sales_order
where tenant = $1 and pairing = any($2::text[]) and state in ('unreadable', 'captured', 'waiting', 'posting')
group by pairing, state, currency

-- name: day
-- Orders by the hour they were captured in, over the last day; settled: of them, whether nothing is to be done yet.
select pairing, floor(extract(epoch from now() - captured_at) / 3600)::int as hours_ago, count(*) as orders,
       count(*) filter (where state not in ('unreadable', 'captured', 'waiting', 'posting')) as settled
from sales_order
where tenant = $1 and pairing = any($2::text[]) and captured_at > now() - interval '24 hours'
group by 1, 2

-- part: entry
select id, at, actor, action, subject, subject_id, detail::text as detail from audit_entry

-- name: trail_newest
-- with: entry
where tenant = $1 and id < $2 order by id desc limit $3

-- name: trail_oldest
-- with: entry
where tenant = $1 and id > $2 order by id limit $3

-- name: trail_of_people_newest
-- with: entry
where tenant = $1 and actor <> 'crossdock' and id < $2 order by id desc limit $3

-- name: trail_of_people_oldest
-- with: entry
where tenant = $1 and actor <> 'crossdock' and id > $2 order by id limit $3

-- name: trail_of_one_newest
-- with: entry
where tenant = $1 and actor <> 'crossdock' and actor = $4 and id < $2 order by id desc limit $3

-- name: trail_of_one_oldest
-- with: entry
where tenant = $1 and actor <> 'crossdock' and actor = $4 and id > $2 order by id limit $3
