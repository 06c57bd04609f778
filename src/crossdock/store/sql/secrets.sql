-- name: set
with made as (
    insert into secret (tenant, name, sealed, set_by) values ($1, $2, $3, $4)
    on conflict (tenant, name) do update set sealed = excluded.sealed, set_by = excluded.set_by, set_at = clock_timestamp()
    returning name
)
insert into audit_entry (tenant, actor, action, subject, detail)
select $1, $4, 'secret_set', 'secret', jsonb_build_object('name', name, 'key', $5::text) from made

-- name: list
select name, sealed, set_at, set_by from secret where tenant = $1 order by name

-- name: remove
with gone as (delete from secret where tenant = $1 and name = $2 returning name)
insert into audit_entry (tenant, actor, action, subject, detail)
select $1, $3, 'secret_removed', 'secret', jsonb_build_object('name', name) from gone
returning id

-- name: there
select to_regclass('secret') is not null

-- name: walk_secrets
select name as key, sealed from secret where tenant = $1 and name > $2 order by name limit $3 for update

-- name: reseal_secrets
update secret set sealed = $3 where tenant = $1 and name = $2

-- name: walk_documents
select digest as key, body as sealed from raw_document where tenant = $1 and digest > $2 order by digest limit $3 for update

-- name: reseal_documents
update raw_document set body = $3 where tenant = $1 and digest = $2

-- name: walk_factors
select f.person_id as key, f.sealed from person_factor f join person p on p.id = f.person_id
where p.tenant = $1 and f.person_id > $2 order by f.person_id limit $3 for update of f

-- name: reseal_factors
update person_factor f set sealed = $3 from person p where p.id = f.person_id and p.tenant = $1 and f.person_id = $2

-- name: trail_rotated
insert into audit_entry (tenant, actor, action, subject, detail) values ($1, $2, 'secrets_rotated', 'secret', $3::jsonb)
