-- Runs of reconciliation as people look at them. Every list is paged by its key.

-- part: line
select r.id, r.pairing, r.object, r.period, r.first_day, r.end_day, r.zone, r.state, r.actor, r.began_at, r.ours_at,
       r.theirs_at, r.ended_at, r.progress::text as progress, r.counts::text as counts, r.unknowns::text as unknowns,
       r.step, r.done, r.whole, r.told_at, r.trouble,
       r.state <> 'ended' and exists (
           select from pg_locks where locktype = 'advisory' and granted and objsubid = 1
             and (classid::bigint << 32 | objid::bigint)
                 = hashtext(concat('reconcile ', r.tenant, ' ', r.pairing, ' ', r.object, ' ', r.period))::bigint) as held,
       r.state <> 'ended' and exists (
           select from pgqueuer q where q.status = 'queued' and q.dedupe_key
             = concat('reconcile/', r.pairing, '/', r.object, '/', r.period)) as asked
from reconciliation_run r

-- name: runs_newest
-- Before $4. $2 pairings, $3 objects, side by side every one of each.
select r.* from unnest($2::text[]) as p(pairing) cross join unnest($3::text[]) as o(object)
cross join lateral (
-- with: line
where r.tenant = $1 and r.pairing = p.pairing and r.object = o.object and r.id < $4
order by r.id desc limit $5
) r
order by r.id desc limit $5

-- name: runs_oldest
-- After $4.
select r.* from unnest($2::text[]) as p(pairing) cross join unnest($3::text[]) as o(object)
cross join lateral (
-- with: line
where r.tenant = $1 and r.pairing = p.pairing and r.object = o.object and r.id > $4
order by r.id limit $5
) r
order by r.id limit $5

-- name: run
-- with: line
where r.tenant = $1 and r.id = $2

-- name: under_way
-- with: line
where r.tenant = $1 and r.pairing = $2 and r.object = $3 and r.state <> 'ended'
order by r.id

-- name: one_start_at_a_time
select pg_advisory_xact_lock(hashtext($1))

-- name: tell
-- Of a run that has not ended: what it is at.
update reconciliation_run set step = $5, done = $6, whole = $7, told_at = now(), trouble = ''
where tenant = $1 and pairing = $2 and object = $3 and period = $4 and state <> 'ended'

-- name: trouble
update reconciliation_run set trouble = $5, told_at = now()
where tenant = $1 and pairing = $2 and object = $3 and period = $4 and state <> 'ended'

-- name: causes
-- What a run found, by cause: how often, how much of it waits in cases or was accepted, and what it is worth.
select cause, min(likely) as likely, currency, count(*) as differences, count(*) filter (where case_kind <> '') as to_settle,
       count(*) filter (where waived_at is not null) as accepted, sum(value) as worth
from reconciliation_difference where run_id = $1
group by cause, currency order by count(*) filter (where case_kind <> '') desc, count(*) desc, cause, currency

-- part: difference
select d.number, d.link, d.cause, d.subject, d.ref, d.document, d.what, d.day, d.currency, d.company, d.account, d.net, d.tax,
       d.gross, d.value, d.ours, d.theirs, d.likely, d.note, d.case_kind, d.case_subject, d.raises, d.facts::text as facts,
       d.waived_by, d.waived_why, d.waived_at, c.id as case_id, c.desk as case_desk
from reconciliation_difference d
join reconciliation_run r on r.id = d.run_id
left join lateral (
    select id, desk from desk_case c
    where d.case_kind <> '' and c.tenant = r.tenant and c.pairing = r.pairing and c.kind = d.case_kind and c.subject = d.case_subject
    order by c.id desc limit 1
) c on true

-- part: by_size
-- One currency after the other, and what is no money behind them; the furthest apart first.
(case when d.gross is null then '~' else d.currency end) collate "C", -abs(coalesce(d.gross, 0)), d.number

-- part: by_size_down
(case when d.gross is null then '~' else d.currency end) collate "C" desc, -abs(coalesce(d.gross, 0)) desc, d.number desc

-- name: differences_found
-- with: difference
where d.run_id = $1 and d.number > $2 order by d.number limit $3

-- name: differences_last_found
-- with: difference
where d.run_id = $1 and d.number < $2 order by d.number desc limit $3

-- name: differences_largest
-- $4, $5: currency and size of the difference $2.
-- with: difference
where d.run_id = $1 and (
-- with: by_size
) > ($4::text, $5::numeric, $2)
order by
-- with: by_size
limit $3

-- name: differences_smallest
-- with: difference
where d.run_id = $1 and (
-- with: by_size
) < ($4::text, $5::numeric, $2)
order by
-- with: by_size_down
limit $3

-- name: differences_of_cause_found
-- with: difference
where d.run_id = $1 and d.cause = $4 and d.number > $2 order by d.number limit $3

-- name: differences_of_cause_last_found
-- with: difference
where d.run_id = $1 and d.cause = $4 and d.number < $2 order by d.number desc limit $3

-- name: differences_of_cause_largest
-- with: difference
where d.run_id = $1 and d.cause = $6 and (
-- with: by_size
) > ($4::text, $5::numeric, $2)
order by
-- with: by_size
limit $3

-- name: differences_of_cause_smallest
-- with: difference
where d.run_id = $1 and d.cause = $6 and (
-- with: by_size
) < ($4::text, $5::numeric, $2)
order by
-- with: by_size_down
limit $3

-- name: size_of
-- Where a difference stands by size.
select (case when gross is null then '~' else currency end) as currency, -abs(coalesce(gross, 0)) as size
from reconciliation_difference where run_id = $1 and number = $2

-- name: all_differences
-- with: difference
where d.run_id = $1 order by d.number

-- name: months
-- The newest ended run over the money of each period of a pairing, the last period first.
select * from (
    select distinct on (period) id, period, first_day, end_day, ended_at, actor, counts::text as counts
    from reconciliation_run
    where tenant = $1 and pairing = $2 and object = 'money' and state = 'ended'
      and ($3::text is null or period < $3)
    order by period desc, id desc limit $4
) m order by period desc

-- name: sums
select run_id, kind, currency, company, papers, net, tax, gross from reconciliation_sum
where run_id = any($1::bigint[]) order by run_id, currency, company, kind

-- name: beside
-- The newest ended run of each other object over the same period.
select distinct on (object) id from reconciliation_run
where tenant = $1 and pairing = $2 and period = $3 and period <> '' and state = 'ended' and object = any($4::text[])
order by object, id desc
