-- Refunds read at the storefront, one credit note each. credit: what it comes to, settled with the first send; credit_no:
-- in which order the credit notes of an order were settled. changed_at: by the storefront's clock.
create table refund (
    id bigint generated always as identity primary key,
    tenant text not null,
    pairing text not null,
    key text not null,
    order_id bigint references sales_order (id) on delete cascade,
    order_ref text not null,
    storefront_id text not null,
    document jsonb,
    raw_digest bytea not null,
    changed_at timestamptz,
    state text not null,
    version int not null default 1,
    attempts int not null default 0,
    credit jsonb,
    credit_no int,
    erp_ref text not null default '',
    sent_at timestamptz,
    look_at timestamptz,
    found_at timestamptz not null default now(),
    credited_at timestamptz,
    unique (tenant, pairing, key)
);

create index refund_order on refund (order_id);

create index refund_look on refund (tenant, pairing, look_at) where look_at is not null;

create index refund_unreadable on refund (tenant, pairing) where state = 'unreadable';

-- Up to which position a remote system has said that it has what was put out for it.
create table channel_fetched (
    tenant text not null,
    pairing text not null,
    kind text not null,
    position bigint not null,
    primary key (tenant, pairing, kind)
);
