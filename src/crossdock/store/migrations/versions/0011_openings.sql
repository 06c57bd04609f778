-- Accounts that a named person said shall be opened in the ERP. ref: ours, by which it is found there. state: opening,
-- opened or refused. account_id, account_code: once it is open. problem: why not.
create table account_opening (
    tenant text not null,
    pairing text not null,
    company_ref text not null,
    ref text not null,
    currency text not null,
    actor text not null,
    state text not null default 'opening',
    account_id text not null default '',
    account_code text not null default '',
    problem text not null default '',
    attempts integer not null default 0,
    sent_at timestamptz,
    begun_at timestamptz not null default now(),
    primary key (tenant, pairing, company_ref)
);
