-- Products and product models of a PIM, each with where it stands. content: digest of all that is news, so that what we
-- write into the PIM ourselves is none. wanted: the stock item as it was last laid out or confirmed. told, due: what the
-- PIM shows, and what of it shall be so; tell_at: not before then. seen_at: beginning of the last read that brought it.
-- differed: comparisons in a row that found the ERP's item otherwise; accepted: the difference a person took as it is.
create table catalogue_product (
    id bigint generated always as identity primary key,
    tenant text not null,
    pairing text not null,
    kind text not null,
    key text not null,
    code text not null,
    code_key text not null,
    state text not null,
    version int not null default 1,
    parent text not null default '',
    root text not null default '',
    categories text[] not null default '{}',
    document jsonb,
    content bytea,
    raw_digest bytea,
    wanted jsonb,
    item_id text not null default '',
    item_code text not null default '',
    put_out_at timestamptz,
    confirmed_at timestamptz,
    released_at timestamptz,
    told jsonb not null default '{}',
    due jsonb not null default '{}',
    look_at timestamptz,
    tell_at timestamptz,
    differed int not null default 0,
    accepted text not null default '',
    changed_at timestamptz,
    seen_at timestamptz not null,
    captured_at timestamptz not null default now(),
    unique (tenant, pairing, kind, key)
);

create index catalogue_product_code on catalogue_product (tenant, pairing, code_key);

create index catalogue_product_root on catalogue_product (tenant, pairing, root) where root <> '';

create index catalogue_product_look on catalogue_product (tenant, pairing, look_at) where look_at is not null;

create index catalogue_product_to_tell on catalogue_product (tenant, pairing, id)
    where kind = 'product' and (not (told @> due) or state = 'confirmed');

create index catalogue_product_state on catalogue_product (tenant, pairing, state);

-- What shapes products: families, family variants, categories.
create table catalogue_shape (
    tenant text not null,
    system text not null,
    kind text not null,
    code text not null,
    document jsonb not null,
    seen_at timestamptz not null,
    primary key (tenant, system, kind, code)
);

-- A plain stock item that becomes one of a family, or gives its place to the items of one. step: how far it has come.
create table structure_change (
    id bigint generated always as identity primary key,
    tenant text not null,
    pairing text not null,
    record_id bigint not null references catalogue_product (id) on delete cascade,
    kind text not null,
    old_key text not null,
    change jsonb not null,
    step text not null,
    version int not null default 1,
    look_at timestamptz,
    began_at timestamptz not null default now(),
    ended_at timestamptz
);

create unique index structure_change_open on structure_change (tenant, pairing, old_key) where ended_at is null;

create index structure_change_record on structure_change (record_id);

create index structure_change_look on structure_change (tenant, pairing, look_at) where ended_at is null;
