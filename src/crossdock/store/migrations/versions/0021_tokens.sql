-- Tokens for the HTTP API. digest: SHA-256 of a secret that only its holder has. person_id: whose it is; null for a
-- service. used_at: to within minutes. Never deleted: the audit trail names them.
create table api_token (
    id bigint generated always as identity primary key,
    tenant text not null,
    name text not null,
    digest bytea not null unique,
    person_id bigint references person (id),
    scopes text[] not null,
    made_by text not null,
    created_at timestamptz not null default clock_timestamp(),
    expires_at timestamptz,
    used_at timestamptz,
    revoked_at timestamptz
);

create unique index api_token_name on api_token (tenant, lower(name)) where revoked_at is null;

-- What each may do at most. desk '': at every desk. pairing '': in every pairing. None for a person's token: as the person.
create table api_token_grant (
    token_id bigint not null references api_token (id),
    role text not null,
    desk text not null default '',
    pairing text not null default '',
    primary key (token_id, role, desk, pairing)
);

-- Who called with a token that is none, within the last day.
create table api_refusal (
    id bigint generated always as identity primary key,
    tenant text not null,
    address text not null,
    at timestamptz not null default clock_timestamp()
);

create index api_refusal_address on api_refusal (tenant, address, at);

create index api_refusal_at on api_refusal (tenant, at);
