-- name: existing
select id, key, state, version, document::text as document from refund
where tenant = $1 and pairing = $2 and key = any($3::text[]) order by id for update

-- name: insert
with given as (
    select * from unnest($3::text[], $4::text[], $5::text[], $6::jsonb[], $7::bytea[], $8::timestamptz[], $9::text[])
        as g(key, order_ref, storefront_id, document, raw_digest, changed_at, state)
), made as (
    insert into refund (tenant, pairing, key, order_id, order_ref, storefront_id, document, raw_digest, changed_at, state, look_at)
    select $1, $2, g.key, (
            select o.id from sales_order o where o.tenant = $1 and o.pairing = $2
            and ((o.storefront_id = g.storefront_id and g.storefront_id <> '') or (o.ref = g.order_ref and g.order_ref <> ''))
            order by (o.storefront_id = g.storefront_id) desc, o.id limit 1
        ), g.order_ref, g.storefront_id, g.document, g.raw_digest, g.changed_at, g.state,
        case when g.state = 'found' then clock_timestamp() + interval '5 seconds' end
    from given g
    on conflict (tenant, pairing, key) do nothing
    returning id, key, state, version, order_id
), trail as (
    insert into audit_entry (tenant, actor, action, subject, subject_id, detail)
    select $1, 'crossdock', 'refund_found', case when order_id is null then 'refund' else 'order' end, coalesce(order_id, id),
           jsonb_build_object('refund', key, 'state', state) from made
)
select id, key, state, version from made

-- name: read_again
update refund set document = $2::jsonb, raw_digest = $3, state = 'found', version = version + 1, changed_at = $4,
    look_at = clock_timestamp() + interval '5 seconds'
where id = $1 returning id, version

-- name: readable
-- What could not be read of these orders is readable by now, under its own name.
update refund set state = 'dropped', version = version + 1 where tenant = $1 and pairing = $2 and state = 'unreadable'
  and key = any($3::text[]) returning id

-- name: load
select r.id, r.key, r.document::text as document, r.order_id, coalesce(o.ref, r.order_ref) as order_ref, r.state, r.version,
       r.attempts, r.found_at, r.sent_at, r.credit::text as credit, r.erp_ref,
       coalesce(r.look_at > clock_timestamp(), false) as is_early
from refund r left join sales_order o on o.id = r.order_id
where r.id = any($1::bigint[]) or r.order_id = $2
order by r.credit_no nulls last, r.id

-- name: carriage
select key, (credit ->> 'carriage_net')::numeric + (credit ->> 'carriage_tax')::numeric as gross from refund
where tenant = $1 and pairing = $2 and key = any($3::text[]) and (credit ->> 'with_carriage')::boolean

-- name: meet
update refund r set order_id = o.id, version = r.version + 1
from sales_order o
where r.id = $1 and r.version = $2 and r.order_id is null and o.tenant = r.tenant and o.pairing = r.pairing
  and ((o.storefront_id = r.storefront_id and r.storefront_id <> '') or (o.ref = r.order_ref and r.order_ref <> ''))
returning r.id

-- name: credits_locked
-- Two refunds of one order that are settled at once must not both take the same share of a line.
select count(r.id) from (select id from sales_order where id = $1 for update) o
left join refund r on r.order_id = o.id and r.credit is not null and r.id <> $2

-- name: move
with moved as (
    update refund set state = $3, version = version + 1,
        attempts = case $4 when 'send' then attempts + 1 when 'turn_away' then attempts - 1 when 'check_again' then 0
                   when 'hold' then 0 else attempts end,
        sent_at = case when $4 in ('send', 'lay_out') then clock_timestamp() else sent_at end,
        credit_no = case when credit is null and $5::jsonb is not null
                    then (select coalesce(max(x.credit_no), 0) + 1 from refund x where x.order_id = refund.order_id) else credit_no end,
        credit = coalesce(credit, $5::jsonb),
        erp_ref = coalesce($6, erp_ref),
        credited_at = case when $3 = 'credited' then now() else credited_at end,
        look_at = clock_timestamp() + $7::float8 * interval '1 second'
    where id = $1 and version = $2
    returning id, order_id, tenant, key
), trail as (
    insert into audit_entry (tenant, actor, action, subject, subject_id, detail)
    select tenant, $9, 'refund_' || $4, case when order_id is null then 'refund' else 'order' end, coalesce(order_id, id),
           jsonb_build_object('refund', key, 'to', $3::text) || $8::jsonb from moved
)
select id from moved

-- name: look_later
update refund set look_at = clock_timestamp() + $3::float8 * interval '1 second' where id = $1 and version = $2

-- name: unread_since
select min(coalesce(changed_at, found_at - interval '30 days')) from refund where tenant = $1 and pairing = $2 and state = 'unreadable'

-- name: due
select id, version from refund
where tenant = $1 and pairing = $2 and look_at <= clock_timestamp() and state in ('found', 'sending', 'laid_out')
order by look_at limit $3
