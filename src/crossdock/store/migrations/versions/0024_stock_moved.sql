-- How far each figure moved in a day: what it was at first and is now.
create table stock_moved (
    tenant text not null,
    system text not null,
    day date not null,
    basis text not null,
    code_key text not null,
    site text not null,
    first numeric not null,
    newest numeric not null,
    changes integer not null default 1,
    moved_at timestamptz not null,
    primary key (tenant, system, day, basis, code_key, site)
);

create index stock_moved_most on stock_moved (tenant, system, basis, day, abs(newest - first) desc, code_key, site);

create index stock_moved_at on stock_moved (tenant, system, moved_at);

-- In the order in which lists show them, whatever the language of the database.
create index stock_target_order on stock_target (tenant, system, sku_key collate "C");

create index stock_position_low on stock_position (tenant, system, basis, quantity, code_key) where not unlimited;

create index stock_published_unsure on stock_published (tenant, pairing, ref) where unsure;

create index retail_level_sku on retail_level (tenant, pairing, sku_key);
