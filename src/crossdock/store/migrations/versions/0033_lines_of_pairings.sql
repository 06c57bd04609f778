-- A line is its order's, in its order's pairing: every insert takes it from there.
alter table sales_order_line add column pairing text;

update sales_order_line l set pairing = o.pairing from sales_order o where o.id = l.order_id;

alter table sales_order_line alter column pairing set not null;

drop index sales_order_line_sku;

-- A pairing's orders of a SKU, the newest first.
create index sales_order_line_sku on sales_order_line (sku, pairing, order_id);
