-- name: under_way
select id, object, period, first_day, end_day, zone, state, actor, began_at, ours_at, theirs_at, ended_at,
       progress::text as progress, counts::text as counts, unknowns::text as unknowns
from reconciliation_run where tenant = $1 and pairing = $2 and object = $3 and period = $4 and state <> 'ended'

-- name: begin
insert into reconciliation_run (tenant, pairing, object, period, first_day, end_day, zone, actor)
values ($1, $2, $3, $4, $5, $6, $7, $8)

-- name: run
select id, pairing, object, period, first_day, end_day, zone, state, actor, began_at, ours_at, theirs_at, ended_at,
       progress::text as progress, counts::text as counts, unknowns::text as unknowns
from reconciliation_run where tenant = $1 and id = $2

-- name: newest
-- The newest ended run of each object and period of a pairing.
select distinct on (object, period) id, pairing, object, period, first_day, end_day, zone, state, actor, began_at, ours_at,
       theirs_at, ended_at, progress::text as progress, counts::text as counts, unknowns::text as unknowns
from reconciliation_run where tenant = $1 and pairing = $2 and state = 'ended'
order by object, period, id desc

-- name: note
update reconciliation_run
set progress = progress || $2::jsonb, ours_at = coalesce(ours_at, $3), theirs_at = coalesce(theirs_at, $4)
where id = $1

-- name: found
update reconciliation_run set state = 'found', counts = $2::jsonb, unknowns = $3::jsonb where id = $1

-- name: end
update reconciliation_run set state = 'ended', ended_at = now() where id = $1

-- name: is_staged
select exists (select from reconciliation_paper where run_id = $1 and kind = 'begun')

-- name: stage
insert into reconciliation_paper (run_id, kind, ref, number, dossier) values ($1, 'begun', '', '', '')

-- name: start_over
update reconciliation_run set progress = '{}', ours_at = null, theirs_at = null where id = $1

-- name: forget_papers
delete from reconciliation_paper where run_id = $1

-- name: forget_kind
delete from reconciliation_paper where run_id = $1 and kind = $2

-- name: put_papers
-- The newest word on a paper counts: a list may bring it twice.
insert into reconciliation_paper as p (run_id, kind, ref, number, dossier, account, company, currency, net, tax, gross, day, lines,
    alike, state, note, sent_on, complete)
select distinct on (kind, ref, number) $1, kind, ref, number, ref, account, company, currency, net, tax, gross, day, lines, alike, state,
       note, sent_on, complete
from unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::numeric[], $9::numeric[],
            $10::numeric[], $11::date[], $12::int[], $13::text[], $14::text[], $15::text[], $16::date[], $17::bool[])
     with ordinality as g(kind, ref, number, account, company, currency, net, tax, gross, day, lines, alike, state, note,
                          sent_on, complete, place)
order by kind, ref, number, place desc
on conflict (run_id, kind, ref, number) do update
set account = excluded.account, company = excluded.company, currency = excluded.currency, net = excluded.net,
    tax = excluded.tax, gross = excluded.gross, day = excluded.day, lines = excluded.lines, alike = excluded.alike,
    state = excluded.state, note = excluded.note, sent_on = excluded.sent_on, complete = excluded.complete

-- name: links
-- Papers that speak of several orders: (order, the first order of the same paper).
select ref, note as first from reconciliation_paper where run_id = $1 and kind = 'link'

-- name: put_together
update reconciliation_paper p set dossier = g.dossier
from unnest($2::text[], $3::text[]) as g(ref, dossier)
where p.run_id = $1 and p.ref = g.ref and p.kind not in ('begun', 'link')

-- name: unread_orders
-- Our orders that the period's papers speak of and that the storefront's own list did not bring: placed in another period, or
-- gone from there. placed: in this period by our book.
select s.id, s.ref, s.storefront_id, s.placed_at >= $4 and s.placed_at < $5 as placed
from sales_order s
where s.tenant = $2 and s.pairing = $3 and s.document is not null and s.ref > $7
  and ((s.placed_at >= $4 and s.placed_at < $5 and s.placed_at < $6)
       or exists (select from reconciliation_paper p where p.run_id = $1 and p.ref = s.ref
                  and p.kind in ('invoice', 'credit-note', 'refund')))
  and not exists (select from reconciliation_paper p where p.run_id = $1 and p.ref = s.ref and p.kind in ('order', 'recent'))
order by s.ref limit 200

-- name: unasked
-- Orders of dossiers with something in the period, that the ERP has not been asked for, in the order of their numbers.
select o.ref, o.currency, o.day from reconciliation_paper o
where o.run_id = $1 and o.kind = 'order'
  and not exists (select from reconciliation_paper e where e.run_id = $1 and e.kind = 'erp-order' and e.ref = o.ref)
  and exists (select from reconciliation_paper p where p.run_id = $1 and p.dossier = o.dossier
              and p.kind in ('order', 'invoice', 'credit-note', 'refund') and p.day >= $2 and p.day < $3)
order by o.ref limit $4

-- name: count_orders
select count(*) from reconciliation_paper where run_id = $1 and kind = 'order'

-- name: name_by_erp_number
-- A paper that names the ERP's order alone is ours by that number.
update reconciliation_paper p set ref = s.ref, dossier = s.ref
from sales_order s
where p.run_id = $1 and p.ref = '' and p.note <> '' and p.kind in ('invoice', 'credit-note')
  and s.tenant = $2 and s.pairing = $3 and s.erp_ref = p.note

-- name: place_in_companies
-- A paper that names no company belongs to its order's; an order that names none to that of its papers.
with known as (
    select dossier, coalesce(max(company) filter (where kind = 'order' and company <> ''), min(company) filter (where company <> '')) as company
    from reconciliation_paper where run_id = $1 and kind not in ('begun', 'link', 'recent') group by dossier
)
update reconciliation_paper p set company = k.company
from known k where p.run_id = $1 and p.dossier = k.dossier and p.company = '' and k.company <> ''

-- name: dossiers
-- Every order whose money is not plainly right, with its papers and where it stands. What is plainly right by these sums has
-- no difference; a property test holds them to the decision. $1 run, $2 tenant, $3 pairing, $4 and $5 the period's days, $6 does
-- the ERP tell its invoices.
with suspect as (
    select p.dossier
    from reconciliation_paper p
    left join sales_order s on p.kind = 'order' and s.tenant = $2 and s.pairing = $3 and s.ref = p.ref
    where p.run_id = $1 and p.kind in ('order', 'erp-order', 'invoice', 'credit-note', 'refund')
    group by p.dossier
    having count(*) filter (where p.kind = 'order') > 0
       and bool_or(p.day >= $4::date and p.day < $5::date and p.kind <> 'erp-order')
       and not (
           bool_and(p.kind in ('order', 'erp-order', 'invoice') and p.state = '' and p.day >= $4 and p.day < $5)
           and count(*) filter (where p.kind = 'order') = 1 and count(*) filter (where p.kind = 'erp-order') = 1
           and coalesce(bool_and(s.state in ('posted', 'part_despatched', 'despatched')) filter (where p.kind = 'order'), false)
           and count(distinct p.currency) = 1
           and count(distinct nullif(lower(p.company), '')) <= 1
           and count(distinct nullif(lower(case when p.kind = 'order' then s.account_code else p.account end), '')) <= 1
           and sum(p.gross) filter (where p.kind = 'order') = sum(p.gross) filter (where p.kind = 'erp-order')
           and (sum(p.net) filter (where p.kind = 'order') = sum(p.net) filter (where p.kind = 'erp-order')) is not false
           and (sum(p.tax) filter (where p.kind = 'order') = sum(p.tax) filter (where p.kind = 'erp-order')) is not false
           and (not $6::boolean or (
               coalesce(sum(p.gross) filter (where p.kind = 'invoice'), 0) = sum(p.gross) filter (where p.kind = 'erp-order')
               and (sum(p.net) filter (where p.kind = 'invoice') = sum(p.net) filter (where p.kind = 'erp-order')) is not false
               and (sum(p.tax) filter (where p.kind = 'invoice') = sum(p.tax) filter (where p.kind = 'erp-order')) is not false
           ))
       )
)
select d.dossier,
       (select json_agg(json_build_object(
            'kind', p.kind, 'ref', p.ref, 'number', p.number, 'account', p.account, 'company', p.company, 'currency', p.currency,
            'net', p.net::text, 'tax', p.tax::text, 'gross', p.gross::text, 'day', p.day, 'lines', p.lines, 'alike', p.alike,
            'state', p.state, 'note', p.note, 'sent_on', p.sent_on, 'complete', p.complete) order by p.kind, p.day, p.number)
        from reconciliation_paper p where p.run_id = $1 and p.dossier = d.dossier and p.kind <> 'link')::text as papers,
       (select json_agg(json_build_object(
            'ref', s.ref, 'state', s.state, 'account', s.account_code,
            'cases', (select coalesce(json_agg(distinct c.kind), '[]') from case_hold h join desk_case c on c.id = h.case_id
                      where c.state = 'open' and (h.record in ('order', 'despatch-of') and h.record_id = s.id
                         or h.record = 'refund' and h.record_id in (select r.id from refund r where r.order_id = s.id))),
            'waived', (select coalesce(json_agg(json_build_object('kind', c.kind, 'actor', a.actor,
                           'reason', a.detail ->> 'reason', 'at', a.at) order by a.id), '[]')
                       from jsonb_array_elements(s.waivers) w
                       join desk_case c on c.tenant = s.tenant and c.pairing = s.pairing and c.kind = w ->> 0 and c.subject = w ->> 1
                       join audit_entry a on a.subject = 'case' and a.subject_id = c.id and a.action in ('accept', 'adopt')),
            'set_aside', (select concat(a.actor, ': ', a.detail ->> 'reason') from audit_entry a
                          where a.subject = 'order' and a.subject_id = s.id and a.action = 'set_aside' order by a.id desc limit 1)))
        from sales_order s where s.tenant = $2 and s.pairing = $3 and s.ref in (
            select p.ref from reconciliation_paper p where p.run_id = $1 and p.dossier = d.dossier and p.kind = 'order'))::text
       as standings
from suspect d order by d.dossier

-- name: sums
-- What the columns of the period come to. An order that is cancelled or gone comes to nothing.
insert into reconciliation_sum (run_id, kind, currency, company, papers, net, tax, gross)
select $1, p.kind, p.currency, p.company, count(*), case when bool_and(p.net is not null) then sum(p.net) end,
       case when bool_and(p.tax is not null) then sum(p.tax) end, sum(p.gross)
from reconciliation_paper p
where p.run_id = $1 and p.kind in ('order', 'erp-order', 'invoice', 'credit-note', 'refund') and p.state = ''
  and p.day >= $2 and p.day < $3
  and exists (select from reconciliation_paper o where o.run_id = $1 and o.dossier = p.dossier and o.kind = 'order')
group by p.kind, p.currency, p.company
union all
select $1, 'despatched', p.currency, p.company, count(*), case when bool_and(p.net is not null) then sum(p.net) end,
       case when bool_and(p.tax is not null) then sum(p.tax) end, sum(p.gross)
from reconciliation_paper p
where p.run_id = $1 and p.kind = 'erp-order' and p.state = '' and p.complete and p.day >= $2 and p.day < $3
group by p.currency, p.company

-- name: counted
select count(*) filter (where kind = 'order' and day >= $2 and day < $3) as orders,
       count(*) filter (where kind = 'recent') as too_recent,
       count(distinct number) filter (where kind in ('invoice', 'credit-note') and day >= $2 and day < $3
           and not exists (select from reconciliation_paper o where o.run_id = $1 and o.dossier = p.dossier and o.kind = 'order'))
           as papers_of_others
from reconciliation_paper p where run_id = $1

-- name: differences
select d.number, d.link, d.cause, d.subject, d.ref, d.document, d.what, d.day, d.currency, d.company, d.account, d.net, d.tax,
       d.gross, d.value, d.ours, d.theirs, d.likely, d.note, d.case_kind, d.case_subject, d.raises, d.facts::text as facts,
       d.waived_by, d.waived_why, d.waived_at,
       (select max(c.id) from desk_case c where c.tenant = r.tenant and c.pairing = r.pairing and c.kind = d.case_kind
        and c.subject = d.case_subject) as case_id
from reconciliation_difference d join reconciliation_run r on r.id = d.run_id
where d.run_id = $1 order by d.number

-- name: sums_of
select kind, currency, company, papers, net, tax, gross from reconciliation_sum where run_id = $1 order by currency, company, kind

-- name: waivers
select kind, subject, ours, theirs, actor, reason, at from reconciliation_waiver where tenant = $1 and pairing = $2

-- name: waive
insert into reconciliation_waiver (tenant, pairing, kind, subject, ours, theirs, actor, reason)
select tenant, pairing, kind, subject, ours, theirs, $3, $4 from reconciliation_held where tenant = $1 and id = any($2::bigint[])
on conflict (tenant, pairing, kind, subject, ours, theirs) do update set actor = excluded.actor, reason = excluded.reason, at = now()

-- name: hold
insert into reconciliation_held as h (tenant, pairing, object, period, kind, subject, run_id, ours, theirs)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
on conflict (tenant, pairing, object, period, kind, subject) do update
set run_id = excluded.run_id, ours = excluded.ours, theirs = excluded.theirs
returning id

-- name: let_go
delete from reconciliation_held where tenant = $1 and pairing = $2 and object = $3 and period = $4 and run_id <> $5 returning id

-- name: held
select h.id, h.object, h.period,
       exists (select from reconciliation_waiver w where w.tenant = h.tenant and w.pairing = h.pairing and w.kind = h.kind
               and w.subject = h.subject and w.ours = h.ours and w.theirs = h.theirs) as waived
from reconciliation_held h where h.tenant = $1 and h.id = any($2::bigint[])

-- name: open_periods
select distinct period from reconciliation_held where tenant = $1 and pairing = $2 and object = $3

-- name: unequal
select distinct on (o.key) o.key, o.value as ours, t.value as theirs, o.detail as our_detail, coalesce(t.detail, '') as their_detail
from (select * from reconciliation_ours where run_id = $1) o
left join (select * from reconciliation_theirs where run_id = $1) t on t.key = o.key
where t.value is distinct from o.value
order by o.key

-- name: sent_orders
-- Orders of the period that the ERP has, the next ones by their numbers.
select id, ref, storefront_id, state, placed_at from sales_order
where tenant = $1 and pairing = $2 and placed_at >= $3 and placed_at < $4 and ref > $5
  and state in ('posted', 'part_despatched', 'despatched')
order by ref limit $6

-- name: despatch_states
select order_id, tracking_number, key, state from despatch where order_id = any($1::bigint[])

-- name: keep_found
-- What a page of the period came to, kept until the run ends: one row for each finding.
insert into reconciliation_ours (run_id, key, value, detail)
select $1, key, value, detail from unnest($2::text[], $3::text[], $4::text[]) as g(key, value, detail)

-- name: kept_found
select key, value, detail from reconciliation_ours where run_id = $1 order by key

-- name: linked
insert into reconciliation_ours (run_id, key, value, detail)
select $1, l.account_id, coalesce(a.code_key, ''), string_agg(l.company_ref, ' ' order by l.company_ref)
from account_link l left join account a on a.tenant = l.tenant and a.system = $4 and a.account_id = l.account_id
where l.tenant = $2 and l.pairing = $3 group by l.account_id, a.code_key

-- name: companies
insert into reconciliation_ours (run_id, key, value, detail)
select $1, 'company ' || l.company_ref, a.code_key, a.document ->> 'code'
from account_link l join account a on a.tenant = l.tenant and a.system = $4 and a.account_id = l.account_id
where l.tenant = $2 and l.pairing = $3 and a.code_key <> ''
  and not exists (select from reconciliation_ours o where o.run_id = $1 and o.key = 'company ' || l.company_ref)

-- name: forget_ours
delete from reconciliation_ours where run_id = $1

-- name: forget_theirs
delete from reconciliation_theirs where run_id = $1
