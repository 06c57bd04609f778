-- name: known
select order_id, document::text as document from despatch where order_id = any($1::bigint[]) order by id

-- name: count_locked
-- Two who look at one order at once must not each give its boxes numbers of their own.
select count(d.id) from (select id from sales_order where id = $1 for update) o left join despatch d on d.order_id = o.id

-- name: found
insert into despatch (tenant, pairing, order_id, key, tracking_number, carrier, document, look_at)
select $1, $2, $3, key, tracking_number, carrier, document, now() + interval '30 seconds'
from unnest($4::text[], $5::text[], $6::text[], $7::jsonb[]) as g(key, tracking_number, carrier, document)
on conflict (tenant, pairing, key) do nothing
returning id, version

-- name: load
select d.id, d.document::text as document, d.order_id, o.storefront_id, o.ref, d.state, d.version, d.attempts,
       coalesce(d.look_at > clock_timestamp(), false) as is_early
from despatch d join sales_order o on o.id = d.order_id where d.id = $1

-- name: move
with moved as (
    update despatch set state = $3, version = version + 1,
        attempts = case $3 when 'sending' then attempts + 1 when 'found' then 0 else attempts end,
        look_at = now() + $4::float8 * interval '1 second',
        published_at = case when $3 = 'published' then now() else published_at end
    where id = $1 and version = $2
    returning id, order_id, tenant, key, state
), trail as (
    insert into audit_entry (tenant, actor, action, subject, subject_id, detail)
    select tenant, $6, 'despatch_' || state, 'order', order_id, jsonb_build_object('despatch', key) || $5::jsonb
    from moved
)
select id from moved

-- name: look_later
update despatch set look_at = now() + $3::float8 * interval '1 second' where id = $1 and version = $2

-- name: due
select id, version from despatch where tenant = $1 and pairing = $2 and look_at <= now() and state in ('found', 'sending')
order by look_at limit $3

-- name: unsent_before
select count(*) from despatch where order_id = $1 and id < $2 and state not in ('published', 'dropped')
