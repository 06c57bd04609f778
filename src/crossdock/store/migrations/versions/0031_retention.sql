-- What of a document stays when it goes. sealed_bytes: how long it was, compressed and sealed.
create table raw_document_gone (
    tenant text not null,
    digest bytea not null,
    source text not null,
    kind text not null,
    ref text not null,
    sealed_bytes bigint not null,
    read_at timestamptz not null,
    gone_at timestamptz not null default now(),
    why text not null,
    primary key (tenant, digest)
);

drop index raw_document_read_at;

create index raw_document_age on raw_document (tenant, read_at, digest);

create index webhook_seen_age on webhook_seen (tenant, received_at);

-- When who and where were taken out of the order's documents.
alter table sales_order add column erased_at timestamptz;

create index sales_order_over on sales_order (tenant, captured_at)
where erased_at is null and state in ('despatched', 'withdrawn', 'cancelled', 'set_aside');

-- When a closed case lost its evidence and the names in it.
alter table desk_case add column cleared_at timestamptz;

create index desk_case_uncleared on desk_case (tenant, closed_at) where state = 'closed' and cleared_at is null;

create index person_session_expires on person_session (expires_at);

create index reconciliation_run_ended on reconciliation_run (tenant, ended_at) where state = 'ended';

-- Secrets of the settings, sealed under the installation's key; what is sealed names the key and is bound to the name.
create table secret (
    tenant text not null,
    name text not null,
    sealed bytea not null,
    set_at timestamptz not null default clock_timestamp(),
    set_by text not null,
    primary key (tenant, name)
);
