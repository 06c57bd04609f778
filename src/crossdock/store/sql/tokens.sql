-- part: grants
coalesce((select jsonb_agg(jsonb_build_object('role', g.role, 'desk', g.desk, 'pairing', g.pairing)
                           order by g.role, g.desk, g.pairing)
          from api_token_grant g where g.token_id = t.id), '[]')::text as grants

-- name: add
-- Nothing when the name is that of another token that lives.
insert into api_token (tenant, name, digest, person_id, scopes, made_by, expires_at)
values ($1, $2, $3, $4, $5, $6, clock_timestamp() + $7::float8 * interval '1 day')
on conflict (tenant, lower(name)) where revoked_at is null do nothing
returning id, expires_at

-- name: grant
insert into api_token_grant (token_id, role, desk, pairing)
select $1, g.role, g.desk, g.pairing from unnest($2::text[], $3::text[], $4::text[]) as g (role, desk, pairing)
on conflict do nothing

-- name: list
select t.id, t.name, p.name as person, t.scopes, t.made_by, t.created_at, t.expires_at, t.used_at, t.revoked_at,
-- with: grants
from api_token t left join person p on p.id = t.person_id
where t.tenant = $1 and ($2::bigint is null or t.id < $2) and ($3::text is null or (lower(t.name) = lower($3) and t.revoked_at is null))
order by t.id desc limit $4

-- name: bearer
-- Whose token it is, while it lives and its owner may sign in.
select t.id, t.name, t.scopes, p.id as person_id, p.name as person, p.display,
       coalesce(t.used_at < clock_timestamp() - interval '5 minutes', true) as unused,
       coalesce((select jsonb_agg(jsonb_build_object('role', g.role, 'desk', g.desk, 'pairing', g.pairing))
                 from person_grant g where g.person_id = p.id), '[]')::text as person_grants,
-- with: grants
from api_token t left join person p on p.id = t.person_id
where t.tenant = $1 and t.digest = $2 and t.revoked_at is null and p.disabled_at is null
  and (t.expires_at is null or t.expires_at > clock_timestamp())

-- name: used
update api_token set used_at = clock_timestamp()
where id = $1 and (used_at is null or used_at < clock_timestamp() - interval '5 minutes')

-- name: revoke
update api_token set revoked_at = clock_timestamp() where tenant = $1 and id = $2 and revoked_at is null returning name

-- name: trail
insert into audit_entry (tenant, actor, action, subject, subject_id, detail) values ($1, $2, $3, 'token', $4, $5::jsonb)

-- name: one_at_a_time
select pg_advisory_xact_lock(hashtextextended($1, 20))

-- name: closed_for
-- For how many seconds wrong tokens from this address are not counted any more; null: they are.
select ceil(extract(epoch from at + interval '15 minutes' - clock_timestamp()))::integer from api_refusal
where tenant = $1 and address = $2 and at > clock_timestamp() - interval '15 minutes'
order by at desc offset $3 - 1 limit 1

-- name: refused
insert into api_refusal (tenant, address) values ($1, $2)

-- name: forget_refusals
delete from api_refusal where tenant = $1 and at < clock_timestamp() - interval '1 day'
