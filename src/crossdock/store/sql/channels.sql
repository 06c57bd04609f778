-- name: order_writers
-- Held to the end of the transaction: positions become visible in the order they were given.
select pg_advisory_xact_lock(hashtextextended($1 || '/' || $2 || '/' || $3, 7))

-- name: put_out
with made as (
    insert into channel_out (tenant, pairing, kind, ref, document)
    select $1, $2, $3, o.ref, o.document::jsonb from unnest($4::text[], $5::text[]) as o (ref, document)
    on conflict do nothing
    returning ref, position
), trail as (
    insert into audit_entry (tenant, actor, action, subject, detail)
    select $1, 'crossdock', 'put_out', 'channel',
           jsonb_build_object('pairing', $2::text, 'kind', $3::text, 'ref', ref, 'position', position) from made
)
select ref from made

-- name: replace
with made as (
    insert into channel_out (tenant, pairing, kind, ref, document)
    select $1, $2, $3, o.ref, o.document::jsonb
    from unnest($4::text[], $5::text[]) with ordinality as o (ref, document, at) order by o.at
    on conflict (tenant, pairing, kind, ref) do update
    set document = excluded.document, position = default, put_out_at = clock_timestamp()
    where $6::bool or channel_out.document <> excluded.document
    returning ref, position
), trail as (
    insert into audit_entry (tenant, actor, action, subject, detail)
    select $1, 'crossdock', 'put_out', 'channel',
           jsonb_build_object('pairing', $2::text, 'kind', $3::text, 'ref', ref, 'position', position) from made
)
select ref from made

-- name: waiting
select position, ref, document::text as document, put_out_at from channel_out
where tenant = $1 and pairing = $2 and kind = $3 and position > $4 order by position limit $5

-- name: waiting_since
select position, ref, document::text as document, put_out_at from channel_out
where tenant = $1 and pairing = $2 and kind = $3 and put_out_at >= $4 order by position limit $5

-- name: named
select position, ref, document::text as document, put_out_at from channel_out
where tenant = $1 and pairing = $2 and kind = $3 and ref = any($4::text[]) order by position

-- name: fetched_up_to
insert into channel_fetched (tenant, pairing, kind, position)
select $1, $2, $3, least($4, max(position)) from channel_out where tenant = $1 and pairing = $2 and kind = $3
having max(position) is not null
on conflict (tenant, pairing, kind) do update set position = excluded.position
where channel_fetched.position < excluded.position
returning position

-- name: look_at_returns
update refund r set look_at = clock_timestamp() from channel_out o
where r.tenant = $1 and r.pairing = $2 and r.state = 'laid_out'
  and o.tenant = $1 and o.pairing = $2 and o.kind = 'return' and o.ref = r.key and o.position <= $3

-- name: fetched
select o.ref from channel_out o join channel_fetched f using (tenant, pairing, kind)
where o.tenant = $1 and o.pairing = $2 and o.kind = $3 and o.ref = any($4::text[]) and o.position <= f.position

-- name: take_back
with gone as (
    delete from channel_out o
    where o.tenant = $1 and o.pairing = $2 and o.kind = $3 and o.ref = any($4::text[])
      and o.position > coalesce((select f.position from channel_fetched f
                                 where f.tenant = $1 and f.pairing = $2 and f.kind = $3), 0)
    returning ref
), trail as (
    insert into audit_entry (tenant, actor, action, subject, detail)
    select $1, 'crossdock', 'taken_back', 'channel',
           jsonb_build_object('pairing', $2::text, 'kind', $3::text, 'ref', ref) from gone
)
select ref from gone

-- name: keep
insert into channel_in (tenant, pairing, kind, key, document, raw_digest)
select $1, $2, $3, k.key, k.document::jsonb, $6
from unnest($4::text[], $5::text[]) with ordinality as k (key, document, at)
order by k.key
on conflict (tenant, pairing, kind, key) do update
set document = excluded.document, raw_digest = excluded.raw_digest, received_at = excluded.received_at

-- name: kept
select key, document::text as document, received_at from channel_in
where tenant = $1 and pairing = $2 and kind = $3 and ($4::text[] is null or key = any($4::text[])) order by key

-- name: wish
with made as (
    insert into channel_wish (tenant, pairing, key, document, raw_digest) values ($1, $2, $3, $4::jsonb, $5)
    on conflict do nothing
    returning key
), trail as (
    insert into audit_entry (tenant, actor, action, subject, detail)
    select $1, 'crossdock', 'cancellation_asked', 'channel', jsonb_build_object('pairing', $2::text, 'key', key) from made
)
select key from made

-- name: wish_outcome
select accepted, reason from channel_wish where tenant = $1 and pairing = $2 and key = $3

-- name: decide_wish
with done as (
    update channel_wish set accepted = $4, reason = $5, decided_at = now()
    where tenant = $1 and pairing = $2 and key = $3 and accepted is null
    returning key
), trail as (
    insert into audit_entry (tenant, actor, action, subject, detail)
    select $1, $6, 'cancellation_decided', 'channel',
           jsonb_build_object('pairing', $2::text, 'key', key, 'accepted', $4::boolean, 'reason', $5::text) from done
)
select key from done

-- name: open_wishes
select document::text as document
from channel_wish
where tenant = $1 and pairing = $2 and accepted is null
order by asked_at, key
limit $3
