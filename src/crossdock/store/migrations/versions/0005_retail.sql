-- What the shops say of each place and item: the newest telling alone. on_hand: null where the basis does not let it be
-- known. waiting_since: when the oldest change happened that the ERP has not booked, null when there is none; booked:
-- the count it took last; unsure: a count was sent and no answer came. problem: the kind of case it waits in.
create table retail_level (
    id bigint generated always as identity primary key,
    tenant text not null,
    pairing text not null,
    location text not null,
    sku text not null,
    sku_key text not null,
    leaf boolean not null,
    basis text not null,
    quantity numeric not null,
    allocated numeric,
    sequence numeric,
    occurred_at timestamptz not null,
    published_at timestamptz,
    on_hand numeric,
    heard_at timestamptz not null default clock_timestamp(),
    waiting_since timestamptz,
    booked numeric,
    booked_at timestamptz,
    unsure boolean not null default false,
    attempts integer not null default 0,
    problem text not null default '',
    version integer not null default 1,
    unique (tenant, pairing, location, sku_key)
);

create index retail_level_waiting on retail_level (tenant, pairing, waiting_since) where waiting_since is not null;

-- How long figures took from the shelf to the ERP: counts by length of time, rounded up to two digits, minute by minute.
create table retail_lag (
    tenant text not null,
    pairing text not null,
    minute timestamptz not null,
    seconds double precision not null,
    figures bigint not null,
    primary key (tenant, pairing, minute, seconds)
);

-- Goods that left a shop for an order of the ERP. state: found, closing, closed, waiting (in a case), dropped, called_off.
create table retail_despatch (
    id bigint generated always as identity primary key,
    tenant text not null,
    pairing text not null,
    key text not null,
    revision integer not null,
    order_ref text not null,
    location text not null,
    document jsonb not null,
    despatched_at timestamptz not null,
    state text not null default 'found',
    version integer not null default 1,
    attempts integer not null default 0,
    look_at timestamptz,
    erp_ref text not null default '',
    missed boolean not null default false,
    found_at timestamptz not null default clock_timestamp(),
    closed_at timestamptz,
    unique (tenant, pairing, key)
);

create index retail_despatch_look on retail_despatch (tenant, pairing, look_at) where look_at is not null;

create index retail_despatch_order on retail_despatch (tenant, pairing, order_ref);

create table retail_despatch_line (
    despatch_id bigint not null references retail_despatch (id) on delete cascade,
    sku_key text not null,
    quantity numeric not null,
    primary key (despatch_id, sku_key)
);

create index retail_despatch_line_sku on retail_despatch_line (sku_key);
