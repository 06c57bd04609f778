-- Lists of the console stay quick with a million orders and a hundred thousand cases; cases are assigned and put off;
-- people keep views.

-- Newest first within a pairing and a state: the lists of all states are put together from these.
create index sales_order_newest on sales_order (tenant, pairing, state, id);

create index sales_order_erp_ref on sales_order (tenant, erp_ref) where erp_ref <> '';

create index sales_order_company on sales_order (tenant, (lower(company_name) collate "C"), id);

drop index sales_order_line_sku;

create index sales_order_line_sku on sales_order_line (sku, order_id);

create index despatch_tracking on despatch (tenant, tracking_number);

alter table desk_case add column snoozed_until timestamptz;

drop index desk_case_queue;

create index desk_case_due on desk_case (tenant, desk, due_at, id) include (pairing, kind, assignee, severity, snoozed_until)
    where state = 'open';

create index desk_case_newest on desk_case (tenant, desk, id) include (pairing, kind, assignee, severity, snoozed_until)
    where state = 'open';

create index desk_case_done on desk_case (tenant, desk, id) include (pairing, kind, assignee, severity) where state <> 'open';

create table saved_view (
    id bigint generated always as identity primary key,
    tenant text not null,
    person_id bigint not null references person on delete cascade,
    place text not null,
    name text not null,
    query text not null,
    unique (person_id, place, name)
);
