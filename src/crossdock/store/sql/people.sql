-- part: grants
coalesce((select jsonb_agg(jsonb_build_object('role', g.role, 'desk', g.desk, 'pairing', g.pairing)
                           order by g.role, g.desk, g.pairing)
          from person_grant g where g.person_id = p.id), '[]')::text as grants

-- name: any
select exists (select from person where tenant = $1)

-- name: add
insert into person (tenant, name, display, password_hash) values ($1, $2, $3, $4)
on conflict do nothing
returning id

-- name: grant
insert into person_grant (person_id, role, desk, pairing)
select $1, g.role, g.desk, g.pairing from unnest($2::text[], $3::text[], $4::text[]) as g (role, desk, pairing)
on conflict do nothing
returning role

-- name: one_change_at_a_time
select id from person where tenant = $1 and id = $2 for update

-- name: revoke
-- Never the last one: who may nothing is disabled, not left with a name that signs in to an empty page.
delete from person_grant
where person_id = $1 and role = $2 and desk = $3 and pairing = $4
  and exists (select from person_grant where person_id = $1 and (role, desk, pairing) <> ($2, $3, $4))
returning role

-- name: trail
insert into audit_entry (tenant, actor, action, subject, subject_id, detail) values ($1, $2, $3, 'person', $4, $5::jsonb)

-- name: find
select p.id, p.name, p.display, p.password_hash, p.disabled_at is not null as disabled,
       exists (select from person_factor f where f.person_id = p.id and f.confirmed_at is not null) as factor,
-- with: grants
from person p where p.tenant = $1 and lower(p.name) = $2

-- part: row
select p.id, p.name, p.display, p.created_at, p.disabled_at, s.sessions, s.seen_at, p.password_hash <> '' as has_password,
       exists (select from person_factor f where f.person_id = p.id and f.confirmed_at is not null) as factor,

-- part: row_from
from person p cross join lateral (
    select max(seen_at) as seen_at,
           count(*) filter (where ended_at is null and expires_at > clock_timestamp()
                            and seen_at > clock_timestamp() - interval '12 hours') as sessions
    from person_session where person_id = p.id
) s

-- name: list_a_z
-- with: row
-- with: grants
-- with: row_from
where p.tenant = $1 and ($2::text is null or lower(p.name) > $2) order by lower(p.name) limit $3

-- name: list_z_a
-- with: row
-- with: grants
-- with: row_from
where p.tenant = $1 and ($2::text is null or lower(p.name) < $2) order by lower(p.name) desc limit $3

-- name: one
-- with: row
-- with: grants
-- with: row_from
where p.tenant = $1 and p.id = $2

-- name: set_password
update person set password_hash = $3 where tenant = $1 and id = $2

-- name: disable
update person set disabled_at = clock_timestamp() where tenant = $1 and id = $2 and disabled_at is null returning id

-- name: enable
update person set disabled_at = null where tenant = $1 and id = $2 and disabled_at is not null returning id

-- name: end_sessions
-- And the sign-ins under way.
with half_way as (
    delete from sign_in_step where person_id = $1
), made as (
    update person_session set ended_at = clock_timestamp()
    where person_id = $1 and ended_at is null and expires_at > clock_timestamp()
      and seen_at > clock_timestamp() - interval '12 hours'
    returning digest
)
select count(*) from made

-- name: one_at_a_time
select pg_advisory_xact_lock(hashtextextended($1, 18))

-- name: closed_for
-- For how many seconds this name or this address is not listened to; null: it is. A name is forgiven when its person
-- signed in, an address is not: whoever owns one password could guess at all others from there.
select ceil(extract(epoch from max(until) - clock_timestamp()))::integer
from (
    (select at + interval '15 minutes' as until from sign_in_attempt
     where tenant = $1 and name = $2 and not ok and at > clock_timestamp() - interval '15 minutes'
       and at > coalesce((select max(at) from sign_in_attempt where tenant = $1 and name = $2 and ok), '-infinity')
     order by at desc offset $4 - 1 limit 1)
    union all
    (select at + interval '15 minutes' from sign_in_attempt
     where tenant = $1 and address = $3 and not ok and at > clock_timestamp() - interval '15 minutes'
     order by at desc offset $5 - 1 limit 1)
) closed

-- name: attempt
insert into sign_in_attempt (tenant, name, address) values ($1, $2, $3) returning id

-- name: forget_attempts
delete from sign_in_attempt where tenant = $1 and at < clock_timestamp() - interval '1 day'

-- name: begin_session
-- Nothing when the password was changed or the person disabled while it was checked.
with me as (
    select id from person where tenant = $1 and id = $2 and password_hash = $3 and disabled_at is null for share
), begun as (
    insert into person_session (digest, person_id, csrf, expires_at, agent, address, way)
    select $4, id, $5, clock_timestamp() + interval '7 days', $6, $8, $9 from me
    returning person_id
), good as (
    update sign_in_attempt set ok = true where id = $7 and exists (select from me)
)
select person_id from begun

-- name: rehashed
update person set password_hash = $4 where tenant = $1 and id = $2 and password_hash = $3

-- name: session
select p.id, p.name, p.display, s.csrf, s.seen_at < clock_timestamp() - interval '1 minute' as unseen,
       s.id as session, s.way, p.password_hash <> '' as has_password,
       exists (select from person_factor f where f.person_id = p.id and f.confirmed_at is not null) as factor,
-- with: grants
from person_session s join person p on p.id = s.person_id
where p.tenant = $1 and s.digest = $2 and s.ended_at is null and p.disabled_at is null
  and s.expires_at > clock_timestamp() and s.seen_at > clock_timestamp() - interval '12 hours'

-- name: seen
update person_session set seen_at = clock_timestamp()
where digest = $1 and ended_at is null and seen_at < clock_timestamp() - interval '1 minute'

-- name: sign_out
with made as (
    update person_session s set ended_at = clock_timestamp() from person p
    where p.id = s.person_id and p.tenant = $1 and s.digest = $2 and s.ended_at is null
    returning p.id, p.name
)
insert into audit_entry (tenant, actor, action, subject, subject_id)
select $1, name, 'signed_out', 'person', id from made
