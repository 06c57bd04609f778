-- What a backup counts, and what a restore finds and puts right.

-- name: tables
select c.relname as name from pg_class c
where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') order by 1

-- name: anything
-- Tables, views and sequences of anybody's, in any schema but PostgreSQL's own.
select format('%s.%s', n.nspname, c.relname) as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
where n.nspname !~ '^pg_' and n.nspname <> 'information_schema' and c.relkind in ('r', 'p', 'v', 'm', 'S')
order by 1 limit 5

-- name: forget_shown
delete from stock_published

-- name: sign_out
update person_session set ended_at = now() where ended_at is null

-- name: tenants
select distinct tenant from audit_entry order by 1

-- name: note_restore
insert into audit_entry (tenant, actor, action, subject, detail) values ($1, $2, 'database restored', 'database', $3::jsonb)
