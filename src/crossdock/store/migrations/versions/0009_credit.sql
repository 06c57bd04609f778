-- as_of: when the ERP was asked; an older answer never overwrites a newer one. code_lost: the ERP no longer knows it under
-- its code. sends: counts the orders sent on it, so that two cannot take the same room for credit.
alter table account add column as_of timestamptz not null default '-infinity';

alter table account add column code_lost boolean not null default false;

alter table account add column sends integer not null default 0;

-- What is on an account, for its credit.
create index sales_order_account on sales_order (tenant, (resolved ->> 'account_id'), posted_at) where resolved is not null;
