-- A merchant's year: $ORDERS orders of three pairings, two lines each, $CASES cases of which every fourth is open, what
-- they hold, and an audit trail of three entries an order; a twentieth as many SKUs, mappings and companies. Nothing of it is
-- real.

insert into sales_order (tenant, pairing, storefront_id, ref, state, currency, total, company_ref, company_name,
                         account_code, erp_ref, sent_at, posted_at, placed_at, captured_at, document)
select 'main', (array['oro-khaos', 'oro-prima', 'scayle-khaos'])[case when n % 50 = 48 then 3 else 1 + n % 10 / 5 end], n::text, (100000 + n)::text,
       case when n > orders - orders / 50 then (array['waiting', 'captured', 'posting', 'waiting'])[1 + n % 4]
            when n % 40 = 0 then 'cancelled' else (array['posted', 'despatched', 'part_despatched'])[1 + n % 3] end,
       'GBP', 10 + n % 900 + 0.37, (n % 5000)::text, initcap(substr(md5((n % 5000)::text), 1, 7)) || ' Trading Ltd',
       'ACC' || n % 5000, case when n > orders - orders / 50 then '' else 'K' || n end,
       placed, placed + interval '3 s', placed, placed + interval '1 s', jsonb_build_object('ref', (100000 + n)::text)
from (select n, $ORDERS::bigint as orders, now() - interval '365 days' * ($ORDERS - n) / $ORDERS as placed
      from generate_series(1, $ORDERS) n) of_a_year;

insert into sales_order_line (order_id, line_no, sku, unit, quantity, pairing)
select o.id, line, case when line = 1 and o.id % 10 = 0 then 'SKU-BEST' else 'SKU-' || (o.id * 7919 + line * 104729) % 50000 end,
       'each', 1 + o.id % 5, o.pairing
from sales_order o, generate_series(1, 2) line;

insert into desk_case (tenant, pairing, kind, subject, state, desk, severity, cause, facts, opened_at, due_at, closed_at)
select 'main', (array['oro-khaos', 'oro-prima', 'scayle-khaos'])[case when n % 50 = 48 then 3 else 1 + n % 10 / 5 end],
       (array['stock-code-unknown', 'total-conflict', 'account-unmatched', 'promotion-staged', 'stock-drift'])[1 + n % 5],
       'SUBJECT-' || n, case when n % 4 = 0 then 'open' else 'closed' end,
       (array['data', 'finance', 'sales-ops', 'ecommerce', 'operations'])[1 + n % 5],
       (array['low', 'normal', 'high', 'urgent'])[1 + n % 4], 'SUBJECT-' || n || ' is not known to the ERP.',
       jsonb_build_object('sku', 'SUBJECT-' || n), opened, opened + interval '8 h',
       case when n % 4 = 0 then null else opened + interval '2 h' end
from (select n, now() - interval '60 days' * ($CASES - n) / $CASES as opened from generate_series(1, $CASES) n) of_a_while;

insert into case_hold (case_id, record, record_id, ref, cause, value, currency)
select c.id, 'order', (c.id * 17 + part * 7907) % $ORDERS + 1, '', c.cause, 42.10, 'GBP'
from desk_case c, generate_series(1, 1 + (c.id % 5)::int) part on conflict do nothing;

insert into audit_entry (tenant, at, actor, action, subject, subject_id)
select 'main', o.captured_at + interval '1 s' * step, case when o.id % 200 = 0 and step = 2 then 'mary' else 'crossdock' end,
       (array['capture', 'post', 'acknowledge'])[step], 'order', o.id
from sales_order o, generate_series(1, 3) step order by o.id;

insert into case_hold (case_id, record, record_id, ref, cause, value, currency)
select (select min(id) from desk_case where state = 'open'), 'order', id, ref, 'One cause holds many.', total, currency
from sales_order where state = 'waiting' limit $ORDERS / 50 on conflict do nothing;

insert into code_map (tenant, pairing, kind, key, value, actor, until, ended_by)
select 'main', 'oro-khaos', 'sku', 'SKU-' || n, jsonb_build_object('code', 'KH-' || n), 'mary',
       case when n % 20 = 0 then now() - n * interval '1 s' end, case when n % 20 = 0 then 'mary' else '' end
from generate_series(1, $ORDERS / 20) n;

insert into company (tenant, pairing, ref, document, state)
select 'main', 'oro-khaos', n::text, jsonb_build_object('ref', n::text, 'name', initcap(substr(md5(n::text), 1, 7)) || ' Trading Ltd'),
       case when n % 10 = 0 then 'review' else 'linked' end
from generate_series(1, $ORDERS / 20) n;

insert into stock_target (tenant, system, ref, sku, sku_key, unit, units_over, units_under)
select 'main', 'shop', n::text, 'SKU-' || n, 'sku-' || n, 'each', 1, 1 from generate_series(1, $ORDERS / 20) n;

insert into stock_position (tenant, system, code_key, site, basis, quantity, as_of)
select 'main', 'khaos', 'kh-' || n, '', 'available', n % 500, now() from generate_series(1, $ORDERS / 20) n;

insert into stock_published (tenant, pairing, ref, quantity, published_at)
select 'main', 'oro-khaos', n::text, n % 500, now() - n % 1000 * interval '1 minute'
from generate_series(1, $ORDERS / 20) n where n % 50 > 0;
