-- How far a run under way is, and what stopped it last.
alter table reconciliation_run
    add column step text not null default '',
    add column done bigint not null default 0,
    add column whole bigint,
    add column told_at timestamptz,
    add column trouble text not null default '';

create index reconciliation_run_object on reconciliation_run (tenant, pairing, object, id);

create index reconciliation_difference_cause on reconciliation_difference (run_id, cause, number);

-- The newest case of a name, whether it is open or not.
create index desk_case_subject on desk_case (tenant, pairing, kind, subject, id);
