-- part: is_theirs
o.tenant = $1 and (
    o.id = any($3::bigint[]) or (o.pairing, o.company_ref) in (select * from unnest($4::text[], $5::text[]))
    or lower(o.document ->> 'buyer_email') = any($2::text[])
    or lower(o.document -> 'invoice_address' ->> 'email') = any($2::text[])
    or lower(o.document -> 'delivery_address' ->> 'email') = any($2::text[])
    or lower(o.resolved ->> 'buyer_email') = any($2::text[])
    or lower(o.sold ->> 'buyer_email') = any($2::text[])
)

-- name: orders
-- $2: e-mail addresses. $3: orders named themselves. $4, $5: companies, by pairing and key.
select o.id, o.pairing, o.ref, o.storefront_id, o.state, o.raw_digest, o.erased_at,
       o.state not in ('despatched', 'withdrawn', 'cancelled', 'set_aside') as going,
       exists (select from case_hold h join desk_case c on c.id = h.case_id where c.state = 'open' and (
           (h.record = 'order' and h.record_id = o.id)
           or (h.record in ('despatch', 'despatch-of') and (h.record_id = o.id or h.record_id in (select d.id from despatch d where d.order_id = o.id)))
           or (h.record = 'change' and h.record_id in (select w.id from order_change w where w.order_id = o.id))
           or (h.record = 'refund' and h.record_id in (select f.id from refund f where f.order_id = o.id)))) as in_case,
       exists (select from order_change w where w.order_id = o.id and w.look_at is not null)
       or exists (select from refund f where f.order_id = o.id and f.look_at is not null)
       or exists (select from despatch d where d.order_id = o.id and d.look_at is not null) as unfinished
from sales_order o where
-- with: is_theirs
order by o.id

-- name: order_named
select id, coalesce(lower(document ->> 'buyer_email'), '') as email from sales_order where tenant = $1 and ref = $2 order by id

-- name: companies
select id, pairing, ref, document::text as text from company
where tenant = $1 and (lower(document ->> 'email') = any($2::text[]) or (pairing, ref) in (select * from unnest($3::text[], $4::text[])))
order by id

-- name: company_emails
select lower(document ->> 'email') as email from company where tenant = $1 and pairing = $2 and ref = $3

-- name: accounts
select system, account_id, document::text as text from account where tenant = $1 and lower(document ->> 'email') = any($2::text[])
order by 1, 2

-- name: brought
select pairing, kind, key, document::text as text from channel_in
where tenant = $1 and exists (select from unnest($2::text[]) e(word) where lower(document::text) like '%' || e.word || '%')
order by 1, 2, 3

-- name: cases
-- Those that speak of the person's address or of one of the orders.
select id, state, cause, facts::text as facts, evidence from desk_case
where tenant = $1 and exists (
    select from unnest($2::text[]) e(word)
    where position(e.word in lower(cause || ' ' || facts::text || ' ' || evidence || ' ' || subject)) > 0)
order by id

-- name: raw_of
select digest, source, kind, ref, read_at, body from raw_document
where tenant = $1 and (digest = any($2::bytea[]) or (kind = 'sales-order' and ref = any($3::text[]))
                       or (kind = 'return' and ref in (select storefront_id from refund where tenant = $1 and order_id = any($4::bigint[]))))

-- name: raw_refunds
select raw_digest from refund where tenant = $1 and order_id = any($2::bigint[])

-- name: raw_walk
select digest, source, kind, ref, read_at, body from raw_document
where tenant = $1 and (read_at, digest) > ($2, $3) order by read_at, digest limit $4

-- name: write_company
update company t set document = g.text::jsonb from unnest($1::bigint[], $2::text[]) as g(id, text) where t.id = g.id

-- name: write_account
update account t set document = g.text::jsonb from unnest($2::text[], $3::text[], $4::text[]) as g(system, account_id, text)
where t.tenant = $1 and t.system = g.system and t.account_id = g.account_id

-- name: write_brought
update channel_in t set document = g.text::jsonb from unnest($2::text[], $3::text[], $4::text[], $5::text[]) as g(pairing, kind, key, text)
where t.tenant = $1 and t.pairing = g.pairing and t.kind = g.kind and t.key = g.key

-- name: write_cases
update desk_case c set cause = g.cause, facts = g.facts::jsonb, evidence = g.evidence
from unnest($1::bigint[], $2::text[], $3::text[], $4::text[]) as g(id, cause, facts, evidence) where c.id = g.id

-- name: trail
insert into audit_entry (tenant, actor, action, subject, detail) values ($1, $2, 'person_erased', 'person', $3::jsonb)
