-- name: store_items
insert into stock_item (tenant, system, code_key, code, item_id, document)
select distinct on (lower(code)) $1, $2, lower(code), code, item_id, document
from unnest($3::text[], $4::text[], $5::jsonb[]) as g(code, item_id, document)
on conflict (tenant, system, code_key) do update
set code = excluded.code, item_id = excluded.item_id, document = excluded.document, seen_at = now()

-- name: store_accounts
insert into account (tenant, system, account_id, code_key, document)
select distinct on (account_id) $1, $2, account_id, lower(code), document
from unnest($3::text[], $4::text[], $5::jsonb[]) as g(account_id, code, document)
on conflict (tenant, system, account_id) do update
set code_key = excluded.code_key, document = excluded.document, seen_at = now()

-- name: store_prices
insert into price (tenant, system, price_list, code_key, currency, quantity_from, quantity_to, price, is_net, tax_percent)
select distinct on (price_list, lower(code), currency, quantity_from)
       $1, $2, price_list, lower(code), currency, quantity_from, quantity_to, price, is_net, tax_percent
from unnest($3::text[], $4::text[], $5::text[], $6::numeric[], $7::numeric[], $8::numeric[], $9::bool[], $10::numeric[])
     as g(price_list, code, currency, quantity_from, quantity_to, price, is_net, tax_percent)
on conflict (tenant, system, code_key, price_list, currency, quantity_from) do update
set price = excluded.price, quantity_to = excluded.quantity_to, is_net = excluded.is_net,
    tax_percent = excluded.tax_percent, seen_at = now()

-- name: store_targets
insert into stock_target (tenant, system, ref, sku, sku_key, unit, units_over, units_under, seen_at)
select distinct on (ref) $1, $2, ref, sku, lower(sku), unit, units_over, units_under, $8::timestamptz
from unnest($3::text[], $4::text[], $5::text[], $6::numeric[], $7::numeric[]) as g(ref, sku, unit, units_over, units_under)
on conflict (tenant, system, ref) do update
set sku = excluded.sku, sku_key = excluded.sku_key, unit = excluded.unit, units_over = excluded.units_over,
    units_under = excluded.units_under, seen_at = excluded.seen_at

-- name: forget_targets
delete from stock_target where tenant = $1 and system = $2 and seen_at < $3

-- name: link_account
-- What a person linked, no machine links anew.
insert into account_link (tenant, pairing, company_ref, account_id, actor) values ($1, $2, $3, $4, $5)
on conflict (tenant, pairing, company_ref) do update set account_id = excluded.account_id, actor = excluded.actor, since = now()
where excluded.actor <> 'crossdock'

-- name: account_by_code
select document::text as document from account where tenant = $1 and system = $2 and code_key = lower($3)

-- name: end_map
update code_map set until = now() where tenant = $1 and pairing = $2 and kind = $3 and key = $4 and until is null

-- name: add_map
insert into code_map (tenant, pairing, kind, key, value, actor) values ($1, $2, $3, $4, $5::jsonb, $6) returning id

-- name: maps
select kind, key, value::text as value from code_map
where tenant = $1 and pairing = $2 and kind <> 'sku' and until is null

-- name: known_maps
select distinct kind, key from code_map where tenant = $1 and pairing = $2

-- name: watermark
select at from watermark where tenant = $1 and pairing = $2 and feed = $3

-- name: move_watermark
insert into watermark (tenant, pairing, feed, at) values ($1, $2, $3, $4)
on conflict (tenant, pairing, feed) do update set at = greatest(watermark.at, excluded.at), moved_at = now()

-- name: audit
insert into audit_entry (tenant, actor, action, subject, subject_id, detail) values ($1, $2, $3, $4, $5, $6::jsonb)

-- name: sku_suggestions
select code from stock_item where tenant = $1 and system = $2 order by code_key limit 100000
