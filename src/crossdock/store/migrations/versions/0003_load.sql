-- The steps of an initial load, the newest run of each. state: running, done or failed.
create table load_step (
    tenant text not null,
    pairing text not null,
    step text not null,
    state text not null,
    began_at timestamptz not null default clock_timestamp(),
    ended_at timestamptz,
    result jsonb not null default '{}',
    primary key (tenant, pairing, step)
);

-- How far the history of orders placed in [since, until) has been taken in. cursor_at: the newest change that was read.
create table backfill (
    tenant text not null,
    pairing text not null,
    since timestamptz not null,
    until timestamptz not null,
    cursor_at timestamptz,
    counts jsonb not null default '{}',
    began_at timestamptz not null default clock_timestamp(),
    ended_at timestamptz,
    primary key (tenant, pairing, since, until)
);
