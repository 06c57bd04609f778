-- name: find
select p.name from person_identity i join person p on p.id = i.person_id
where i.tenant = $1 and i.issuer = $2 and i.subject = $3

-- name: one_at_a_time
select pg_advisory_xact_lock(hashtextextended($1, 22))

-- name: bind
insert into person_identity (tenant, issuer, subject, person_id) values ($1, $2, $3, $4)

-- name: used
-- An answer of the provider is taken once.
insert into sign_in_step (digest, tenant, expires_at)
values ($1, $2, clock_timestamp() + $3::float8 * interval '1 second') on conflict do nothing returning true

-- name: take_group_roles
delete from person_grant g
where g.person_id = $1 and g.source = 'oidc'
  and (g.role, g.desk, g.pairing) not in (select * from unnest($2::text[], $3::text[], $4::text[]))
returning g.role, g.desk, g.pairing

-- name: give_group_roles
insert into person_grant (person_id, role, desk, pairing, source)
select $1, g.role, g.desk, g.pairing, 'oidc' from unnest($2::text[], $3::text[], $4::text[]) as g (role, desk, pairing)
on conflict do nothing
returning role, desk, pairing
