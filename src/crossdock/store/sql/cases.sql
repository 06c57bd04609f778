-- name: raise
with made as (
    insert into desk_case (tenant, pairing, kind, subject, desk, severity, cause, facts, evidence, due_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8::jsonb, $9, now() + $10::int * interval '1 hour')
    on conflict (tenant, pairing, kind, subject) where state = 'open'
    do update set cause = excluded.cause, facts = excluded.facts,
                  evidence = case when excluded.evidence <> '' then excluded.evidence else desk_case.evidence end
    returning id, (xmax = 0) as is_new
), trail as (
    insert into audit_entry (tenant, actor, action, subject, subject_id, detail)
    select $1, 'crossdock', 'open', 'case', id, jsonb_build_object('kind', $3::text, 'subject', $4::text) from made where is_new
)
select id from made

-- name: hold
insert into case_hold (case_id, record, record_id, ref, cause, value, currency, sticky)
values ($1, $2, $3, $4, $5, $6, $7, $8)
on conflict (case_id, record, record_id)
do update set cause = excluded.cause, value = excluded.value, sticky = excluded.sticky or case_hold.sticky

-- name: let_go
-- A record leaves every case but those named; a case that holds nothing more closes and says so.
with gone as (
    delete from case_hold h using desk_case c
    where c.id = h.case_id and c.tenant = $1 and c.state = 'open' and h.record = $2 and h.record_id = any($3::bigint[])
      and not (h.case_id = any($4::bigint[])) and not (c.kind = any($5::text[]))
    returning h.case_id
)
select distinct case_id from gone

-- name: lock
select from desk_case where id = any($1::bigint[]) order by id for update

-- name: let_go_of_kind
delete from case_hold h using desk_case c
where c.id = h.case_id and c.state = 'open' and h.record = 'order' and h.record_id = any($1::bigint[])
  and c.kind = $2 and starts_with(c.subject, $3)
returning h.case_id

-- name: close_empty
with done as (
    update desk_case c set state = 'closed', closed_at = now()
    where c.id = any($1::bigint[]) and c.state = 'open' and not exists (select from case_hold h where h.case_id = c.id)
    returning id, tenant
), trail as (
    insert into audit_entry (tenant, actor, action, subject, subject_id, detail)
    select tenant, $2, 'close', 'case', id, jsonb_build_object('reason', $3::text) from done
)
select id from done

-- name: settle
with gone as (
    delete from case_hold h using desk_case c
    where c.id = h.case_id and c.tenant = $1 and c.pairing = $2 and c.kind = $3 and c.subject = $4 and c.state = 'open'
      and h.record = $5 and h.record_id = $6
    returning h.case_id
)
select case_id from gone

-- name: list
select c.id, c.pairing, c.kind, c.subject, c.state, c.desk, c.severity, c.cause, c.facts::text as facts, c.evidence,
       c.opened_at, c.due_at, c.closed_at, c.assignee, c.snoozed_until,
       (select count(*) from case_hold h where h.case_id = c.id) as records,
       coalesce((select json_object_agg(v.currency, v.value) from (
           select h.currency, sum(h.value) as value from case_hold h
           where h.case_id = c.id and h.value is not null group by h.currency) v), '{}')::text as value
from desk_case c
where c.tenant = $1
  and ($2::text is null or c.state = $2) and ($3::text is null or c.pairing = $3) and ($4::text is null or c.kind = $4)
  and ($5::text is null or c.desk = $5) and ($6::bigint is null or c.id = $6) and ($7::bigint is null or c.id > $7)
order by c.id limit $8

-- name: holds
select record, record_id, ref, sticky, cause, value, currency from case_hold where case_id = $1 order by held_at, record_id

-- name: holding
select distinct h.record_id from case_hold h join desk_case c on c.id = h.case_id
where c.tenant = $1 and c.state = 'open' and h.record = $2 and h.record_id = any($3::bigint[])

-- name: history
select at, actor, action, detail::text as detail from audit_entry
where tenant = $1 and subject = 'case' and subject_id = $2 order by id

-- name: to_recheck
-- Open cases with records that a re-check may free, the longest unchecked first.
select c.id from desk_case c
where c.tenant = $1 and c.pairing = $2 and c.state = 'open' and ($4::float8 is null or c.checked_at is null
      or c.checked_at <= now() - $4::float8 * interval '1 second')
  and exists (select from case_hold h where h.case_id = c.id and h.record = any($5::text[]) and not h.sticky)
order by c.checked_at nulls first, c.id limit $3

-- name: checked
update desk_case set checked_at = now() where id = $1

-- name: unstick
update case_hold set sticky = false where case_id = $1 and ($2::bigint[] is null or record_id = any($2::bigint[]))

-- name: open_subjects
select subject from desk_case where tenant = $1 and pairing = $2 and kind = $3 and state = 'open'

-- name: open_about
select id from desk_case
where tenant = $1 and pairing = $2 and kind = any($3::text[]) and subject = any($4::text[]) and state = 'open' order by id

-- name: open_records
select distinct h.record from case_hold h join desk_case c on c.id = h.case_id
where c.tenant = $1 and c.pairing = $2 and c.kind = $3 and c.state = 'open' and starts_with(h.record, $4)

-- name: standing
select h.record_id, c.subject from case_hold h join desk_case c on c.id = h.case_id
where c.tenant = $1 and c.pairing = $2 and c.kind = $3 and c.state = 'open' and h.record = $4
