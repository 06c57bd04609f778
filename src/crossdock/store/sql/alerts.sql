-- What alerts know, what they look at, and what was said. Times are the database's, the same for all workers.

-- name: now
select clock_timestamp()

-- name: one_at_a_time
select pg_try_advisory_xact_lock(hashtextextended($1, 20))

-- name: wait_for_turn
select pg_advisory_xact_lock(hashtextextended($1, 20))

-- part: alert
id, rule, subject, state, opened_at, count, severity, text, desk, pairing, first_told_at, told_at, told_count,
told_severity, told_to, step, answered_at, answered_by, gone_at, held_at, over_at

-- name: live
select
-- with: alert
from alert where tenant = $1 and (state <> 'over' or held_at is not null) order by id for update

-- name: add
insert into alert (tenant, rule, subject, state, opened_at, count, severity, text, desk, pairing, first_told_at, told_at,
                   told_count, told_severity, told_to, step, gone_at, held_at, over_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)
returning id

-- name: put
update alert set state = $3, count = $4, severity = $5, text = $6, desk = $7, pairing = $8, first_told_at = $9,
    told_at = $10, told_count = $11, told_severity = $12, told_to = $13, step = $14, gone_at = $15, held_at = $16, over_at = $17
where tenant = $1 and id = $2

-- name: list
-- Newest first, as far as the grants reach: $2/$3 desks and pairings, side by side; '' is every one.
select
-- with: alert
from alert a
where a.tenant = $1
  and exists (select from unnest($2::text[], $3::text[]) as g(desk, pairing)
              where g.desk in ('', a.desk) and g.pairing in ('', a.pairing))
  and (not $4::boolean or a.state <> 'over') and ($5::bigint is null or a.id < $5)
order by a.id desc limit $6

-- name: find
select
-- with: alert
from alert a
where a.tenant = $1 and a.id = $4
  and exists (select from unnest($2::text[], $3::text[]) as g(desk, pairing)
              where g.desk in ('', a.desk) and g.pairing in ('', a.pairing))

-- name: answer
with done as (
    update alert set answered_at = clock_timestamp(), answered_by = $3
    where tenant = $1 and id = $2 and state <> 'over' and answered_at is null
    returning id, rule, subject
)
insert into audit_entry (tenant, actor, action, subject, subject_id, detail)
select $1, $3, 'alert_answered', 'alert', id, jsonb_build_object('rule', rule, 'incident', subject) from done
returning subject_id

-- name: trail
insert into audit_entry (tenant, actor, action, subject, subject_id, detail) values ($1, $2, $3, $4, $5, $6::jsonb)

-- name: forget
with messages as (
    delete from alert_message where tenant = $1 and ended_at < clock_timestamp() - interval '90 days'
), workers as (
    delete from worker_seen where tenant = $1
      and (left_at < clock_timestamp() - interval '1 hour' or seen_at < clock_timestamp() - interval '7 days')
), digests as (
    delete from alert_digest where tenant = $1 and made_at < clock_timestamp() - interval '90 days'
)
delete from alert where tenant = $1 and state = 'over' and held_at is null and over_at < clock_timestamp() - interval '1 year'

-- name: say
insert into alert_message (tenant, target, purpose, title, body, html) values ($1, $2, $3, $4, $5, $6) returning id

-- name: due
select id from alert_message
where tenant = $1 and state = 'due' and next_at <= clock_timestamp()
  and (taken_until is null or taken_until < clock_timestamp())
order by next_at limit $2

-- name: take
update alert_message set attempts = attempts + 1, taken_until = clock_timestamp() + $3::float8 * interval '1 second'
where tenant = $1 and id = $2 and state = 'due' and next_at <= clock_timestamp()
  and (taken_until is null or taken_until < clock_timestamp())
returning id, target, purpose, title, body, html, attempts

-- name: sent
update alert_message set state = 'sent', ended_at = clock_timestamp(), taken_until = null, problem = ''
where tenant = $1 and id = $2 and state = 'due'

-- name: not_sent
update alert_message set problem = $3, taken_until = null, next_at = clock_timestamp() + $4::float8 * interval '1 second',
    state = case when $5 then 'given-up' else state end, ended_at = case when $5 then clock_timestamp() end
where tenant = $1 and id = $2 and state = 'due'

-- name: try_again
-- What was given up for a target in the last day is due again.
update alert_message set state = 'due', attempts = 0, next_at = clock_timestamp(), ended_at = null
where tenant = $1 and target = $2 and state = 'given-up' and purpose <> 'test'
  and created_at > clock_timestamp() - interval '1 day'
returning id

-- name: given_up
select count(*) from alert_message
where tenant = $1 and target = $2 and state = 'given-up' and purpose <> 'test'
  and created_at > clock_timestamp() - interval '1 day'

-- name: messages
select id, target, purpose, title, body, state, attempts, created_at, next_at, ended_at, problem
from alert_message where tenant = $1 and ($2::bigint is null or id < $2) order by id desc limit $3

-- name: message
select id, target, purpose, title, body, state, attempts, created_at, next_at, ended_at, problem
from alert_message where tenant = $1 and id = $2

-- name: tests_lately
select count(*) filter (where target = $2 and created_at > clock_timestamp() - interval '10 seconds') as just_now,
       count(*) filter (where created_at > clock_timestamp() - interval '1 hour') as in_an_hour
from alert_message where tenant = $1 and purpose = 'test' and created_at > clock_timestamp() - interval '1 hour'

-- name: digest_made
insert into alert_digest (tenant, desk, day) values ($1, $2, $3) on conflict do nothing returning 1

-- name: seen
insert into worker_seen (tenant, holder) values ($1, $2)
on conflict (tenant, holder) do update set seen_at = clock_timestamp(), left_at = null

-- name: left
update worker_seen set left_at = clock_timestamp() where tenant = $1 and holder = $2

-- name: workers_gone
-- Seen no more, and never said good-bye; for a day, so that a machine that was taken away is not missed for ever.
select holder, seen_at from worker_seen
where tenant = $1 and left_at is null and seen_at <= $2 and seen_at > $2 - interval '1 day'
order by holder

-- name: cases
select f.subject, f.count, f.severity, f.since, f.desk, f.pairing, f.kind, c.cause, f.shuns
from (
    select case $6 when 'kind' then pairing || '/' || kind when 'desk' then desk when 'pairing' then pairing else 'all' end
               as subject,
           count(*) as count, (array['low', 'normal', 'high', 'urgent'])[max(array_position(
               array['low', 'normal', 'high', 'urgent'], severity))] as severity,
           min(opened_at) as since, min(id) as first,
           case when min(desk) = max(desk) then min(desk) else '' end as desk,
           case when min(pairing) = max(pairing) then min(pairing) else '' end as pairing,
           case when min(kind) = max(kind) then min(kind) else '' end as kind,
           coalesce(array_agg(subject) filter (where kind = 'alert-undeliverable'), '{}') as shuns
    from desk_case
    where tenant = $1 and state = 'open' and (cardinality($2::text[]) = 0 or kind = any($2))
      and (cardinality($3::text[]) = 0 or desk = any($3)) and (cardinality($4::text[]) = 0 or pairing = any($4))
      and severity = any($5::text[]) and opened_at <= $7
    group by 1
) f join desk_case c on c.id = f.first
order by f.subject

-- name: lags
select pairing, feed, moved_at from watermark
where tenant = $1 and pairing = any($2::text[]) and (cardinality($3::text[]) = 0 or feed = any($3)) and moved_at <= $4
order by pairing, feed

-- name: newest_of_orders
select pairing, max(placed_at) as newest from sales_order
where tenant = $1 and pairing = any($2::text[]) and placed_at <= $3 group by pairing order by pairing

-- name: newest_of_despatches
select pairing, max(found_at) as newest from despatch
where tenant = $1 and pairing = any($2::text[]) and found_at <= $3 group by pairing order by pairing

-- name: budgets
select b.system, b.failures, b.tokens, b.filled_at,
       nullif(b.open_until, '-infinity') as open_until, nullif(b.blocked_until, '-infinity') as blocked_until,
       exists (select from remote_wish w where w.tenant = b.tenant and w.system = b.system and w.until > clock_timestamp())
           as wanted
from remote_budget b where b.tenant = $1 order by b.system

-- name: sign_ins
select count(*) as count, min(at) as since, count(distinct address) as addresses, count(distinct name) as names
from sign_in_attempt where tenant = $1 and not ok and at > $2

-- name: unanswered
select pairing, count(*) as count, min(sent_at) as since, (array_agg(ref order by sent_at))[1] as ref
from sales_order
where tenant = $1 and state = 'posting' and sent_at <= $3 and (cardinality($2::text[]) = 0 or pairing = any($2))
group by pairing order by pairing

-- name: digest_open
select c.kind, c.severity, count(*) as cases, count(*) filter (where c.due_at < $3) as overdue, min(c.due_at) as due,
       min(c.id) as first
from desk_case c where c.tenant = $1 and c.state = 'open' and c.desk = $2
group by c.kind, c.severity order by overdue desc, cases desc, c.kind

-- name: digest_value
select h.currency, sum(h.value) as value from desk_case c join case_hold h on h.case_id = c.id
where c.tenant = $1 and c.state = 'open' and c.desk = $2 and h.value is not null
group by h.currency order by h.currency

-- name: digest_oldest
select id, pairing, kind, severity, cause, opened_at, due_at from desk_case
where tenant = $1 and state = 'open' and desk = $2 order by due_at, id limit $3

-- name: digest_closed
-- Whoever acted on the case last before it closed; a cause that went away by itself is nobody's.
select kind, actor, count(*) as cases from (
    select c.kind, coalesce((select a.actor from audit_entry a
        where a.tenant = $1 and a.subject = 'case' and a.subject_id = c.id and a.actor <> 'crossdock'
        order by a.id desc limit 1), '') as actor
    from desk_case c
    where c.tenant = $1 and c.desk = $2 and c.state = 'closed' and c.closed_at >= $3 and c.closed_at < $4
) closed
group by kind, actor order by cases desc, kind, actor
