-- The review queue, and the linked ones, a page at a time.
create index company_state on company (tenant, state, id);

-- How a company's name begins.
create index company_name on company (tenant, lower(document ->> 'name') text_pattern_ops);

-- Who buys on an account.
create index account_link_account on account_link (tenant, account_id);
