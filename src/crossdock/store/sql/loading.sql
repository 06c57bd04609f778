-- name: steps
select step, state, began_at, ended_at, result::text as result from load_step
where tenant = $1 and pairing = $2 order by began_at

-- name: step_begins
insert into load_step (tenant, pairing, step, state) values ($1, $2, $3, 'running')
on conflict (tenant, pairing, step) do update
set state = 'running', began_at = clock_timestamp(), ended_at = null, result = '{}'

-- name: step_ends
update load_step set state = $4, ended_at = clock_timestamp(), result = $5::jsonb
where tenant = $1 and pairing = $2 and step = $3

-- name: begin
insert into backfill (tenant, pairing, since, until) values ($1, $2, $3, $4)
on conflict (tenant, pairing, since, until) do update set since = excluded.since
returning cursor_at, counts::text as counts, ended_at

-- name: advance
update backfill set cursor_at = greatest(cursor_at, $5), counts = $6::jsonb, ended_at = case when $7 then now() end
where tenant = $1 and pairing = $2 and since = $3 and until = $4

-- name: known
select storefront_id from sales_order where tenant = $1 and pairing = $2 and storefront_id = any($3::text[])

-- name: take
-- Orders the ERP has already: they come in as what they are there, and nothing is asked of anybody.
with given as (
    select * from unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::numeric[], $8::text[], $9::text[],
                         $10::jsonb[], $11::bytea[], $12::timestamptz[], $13::timestamptz[], $14::text[], $15::text[])
        as g(storefront_id, ref, state, currency, total, company_ref, company_name, document, raw_digest, placed_at,
             changed_at, erp_ref, account_code)
), made as (
    insert into sales_order (tenant, pairing, storefront_id, ref, state, currency, total, company_ref, company_name,
                             document, raw_digest, placed_at, changed_at, erp_ref, account_code, posted_at,
                             acknowledged_at)
    select $1, $2, storefront_id, ref, state, currency, total, company_ref, company_name, document, raw_digest,
           placed_at, changed_at, erp_ref, account_code, now(), now()
    from given
    on conflict (tenant, pairing, storefront_id) do nothing
    returning id, pairing, storefront_id, ref, state, erp_ref, document
), lines as (
    insert into sales_order_line (order_id, line_no, sku, unit, quantity, pairing)
    select made.id, line.number, line.value ->> 'sku', line.value ->> 'unit', (line.value ->> 'quantity')::numeric, made.pairing
    from made, jsonb_array_elements(made.document -> 'lines') with ordinality as line(value, number)
), trail as (
    insert into audit_entry (tenant, actor, action, subject, subject_id, detail)
    select $1, 'crossdock', 'backfill', 'order', id, jsonb_build_object('ref', ref, 'state', state, 'erp_ref', erp_ref)
    from made
)
select count(*) from made
