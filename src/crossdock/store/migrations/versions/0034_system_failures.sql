-- How many calls ever failed: it says which of a few places the next failure takes.
alter table remote_budget add column failed_calls bigint not null default 0;

-- The newest failed calls of each system; the oldest gives its place to the next.
create table remote_failure (
    tenant text not null,
    system text not null,
    slot integer not null,
    at timestamptz not null default now(),
    call text not null,
    problem text not null,
    primary key (tenant, system, slot)
);

-- The newest probe of each system that a person asked for.
create table remote_probe (
    tenant text not null,
    system text not null,
    asked_at timestamptz not null default now(),
    actor text not null,
    ended_at timestamptz,
    verdict text not null default '',
    primary key (tenant, system)
);
