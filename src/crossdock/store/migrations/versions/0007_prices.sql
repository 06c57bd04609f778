-- A price may hold for one unit only, and from a day to a day. The price is for `per` stock units.
alter table price
    drop constraint price_pkey,
    add column unit text not null default '',
    add column per numeric not null default 1,
    add column valid_from date not null default '0001-01-01',
    add column valid_to date not null default '9999-12-31',
    add primary key (tenant, system, code_key, price_list, currency, unit, quantity_from, valid_from);

create index price_list_rows on price (tenant, system, price_list);

-- What a storefront shows, as far as we know: written by us (ours), or read there. unsure: written, and no word came.
create table price_shown (
    tenant text not null,
    pairing text not null,
    price_list text not null,
    sku text not null,
    unit text not null,
    currency text not null,
    quantity numeric not null,
    value numeric not null,
    ref text not null default '',
    ours boolean not null default false,
    unsure boolean not null default false,
    noted_at timestamptz not null,
    primary key (tenant, pairing, price_list, sku, unit, currency, quantity)
);

-- The units that an item is sold in, where the ERP lists them. sku_key: the unit's own, '' where it has none.
create table item_unit (
    tenant text not null,
    system text not null,
    code_key text not null,
    unit text not null,
    sku_key text not null default '',
    base_key text not null,
    base_quantity numeric not null,
    confirmed boolean not null,
    primary key (tenant, system, code_key, unit)
);

-- What was read before has neither units nor days: it is read anew.
delete from watermark where feed in ('items', 'prices');
