-- name: ask
with named as (
    select o.id from sales_order o
    where o.tenant = $1 and o.pairing = $2 and (o.id = $4 or (o.storefront_id = $6 and $6 <> '') or (o.ref = $5 and $5 <> ''))
    order by (o.id = $4) desc, (o.storefront_id = $6) desc, o.id limit 1
), made as (
    insert into order_change (tenant, pairing, key, order_id, order_ref, storefront_id, origin, document, look_at)
    select $1, $2, $3, (select id from named), $5, $6, $7, $8::jsonb, clock_timestamp() + interval '5 seconds'
    on conflict (tenant, pairing, key) do nothing
    returning id, version, order_id
), trail as (
    insert into audit_entry (tenant, actor, action, subject, subject_id, detail)
    select $1, 'crossdock', 'change_asked', case when order_id is null then 'change' else 'order' end,
           coalesce(order_id, id), jsonb_build_object('change', $3::text, 'what', $8::jsonb ->> 'what') from made
)
select id, version from made

-- name: number
-- How many times the storefront's document has changed after the order was taken. The order is locked by whoever asks.
select count(*) from order_change where order_id = $1 and origin = 'document'

-- name: load
select c.id, c.document::text as document, c.order_id, coalesce(o.ref, c.order_ref) as order_ref,
       coalesce(o.storefront_id, c.storefront_id) as storefront_id, c.state, c.version, c.attempts, c.asked_at, c.sent_at,
       c.wanted::text as wanted, c.sale::text as sale, c.reason, c.late, c.is_granted,
       coalesce(c.look_at > clock_timestamp(), false) as is_early
from order_change c left join sales_order o on o.id = c.order_id
where c.id = any($1::bigint[]) or (c.order_id = $2 and c.origin = $3) order by c.id

-- name: meet
update order_change c set order_id = o.id, version = c.version + 1
from sales_order o
where c.id = $1 and c.version = $2 and c.order_id is null and o.tenant = c.tenant and o.pairing = c.pairing
  and ((o.storefront_id = c.storefront_id and c.storefront_id <> '') or (o.ref = c.order_ref and c.order_ref <> ''))
returning c.id

-- name: move
with moved as (
    update order_change set state = $3, version = version + 1,
        attempts = case when $4 in ('send', 'tell') then attempts + 1 else case $4 when 'turn_away' then attempts - 1 when 'ask_again' then 0
                   when 'grant' then 0 when 'decline' then 0 else attempts end end,
        sent_at = case $4 when 'send' then clock_timestamp() else sent_at end,
        wanted = case when $4 in ('send', 'hold') then $5::jsonb else wanted end,
        sale = case when $4 in ('send', 'hold') then $11::jsonb else sale end,
        reason = case when $6 <> '' then $6 else reason end,
        late = case $4 when 'decline' then $7::boolean when 'ask_again' then false else late end,
        is_granted = case $4 when 'grant' then true when 'decline' then false else is_granted end,
        answered_at = case when $3 in ('applied', 'refused', 'moot') then now() end,
        -- Nobody decided is left unanswered, whoever dies in between.
        look_at = clock_timestamp() + coalesce($8::float8, case $3 when 'answering' then 5 end) * interval '1 second'
    where id = $1 and version = $2
    returning id, order_id, tenant, key
), trail as (
    insert into audit_entry (tenant, actor, action, subject, subject_id, detail)
    select tenant, $10, 'change_' || $4, case when order_id is null then 'change' else 'order' end, coalesce(order_id, id),
           jsonb_build_object('change', key, 'to', $3::text) || $9::jsonb from moved
)
select id from moved

-- name: must_wait
select exists (select from order_change where order_id = $2 and id < $1 and origin <> 'erp' and state in ('asked', 'sending'))

-- name: look_later
update order_change set look_at = clock_timestamp() + $3::float8 * interval '1 second' where id = $1 and version = $2

-- name: due
select id, version from order_change
where tenant = $1 and pairing = $2 and look_at <= clock_timestamp() and state in ('asked', 'sending', 'following', 'answering')
order by look_at limit $3

-- name: sold
-- The sale as the ERP has it from now on.
update sales_order set sold = $2::jsonb, total = ($2::jsonb ->> 'total')::numeric where id = $1

-- name: keep_sold
-- The storefront's word is about to be another one; what was posted is remembered once.
update sales_order set sold = coalesce(sold, document) where id = $1

-- name: widen_lines
-- While a change is under way, the order counts with the larger of what it was and what it shall be.
with wider as (
    select sku, unit, max(quantity) as quantity from (
        select sku, unit, sum(quantity) as quantity from sales_order_line where order_id = $1 group by 1, 2
        union all
        select line ->> 'sku', line ->> 'unit', sum((line ->> 'quantity')::numeric)
        from sales_order o, jsonb_array_elements(o.document -> 'lines') as line where o.id = $1 group by 1, 2
    ) both_sides group by sku, unit
), gone as (
    delete from sales_order_line where order_id = $1
)
select sku, unit, quantity from wider

-- name: put_line
insert into sales_order_line (order_id, line_no, sku, unit, quantity, pairing)
select id, $2::int, $3::text, $4::text, $5::numeric, pairing from sales_order where id = $1

-- name: settle_lines
-- The change is settled: the order counts with what the ERP has.
with sale as (
    select coalesce(sold, document) as document from sales_order where id = $1 and state not in ('captured', 'waiting', 'unreadable')
), gone as (
    delete from sales_order_line where order_id = $1 and exists (select from sale)
)
select line ->> 'sku' as sku, line ->> 'unit' as unit, (line ->> 'quantity')::numeric as quantity
from sale, jsonb_array_elements(sale.document -> 'lines') as line

-- name: wake_order
-- Whatever kept the order from being looked at is over.
update sales_order set look_at = clock_timestamp() where id = $1 and state = 'captured' returning id, version
