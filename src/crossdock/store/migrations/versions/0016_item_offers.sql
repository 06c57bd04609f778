-- The sale of each product, and of each ERP item that is none. state: as in decide/offers.py. missing: what it lacks;
-- owed: of that, what a desk shall know of; told: the causes whose cases it stands in; accepted: those that a named
-- person took as they are.
create table item_offer (
    tenant text not null,
    pairing text not null,
    sku text not null,
    id bigint generated always as identity unique,
    ref text not null default '',
    on_sale boolean not null default false,
    state text not null,
    missing text[] not null default '{}',
    owed text[] not null default '{}',
    told text[] not null default '{}',
    accepted text[] not null default '{}',
    changed_at timestamptz not null default now(),
    primary key (tenant, pairing, sku)
);
