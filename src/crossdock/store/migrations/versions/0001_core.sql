-- What is remembered. Every table has a tenant; every document of one pairing names it.

create table sales_order (
    id bigint generated always as identity primary key,
    tenant text not null,
    pairing text not null,
    storefront_id text not null,
    ref text not null,
    state text not null,
    version integer not null default 1,
    currency text not null default '',
    total numeric,
    company_ref text not null default '',
    company_name text not null default '',
    document jsonb,
    raw_digest bytea,
    resolved jsonb,
    account_code text not null default '',
    erp_ref text not null default '',
    attempts integer not null default 0,
    sent_at timestamptz,
    posted_at timestamptz,
    acknowledged_at timestamptz,
    acknowledge_problem text not null default '',
    checked_at timestamptz,
    look_at timestamptz,
    defects integer not null default 0,
    waivers jsonb not null default '[]',
    placed_at timestamptz,
    changed_at timestamptz,
    captured_at timestamptz not null default now(),
    unique (tenant, pairing, storefront_id)
);

create index sales_order_ref on sales_order (tenant, ref);

create index sales_order_in_flight on sales_order (tenant, pairing) where state in ('unreadable', 'captured', 'waiting', 'posting');

create index sales_order_look on sales_order (tenant, pairing, look_at) where look_at is not null;

create index sales_order_posted on sales_order (tenant, pairing, posted_at);

create index sales_order_open_in_erp on sales_order (tenant, pairing, checked_at nulls first) where state in ('posted', 'part_despatched');

create index sales_order_unacknowledged on sales_order (tenant, pairing, id) where erp_ref <> '' and acknowledged_at is null;

create index sales_order_captured on sales_order (tenant, pairing, captured_at);

create table sales_order_line (
    order_id bigint not null references sales_order on delete cascade,
    line_no integer not null,
    sku text not null,
    unit text not null,
    quantity numeric not null,
    primary key (order_id, line_no)
);

create index sales_order_line_sku on sales_order_line (sku);

create table raw_document (
    tenant text not null,
    digest bytea not null,
    source text not null,
    kind text not null,
    ref text not null,
    body bytea not null,
    read_at timestamptz not null default now(),
    primary key (tenant, digest)
);

create index raw_document_read_at on raw_document (read_at);

create table desk_case (
    id bigint generated always as identity primary key,
    tenant text not null,
    pairing text not null,
    kind text not null,
    subject text not null,
    state text not null default 'open',
    desk text not null,
    severity text not null,
    cause text not null,
    facts jsonb not null default '{}',
    evidence text not null default '',
    assignee text not null default '',
    opened_at timestamptz not null default now(),
    due_at timestamptz not null,
    closed_at timestamptz,
    checked_at timestamptz
);

create unique index desk_case_open on desk_case (tenant, pairing, kind, subject) where state = 'open';

create index desk_case_queue on desk_case (tenant, state, desk, due_at);

create table case_hold (
    case_id bigint not null references desk_case on delete cascade,
    record text not null,
    record_id bigint not null,
    ref text not null,
    cause text not null,
    value numeric,
    currency text not null default '',
    sticky boolean not null default false,
    held_at timestamptz not null default now(),
    primary key (case_id, record, record_id)
);

create index case_hold_record on case_hold (record, record_id);

create table code_map (
    id bigint generated always as identity primary key,
    tenant text not null,
    pairing text not null,
    kind text not null,
    key text not null,
    value jsonb not null,
    actor text not null,
    since timestamptz not null default now(),
    until timestamptz
);

create unique index code_map_current on code_map (tenant, pairing, kind, key) where until is null;

create table account_link (
    tenant text not null,
    pairing text not null,
    company_ref text not null,
    account_id text not null,
    actor text not null,
    since timestamptz not null default now(),
    primary key (tenant, pairing, company_ref)
);

create table stock_item (
    tenant text not null,
    system text not null,
    code_key text not null,
    code text not null,
    item_id text not null,
    document jsonb not null,
    seen_at timestamptz not null default now(),
    primary key (tenant, system, code_key)
);

create table account (
    tenant text not null,
    system text not null,
    account_id text not null,
    code_key text not null,
    document jsonb not null,
    seen_at timestamptz not null default now(),
    primary key (tenant, system, account_id)
);

create index account_code on account (tenant, system, code_key);

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
    seen_at timestamptz not null default now(),
    primary key (tenant, system, code_key, price_list, currency, quantity_from)
);

create table stock_position (
    tenant text not null,
    system text not null,
    code_key text not null,
    site text not null,
    basis text not null,
    quantity numeric not null,
    unlimited boolean not null default false,
    as_of timestamptz not null,
    primary key (tenant, system, code_key, site, basis)
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
    seen_at timestamptz not null default now(),
    primary key (tenant, system, ref)
);

create index stock_target_sku on stock_target (tenant, system, sku_key);

-- What a pack takes from its components, and how many places sell from one stock: each level is its share of it.

create table stock_part (
    tenant text not null,
    system text not null,
    pack_key text not null,
    part_key text not null,
    quantity numeric not null,
    primary key (tenant, system, pack_key, part_key)
);

create table stock_share (
    tenant text not null,
    pairing text not null,
    code_key text not null,
    shares integer not null,
    primary key (tenant, pairing, code_key)
);

create table stock_published (
    tenant text not null,
    pairing text not null,
    ref text not null,
    quantity numeric not null,
    published_at timestamptz not null,
    unsure boolean not null default false,
    primary key (tenant, pairing, ref)
);

create table despatch (
    id bigint generated always as identity primary key,
    tenant text not null,
    pairing text not null,
    order_id bigint not null references sales_order on delete cascade,
    key text not null,
    tracking_number text not null,
    carrier text not null,
    document jsonb not null,
    state text not null default 'found',
    version integer not null default 1,
    attempts integer not null default 0,
    look_at timestamptz,
    found_at timestamptz not null default now(),
    published_at timestamptz,
    unique (tenant, pairing, key)
);

create index despatch_order on despatch (order_id);

create index despatch_look on despatch (tenant, pairing, look_at) where look_at is not null;

create table watermark (
    tenant text not null,
    pairing text not null,
    feed text not null,
    at timestamptz not null,
    moved_at timestamptz not null default now(),
    primary key (tenant, pairing, feed)
);

create table cadence (
    tenant text not null,
    pairing text not null,
    flow text not null,
    next_at timestamptz not null default now(),
    began_at timestamptz,
    ended_at timestamptz,
    failures integer not null default 0,
    result jsonb not null default '{}',
    primary key (tenant, pairing, flow)
);

create table webhook_seen (
    tenant text not null,
    system text not null,
    key text not null,
    topic text not null,
    received_at timestamptz not null default now(),
    primary key (tenant, system, key)
);

create table remote_budget (
    tenant text not null,
    system text not null,
    tokens double precision not null,
    filled_at timestamptz not null default now(),
    blocked_until timestamptz not null default '-infinity',
    failures integer not null default 0,
    open_until timestamptz not null default '-infinity',
    primary key (tenant, system)
);

create table remote_slot (
    tenant text not null,
    system text not null,
    slot integer not null,
    holder text not null default '',
    until timestamptz not null default '-infinity',
    primary key (tenant, system, slot)
);

create table remote_wish (
    tenant text not null,
    system text not null,
    holder text not null,
    until timestamptz not null,
    primary key (tenant, system, holder)
);

create table audit_entry (
    id bigint generated always as identity primary key,
    tenant text not null,
    at timestamptz not null default now(),
    xid xid8 not null default pg_current_xact_id(),
    actor text not null,
    action text not null,
    subject text not null,
    subject_id bigint not null default 0,
    detail jsonb not null default '{}',
    seal_id bigint
);

create index audit_entry_subject on audit_entry (subject, subject_id, id);

create index audit_entry_unsealed on audit_entry (tenant, id) where seal_id is null;

create table audit_seal (
    id bigint generated always as identity primary key,
    tenant text not null,
    number bigint not null,
    entries bigint not null,
    previous bytea not null,
    hash bytea not null,
    sealed_at timestamptz not null default now(),
    unique (tenant, number)
);

create function audit_entry_is_for_ever() returns trigger language plpgsql as $$
begin
    if tg_op = 'UPDATE' and old.seal_id is null and new.seal_id is not null
       and (new.id, new.tenant, new.at, new.actor, new.action, new.subject, new.subject_id, new.detail)
           is not distinct from
           (old.id, old.tenant, old.at, old.actor, old.action, old.subject, old.subject_id, old.detail) then
        return new;
    end if;
    raise exception 'the audit trail is append-only';
end $$;

create trigger audit_entry_append_only before update or delete on audit_entry
    for each row execute function audit_entry_is_for_ever();

create function audit_trail_is_not_emptied() returns trigger language plpgsql as $$
begin
    raise exception 'the audit trail is append-only';
end $$;

create trigger audit_entry_not_emptied before truncate on audit_entry
    for each statement execute function audit_trail_is_not_emptied();

create trigger audit_seal_append_only before update or delete or truncate on audit_seal
    for each statement execute function audit_trail_is_not_emptied();
