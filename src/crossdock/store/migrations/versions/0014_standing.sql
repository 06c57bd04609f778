-- What the storefront shows of a company's account, and of an order that waits. shown: as it was last written, shown_shape: in which fields; shown_at:
-- when the account was last compared with it; problem: why it would not be shown; attempts: writes nobody could answer for.
-- shown_state: the words; shown_key: a fingerprint of the cases they tell of, "" for none.
alter table company add column shown jsonb;

alter table company add column shown_at timestamptz;

alter table company add column shown_shape text not null default '';

alter table company add column shown_problem text not null default '';

alter table company add column shown_attempts integer not null default 0;

alter table sales_order add column shown_state text not null default '';

alter table sales_order add column shown_key text not null default '';

alter table sales_order add column shown_problem text not null default '';

alter table sales_order add column shown_attempts integer not null default 0;

create index sales_order_shown on sales_order (tenant, pairing, id)
    where state in ('unreadable', 'waiting', 'posting') or shown_key <> '';
