-- Who may sign in. A name is one person's, however it is written. password_hash: argon2id, with its salt and profile.
create table person (
    id bigint generated always as identity primary key,
    tenant text not null,
    name text not null,
    display text not null default '',
    password_hash text not null,
    created_at timestamptz not null default clock_timestamp(),
    disabled_at timestamptz
);

create unique index person_name on person (tenant, lower(name));

-- What each may do. desk '': at every desk. pairing '': in every pairing.
create table person_grant (
    person_id bigint not null references person (id),
    role text not null,
    desk text not null default '',
    pairing text not null default '',
    primary key (person_id, role, desk, pairing)
);

-- Who is signed in. digest: SHA-256 of the token that only the browser has. expires_at: the end, however much it is used.
create table person_session (
    digest bytea primary key,
    person_id bigint not null references person (id),
    csrf text not null,
    begun_at timestamptz not null default clock_timestamp(),
    seen_at timestamptz not null default clock_timestamp(),
    expires_at timestamptz not null,
    ended_at timestamptz,
    agent text not null default ''
);

create index person_session_person on person_session (person_id) where ended_at is null;

-- Who tried to sign in within the last day. name: without case; of one that is nobody's only a mark. ok: false until it
-- went well, so that those under way count as well.
create table sign_in_attempt (
    id bigint generated always as identity primary key,
    tenant text not null,
    name text not null,
    address text not null,
    at timestamptz not null default clock_timestamp(),
    ok boolean not null default false
);

create index sign_in_attempt_name on sign_in_attempt (tenant, name, at);

create index sign_in_attempt_address on sign_in_attempt (tenant, address, at);

create index sign_in_attempt_at on sign_in_attempt (tenant, at);
