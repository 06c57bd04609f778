-- One comparison: running (`progress` says how far), found (its differences stand, their cases are being opened), ended.
-- Once ended it is never edited.
create table reconciliation_run (
    id bigint generated always as identity primary key,
    tenant text not null,
    pairing text not null,
    object text not null,
    period text not null default '',
    first_day date,
    end_day date,
    zone text not null default '',
    state text not null default 'running',
    actor text not null,
    began_at timestamptz not null default now(),
    ours_at timestamptz,
    theirs_at timestamptz,
    ended_at timestamptz,
    progress jsonb not null default '{}',
    counts jsonb not null default '{}',
    unknowns jsonb not null default '[]'
);

create unique index reconciliation_run_open on reconciliation_run (tenant, pairing, object, period) where state <> 'ended';

create index reconciliation_run_newest on reconciliation_run (tenant, pairing, object, period, id);

create table reconciliation_difference (
    run_id bigint not null references reconciliation_run on delete cascade,
    number integer not null,
    link text not null,
    cause text not null,
    subject text not null,
    ref text not null,
    document text not null,
    what text not null,
    day date,
    currency text not null default '',
    company text not null default '',
    account text not null default '',
    net numeric,
    tax numeric,
    gross numeric,
    value numeric,
    ours text not null,
    theirs text not null,
    likely text not null default '',
    note text not null default '',
    case_kind text not null default '',
    case_subject text not null default '',
    raises boolean not null default false,
    facts jsonb not null default '{}',
    waived_by text not null default '',
    waived_why text not null default '',
    waived_at timestamptz,
    primary key (run_id, number)
);

create table reconciliation_sum (
    run_id bigint not null references reconciliation_run on delete cascade,
    kind text not null,
    currency text not null,
    company text not null,
    papers bigint not null,
    net numeric,
    tax numeric,
    gross numeric not null,
    primary key (run_id, kind, currency, company)
);

create function reconciliation_is_for_ever() returns trigger language plpgsql as $$
begin
    raise exception 'a reconciliation run that ended is never edited';
end $$;

create trigger reconciliation_run_not_edited before update on reconciliation_run
    for each row when (old.state = 'ended') execute function reconciliation_is_for_ever();

create trigger reconciliation_difference_not_edited before update on reconciliation_difference
    for each row execute function reconciliation_is_for_ever();

-- A difference that stands in a case now: one row for each pairing, object and period that found it. Its id is what the
-- case holds.
create table reconciliation_held (
    id bigint generated always as identity primary key,
    tenant text not null,
    pairing text not null,
    object text not null,
    period text not null,
    kind text not null,
    subject text not null,
    run_id bigint not null,
    ours text not null,
    theirs text not null,
    unique (tenant, pairing, object, period, kind, subject)
);

-- A difference that a named person takes as it is: these two figures and no others.
create table reconciliation_waiver (
    tenant text not null,
    pairing text not null,
    kind text not null,
    subject text not null,
    ours text not null,
    theirs text not null,
    actor text not null,
    reason text not null,
    at timestamptz not null default now(),
    primary key (tenant, pairing, kind, subject, ours, theirs)
);

-- What a run under way has read. Unlogged: a killed process loses nothing of it, and a run begins anew when the server
-- itself went down.
create unlogged table reconciliation_paper (
    run_id bigint not null,
    kind text not null,
    ref text not null,
    number text not null,
    dossier text not null,
    account text not null default '',
    company text not null default '',
    currency text not null default '',
    net numeric,
    tax numeric,
    gross numeric not null default 0,
    day date,
    lines integer not null default 1,
    alike text not null default '',
    state text not null default '',
    note text not null default '',
    sent_on date,
    complete boolean not null default false,
    primary key (run_id, kind, ref, number)
);

create index reconciliation_paper_dossier on reconciliation_paper (run_id, dossier);

create unlogged table reconciliation_ours (
    run_id bigint not null,
    key text not null,
    value text not null,
    detail text not null default ''
);

create unlogged table reconciliation_theirs (
    run_id bigint not null,
    key text not null,
    value text not null,
    detail text not null default ''
);
