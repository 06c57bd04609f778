-- Storefront companies as last read, and what came of matching each with the ERP's accounts. state: new, linked, review
-- (a person decides), guest, set_aside (a person took it out) or unreadable. matched_at: null while nobody has looked at
-- it since it changed.
create table company (
    id bigint generated always as identity primary key,
    tenant text not null,
    pairing text not null,
    ref text not null,
    document jsonb,
    state text not null default 'new',
    review text not null default '',
    candidates jsonb not null default '[]',
    matched_at timestamptz,
    seen_at timestamptz not null default now(),
    unique (tenant, pairing, ref)
);

create index company_unmatched on company (tenant, pairing, id) where matched_at is null;

-- hint: the code the storefront held when the link was made. wanted_code: what the storefront shall hold; told_code: what
-- it was told, told_problem: why it would not hear.
alter table account_link add column hint text not null default '';

alter table account_link add column wanted_code text not null default '';

alter table account_link add column told_code text not null default '';

alter table account_link add column told_problem text not null default '';

alter table account_link add column told_attempts integer not null default 0;

create index account_link_untold on account_link (tenant, pairing, company_ref) where wanted_code <> told_code;

-- changed_at: when what an account is recognised by last changed.
alter table account add column changed_at timestamptz not null default now();

create index account_changed on account (tenant, system, changed_at);
