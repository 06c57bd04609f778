-- What a retail system was last told, by kind of record and its key. state: sent, unsure (no answer came), refused, lost
-- (it may be another there by now, and is told when the ERP tells it again), gone (an item, told under a code that the ERP
-- gave up). allocated: what open orders had reserved of a level. taken_at: when it was first in.
create table retail_sent (
    id bigint generated always as identity primary key,
    tenant text not null,
    pairing text not null,
    kind text not null,
    key text not null,
    digest text not null,
    quantity numeric,
    allocated numeric,
    state text not null,
    taken_at timestamptz,
    told_at timestamptz not null default clock_timestamp(),
    unique (tenant, pairing, kind, key)
);

-- Transfers that a retail system would have made. gone_at: when a whole list no longer held it.
create table retail_proposal (
    tenant text not null,
    pairing text not null,
    ref text not null,
    document jsonb not null,
    first_seen_at timestamptz not null,
    seen_at timestamptz not null,
    gone_at timestamptz,
    primary key (tenant, pairing, ref)
);

-- What an order of the ERP asks for, as it was last exported. mark: what of its state tells that it was changed since.
create table erp_order (
    tenant text not null,
    system text not null,
    code text not null,
    mark text not null,
    document jsonb not null,
    read_at timestamptz not null default clock_timestamp(),
    primary key (tenant, system, code)
);

-- differs: what the last comparison with the ERP found that nothing explained, both figures; accepted: the difference that
-- a named person takes as it is.
alter table retail_level add column differs text not null default '', add column accepted text not null default '';
