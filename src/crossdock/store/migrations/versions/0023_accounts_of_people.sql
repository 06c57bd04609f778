-- A session has a number to speak of it by, says how it was begun and from where. way: password, or oidc.
alter table person_session add column id bigint generated always as identity;

alter table person_session add column way text not null default 'password';

alter table person_session add column address text not null default '';

create index person_session_seen on person_session (person_id, seen_at);

-- source '': a person gave the role. oidc: the groups of the identity provider did, and take it at the next sign-in.
alter table person_grant add column source text not null default '';

-- The second factor of each person: a TOTP secret, sealed. confirmed_at: since when it is asked for. counter: the newest
-- code that was taken, so that none is taken twice.
create table person_factor (
    person_id bigint primary key references person (id),
    sealed bytea not null,
    made_at timestamptz not null default clock_timestamp(),
    confirmed_at timestamptz,
    counter bigint not null default 0
);

-- The keyed hash of each code that stands in for the second factor, once.
create table recovery_code (
    person_id bigint not null references person (id),
    digest bytea not null,
    used_at timestamptz,
    primary key (person_id, digest)
);

-- Whom an identity provider means by a subject. Nothing else that it says names a person here.
create table person_identity (
    tenant text not null,
    issuer text not null,
    subject text not null,
    person_id bigint not null references person (id),
    made_at timestamptz not null default clock_timestamp(),
    primary key (tenant, issuer, subject)
);

create index person_identity_person on person_identity (person_id);

-- Sign-ins under way: digest of a token that only the browser has. person_id: the password was right, the code is still
-- asked for. sealed: what the identity provider's answer is held against. Each is taken once, and none after expires_at.
create table sign_in_step (
    digest bytea primary key,
    tenant text not null,
    person_id bigint references person (id),
    attempt bigint,
    sealed bytea,
    next text not null default '/',
    expires_at timestamptz not null
);

create index sign_in_step_expires on sign_in_step (expires_at);
