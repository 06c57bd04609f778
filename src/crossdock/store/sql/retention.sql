-- part: raw_due
-- Never a document whose order or return is under way, or stands in an open case; nor what a channel brought last.
not exists (
    select from sales_order o
    where o.tenant = r.tenant and o.pairing = any($3::text[]) and o.storefront_id = r.ref and r.kind = 'sales-order'
      and (o.state not in ('despatched', 'withdrawn', 'cancelled', 'set_aside')
           or exists (select from case_hold h join desk_case c on c.id = h.case_id
                      where c.state = 'open' and h.record = 'order' and h.record_id = o.id))
) and not exists (
    select from refund f
    where f.tenant = r.tenant and f.pairing = any($3::text[]) and r.kind = 'return' and f.raw_digest = r.digest
      and (f.look_at is not null
           or exists (select from case_hold h join desk_case c on c.id = h.case_id
                      where c.state = 'open' and h.record = 'refund' and h.record_id = f.id))
) and not exists (
    select from channel_wish w
    where w.tenant = r.tenant and w.pairing = r.ref and w.accepted is null and w.raw_digest = r.digest
)

-- name: pairings
select pairing from cadence where tenant = $1 union select pairing from watermark where tenant = $1

-- name: raw_walk
-- The next documents by age, and which of them may go.
select r.digest, r.read_at,
-- with: raw_due
    as due
from raw_document r
where r.tenant = $1 and r.read_at < $2 and (r.read_at, r.digest) > ($4, $5)
order by r.read_at, r.digest limit $6

-- name: raw_drop
-- What is gone leaves its digest, size and time: whoever holds a copy can still prove that it is that one.
with gone as (
    delete from raw_document where tenant = $1 and digest = any($2::bytea[])
    returning digest, source, kind, ref, octet_length(body) as bytes, read_at
), trace as (
    insert into raw_document_gone (tenant, digest, source, kind, ref, sealed_bytes, read_at, why)
    select $1, digest, source, kind, ref, bytes, read_at, $3 from gone
    on conflict (tenant, digest) do update
    set read_at = excluded.read_at, gone_at = now(), why = excluded.why, sealed_bytes = excluded.sealed_bytes
)
select count(*) from gone

-- name: webhook_keys
with gone as (
    delete from webhook_seen where (tenant, system, key) in (
        select tenant, system, key from webhook_seen where tenant = $1 and received_at < $2 order by received_at limit $3)
    returning 1
)
select count(*) from gone

-- name: webhook_keys_due
select count(*) from webhook_seen where tenant = $1 and received_at < $2

-- name: closed_cases
select id, facts::text as facts, cause from desk_case
where tenant = $1 and state = 'closed' and cleared_at is null and closed_at < $2
order by closed_at limit $3
for update skip locked

-- name: closed_cases_due
select count(*) from desk_case where tenant = $1 and state = 'closed' and cleared_at is null and closed_at < $2

-- name: clear_cases
update desk_case c set evidence = '', facts = g.facts::jsonb, cause = g.cause, cleared_at = now()
from unnest($1::bigint[], $2::text[], $3::text[]) as g(id, facts, cause)
where c.id = g.id and c.state = 'closed'

-- part: over
o.tenant = $1 and o.captured_at < $2 and o.erased_at is null
and o.state in ('despatched', 'withdrawn', 'cancelled', 'set_aside')
and not exists (select from case_hold h join desk_case c on c.id = h.case_id
                where c.state = 'open' and h.record = 'order' and h.record_id = o.id)
and not exists (select from order_change w where w.order_id = o.id and w.look_at is not null)
and not exists (select from refund f where f.order_id = o.id and f.look_at is not null)
and not exists (select from despatch d where d.order_id = o.id and d.look_at is not null)

-- name: orders_people
select o.id from sales_order o where
-- with: over
order by o.captured_at limit $3
for update skip locked

-- name: orders_people_due
select count(*) from sales_order o where
-- with: over

-- name: sessions
with gone as (
    delete from person_session where digest in (
        select s.digest from person_session s
        where s.expires_at < $2 and exists (select from person p where p.id = s.person_id and p.tenant = $1)
        order by s.expires_at limit $3)
    returning 1
)
select count(*) from gone

-- name: sessions_due
select count(*) from person_session s join person p on p.id = s.person_id where p.tenant = $1 and s.expires_at < $2

-- name: sign_ins
with gone as (
    delete from sign_in_attempt where id in (
        select id from sign_in_attempt where tenant = $1 and at < $2 order by at limit $3)
    returning 1
)
select count(*) from gone

-- name: sign_ins_due
select count(*) from sign_in_attempt where tenant = $1 and at < $2

-- name: reconciliation
-- The oldest ended run that may go: not the newest of its period, and nothing of it stands in a case now.
select r.id from reconciliation_run r
where r.tenant = $1 and r.state = 'ended' and r.ended_at < $2
  and exists (select from reconciliation_run n where n.tenant = r.tenant and n.pairing = r.pairing
              and n.object = r.object and n.period = r.period and n.state = 'ended' and n.id > r.id)
  and not exists (select from reconciliation_held h where h.tenant = r.tenant and h.run_id = r.id)
order by r.ended_at limit 1
for update skip locked

-- name: reconciliation_due
select count(*) from reconciliation_run r
where r.tenant = $1 and r.state = 'ended' and r.ended_at < $2
  and exists (select from reconciliation_run n where n.tenant = r.tenant and n.pairing = r.pairing
              and n.object = r.object and n.period = r.period and n.state = 'ended' and n.id > r.id)
  and not exists (select from reconciliation_held h where h.tenant = r.tenant and h.run_id = r.id)

-- name: drop_differences
with gone as (
    delete from reconciliation_difference where run_id = $1 and number in (
        select number from reconciliation_difference where run_id = $1 order by number limit $2)
    returning 1
)
select count(*) from gone

-- name: drop_run
delete from reconciliation_run where id = $1

-- name: trail
insert into audit_entry (tenant, actor, action, subject, detail) values ($1, $2, 'retention', $3, $4::jsonb)

-- name: last_nights
select subject, at, detail ->> 'removed' as removed from audit_entry
where tenant = $1 and subject = any($2::text[]) and subject_id = 0 and action = 'retention' order by id desc limit 100
