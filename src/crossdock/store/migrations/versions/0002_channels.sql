-- Documents put out for a remote system to fetch. position rises in the order of commits, so that a reader who asks for
-- "after 17" never misses one: writers of one channel queue on an advisory lock.
create table channel_out (
    tenant text not null,
    pairing text not null,
    kind text not null,
    position bigint generated always as identity,
    ref text not null,
    document jsonb not null,
    put_out_at timestamptz not null default clock_timestamp(),
    primary key (tenant, pairing, kind, ref)
);

create unique index channel_out_position on channel_out (tenant, pairing, kind, position);

create index channel_out_since on channel_out (tenant, pairing, kind, put_out_at, position);

-- What a remote system brought, the newest of each key. raw_digest: the upload it came in.
create table channel_in (
    tenant text not null,
    pairing text not null,
    kind text not null,
    key text not null,
    document jsonb not null,
    raw_digest bytea not null,
    received_at timestamptz not null default clock_timestamp(),
    primary key (tenant, pairing, kind, key)
);

create index channel_in_received on channel_in (tenant, pairing, kind, received_at);

-- Wishes that an order shall not be sent. accepted: null while nobody has decided.
create table channel_wish (
    tenant text not null,
    pairing text not null,
    key text not null,
    document jsonb not null,
    raw_digest bytea not null,
    asked_at timestamptz not null default now(),
    accepted boolean,
    reason text not null default '',
    decided_at timestamptz,
    primary key (tenant, pairing, key)
);

create index channel_wish_open on channel_wish (tenant, pairing, asked_at) where accepted is null;
