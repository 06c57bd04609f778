-- name: budgets
select system, tokens, extract(epoch from now() - filled_at)::float8 as since_filled, blocked_until, failures,
       open_until, failed_calls
from remote_budget where tenant = $1 and system = any($2::text[])

-- name: places
select system, count(*) as taken from remote_slot
where tenant = $1 and system = any($2::text[]) and until > now() group by system

-- name: failures
select system, at, call, problem from remote_failure
where tenant = $1 and system = any($2::text[]) order by system, at desc, slot

-- name: probes
select system, asked_at, actor, ended_at, verdict from remote_probe where tenant = $1 and system = any($2::text[])

-- name: ask_probe
-- Whoever writes the row probes: nobody did in the last $4 seconds, nor for $5 seconds without having said how it ended.
with asked as (
    insert into remote_probe as p (tenant, system, actor) values ($1, $2, $3)
    on conflict (tenant, system) do update set asked_at = now(), actor = excluded.actor, ended_at = null, verdict = ''
    where p.asked_at <= now() - $4::float8 * interval '1 second'
      and (p.ended_at is not null or p.asked_at <= now() - $5::float8 * interval '1 second')
    returning asked_at
), noted as (
    insert into audit_entry (tenant, actor, action, subject, subject_id, detail)
    select $1, $3, 'probe_asked', 'system', 0, jsonb_build_object('system', $2::text) from asked
)
select asked_at from asked

-- name: probe_ended
with ended as (
    update remote_probe set ended_at = now(), verdict = $5
    where tenant = $1 and system = $2 and actor = $3 and asked_at = $4 returning system
)
insert into audit_entry (tenant, actor, action, subject, subject_id, detail)
select $1, $3, 'probed', 'system', 0,
       jsonb_build_object('system', $2::text, 'verdict', $5::text, 'amiss', $6::text[]) from ended
