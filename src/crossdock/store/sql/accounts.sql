-- Storefront companies and the ERP accounts they buy on, as people look them up. Lists are paged by key.

-- part: company
select c.id, c.pairing, c.ref, c.document::text as document, c.state, c.review, c.candidates::text as candidates, c.seen_at,
       k.account_id, k.actor as linked_by, k.since as linked_at, k.told_code, k.told_problem, c.shown_problem,
       a.document::text as account, a.seen_at as account_seen_at, a.code_lost
from company c
left join account_link k on k.tenant = c.tenant and k.pairing = c.pairing and k.company_ref = c.ref
left join account a on a.tenant = c.tenant and a.account_id = k.account_id
     and a.system = (select s.erp from unnest($2::text[], $3::text[]) as s(pairing, erp) where s.pairing = c.pairing)

-- part: name
-- As it is shown: a company that has none goes by its key. It is as the index has it, which holds no endless text.
left(lower(coalesce(nullif(c.document ->> 'name', ''), c.ref)), 200) collate "C"

-- part: each
-- $2, $3: pairings and the ERP of each, side by side. $4: states. Each pairing and state is asked once by its index.
from unnest($2::text[]) as p(pairing) cross join unnest($4::text[]) as s(state) cross join lateral (

-- name: list_oldest
-- $5: id of the last company of the page before. The state stands in the order so that the index over it is walked, and not
-- the key past all that is in another state.
with page as (
    select n.id
-- with: each
        select c.id from company c
        where c.tenant = $1 and c.pairing = p.pairing and (c.state, c.id) > (s.state, $5) and c.state <= s.state
        order by c.state, c.id limit $6
    ) n order by n.id limit $6
)
-- with: company
where c.id = any(array(select id from page)) order by c.id

-- name: list_newest
with page as (
    select n.id
-- with: each
        select c.id from company c
        where c.tenant = $1 and c.pairing = p.pairing and (c.state, c.id) < (s.state, $5) and c.state >= s.state
        order by c.state desc, c.id desc limit $6
    ) n order by n.id desc limit $6
)
-- with: company
where c.id = any(array(select id from page)) order by c.id desc

-- name: list_a_z
-- $5, $7: id and name of the last company of the page before.
with page as (
    select n.id
-- with: each
        select c.id,
-- with: name
        as name from company c
        where c.tenant = $1 and c.pairing = p.pairing and c.state = s.state and (
-- with: name
        , c.id) > ($7::text, $5)
        order by
-- with: name
        , c.id limit $6
    ) n order by n.name, n.id limit $6
)
-- with: company
where c.id = any(array(select id from page)) order by
-- with: name
, c.id

-- name: list_z_a
with page as (
    select n.id
-- with: each
        select c.id,
-- with: name
        as name from company c
        where c.tenant = $1 and c.pairing = p.pairing and c.state = s.state and (
-- with: name
        , c.id) < ($7::text, $5)
        order by
-- with: name
        desc, c.id desc limit $6
    ) n order by n.name desc, n.id desc limit $6
)
-- with: company
where c.id = any(array(select id from page)) order by
-- with: name
desc, c.id desc

-- part: found
-- By the storefront's key, how the company's name begins, or the code of its account.
with page as (
    select c.id from company c
    where c.tenant = $1 and c.pairing = any($2::text[]) and c.state = any($4::text[]) and c.id in (
        select id from company where tenant = $1 and pairing = any($2::text[]) and ref = $7
        union select id from company where tenant = $1 and lower(document ->> 'name') like $8
        union select f.id from account b
              join account_link l on l.tenant = b.tenant and l.account_id = b.account_id
              join company f on f.tenant = l.tenant and f.pairing = l.pairing and f.ref = l.company_ref
              where b.tenant = $1 and b.system = any($3::text[]) and b.code_key = lower($7)
    )

-- name: found_oldest
-- with: found
    and c.id > $5 order by c.id limit $6
)
-- with: company
where c.id = any(array(select id from page)) order by c.id

-- name: found_newest
-- with: found
    and c.id < $5 order by c.id desc limit $6
)
-- with: company
where c.id = any(array(select id from page)) order by c.id desc

-- name: found_a_z
-- with: found
    and (
-- with: name
    , c.id) > ($9::text, $5)
    order by
-- with: name
    , c.id limit $6
)
-- with: company
where c.id = any(array(select id from page)) order by
-- with: name
, c.id

-- name: found_z_a
-- with: found
    and (
-- with: name
    , c.id) < ($9::text, $5)
    order by
-- with: name
    desc, c.id desc limit $6
)
-- with: company
where c.id = any(array(select id from page)) order by
-- with: name
desc, c.id desc

-- name: of_ref
-- By the storefront's key alone.
-- with: company
where c.tenant = $1 and c.pairing = any($2::text[]) and c.state = any($4::text[]) and c.id > $5 and c.ref = $6
order by c.id

-- name: one
-- with: company
where c.tenant = $1 and c.pairing = any($2::text[]) and c.id = $4

-- name: name_of
select
-- with: name
from company c where c.tenant = $1 and c.id = $2

-- name: counts
select state, count(*) as companies from company where tenant = $1 and pairing = any($2::text[]) group by state
order by state

-- name: waits
-- What waits for each of these companies: orders, and its open case. The orders that wait are walked once for them all.
with asked as materialized (
    select id, tenant, pairing, ref from company where id = any($1::bigint[])
), held as materialized (
    select o.tenant, o.pairing, o.company_ref, count(*) as orders from sales_order o
    where (o.tenant, o.pairing) in (select tenant, pairing from asked) and o.state = 'waiting'
      and o.company_ref in (select ref from asked)
    group by o.tenant, o.pairing, o.company_ref
)
select c.id, coalesce(h.orders, 0) as orders,
       (select min(d.id) from desk_case d where d.tenant = c.tenant and d.pairing = c.pairing and d.subject = c.ref
        and d.kind in ('account-unmatched', 'account-ambiguous') and d.state = 'open') as case_id
from asked c left join held h on h.tenant = c.tenant and h.pairing = c.pairing and h.company_ref = c.ref

-- name: links
-- Every link the company ever had, newest first.
select at, actor, detail ->> 'account' as account, detail ->> 'account_id' as account_id from audit_entry
where tenant = $1 and action = 'link_account' and detail ->> 'company_ref' = $2 and detail ->> 'pairing' = $3
order by id desc limit 50
