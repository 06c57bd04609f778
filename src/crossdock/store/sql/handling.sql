-- What people do with a case short of settling it. Each goes into the trail with the change itself.

-- name: assign
with done as (
    update desk_case set assignee = $3 where tenant = $1 and id = $2 and state = 'open' and assignee <> $3 returning id
)
insert into audit_entry (tenant, actor, action, subject, subject_id, detail)
select $1, $4, 'assign', 'case', id, jsonb_build_object('to', $3::text) from done returning 1

-- name: snooze
with done as (
    update desk_case set snoozed_until = $3 where tenant = $1 and id = $2 and state = 'open' returning id
)
insert into audit_entry (tenant, actor, action, subject, subject_id, detail)
select $1, $4, 'snooze', 'case', id, jsonb_build_object('until', $3::timestamptz, 'reason', $5::text) from done returning 1

-- name: wake
with done as (
    update desk_case set snoozed_until = null where tenant = $1 and id = $2 and state = 'open' and snoozed_until is not null
    returning id
)
insert into audit_entry (tenant, actor, action, subject, subject_id)
select $1, $3, 'wake', 'case', id from done returning 1

-- name: comment
insert into audit_entry (tenant, actor, action, subject, subject_id, detail)
select $1, $3, 'comment', 'case', id, jsonb_build_object('text', $4::text) from desk_case where tenant = $1 and id = $2
returning 1

-- name: views
select id, name, query from saved_view where tenant = $1 and person_id = $2 and place = $3 order by name

-- name: save_view
insert into saved_view (tenant, person_id, place, name, query)
select $1, $2, $3, $4, $5 where (select count(*) from saved_view where person_id = $2) < $6
on conflict (person_id, place, name) do update set query = excluded.query
returning 1

-- name: drop_view
delete from saved_view where tenant = $1 and person_id = $2 and id = $3 returning id
