-- name: sessions
-- Those that are alive, the one last seen first.
select id, begun_at, seen_at, expires_at, agent, address, way from person_session
where person_id = $1 and ended_at is null and expires_at > clock_timestamp()
  and seen_at > clock_timestamp() - interval '12 hours'
order by seen_at desc, id limit $2

-- name: end_session
with made as (
    update person_session set ended_at = clock_timestamp()
    where person_id = $2 and id = $3 and ended_at is null and expires_at > clock_timestamp()
      and seen_at > clock_timestamp() - interval '12 hours'
    returning id
)
insert into audit_entry (tenant, actor, action, subject, subject_id, detail)
select $1, $4, 'session_ended', 'person', $2, jsonb_build_object('session', id) from made
returning 1

-- name: end_others
-- All but one, and the sign-ins under way.
with half_way as (
    delete from sign_in_step where person_id = $1
), made as (
    update person_session set ended_at = clock_timestamp()
    where person_id = $1 and id <> $2 and ended_at is null and expires_at > clock_timestamp()
      and seen_at > clock_timestamp() - interval '12 hours'
    returning id
)
select count(*) from made

-- name: change_password
-- Nothing when it was changed meanwhile.
update person set password_hash = $4 where tenant = $1 and id = $2 and password_hash = $3 and disabled_at is null
returning id

-- name: attempt_was_right
update sign_in_attempt set ok = true where id = $1

-- name: trail
insert into audit_entry (tenant, actor, action, subject, subject_id, detail)
values ($1, $2, $3, 'person', $4, $5::jsonb)
