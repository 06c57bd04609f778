-- What an auditor is given. $1: tenant. $2/$3: the period, half-open, where a statement has one.

-- name: people
select p.id, p.name, p.display, p.created_at, p.disabled_at,
       (select max(s.seen_at) from person_session s where s.person_id = p.id) as last_seen_at
from person p where p.tenant = $1 order by p.id

-- name: grants
select p.name, g.role, g.desk, g.pairing, p.disabled_at is null as may_sign_in
from person_grant g join person p on p.id = g.person_id where p.tenant = $1 order by p.id, g.role, g.desk, g.pairing

-- name: tokens
select t.name, p.name as person, array_to_string(t.scopes, ' ') as scopes,
       (select string_agg(concat_ws('/', g.role, nullif(g.desk, ''), nullif(g.pairing, '')), ' ' order by g.role, g.desk, g.pairing)
        from api_token_grant g where g.token_id = t.id) as grants,
       t.made_by, t.created_at, t.expires_at, t.used_at, t.revoked_at
from api_token t left join person p on p.id = t.person_id where t.tenant = $1 order by t.id

-- name: people_changes
select a.id, a.at, a.actor, a.action, a.subject_id as person_id, a.detail ->> 'name' as name, a.detail::text as detail
from audit_entry a
where a.tenant = $1 and a.at >= $2 and a.at < $3 and a.subject = 'person' and not starts_with(a.action, 'sign')
order by a.id

-- name: sign_ins
select a.id, a.at, a.action, a.actor, a.subject_id as person_id, coalesce(nullif(a.detail ->> 'name', ''), nullif(a.actor, 'crossdock')) as name,
       a.detail ->> 'address' as address, a.detail ->> 'agent' as agent, a.detail ->> 'reason' as reason
from audit_entry a
where a.tenant = $1 and a.at >= $2 and a.at < $3 and a.subject = 'person' and starts_with(a.action, 'sign')
order by a.id

-- name: audit_trail
select a.id, a.at, a.actor, a.action, a.subject, a.subject_id, a.detail::text as detail, s.number as seal
from audit_entry a left join audit_seal s on s.id = a.seal_id
where a.tenant = $1 and a.at >= $2 and a.at < $3 order by a.id

-- name: deeds_of_people
select a.id, a.at, a.actor, a.action, a.subject, a.subject_id, a.detail::text as detail
from audit_entry a
where a.tenant = $1 and a.at >= $2 and a.at < $3 and a.actor <> 'crossdock' and not starts_with(a.action, 'sign')
order by a.id

-- name: seals
-- complete: every entry of the seal lies in the period, so that its hash can be reckoned again from the trail given.
with used as (
    select seal_id, count(*) as given from audit_entry
    where tenant = $1 and at >= $2 and at < $3 and seal_id is not null group by 1
)
select s.number, s.sealed_at, s.entries, u.given = s.entries as complete,
       encode(s.previous, 'hex') as previous, encode(s.hash, 'hex') as hash
from used u join audit_seal s on s.id = u.seal_id order by s.number

-- name: cases
-- Opened or closed in the period, as they stood at its end. Who closed it and why: the newest entry that says so.
select c.id, c.pairing, c.kind, c.desk, c.severity, c.subject, c.cause, c.opened_at, c.due_at,
       case when c.closed_at < $3 then c.closed_at end as closed_at,
       c.closed_at < $3 and c.closed_at > c.due_at as closed_late,
       deed.actor as settled_by, deed.action as settled_how, deed.detail ->> 'reason' as settled_why
from desk_case c
left join lateral (
    select a.actor, a.action, a.detail from audit_entry a
    where a.tenant = c.tenant and a.subject = 'case' and a.subject_id = c.id and a.at >= $2 and a.at < $3
      and a.action <> 'open'
    order by a.actor = 'crossdock', a.id desc limit 1
) deed on true
where c.tenant = $1 and ((c.opened_at >= $2 and c.opened_at < $3) or (c.closed_at >= $2 and c.closed_at < $3))
order by c.id

-- name: case_history
select a.id, a.at, a.subject_id as case_id, c.pairing, c.kind, a.actor, a.action, a.detail ->> 'reason' as reason,
       a.detail::text as detail
from audit_entry a left join desk_case c on c.id = a.subject_id and c.tenant = a.tenant
where a.tenant = $1 and a.at >= $2 and a.at < $3 and a.subject = 'case' order by a.id

-- name: mappings
-- Every entry that was made or ended in the period.
select m.pairing, m.kind, m.key, m.value::text as value, m.actor, m.since, case when m.until < $3 then m.until end as until
from code_map m
where m.tenant = $1 and ((m.since >= $2 and m.since < $3) or (m.until >= $2 and m.until < $3))
order by m.id

-- name: reconciliations
select r.id, r.pairing, r.object, r.period, r.actor, r.began_at, r.ended_at, r.ours_at, r.theirs_at,
       (r.counts ->> 'differences')::bigint as differences, (r.counts ->> 'to_settle')::bigint as to_settle,
       (r.counts ->> 'accepted')::bigint as accepted, jsonb_array_length(r.unknowns) as unknown,
       case when (r.counts ->> 'to_settle')::bigint > 0 then 'differences to settle'
            when jsonb_array_length(r.unknowns) > 0 then 'agrees as far as it could be read'
            else 'agrees' end as verdict
from reconciliation_run r
where r.tenant = $1 and r.state = 'ended' and r.ended_at >= $2 and r.ended_at < $3 order by r.id

-- name: completeness
select c.id, c.pairing, c.since, c.until, c.began_at, c.ended_at, c.report ->> 'green' as green
from completeness_run c
where c.tenant = $1 and c.ended_at >= $2 and c.ended_at < $3 order by c.id

-- name: proofs
select a.id, a.at, a.actor, a.action, a.detail ->> 'what' as what, a.detail ->> 'note' as note, a.detail::text as detail
from audit_entry a
where a.tenant = $1 and a.at >= $2 and a.at < $3
  and a.action in ('attested', 'database restored', 'person_erased', 'retention', 'secret_set', 'secret_removed',
                   'secrets_rotated', 'contact_set', 'evidence_exported', 'audit_trail_exported')
order by a.id

-- name: attest
insert into audit_entry (tenant, actor, action, subject, detail)
values ($1, $2, 'attested', 'control', jsonb_build_object('what', $3::text, 'note', $4::text))

-- name: last_attested
select max(at) from audit_entry
where tenant = $1 and actor <> 'crossdock' and action = 'attested' and detail ->> 'what' = $2

-- name: go_live
select l.pairing, l.step, l.state, l.began_at, l.ended_at, l.result::text as result
from load_step l where l.tenant = $1 and l.began_at >= $2 and l.began_at < $3 order by l.began_at, l.step

-- name: schema_version
select version_num from crossdock_schema

-- name: told
insert into audit_entry (tenant, actor, action, subject, detail) values ($1, $2, $3, 'evidence', $4::jsonb)
