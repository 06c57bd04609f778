-- name: unsealed
-- Entries of finished transactions only, so that no entry can slip in behind a seal. A transaction number that is still
-- to come was given by another server: the entry was restored.
select id, at, actor, action, subject, subject_id, detail::text as detail from audit_entry
where tenant = $1 and seal_id is null and (xid < pg_snapshot_xmin(pg_current_snapshot()) or xid >= pg_snapshot_xmax(pg_current_snapshot()))
order by id limit $2 for update

-- name: last_seal
select number, hash from audit_seal where tenant = $1 order by number desc limit 1

-- name: add_seal
insert into audit_seal (tenant, number, entries, previous, hash) values ($1, $2, $3, $4, $5) returning id

-- name: mark
update audit_entry set seal_id = $2 where id = any($1::bigint[])

-- name: seals
select id, number, entries, previous, hash from audit_seal where tenant = $1 order by number

-- name: sealed_entries
select id, at, actor, action, subject, subject_id, detail::text as detail from audit_entry where seal_id = $1 order by id

-- name: count_orphans
select count(*) from audit_entry e
where e.tenant = $1 and e.seal_id is not null
  and not exists (select from audit_seal s where s.id = e.seal_id and s.tenant = e.tenant)

-- name: count_unsealed
select count(*) from audit_entry where tenant = $1 and seal_id is null

-- name: count_seals
select count(*) from audit_seal where tenant = $1
