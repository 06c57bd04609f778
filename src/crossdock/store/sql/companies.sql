-- name: store
-- A company that changed is looked at anew; one that a person took out stays out until then.
insert into company (tenant, pairing, ref, document, state)
select distinct on (ref) $1, $2, ref, document, case when document is null then 'unreadable' else 'new' end
from unnest($3::text[], $4::jsonb[]) as g(ref, document)
on conflict (tenant, pairing, ref) do update
set document = coalesce(excluded.document, company.document), state = excluded.state, review = '', candidates = '[]',
    matched_at = null, seen_at = now()
where excluded.document is null or company.document is null
   or (excluded.document - 'changed_at') is distinct from (company.document - 'changed_at')
returning id, ref, state

-- name: to_match
-- Those nobody has looked at since they, their account or (unlinked) any account changed.
select c.id, c.ref, c.document::text as document, c.state, a.document::text as account, k.hint
from company c
left join account_link k on k.tenant = c.tenant and k.pairing = c.pairing and k.company_ref = c.ref
left join account a on a.tenant = c.tenant and a.system = $3 and a.account_id = k.account_id
where c.tenant = $1 and c.pairing = $2 and c.state not in ('set_aside', 'unreadable')
  and (c.matched_at is null or a.changed_at > c.matched_at
       or (k.account_id is null and c.matched_at < (
           select max(changed_at) from account where tenant = $1 and system = $3)))
  and c.id > $4
order by c.id limit $5

-- name: load
select c.id, c.ref, c.document::text as document, c.state, a.document::text as account, k.hint
from company c
left join account_link k on k.tenant = c.tenant and k.pairing = c.pairing and k.company_ref = c.ref
left join account a on a.tenant = c.tenant and a.system = $2 and a.account_id = k.account_id
where c.id = any($1::bigint[])

-- name: id_of
select id from company where tenant = $1 and pairing = $2 and ref = $3

-- name: accounts
select account_id, document::text as document from account
where tenant = $1 and system = $2 and account_id > $3 order by account_id limit $4

-- name: now
select clock_timestamp()

-- name: matched
update company c set state = g.state, review = g.review, candidates = g.candidates, matched_at = $1
from unnest($2::bigint[], $3::text[], $4::text[], $5::jsonb[]) as g(id, state, review, candidates)
where c.id = g.id and c.state <> 'set_aside'

-- name: want_code
update account_link k set wanted_code = g.code, told_attempts = 0
from unnest($3::text[], $4::text[]) as g(ref, code)
where k.tenant = $1 and k.pairing = $2 and k.company_ref = g.ref and k.wanted_code <> g.code

-- name: untold
select company_ref, account_id, wanted_code from account_link
where tenant = $1 and pairing = $2 and wanted_code <> told_code and told_attempts < $3 and company_ref > $4
order by company_ref limit $5

-- name: told
-- problem null: nobody can say, and it is told again.
update account_link k
set told_code = case when g.problem is null then k.told_code else g.code end, told_problem = coalesce(g.problem, ''),
    told_attempts = k.told_attempts + 1
from unnest($3::text[], $4::text[], $5::text[]) as g(ref, code, problem)
where k.tenant = $1 and k.pairing = $2 and k.company_ref = g.ref and k.wanted_code = g.code

-- name: set_aside
update company set state = 'set_aside', matched_at = now() where id = any($1::bigint[])

-- name: look_again
update company set matched_at = null where id = any($1::bigint[])

-- name: to_show
-- Linked companies that nobody has compared with their account since it was read or they were linked.
select c.id, c.ref, c.document ->> 'name' as name, a.document::text as account, c.shown_attempts,
       case when c.shown_shape = $6 then c.shown::text end as shown
from company c
join account_link k on k.tenant = c.tenant and k.pairing = c.pairing and k.company_ref = c.ref
join account a on a.tenant = c.tenant and a.system = $3 and a.account_id = k.account_id
where c.tenant = $1 and c.pairing = $2 and c.id > $4
  and (c.shown_at is null or a.as_of > c.shown_at or k.since > c.shown_at or c.shown_shape <> $6)
order by c.id limit $5

-- name: shown
update company c
set shown = case when g.problem = '' then g.shown else c.shown end, shown_at = $1, shown_problem = g.problem,
    shown_attempts = 0, shown_shape = $5
from unnest($2::bigint[], $3::jsonb[], $4::text[]) as g(id, shown, problem) where c.id = g.id

-- name: shown_unsure
update company set shown = null, shown_at = null, shown_attempts = shown_attempts + 1 where id = any($1::bigint[])
