-- What never tried: which ids a storefront listed, what filters left out, what events spoke of, how each count ended.

create table completeness_run (
    id bigint generated always as identity primary key,
    tenant text not null,
    pairing text not null,
    since timestamptz not null,
    until timestamptz not null,
    read_until timestamptz,
    began_at timestamptz not null default now(),
    ended_at timestamptz,
    report jsonb not null default '{}'
);

create unique index completeness_run_open on completeness_run (tenant, pairing) where ended_at is null;

create index completeness_run_ended on completeness_run (tenant, pairing, ended_at);

create table completeness_entry (
    run_id bigint not null references completeness_run on delete cascade,
    storefront_id text not null,
    number text not null,
    placed_at timestamptz,
    changed_at timestamptz,
    left_out text not null default '',
    primary key (run_id, storefront_id)
);

create table order_left_out (
    tenant text not null,
    pairing text not null,
    storefront_id text not null,
    number text not null,
    placed_at timestamptz,
    setting text not null,
    first_seen_at timestamptz not null default now(),
    last_seen_at timestamptz not null default now(),
    primary key (tenant, pairing, storefront_id)
);

create table order_hint (
    id bigint generated always as identity primary key,
    tenant text not null,
    pairing text not null,
    storefront_id text not null,
    topic text not null,
    heard_at timestamptz not null default now(),
    times integer not null default 1,
    unique (tenant, pairing, storefront_id)
);

create index sales_order_placed on sales_order (tenant, pairing, placed_at);

create index despatch_found on despatch (tenant, pairing, found_at);
