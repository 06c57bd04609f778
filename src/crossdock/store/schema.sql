-- The schema as all migrations together make it, for reading. Written by `python -m tests.store.schema_dump`; a test
-- compares it with the migrations. The job engine's own tables (pgqueuer*) are its own affair.

create table account (
    tenant text not null,
    system text not null,
    account_id text not null,
    code_key text not null,
    document jsonb not null,
    seen_at timestamp with time zone not null default now(),
    changed_at timestamp with time zone not null default now(),
    as_of timestamp with time zone not null default '-infinity'::timestamp with time zone,
    code_lost boolean not null default false,
    sends integer not null default 0,
    PRIMARY KEY (tenant, system, account_id)
);

create table account_link (
    tenant text not null,
    pairing text not null,
    company_ref text not null,
    account_id text not null,
    actor text not null,
    since timestamp with time zone not null default now(),
    hint text not null default ''::text,
    wanted_code text not null default ''::text,
    told_code text not null default ''::text,
    told_problem text not null default ''::text,
    told_attempts integer not null default 0,
    PRIMARY KEY (tenant, pairing, company_ref)
);

create table account_opening (
    tenant text not null,
    pairing text not null,
    company_ref text not null,
    ref text not null,
    currency text not null,
    actor text not null,
    state text not null default 'opening'::text,
    account_id text not null default ''::text,
    account_code text not null default ''::text,
    problem text not null default ''::text,
    attempts integer not null default 0,
    sent_at timestamp with time zone,
    begun_at timestamp with time zone not null default now(),
    PRIMARY KEY (tenant, pairing, company_ref)
);

create table alert (
    id bigint generated always as identity,
    tenant text not null,
    rule text not null,
    subject text not null,
    state text not null,
    opened_at timestamp with time zone not null,
    count bigint not null,
    severity text not null,
    text text not null,
    desk text not null default ''::text,
    pairing text not null default ''::text,
    first_told_at timestamp with time zone,
    told_at timestamp with time zone,
    told_count bigint not null default 0,
    told_severity text,
    told_to text[] not null default '{}'::text[],
    step integer not null default 0,
    answered_at timestamp with time zone,
    answered_by text not null default ''::text,
    gone_at timestamp with time zone,
    held_at timestamp with time zone,
    over_at timestamp with time zone,
    PRIMARY KEY (id)
);

create table alert_digest (
    tenant text not null,
    desk text not null,
    day date not null,
    made_at timestamp with time zone not null default clock_timestamp(),
    PRIMARY KEY (tenant, desk, day)
);

create table alert_message (
    id bigint generated always as identity,
    tenant text not null,
    target text not null,
    purpose text not null,
    title text not null,
    body text not null,
    html text not null,
    state text not null default 'due'::text,
    attempts integer not null default 0,
    created_at timestamp with time zone not null default clock_timestamp(),
    next_at timestamp with time zone not null default clock_timestamp(),
    taken_until timestamp with time zone,
    ended_at timestamp with time zone,
    problem text not null default ''::text,
    PRIMARY KEY (id)
);

create table api_refusal (
    id bigint generated always as identity,
    tenant text not null,
    address text not null,
    at timestamp with time zone not null default clock_timestamp(),
    PRIMARY KEY (id)
);

create table api_token (
    id bigint generated always as identity,
    tenant text not null,
    name text not null,
    digest bytea not null,
    person_id bigint,
    scopes text[] not null,
    made_by text not null,
    created_at timestamp with time zone not null default clock_timestamp(),
    expires_at timestamp with time zone,
    used_at timestamp with time zone,
    revoked_at timestamp with time zone,
    UNIQUE (digest),
    PRIMARY KEY (id)
);

create table api_token_grant (
    token_id bigint not null,
    role text not null,
    desk text not null default ''::text,
    pairing text not null default ''::text,
    PRIMARY KEY (token_id, role, desk, pairing)
);

create table audit_entry (
    id bigint generated always as identity,
    tenant text not null,
    at timestamp with time zone not null default now(),
    xid xid8 not null default pg_current_xact_id(),
    actor text not null,
    action text not null,
    subject text not null,
    subject_id bigint not null default 0,
    detail jsonb not null default '{}'::jsonb,
    seal_id bigint,
    PRIMARY KEY (id)
);

create table audit_seal (
    id bigint generated always as identity,
    tenant text not null,
    number bigint not null,
    entries bigint not null,
    previous bytea not null,
    hash bytea not null,
    sealed_at timestamp with time zone not null default now(),
    UNIQUE (tenant, number),
    PRIMARY KEY (id)
);

create table backfill (
    tenant text not null,
    pairing text not null,
    since timestamp with time zone not null,
    until timestamp with time zone not null,
    cursor_at timestamp with time zone,
    counts jsonb not null default '{}'::jsonb,
    began_at timestamp with time zone not null default clock_timestamp(),
    ended_at timestamp with time zone,
    PRIMARY KEY (tenant, pairing, since, until)
);

create table cadence (
    tenant text not null,
    pairing text not null,
    flow text not null,
    next_at timestamp with time zone not null default now(),
    began_at timestamp with time zone,
    ended_at timestamp with time zone,
    failures integer not null default 0,
    result jsonb not null default '{}'::jsonb,
    succeeded_at timestamp with time zone,
    PRIMARY KEY (tenant, pairing, flow)
);

create table case_hold (
    case_id bigint not null,
    record text not null,
    record_id bigint not null,
    ref text not null,
    cause text not null,
    value numeric,
    currency text not null default ''::text,
    sticky boolean not null default false,
    held_at timestamp with time zone not null default now(),
    PRIMARY KEY (case_id, record, record_id)
);

create table catalogue_product (
    id bigint generated always as identity,
    tenant text not null,
    pairing text not null,
    kind text not null,
    key text not null,
    code text not null,
    code_key text not null,
    state text not null,
    version integer not null default 1,
    parent text not null default ''::text,
    root text not null default ''::text,
    categories text[] not null default '{}'::text[],
    document jsonb,
    content bytea,
    raw_digest bytea,
    wanted jsonb,
    item_id text not null default ''::text,
    item_code text not null default ''::text,
    put_out_at timestamp with time zone,
    confirmed_at timestamp with time zone,
    released_at timestamp with time zone,
    told jsonb not null default '{}'::jsonb,
    due jsonb not null default '{}'::jsonb,
    look_at timestamp with time zone,
    tell_at timestamp with time zone,
    differed integer not null default 0,
    accepted text not null default ''::text,
    changed_at timestamp with time zone,
    seen_at timestamp with time zone not null,
    captured_at timestamp with time zone not null default now(),
    UNIQUE (tenant, pairing, kind, key),
    PRIMARY KEY (id)
);

create table catalogue_shape (
    tenant text not null,
    system text not null,
    kind text not null,
    code text not null,
    document jsonb not null,
    seen_at timestamp with time zone not null,
    PRIMARY KEY (tenant, system, kind, code)
);

create table channel_fetched (
    tenant text not null,
    pairing text not null,
    kind text not null,
    "position" bigint not null,
    PRIMARY KEY (tenant, pairing, kind)
);

create table channel_in (
    tenant text not null,
    pairing text not null,
    kind text not null,
    key text not null,
    document jsonb not null,
    raw_digest bytea not null,
    received_at timestamp with time zone not null default clock_timestamp(),
    PRIMARY KEY (tenant, pairing, kind, key)
);

create table channel_out (
    tenant text not null,
    pairing text not null,
    kind text not null,
    "position" bigint generated always as identity,
    ref text not null,
    document jsonb not null,
    put_out_at timestamp with time zone not null default clock_timestamp(),
    PRIMARY KEY (tenant, pairing, kind, ref)
);

create table channel_wish (
    tenant text not null,
    pairing text not null,
    key text not null,
    document jsonb not null,
    raw_digest bytea not null,
    asked_at timestamp with time zone not null default now(),
    accepted boolean,
    reason text not null default ''::text,
    decided_at timestamp with time zone,
    PRIMARY KEY (tenant, pairing, key)
);

create table code_map (
    id bigint generated always as identity,
    tenant text not null,
    pairing text not null,
    kind text not null,
    key text not null,
    value jsonb not null,
    actor text not null,
    since timestamp with time zone not null default now(),
    until timestamp with time zone,
    reason text not null default ''::text,
    ended_by text not null default ''::text,
    ended_because text not null default ''::text,
    PRIMARY KEY (id)
);

create table company (
    id bigint generated always as identity,
    tenant text not null,
    pairing text not null,
    ref text not null,
    document jsonb,
    state text not null default 'new'::text,
    review text not null default ''::text,
    candidates jsonb not null default '[]'::jsonb,
    matched_at timestamp with time zone,
    seen_at timestamp with time zone not null default now(),
    shown jsonb,
    shown_at timestamp with time zone,
    shown_shape text not null default ''::text,
    shown_problem text not null default ''::text,
    shown_attempts integer not null default 0,
    UNIQUE (tenant, pairing, ref),
    PRIMARY KEY (id)
);

create table completeness_entry (
    run_id bigint not null,
    storefront_id text not null,
    number text not null,
    placed_at timestamp with time zone,
    changed_at timestamp with time zone,
    left_out text not null default ''::text,
    PRIMARY KEY (run_id, storefront_id)
);

create table completeness_run (
    id bigint generated always as identity,
    tenant text not null,
    pairing text not null,
    since timestamp with time zone not null,
    until timestamp with time zone not null,
    read_until timestamp with time zone,
    began_at timestamp with time zone not null default now(),
    ended_at timestamp with time zone,
    report jsonb not null default '{}'::jsonb,
    PRIMARY KEY (id)
);

create table desk_case (
    id bigint generated always as identity,
    tenant text not null,
    pairing text not null,
    kind text not null,
    subject text not null,
    state text not null default 'open'::text,
    desk text not null,
    severity text not null,
    cause text not null,
    facts jsonb not null default '{}'::jsonb,
    evidence text not null default ''::text,
    assignee text not null default ''::text,
    opened_at timestamp with time zone not null default now(),
    due_at timestamp with time zone not null,
    closed_at timestamp with time zone,
    checked_at timestamp with time zone,
    snoozed_until timestamp with time zone,
    cleared_at timestamp with time zone,
    PRIMARY KEY (id)
);

create table desk_contact (
    tenant text not null,
    desk text not null,
    words text not null default ''::text,
    address text not null default ''::text,
    escalation text not null default ''::text,
    changed_at timestamp with time zone not null default clock_timestamp(),
    changed_by text not null,
    PRIMARY KEY (tenant, desk)
);

create table despatch (
    id bigint generated always as identity,
    tenant text not null,
    pairing text not null,
    order_id bigint not null,
    key text not null,
    tracking_number text not null,
    carrier text not null,
    document jsonb not null,
    state text not null default 'found'::text,
    version integer not null default 1,
    attempts integer not null default 0,
    look_at timestamp with time zone,
    found_at timestamp with time zone not null default now(),
    published_at timestamp with time zone,
    UNIQUE (tenant, pairing, key),
    PRIMARY KEY (id)
);

create table erp_order (
    tenant text not null,
    system text not null,
    code text not null,
    mark text not null,
    document jsonb not null,
    read_at timestamp with time zone not null default clock_timestamp(),
    PRIMARY KEY (tenant, system, code)
);

create table item_offer (
    tenant text not null,
    pairing text not null,
    sku text not null,
    id bigint generated always as identity,
    ref text not null default ''::text,
    on_sale boolean not null default false,
    state text not null,
    missing text[] not null default '{}'::text[],
    owed text[] not null default '{}'::text[],
    told text[] not null default '{}'::text[],
    accepted text[] not null default '{}'::text[],
    changed_at timestamp with time zone not null default now(),
    UNIQUE (id),
    PRIMARY KEY (tenant, pairing, sku)
);

create table item_unit (
    tenant text not null,
    system text not null,
    code_key text not null,
    unit text not null,
    sku_key text not null default ''::text,
    base_key text not null,
    base_quantity numeric not null,
    confirmed boolean not null,
    PRIMARY KEY (tenant, system, code_key, unit)
);

create table load_step (
    tenant text not null,
    pairing text not null,
    step text not null,
    state text not null,
    began_at timestamp with time zone not null default clock_timestamp(),
    ended_at timestamp with time zone,
    result jsonb not null default '{}'::jsonb,
    PRIMARY KEY (tenant, pairing, step)
);

create table order_change (
    id bigint generated always as identity,
    tenant text not null,
    pairing text not null,
    key text not null,
    order_id bigint,
    order_ref text not null,
    storefront_id text not null,
    origin text not null,
    document jsonb not null,
    state text not null default 'asked'::text,
    version integer not null default 1,
    attempts integer not null default 0,
    sent_at timestamp with time zone,
    wanted jsonb,
    sale jsonb,
    reason text not null default ''::text,
    late boolean not null default false,
    is_granted boolean not null default false,
    look_at timestamp with time zone,
    asked_at timestamp with time zone not null default now(),
    answered_at timestamp with time zone,
    UNIQUE (tenant, pairing, key),
    PRIMARY KEY (id)
);

create table order_hint (
    id bigint generated always as identity,
    tenant text not null,
    pairing text not null,
    storefront_id text not null,
    topic text not null,
    heard_at timestamp with time zone not null default now(),
    times integer not null default 1,
    UNIQUE (tenant, pairing, storefront_id),
    PRIMARY KEY (id)
);

create table order_left_out (
    tenant text not null,
    pairing text not null,
    storefront_id text not null,
    number text not null,
    placed_at timestamp with time zone,
    setting text not null,
    first_seen_at timestamp with time zone not null default now(),
    last_seen_at timestamp with time zone not null default now(),
    PRIMARY KEY (tenant, pairing, storefront_id)
);

create table person (
    id bigint generated always as identity,
    tenant text not null,
    name text not null,
    display text not null default ''::text,
    password_hash text not null,
    created_at timestamp with time zone not null default clock_timestamp(),
    disabled_at timestamp with time zone,
    PRIMARY KEY (id)
);

create table person_factor (
    person_id bigint not null,
    sealed bytea not null,
    made_at timestamp with time zone not null default clock_timestamp(),
    confirmed_at timestamp with time zone,
    counter bigint not null default 0,
    PRIMARY KEY (person_id)
);

create table person_grant (
    person_id bigint not null,
    role text not null,
    desk text not null default ''::text,
    pairing text not null default ''::text,
    source text not null default ''::text,
    PRIMARY KEY (person_id, role, desk, pairing)
);

create table person_identity (
    tenant text not null,
    issuer text not null,
    subject text not null,
    person_id bigint not null,
    made_at timestamp with time zone not null default clock_timestamp(),
    PRIMARY KEY (tenant, issuer, subject)
);

create table person_session (
    digest bytea not null,
    person_id bigint not null,
    csrf text not null,
    begun_at timestamp with time zone not null default clock_timestamp(),
    seen_at timestamp with time zone not null default clock_timestamp(),
    expires_at timestamp with time zone not null,
    ended_at timestamp with time zone,
    agent text not null default ''::text,
    id bigint generated always as identity,
    way text not null default 'password'::text,
    address text not null default ''::text,
    PRIMARY KEY (digest)
);

create table price (
    tenant text not null,
    system text not null,
    price_list text not null,
    code_key text not null,
    currency text not null,
    quantity_from numeric not null,
    quantity_to numeric,
    price numeric not null,
    is_net boolean not null,
    tax_percent numeric,
    seen_at timestamp with time zone not null default now(),
    unit text not null default ''::text,
    per numeric not null default 1,
    valid_from date not null default '0001-01-01'::date,
    valid_to date not null default '9999-12-31'::date,
    PRIMARY KEY (tenant, system, code_key, price_list, currency, unit, quantity_from, valid_from)
);

create table price_shown (
    tenant text not null,
    pairing text not null,
    price_list text not null,
    sku text not null,
    unit text not null,
    currency text not null,
    quantity numeric not null,
    value numeric not null,
    ref text not null default ''::text,
    ours boolean not null default false,
    unsure boolean not null default false,
    noted_at timestamp with time zone not null,
    PRIMARY KEY (tenant, pairing, price_list, sku, unit, currency, quantity)
);

create table raw_document (
    tenant text not null,
    digest bytea not null,
    source text not null,
    kind text not null,
    ref text not null,
    body bytea not null,
    read_at timestamp with time zone not null default now(),
    PRIMARY KEY (tenant, digest)
);

create table raw_document_gone (
    tenant text not null,
    digest bytea not null,
    source text not null,
    kind text not null,
    ref text not null,
    sealed_bytes bigint not null,
    read_at timestamp with time zone not null,
    gone_at timestamp with time zone not null default now(),
    why text not null,
    PRIMARY KEY (tenant, digest)
);

create table reconciliation_difference (
    run_id bigint not null,
    number integer not null,
    link text not null,
    cause text not null,
    subject text not null,
    ref text not null,
    document text not null,
    what text not null,
    day date,
    currency text not null default ''::text,
    company text not null default ''::text,
    account text not null default ''::text,
    net numeric,
    tax numeric,
    gross numeric,
    value numeric,
    ours text not null,
    theirs text not null,
    likely text not null default ''::text,
    note text not null default ''::text,
    case_kind text not null default ''::text,
    case_subject text not null default ''::text,
    raises boolean not null default false,
    facts jsonb not null default '{}'::jsonb,
    waived_by text not null default ''::text,
    waived_why text not null default ''::text,
    waived_at timestamp with time zone,
    PRIMARY KEY (run_id, number)
);

create table reconciliation_held (
    id bigint generated always as identity,
    tenant text not null,
    pairing text not null,
    object text not null,
    period text not null,
    kind text not null,
    subject text not null,
    run_id bigint not null,
    ours text not null,
    theirs text not null,
    UNIQUE (tenant, pairing, object, period, kind, subject),
    PRIMARY KEY (id)
);

create unlogged table reconciliation_ours (
    run_id bigint not null,
    key text not null,
    value text not null,
    detail text not null default ''::text
);

create unlogged table reconciliation_paper (
    run_id bigint not null,
    kind text not null,
    ref text not null,
    number text not null,
    dossier text not null,
    account text not null default ''::text,
    company text not null default ''::text,
    currency text not null default ''::text,
    net numeric,
    tax numeric,
    gross numeric not null default 0,
    day date,
    lines integer not null default 1,
    alike text not null default ''::text,
    state text not null default ''::text,
    note text not null default ''::text,
    sent_on date,
    complete boolean not null default false,
    PRIMARY KEY (run_id, kind, ref, number)
);

create table reconciliation_run (
    id bigint generated always as identity,
    tenant text not null,
    pairing text not null,
    object text not null,
    period text not null default ''::text,
    first_day date,
    end_day date,
    zone text not null default ''::text,
    state text not null default 'running'::text,
    actor text not null,
    began_at timestamp with time zone not null default now(),
    ours_at timestamp with time zone,
    theirs_at timestamp with time zone,
    ended_at timestamp with time zone,
    progress jsonb not null default '{}'::jsonb,
    counts jsonb not null default '{}'::jsonb,
    unknowns jsonb not null default '[]'::jsonb,
    step text not null default ''::text,
    done bigint not null default 0,
    whole bigint,
    told_at timestamp with time zone,
    trouble text not null default ''::text,
    PRIMARY KEY (id)
);

create table reconciliation_sum (
    run_id bigint not null,
    kind text not null,
    currency text not null,
    company text not null,
    papers bigint not null,
    net numeric,
    tax numeric,
    gross numeric not null,
    PRIMARY KEY (run_id, kind, currency, company)
);

create unlogged table reconciliation_theirs (
    run_id bigint not null,
    key text not null,
    value text not null,
    detail text not null default ''::text
);

create table reconciliation_waiver (
    tenant text not null,
    pairing text not null,
    kind text not null,
    subject text not null,
    ours text not null,
    theirs text not null,
    actor text not null,
    reason text not null,
    at timestamp with time zone not null default now(),
    PRIMARY KEY (tenant, pairing, kind, subject, ours, theirs)
);

create table recovery_code (
    person_id bigint not null,
    digest bytea not null,
    used_at timestamp with time zone,
    PRIMARY KEY (person_id, digest)
);

create table refund (
    id bigint generated always as identity,
    tenant text not null,
    pairing text not null,
    key text not null,
    order_id bigint,
    order_ref text not null,
    storefront_id text not null,
    document jsonb,
    raw_digest bytea not null,
    changed_at timestamp with time zone,
    state text not null,
    version integer not null default 1,
    attempts integer not null default 0,
    credit jsonb,
    credit_no integer,
    erp_ref text not null default ''::text,
    sent_at timestamp with time zone,
    look_at timestamp with time zone,
    found_at timestamp with time zone not null default now(),
    credited_at timestamp with time zone,
    UNIQUE (tenant, pairing, key),
    PRIMARY KEY (id)
);

create table remote_budget (
    tenant text not null,
    system text not null,
    tokens double precision not null,
    filled_at timestamp with time zone not null default now(),
    blocked_until timestamp with time zone not null default '-infinity'::timestamp with time zone,
    failures integer not null default 0,
    open_until timestamp with time zone not null default '-infinity'::timestamp with time zone,
    failed_calls bigint not null default 0,
    PRIMARY KEY (tenant, system)
);

create table remote_failure (
    tenant text not null,
    system text not null,
    slot integer not null,
    at timestamp with time zone not null default now(),
    call text not null,
    problem text not null,
    PRIMARY KEY (tenant, system, slot)
);

create table remote_probe (
    tenant text not null,
    system text not null,
    asked_at timestamp with time zone not null default now(),
    actor text not null,
    ended_at timestamp with time zone,
    verdict text not null default ''::text,
    PRIMARY KEY (tenant, system)
);

create table remote_slot (
    tenant text not null,
    system text not null,
    slot integer not null,
    holder text not null default ''::text,
    until timestamp with time zone not null default '-infinity'::timestamp with time zone,
    PRIMARY KEY (tenant, system, slot)
);

create table remote_wish (
    tenant text not null,
    system text not null,
    holder text not null,
    until timestamp with time zone not null,
    PRIMARY KEY (tenant, system, holder)
);

create table retail_despatch (
    id bigint generated always as identity,
    tenant text not null,
    pairing text not null,
    key text not null,
    revision integer not null,
    order_ref text not null,
    location text not null,
    document jsonb not null,
    despatched_at timestamp with time zone not null,
    state text not null default 'found'::text,
    version integer not null default 1,
    attempts integer not null default 0,
    look_at timestamp with time zone,
    erp_ref text not null default ''::text,
    missed boolean not null default false,
    found_at timestamp with time zone not null default clock_timestamp(),
    closed_at timestamp with time zone,
    sent jsonb,
    UNIQUE (tenant, pairing, key),
    PRIMARY KEY (id)
);

create table retail_despatch_line (
    despatch_id bigint not null,
    sku_key text not null,
    quantity numeric not null,
    PRIMARY KEY (despatch_id, sku_key)
);

create table retail_lag (
    tenant text not null,
    pairing text not null,
    minute timestamp with time zone not null,
    seconds double precision not null,
    figures bigint not null,
    PRIMARY KEY (tenant, pairing, minute, seconds)
);

create table retail_level (
    id bigint generated always as identity,
    tenant text not null,
    pairing text not null,
    location text not null,
    sku text not null,
    sku_key text not null,
    leaf boolean not null,
    basis text not null,
    quantity numeric not null,
    allocated numeric,
    sequence numeric,
    occurred_at timestamp with time zone not null,
    published_at timestamp with time zone,
    on_hand numeric,
    heard_at timestamp with time zone not null default clock_timestamp(),
    waiting_since timestamp with time zone,
    booked numeric,
    booked_at timestamp with time zone,
    unsure boolean not null default false,
    attempts integer not null default 0,
    problem text not null default ''::text,
    version integer not null default 1,
    differs text not null default ''::text,
    accepted text not null default ''::text,
    UNIQUE (tenant, pairing, location, sku_key),
    PRIMARY KEY (id)
);

create table retail_proposal (
    tenant text not null,
    pairing text not null,
    ref text not null,
    document jsonb not null,
    first_seen_at timestamp with time zone not null,
    seen_at timestamp with time zone not null,
    gone_at timestamp with time zone,
    PRIMARY KEY (tenant, pairing, ref)
);

create table retail_sent (
    id bigint generated always as identity,
    tenant text not null,
    pairing text not null,
    kind text not null,
    key text not null,
    digest text not null,
    quantity numeric,
    allocated numeric,
    state text not null,
    taken_at timestamp with time zone,
    told_at timestamp with time zone not null default clock_timestamp(),
    UNIQUE (tenant, pairing, kind, key),
    PRIMARY KEY (id)
);

create table sales_order (
    id bigint generated always as identity,
    tenant text not null,
    pairing text not null,
    storefront_id text not null,
    ref text not null,
    state text not null,
    version integer not null default 1,
    currency text not null default ''::text,
    total numeric,
    company_ref text not null default ''::text,
    company_name text not null default ''::text,
    document jsonb,
    raw_digest bytea,
    resolved jsonb,
    account_code text not null default ''::text,
    erp_ref text not null default ''::text,
    attempts integer not null default 0,
    sent_at timestamp with time zone,
    posted_at timestamp with time zone,
    acknowledged_at timestamp with time zone,
    acknowledge_problem text not null default ''::text,
    checked_at timestamp with time zone,
    look_at timestamp with time zone,
    defects integer not null default 0,
    waivers jsonb not null default '[]'::jsonb,
    placed_at timestamp with time zone,
    changed_at timestamp with time zone,
    captured_at timestamp with time zone not null default now(),
    sold jsonb,
    shown_state text not null default ''::text,
    shown_key text not null default ''::text,
    shown_problem text not null default ''::text,
    shown_attempts integer not null default 0,
    erased_at timestamp with time zone,
    UNIQUE (tenant, pairing, storefront_id),
    PRIMARY KEY (id)
);

create table sales_order_line (
    order_id bigint not null,
    line_no integer not null,
    sku text not null,
    unit text not null,
    quantity numeric not null,
    pairing text not null,
    PRIMARY KEY (order_id, line_no)
);

create table saved_view (
    id bigint generated always as identity,
    tenant text not null,
    person_id bigint not null,
    place text not null,
    name text not null,
    query text not null,
    UNIQUE (person_id, place, name),
    PRIMARY KEY (id)
);

create table secret (
    tenant text not null,
    name text not null,
    sealed bytea not null,
    set_at timestamp with time zone not null default clock_timestamp(),
    set_by text not null,
    PRIMARY KEY (tenant, name)
);

create table sign_in_attempt (
    id bigint generated always as identity,
    tenant text not null,
    name text not null,
    address text not null,
    at timestamp with time zone not null default clock_timestamp(),
    ok boolean not null default false,
    PRIMARY KEY (id)
);

create table sign_in_step (
    digest bytea not null,
    tenant text not null,
    person_id bigint,
    attempt bigint,
    next text not null default '/'::text,
    expires_at timestamp with time zone not null,
    PRIMARY KEY (digest)
);

create table stock_item (
    tenant text not null,
    system text not null,
    code_key text not null,
    code text not null,
    item_id text not null,
    document jsonb not null,
    seen_at timestamp with time zone not null default now(),
    PRIMARY KEY (tenant, system, code_key)
);

create table stock_moved (
    tenant text not null,
    system text not null,
    day date not null,
    basis text not null,
    code_key text not null,
    site text not null,
    first numeric not null,
    newest numeric not null,
    changes integer not null default 1,
    moved_at timestamp with time zone not null,
    PRIMARY KEY (tenant, system, day, basis, code_key, site)
);

create table stock_part (
    tenant text not null,
    system text not null,
    pack_key text not null,
    part_key text not null,
    quantity numeric not null,
    PRIMARY KEY (tenant, system, pack_key, part_key)
);

create table stock_position (
    tenant text not null,
    system text not null,
    code_key text not null,
    site text not null,
    basis text not null,
    quantity numeric not null,
    unlimited boolean not null default false,
    as_of timestamp with time zone not null,
    PRIMARY KEY (tenant, system, code_key, site, basis)
);

create table stock_published (
    tenant text not null,
    pairing text not null,
    ref text not null,
    quantity numeric not null,
    published_at timestamp with time zone not null,
    unsure boolean not null default false,
    PRIMARY KEY (tenant, pairing, ref)
);

create table stock_share (
    tenant text not null,
    pairing text not null,
    code_key text not null,
    shares integer not null,
    PRIMARY KEY (tenant, pairing, code_key)
);

create table stock_target (
    tenant text not null,
    system text not null,
    ref text not null,
    sku text not null,
    sku_key text not null,
    unit text not null,
    units_over numeric not null,
    units_under numeric not null,
    seen_at timestamp with time zone not null default now(),
    PRIMARY KEY (tenant, system, ref)
);

create table structure_change (
    id bigint generated always as identity,
    tenant text not null,
    pairing text not null,
    record_id bigint not null,
    kind text not null,
    old_key text not null,
    change jsonb not null,
    step text not null,
    version integer not null default 1,
    look_at timestamp with time zone,
    began_at timestamp with time zone not null default now(),
    ended_at timestamp with time zone,
    PRIMARY KEY (id)
);

create table watermark (
    tenant text not null,
    pairing text not null,
    feed text not null,
    at timestamp with time zone not null,
    moved_at timestamp with time zone not null default now(),
    PRIMARY KEY (tenant, pairing, feed)
);

create table webhook_seen (
    tenant text not null,
    system text not null,
    key text not null,
    topic text not null,
    received_at timestamp with time zone not null default now(),
    PRIMARY KEY (tenant, system, key)
);

create table worker_seen (
    tenant text not null,
    holder text not null,
    began_at timestamp with time zone not null default clock_timestamp(),
    seen_at timestamp with time zone not null default clock_timestamp(),
    left_at timestamp with time zone,
    PRIMARY KEY (tenant, holder)
);

alter table api_token add FOREIGN KEY (person_id) REFERENCES person(id);

alter table api_token_grant add FOREIGN KEY (token_id) REFERENCES api_token(id);

alter table case_hold add FOREIGN KEY (case_id) REFERENCES desk_case(id) ON DELETE CASCADE;

alter table completeness_entry add FOREIGN KEY (run_id) REFERENCES completeness_run(id) ON DELETE CASCADE;

alter table despatch add FOREIGN KEY (order_id) REFERENCES sales_order(id) ON DELETE CASCADE;

alter table order_change add FOREIGN KEY (order_id) REFERENCES sales_order(id) ON DELETE CASCADE;

alter table person_factor add FOREIGN KEY (person_id) REFERENCES person(id);

alter table person_grant add FOREIGN KEY (person_id) REFERENCES person(id);

alter table person_identity add FOREIGN KEY (person_id) REFERENCES person(id);

alter table person_session add FOREIGN KEY (person_id) REFERENCES person(id);

alter table reconciliation_difference add FOREIGN KEY (run_id) REFERENCES reconciliation_run(id) ON DELETE CASCADE;

alter table reconciliation_sum add FOREIGN KEY (run_id) REFERENCES reconciliation_run(id) ON DELETE CASCADE;

alter table recovery_code add FOREIGN KEY (person_id) REFERENCES person(id);

alter table refund add FOREIGN KEY (order_id) REFERENCES sales_order(id) ON DELETE CASCADE;

alter table retail_despatch_line add FOREIGN KEY (despatch_id) REFERENCES retail_despatch(id) ON DELETE CASCADE;

alter table sales_order_line add FOREIGN KEY (order_id) REFERENCES sales_order(id) ON DELETE CASCADE;

alter table saved_view add FOREIGN KEY (person_id) REFERENCES person(id) ON DELETE CASCADE;

alter table sign_in_step add FOREIGN KEY (person_id) REFERENCES person(id);

alter table structure_change add FOREIGN KEY (record_id) REFERENCES catalogue_product(id) ON DELETE CASCADE;

CREATE INDEX account_changed ON account USING btree (tenant, system, changed_at);

CREATE INDEX account_code ON account USING btree (tenant, system, code_key);

CREATE INDEX account_link_account ON account_link USING btree (tenant, account_id);

CREATE INDEX account_link_untold ON account_link USING btree (tenant, pairing, company_ref) WHERE (wanted_code <> told_code);

CREATE INDEX alert_held ON alert USING btree (tenant) WHERE ((state = 'over'::text) AND (held_at IS NOT NULL));

CREATE INDEX alert_message_due ON alert_message USING btree (tenant, next_at) WHERE (state = 'due'::text);

CREATE INDEX alert_message_newest ON alert_message USING btree (tenant, id);

CREATE INDEX alert_message_target ON alert_message USING btree (tenant, target, id);

CREATE INDEX alert_newest ON alert USING btree (tenant, id);

CREATE INDEX api_refusal_address ON api_refusal USING btree (tenant, address, at);

CREATE INDEX api_refusal_at ON api_refusal USING btree (tenant, at);

CREATE INDEX audit_entry_actor ON audit_entry USING btree (tenant, actor, id) WHERE (actor <> 'crossdock'::text);

CREATE INDEX audit_entry_links ON audit_entry USING btree (tenant, ((detail ->> 'company_ref'::text)), id) WHERE (action = 'link_account'::text);

CREATE INDEX audit_entry_people ON audit_entry USING btree (tenant, id) WHERE (actor <> 'crossdock'::text);

CREATE INDEX audit_entry_subject ON audit_entry USING btree (subject, subject_id, id);

CREATE INDEX audit_entry_unsealed ON audit_entry USING btree (tenant, id) WHERE (seal_id IS NULL);

CREATE INDEX case_hold_record ON case_hold USING btree (record, record_id);

CREATE INDEX catalogue_product_code ON catalogue_product USING btree (tenant, pairing, code_key);

CREATE INDEX catalogue_product_look ON catalogue_product USING btree (tenant, pairing, look_at) WHERE (look_at IS NOT NULL);

CREATE INDEX catalogue_product_root ON catalogue_product USING btree (tenant, pairing, root) WHERE (root <> ''::text);

CREATE INDEX catalogue_product_state ON catalogue_product USING btree (tenant, pairing, state);

CREATE INDEX catalogue_product_to_tell ON catalogue_product USING btree (tenant, pairing, id) WHERE ((kind = 'product'::text) AND ((NOT (told @> due)) OR (state = 'confirmed'::text)));

CREATE INDEX channel_in_received ON channel_in USING btree (tenant, pairing, kind, received_at);

CREATE INDEX channel_out_since ON channel_out USING btree (tenant, pairing, kind, put_out_at, "position");

CREATE INDEX channel_wish_open ON channel_wish USING btree (tenant, pairing, asked_at) WHERE (accepted IS NULL);

CREATE INDEX code_map_codes ON code_map USING btree (tenant, pairing, kind, lower((value ->> 'code'::text))) WHERE (until IS NULL);

CREATE INDEX code_map_gone ON code_map USING btree (tenant, pairing, kind, key COLLATE "C", id) WHERE (ended_by <> ''::text);

CREATE INDEX code_map_gone_newest ON code_map USING btree (tenant, pairing, kind, until, id) WHERE (ended_by <> ''::text);

CREATE INDEX code_map_keys ON code_map USING btree (tenant, pairing, kind, key COLLATE "C") WHERE (until IS NULL);

CREATE INDEX code_map_newest ON code_map USING btree (tenant, pairing, kind, id) WHERE (until IS NULL);

CREATE INDEX code_map_versions ON code_map USING btree (tenant, pairing, kind, key, id);

CREATE INDEX company_name ON company USING btree (tenant, lower((document ->> 'name'::text)) text_pattern_ops);

CREATE INDEX company_names ON company USING btree (tenant, pairing, state, "left"(lower(COALESCE(NULLIF((document ->> 'name'::text), ''::text), ref)), 200) COLLATE "C", id);

CREATE INDEX company_newest ON company USING btree (tenant, pairing, state, id);

CREATE INDEX company_unmatched ON company USING btree (tenant, pairing, id) WHERE (matched_at IS NULL);

CREATE INDEX completeness_run_ended ON completeness_run USING btree (tenant, pairing, ended_at);

CREATE INDEX desk_case_done ON desk_case USING btree (tenant, desk, id) INCLUDE (pairing, kind, assignee, severity) WHERE (state <> 'open'::text);

CREATE INDEX desk_case_due ON desk_case USING btree (tenant, desk, due_at, id) INCLUDE (pairing, kind, assignee, severity, snoozed_until) WHERE (state = 'open'::text);

CREATE INDEX desk_case_newest ON desk_case USING btree (tenant, desk, id) INCLUDE (pairing, kind, assignee, severity, snoozed_until) WHERE (state = 'open'::text);

CREATE INDEX desk_case_subject ON desk_case USING btree (tenant, pairing, kind, subject, id);

CREATE INDEX desk_case_uncleared ON desk_case USING btree (tenant, closed_at) WHERE ((state = 'closed'::text) AND (cleared_at IS NULL));

CREATE INDEX despatch_found ON despatch USING btree (tenant, pairing, found_at);

CREATE INDEX despatch_look ON despatch USING btree (tenant, pairing, look_at) WHERE (look_at IS NOT NULL);

CREATE INDEX despatch_order ON despatch USING btree (order_id);

CREATE INDEX despatch_tracking ON despatch USING btree (tenant, tracking_number);

CREATE INDEX order_change_look ON order_change USING btree (tenant, pairing, look_at) WHERE (look_at IS NOT NULL);

CREATE INDEX order_change_open ON order_change USING btree (order_id) WHERE ((origin <> 'erp'::text) AND (state = ANY (ARRAY['asked'::text, 'sending'::text, 'following'::text, 'waiting'::text, 'answering'::text])));

CREATE INDEX order_change_order ON order_change USING btree (order_id);

CREATE INDEX person_identity_person ON person_identity USING btree (person_id);

CREATE INDEX person_session_expires ON person_session USING btree (expires_at);

CREATE INDEX person_session_person ON person_session USING btree (person_id) WHERE (ended_at IS NULL);

CREATE INDEX person_session_seen ON person_session USING btree (person_id, seen_at);

CREATE INDEX price_list_rows ON price USING btree (tenant, system, price_list);

CREATE INDEX raw_document_age ON raw_document USING btree (tenant, read_at, digest);

CREATE INDEX reconciliation_difference_cause ON reconciliation_difference USING btree (run_id, cause, number);

CREATE INDEX reconciliation_difference_cause_size ON reconciliation_difference USING btree (run_id, cause, (
CASE
    WHEN (gross IS NULL) THEN '~'::text
    ELSE currency
END) COLLATE "C", ((- abs(COALESCE(gross, (0)::numeric)))), number);

CREATE INDEX reconciliation_difference_size ON reconciliation_difference USING btree (run_id, (
CASE
    WHEN (gross IS NULL) THEN '~'::text
    ELSE currency
END) COLLATE "C", ((- abs(COALESCE(gross, (0)::numeric)))), number);

CREATE INDEX reconciliation_paper_dossier ON reconciliation_paper USING btree (run_id, dossier);

CREATE INDEX reconciliation_run_ended ON reconciliation_run USING btree (tenant, ended_at) WHERE (state = 'ended'::text);

CREATE INDEX reconciliation_run_newest ON reconciliation_run USING btree (tenant, pairing, object, period, id);

CREATE INDEX reconciliation_run_object ON reconciliation_run USING btree (tenant, pairing, object, id);

CREATE INDEX refund_look ON refund USING btree (tenant, pairing, look_at) WHERE (look_at IS NOT NULL);

CREATE INDEX refund_order ON refund USING btree (order_id);

CREATE INDEX refund_unreadable ON refund USING btree (tenant, pairing) WHERE (state = 'unreadable'::text);

CREATE INDEX retail_despatch_line_sku ON retail_despatch_line USING btree (sku_key);

CREATE INDEX retail_despatch_look ON retail_despatch USING btree (tenant, pairing, look_at) WHERE (look_at IS NOT NULL);

CREATE INDEX retail_despatch_order ON retail_despatch USING btree (tenant, pairing, order_ref);

CREATE INDEX retail_level_sku ON retail_level USING btree (tenant, pairing, sku_key);

CREATE INDEX retail_level_waiting ON retail_level USING btree (tenant, pairing, waiting_since) WHERE (waiting_since IS NOT NULL);

CREATE INDEX sales_order_account ON sales_order USING btree (tenant, ((resolved ->> 'account_id'::text)), posted_at) WHERE (resolved IS NOT NULL);

CREATE INDEX sales_order_captured ON sales_order USING btree (tenant, pairing, captured_at);

CREATE INDEX sales_order_company ON sales_order USING btree (tenant, lower(company_name) COLLATE "C", id);

CREATE INDEX sales_order_erp_ref ON sales_order USING btree (tenant, erp_ref) WHERE (erp_ref <> ''::text);

CREATE INDEX sales_order_in_flight ON sales_order USING btree (tenant, pairing) WHERE (state = ANY (ARRAY['unreadable'::text, 'captured'::text, 'waiting'::text, 'posting'::text]));

CREATE INDEX sales_order_line_sku ON sales_order_line USING btree (sku, pairing, order_id);

CREATE INDEX sales_order_look ON sales_order USING btree (tenant, pairing, look_at) WHERE (look_at IS NOT NULL);

CREATE INDEX sales_order_newest ON sales_order USING btree (tenant, pairing, state, id);

CREATE INDEX sales_order_open_in_erp ON sales_order USING btree (tenant, pairing, checked_at NULLS FIRST) WHERE (state = ANY (ARRAY['posted'::text, 'part_despatched'::text]));

CREATE INDEX sales_order_over ON sales_order USING btree (tenant, captured_at) WHERE ((erased_at IS NULL) AND (state = ANY (ARRAY['despatched'::text, 'withdrawn'::text, 'cancelled'::text, 'set_aside'::text])));

CREATE INDEX sales_order_placed ON sales_order USING btree (tenant, pairing, placed_at);

CREATE INDEX sales_order_posted ON sales_order USING btree (tenant, pairing, posted_at);

CREATE INDEX sales_order_ref ON sales_order USING btree (tenant, ref);

CREATE INDEX sales_order_shown ON sales_order USING btree (tenant, pairing, id) WHERE ((state = ANY (ARRAY['unreadable'::text, 'waiting'::text, 'posting'::text])) OR (shown_key <> ''::text));

CREATE INDEX sales_order_unacknowledged ON sales_order USING btree (tenant, pairing, id) WHERE ((erp_ref <> ''::text) AND (acknowledged_at IS NULL));

CREATE INDEX sign_in_attempt_address ON sign_in_attempt USING btree (tenant, address, at);

CREATE INDEX sign_in_attempt_at ON sign_in_attempt USING btree (tenant, at);

CREATE INDEX sign_in_attempt_name ON sign_in_attempt USING btree (tenant, name, at);

CREATE INDEX sign_in_step_expires ON sign_in_step USING btree (expires_at);

CREATE INDEX stock_moved_at ON stock_moved USING btree (tenant, system, moved_at);

CREATE INDEX stock_moved_most ON stock_moved USING btree (tenant, system, basis, day, abs((newest - first)) DESC, code_key, site);

CREATE INDEX stock_position_low ON stock_position USING btree (tenant, system, basis, quantity, code_key) WHERE (NOT unlimited);

CREATE INDEX stock_published_told ON stock_published USING btree (tenant, pairing, published_at, ref);

CREATE INDEX stock_published_unsure ON stock_published USING btree (tenant, pairing, ref) WHERE unsure;

CREATE INDEX stock_target_order ON stock_target USING btree (tenant, system, sku_key COLLATE "C");

CREATE INDEX stock_target_sku ON stock_target USING btree (tenant, system, sku_key);

CREATE INDEX structure_change_look ON structure_change USING btree (tenant, pairing, look_at) WHERE (ended_at IS NULL);

CREATE INDEX structure_change_record ON structure_change USING btree (record_id);

CREATE INDEX webhook_seen_age ON webhook_seen USING btree (tenant, received_at);

CREATE UNIQUE INDEX alert_live ON alert USING btree (tenant, rule, subject) WHERE (state <> 'over'::text);

CREATE UNIQUE INDEX api_token_name ON api_token USING btree (tenant, lower(name)) WHERE (revoked_at IS NULL);

CREATE UNIQUE INDEX channel_out_position ON channel_out USING btree (tenant, pairing, kind, "position");

CREATE UNIQUE INDEX code_map_current ON code_map USING btree (tenant, pairing, kind, key) WHERE (until IS NULL);

CREATE UNIQUE INDEX completeness_run_open ON completeness_run USING btree (tenant, pairing) WHERE (ended_at IS NULL);

CREATE UNIQUE INDEX desk_case_open ON desk_case USING btree (tenant, pairing, kind, subject) WHERE (state = 'open'::text);

CREATE UNIQUE INDEX person_name ON person USING btree (tenant, lower(name));

CREATE UNIQUE INDEX reconciliation_run_open ON reconciliation_run USING btree (tenant, pairing, object, period) WHERE (state <> 'ended'::text);

CREATE UNIQUE INDEX structure_change_open ON structure_change USING btree (tenant, pairing, old_key) WHERE (ended_at IS NULL);

CREATE OR REPLACE FUNCTION audit_entry_is_for_ever()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
    if tg_op = 'UPDATE' and old.seal_id is null and new.seal_id is not null
       and (new.id, new.tenant, new.at, new.actor, new.action, new.subject, new.subject_id, new.detail)
           is not distinct from
           (old.id, old.tenant, old.at, old.actor, old.action, old.subject, old.subject_id, old.detail) then
        return new;
    end if;
    raise exception 'the audit trail is append-only';
end $function$;

CREATE OR REPLACE FUNCTION audit_trail_is_not_emptied()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
    raise exception 'the audit trail is append-only';
end $function$;

CREATE OR REPLACE FUNCTION reconciliation_is_for_ever()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
    raise exception 'a reconciliation run that ended is never edited';
end $function$;

CREATE TRIGGER audit_entry_append_only BEFORE DELETE OR UPDATE ON audit_entry FOR EACH ROW EXECUTE FUNCTION audit_entry_is_for_ever();

CREATE TRIGGER audit_entry_not_emptied BEFORE TRUNCATE ON audit_entry FOR EACH STATEMENT EXECUTE FUNCTION audit_trail_is_not_emptied();

CREATE TRIGGER audit_seal_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON audit_seal FOR EACH STATEMENT EXECUTE FUNCTION audit_trail_is_not_emptied();

CREATE TRIGGER reconciliation_difference_not_edited BEFORE UPDATE ON reconciliation_difference FOR EACH ROW EXECUTE FUNCTION reconciliation_is_for_ever();

CREATE TRIGGER reconciliation_run_not_edited BEFORE UPDATE ON reconciliation_run FOR EACH ROW WHEN ((old.state = 'ended'::text)) EXECUTE FUNCTION reconciliation_is_for_ever();
