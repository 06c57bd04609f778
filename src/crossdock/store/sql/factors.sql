-- name: begin
-- One that is asked for already stays.
insert into person_factor as f (person_id, sealed) values ($1, $2)
on conflict (person_id) do update set sealed = $2, made_at = clock_timestamp(), counter = 0 where f.confirmed_at is null
returning person_id

-- name: find
select sealed, confirmed_at is not null as confirmed, counter from person_factor where person_id = $1

-- name: confirm
-- Only the very secret that was shown, and only once.
update person_factor set confirmed_at = clock_timestamp(), counter = $3
where person_id = $1 and sealed = $2 and confirmed_at is null
returning person_id

-- name: forget_codes
delete from recovery_code where person_id = $1

-- name: add_codes
insert into recovery_code (person_id, digest) select $1, unnest($2::bytea[])

-- name: codes_left
select count(*) from recovery_code where person_id = $1 and used_at is null

-- name: take_code
-- Each code once: none that is as old as the newest that was taken.
update person_factor set counter = $2 where person_id = $1 and counter < $2 and confirmed_at is not null
returning person_id

-- name: take_recovery
update recovery_code set used_at = clock_timestamp() where person_id = $1 and digest = $2 and used_at is null
returning person_id

-- name: forget
delete from person_factor where person_id = $1 returning confirmed_at is not null as confirmed

-- name: begin_step
insert into sign_in_step (digest, tenant, person_id, attempt, next, expires_at)
values ($1, $2, $3, $4, $5, clock_timestamp() + $6::float8 * interval '1 second')

-- name: forget_steps
delete from sign_in_step where expires_at < clock_timestamp()

-- name: step
select s.next, s.person_id, p.name, p.display, p.password_hash, p.disabled_at is not null as disabled
from sign_in_step s left join person p on p.id = s.person_id
where s.digest = $1 and s.tenant = $2 and s.expires_at > clock_timestamp()

-- name: step_done
-- Nothing when it is over already, or was ended by a new password.
with gone as (
    delete from sign_in_step where digest = $1 and tenant = $2 and expires_at > clock_timestamp() returning attempt
), good as (
    update sign_in_attempt set ok = true where id in (select attempt from gone)
)
select true from gone
