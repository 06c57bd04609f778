-- Changes of orders that were taken already: cancelled, amended, at the storefront or in the ERP. origin: whose wish.
create table order_change (
    id bigint generated always as identity primary key,
    tenant text not null,
    pairing text not null,
    key text not null,
    order_id bigint references sales_order (id) on delete cascade,
    order_ref text not null,
    storefront_id text not null,
    origin text not null,
    document jsonb not null,
    state text not null default 'asked',
    version int not null default 1,
    attempts int not null default 0,
    sent_at timestamptz,
    wanted jsonb,
    sale jsonb,
    reason text not null default '',
    late boolean not null default false,
    is_granted boolean not null default false,
    look_at timestamptz,
    asked_at timestamptz not null default now(),
    answered_at timestamptz,
    unique (tenant, pairing, key)
);

create index order_change_order on order_change (order_id);

create index order_change_open on order_change (order_id)
    where origin <> 'erp' and state in ('asked', 'sending', 'following', 'waiting', 'answering');

create index order_change_look on order_change (tenant, pairing, look_at) where look_at is not null;

-- What was posted, once the storefront's document says something else.
alter table sales_order add column sold jsonb;
