-- name: held
select id, revision, state, version from retail_despatch
where tenant = $1 and pairing = $2 and key = $3 for update

-- name: add
insert into retail_despatch (tenant, pairing, key, revision, order_ref, location, document, despatched_at, state, missed,
                             look_at)
values ($1, $2, $3, $4, $5, $6, $7::jsonb, $8, $9, $10, case $9 when 'found' then now() + interval '30 seconds' end)
on conflict (tenant, pairing, key) do nothing
returning id, version

-- name: amend
-- One that is being booked goes on as it was sent; what was amended meanwhile is seen when it is settled.
update retail_despatch
set revision = $2, order_ref = $3, location = $4, document = $5::jsonb, despatched_at = $6, state = $7,
    version = case when state = 'closing' then version else version + 1 end,
    attempts = case when state = 'closing' then attempts else 0 end,
    look_at = case $7 when 'found' then now() + interval '30 seconds' when 'closing' then look_at end
where id = $1 returning version


-- name: add_lines
insert into retail_despatch_line (despatch_id, sku_key, quantity)
select $1, sku_key, sum(quantity) from unnest($2::text[], $3::numeric[]) as g(sku_key, quantity) group by sku_key

-- name: touch
-- What the ERP's ledger must hold of these shelves hangs on what it has booked of this despatch. $2: it just booked some
-- by itself, so that whatever we wrote last is no proof of what it holds now.
update retail_level l
set waiting_since = coalesce(l.waiting_since, clock_timestamp()), version = l.version + 1, unsure = l.unsure or $2
from retail_despatch d join retail_despatch_line x on x.despatch_id = d.id
where d.id = $1 and l.tenant = d.tenant and l.pairing = d.pairing and l.location = d.location and l.sku_key = x.sku_key

-- name: load
select id, document::text as document, state, version, attempts, sent::text as sent, erp_ref, closed_at,
       coalesce(look_at > clock_timestamp(), false) as is_early
from retail_despatch where id = $1

-- name: known
select order_ref, id, document::text as document, state, version, attempts, sent::text as sent, erp_ref,
       closed_at, coalesce(look_at > clock_timestamp(), false) as is_early
from retail_despatch where tenant = $1 and pairing = $2 and order_ref = any($3::text[]) order by id

-- name: move
with moved as (
    update retail_despatch
    set state = $3, version = version + 1,
        attempts = case $3 when 'closing' then attempts + 1 when 'found' then 0 else attempts end,
        look_at = now() + $4::float8 * interval '1 second',
        sent = coalesce($5::jsonb, sent),
        erp_ref = coalesce($6, erp_ref),
        closed_at = case when $3 = 'closed' then now() else closed_at end
    where id = $1 and version = $2
    returning id, tenant, key, order_ref, state
), trail as (
    insert into audit_entry (tenant, actor, action, subject, subject_id, detail)
    select tenant, $8, 'retail_despatch_' || state, 'retail-despatch', id,
           jsonb_build_object('despatch', key, 'order', order_ref) || $7::jsonb
    from moved
)
select id from moved

-- name: look_later
update retail_despatch set look_at = now() + $3::float8 * interval '1 second' where id = $1 and version = $2

-- name: due
select id, version from retail_despatch
where tenant = $1 and pairing = $2 and look_at <= now() and state in ('found', 'closing') order by look_at limit $3

-- name: codes
-- The shop's SKU → the ERP's code, of those that the ERP is known to hold.
select s.sku, i.code
from unnest($4::text[]) as s(sku)
left join code_map m on m.tenant = $1 and m.pairing = $2 and m.kind = 'sku' and lower(m.key) = lower(s.sku) and m.until is null
join stock_item i on i.tenant = $1 and i.system = $3 and i.code_key = lower(coalesce(m.value ->> 'code', s.sku))
