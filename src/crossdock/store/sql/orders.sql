-- name: existing
select id, storefront_id, state, version, document::text, ref, erp_ref
from sales_order
where tenant = $1 and pairing = $2 and storefront_id = any($3::text[])
order by id
for update

-- name: erased
select storefront_id from sales_order
where tenant = $1 and pairing = $2 and storefront_id = any($3::text[]) and erased_at is not null

-- name: capturing
-- Held to the end of a capture's transaction, which takes nothing before it.
select pg_advisory_xact_lock_shared(hashtext('captures ' || $1))

-- name: nobody_captures
select pg_advisory_xact_lock(hashtext('captures ' || $1))

-- name: insert
-- One row per new order: the order, its lines, its raw document and its audit entry, in one round trip.
with given as (
    select * from unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::numeric[], $8::text[], $9::text[],
                         $10::jsonb[], $11::bytea[], $12::timestamptz[], $13::timestamptz[])
        as g(storefront_id, ref, state, currency, total, company_ref, company_name, document, raw_digest, placed_at, changed_at)
), made as (
    insert into sales_order (tenant, pairing, storefront_id, ref, state, currency, total, company_ref, company_name,
                             document, raw_digest, placed_at, changed_at, captured_at, look_at)
    select $1, $2, storefront_id, ref, state, currency, total, company_ref, company_name, document, raw_digest,
           placed_at, changed_at, clock_timestamp(), case when state = 'captured' then now() + $14::float8 * interval '1 second' end
    from given
    on conflict (tenant, pairing, storefront_id) do nothing
    returning id, pairing, storefront_id, ref, state, version, document
), lines as (
    insert into sales_order_line (order_id, line_no, sku, unit, quantity, pairing)
    select made.id, line.number, line.value ->> 'sku', line.value ->> 'unit', (line.value ->> 'quantity')::numeric, made.pairing
    from made, jsonb_array_elements(made.document -> 'lines') with ordinality as line(value, number)
    where made.document is not null
), trail as (
    insert into audit_entry (tenant, actor, action, subject, subject_id, detail)
    select $1, 'crossdock', 'capture', 'order', id, jsonb_build_object('ref', ref, 'state', state) from made
)
select id, storefront_id, ref, state, version from made

-- name: replace
with given as (
    select * from unnest($1::bigint[], $2::int[], $3::text[], $4::text[], $5::numeric[], $6::text[], $7::text[],
                         $8::jsonb[], $9::bytea[], $10::timestamptz[], $11::text[], $12::timestamptz[])
        as g(id, version, ref, currency, total, company_ref, company_name, document, raw_digest, changed_at, was, placed_at)
), made as (
    update sales_order o
    set ref = g.ref, state = 'captured', version = o.version + 1, currency = g.currency, total = g.total,
        company_ref = g.company_ref, company_name = g.company_name, document = g.document, raw_digest = g.raw_digest,
        changed_at = g.changed_at, placed_at = g.placed_at, look_at = now() + $13::float8 * interval '1 second',
        waivers = '[]'
    from given g
    where o.id = g.id and o.version = g.version
    returning o.id, o.version, o.ref, g.was, o.document
), gone as (
    delete from sales_order_line where order_id in (select id from made)
), trail as (
    insert into audit_entry (tenant, actor, action, subject, subject_id, detail)
    select $14, 'crossdock', 'read_again', 'order', id, jsonb_build_object('from', was, 'to', 'captured') from made
)
select id, version, ref from made

-- name: insert_lines
insert into sales_order_line (order_id, line_no, sku, unit, quantity, pairing)
select o.id, line.number, line.value ->> 'sku', line.value ->> 'unit', (line.value ->> 'quantity')::numeric, o.pairing
from sales_order o, jsonb_array_elements(o.document -> 'lines') with ordinality as line(value, number)
where o.id = any($1::bigint[])

-- name: forget_lines
delete from sales_order_line where order_id = any($1::bigint[])

-- name: changed_late
update sales_order set document = $2::jsonb, raw_digest = $3, changed_at = $4 where id = $1

-- name: forget_document
-- It cannot be read any more. Its lines stay, and so do the goods they keep from being sold twice.
update sales_order set document = null where id = $1

-- name: archived
select digest from raw_document where tenant = $1 and digest = any($2::bytea[])

-- name: archive
insert into raw_document (tenant, digest, source, kind, ref, body)
select $1, digest, $2, $3, ref, body from unnest($4::bytea[], $5::text[], $6::bytea[]) as g(digest, ref, body)
on conflict do nothing

-- name: load
select o.id, o.ref, o.storefront_id, o.state, o.version, o.document::text as document, o.resolved::text as resolved,
       o.erp_ref, o.attempts, o.sent_at, o.defects, o.waivers::text as waivers, o.company_ref, o.sold::text as sold,
       exists (select from order_change c where c.order_id = o.id and c.origin <> 'erp'
               and c.state in ('asked', 'sending', 'following', 'waiting', 'answering')) as changing
from sales_order o
where o.id = any($1::bigint[])

-- name: items
-- The stock item each storefront SKU of these orders stands for, through the SKU map where it has an entry; where every
-- unit has a stock code of its own, each SKU and unit. $5 is how the pairing counts.
with rules as (
    select ($5::jsonb -> 'coded')::boolean as coded, $5::jsonb -> 'codes' as codes
), wanted as (
    select distinct l.sku, case when r.coded then l.unit else '' end as unit, r.coded, r.codes,
           case when r.coded then l.sku || '/' || l.unit else l.sku end as key
    from sales_order_line l cross join rules r where l.order_id = any($1::bigint[])
), named as (
    select w.key, coalesce(m.value ->> 'code',
                           case when w.coded then replace(w.codes ->> w.unit, '{sku}', w.sku) else w.sku end) as code
    from wanted w
    left join code_map m on m.tenant = $2 and m.pairing = $3 and m.kind = 'sku' and m.key = w.key and m.until is null
)
select n.key, n.code, i.document::text as document
from named n left join stock_item i on i.tenant = $2 and i.system = $4 and i.code_key = lower(n.code)

-- name: declared_units
-- What the storefront itself declares one of these units to hold.
select distinct t.sku, t.unit, t.units_over, t.units_under
from sales_order_line l
join stock_target t on t.tenant = $2 and t.system = $3 and t.sku_key = lower(l.sku) and t.unit = l.unit
where l.order_id = any($1::bigint[])

-- name: accounts
-- The account each buyer of these orders is linked to, with others that carry its code by now; else those that carry the
-- code the storefront holds for it.
select o.id as order_id, a.account_id, a.document::text as document, a.code_lost, (k.account_id is not null) as linked,
       (k.account_id is not null and a.account_id = k.account_id) as own
from sales_order o
left join account_link k on k.tenant = o.tenant and k.pairing = o.pairing and k.company_ref = o.company_ref
left join account l on l.tenant = o.tenant and l.system = $2 and l.account_id = k.account_id
join account a on a.tenant = o.tenant and a.system = $2
    and a.code_key = case when k.account_id is null then nullif(lower(o.document ->> 'account_hint'), '') else l.code_key end
where o.id = any($1::bigint[])

-- name: credit
-- What other orders of the account want of its credit and its balance does not hold yet: those on their way into the ERP,
-- those that came there after the balance was read (without a balance: all that is not despatched), and those captured
-- earlier that are likely to go before this one. sends: the fence of the account.
select g.order_id, a.account_id, a.sends, coalesce((
    select sum(x.total) from sales_order x
    where x.tenant = o.tenant and x.id <> o.id and x.currency = o.currency and x.resolved ->> 'account_id' = a.account_id
      and x.pairing = any($4::text[])
      and (x.state = 'posting'
           or (a.document ->> 'balance' is null and x.state in ('posted', 'part_despatched'))
           or (a.document ->> 'balance' is not null and x.state in ('posted', 'part_despatched', 'despatched')
               and x.posted_at > a.as_of - interval '5 seconds'))
), 0) + coalesce((
    select sum(x.total) from sales_order x
    where x.tenant = o.tenant and x.pairing = o.pairing and x.company_ref = o.company_ref and x.currency = o.currency
      and x.state = 'captured' and x.id < o.id
), 0) as in_flight
from unnest($1::bigint[], $2::text[]) as g(order_id, account_id)
join sales_order o on o.id = g.order_id
join account a on a.tenant = o.tenant and a.system = $3 and a.account_id = g.account_id

-- name: take_room
-- One order at a time takes room on an account: whoever decided on an older count decides anew.
update account set sends = sends + 1 where tenant = $1 and system = $2 and account_id = $3 and sends = $4 returning sends

-- name: house_accounts
select code_key, document::text as document from account
where tenant = $1 and system = $2 and code_key = any($3::text[]) and not code_lost

-- name: prices
-- What the ERP lists for each line's item in the order's currency, in the lists that count, the first list first. $5 is
-- how the pairing counts.
with rules as (
    select ($5::jsonb -> 'coded')::boolean as coded, $5::jsonb -> 'codes' as codes
)
select o.id as order_id, l.line_no - 1 as line, p.price_list, p.code_key, p.currency, p.price, p.per, p.unit, p.is_net,
       p.tax_percent, p.quantity_from, p.valid_from, p.valid_to
from sales_order o
join sales_order_line l on l.order_id = o.id
cross join rules r
left join code_map m on m.tenant = o.tenant and m.pairing = o.pairing and m.kind = 'sku' and m.until is null
    and m.key = case when r.coded then l.sku || '/' || l.unit else l.sku end
join price p on p.tenant = o.tenant and p.system = $2 and p.currency = o.currency and p.price_list = any($3::text[])
    and p.code_key = lower(coalesce(m.value ->> 'code',
        case when r.coded then replace(r.codes ->> l.unit, '{sku}', l.sku) else l.sku end))
where o.id = any($1::bigint[]) and o.tenant = $4
order by o.id, l.line_no, array_position($3::text[], p.price_list)

-- name: duplicates
-- Of orders that go to one ERP, from whichever shop: the number is what each is known by there.
select o.id as order_id, min(other.storefront_id) as other
from sales_order o
join sales_order other on other.tenant = o.tenant and other.ref = o.ref and other.id < o.id
    and other.pairing = any($2::text[])
where o.id = any($1::bigint[]) and other.state not in ('set_aside', 'withdrawn')
group by o.id

-- name: move
-- Moves of many orders in one statement; each happens only on the version it was decided on.
with given as (
    select * from unnest($1::bigint[], $2::int[], $3::text[], $4::text[], $5::jsonb[], $6::jsonb[], $7::text[],
                         $8::text[], $9::float8[], $10::text[])
        as g(id, version, to_state, move, detail, resolved, erp_ref, account_code, look_in, actor)
), moved as (
    update sales_order o
    set state = g.to_state,
        version = o.version + 1,
        resolved = coalesce(g.resolved, o.resolved),
        erp_ref = coalesce(g.erp_ref, o.erp_ref),
        account_code = coalesce(g.account_code, o.account_code),
        look_at = now() + g.look_in * interval '1 second',
        attempts = o.attempts + (g.move in ('send', 'send_again'))::int - (g.move = 'turn_away')::int,
        sent_at = case when g.move in ('send', 'send_again') then now() else o.sent_at end,
        posted_at = case when g.move in ('accept', 'adopt') then clock_timestamp() else o.posted_at end,
        defects = case when g.move = 'turn_away' then o.defects + 1 when g.move = 'send' then o.defects else 0 end,
        sold = case when g.move = 'send' then null else o.sold end
    from given g
    where o.id = g.id and o.version = g.version
    returning o.id, o.tenant, o.state, g.move, g.detail, g.actor, o.version
), trail as (
    insert into audit_entry (tenant, actor, action, subject, subject_id, detail)
    select tenant, actor, move, 'order', id, detail || jsonb_build_object('to', state) from moved
)
select id from moved

-- name: still
select 1 from sales_order where id = $1 and version = $2 for update

-- name: still_sending
update sales_order set sent_at = clock_timestamp(), look_at = clock_timestamp() + $3::float8 * interval '1 second'
where id = $1 and version = $2 and state = 'posting'

-- name: due
select id, version from sales_order
where tenant = $1 and pairing = $2 and look_at <= now() and state in ('captured', 'posting', 'posted')
order by look_at limit $3

-- name: look_later
update sales_order set look_at = now() + $2::float8 * interval '1 second' where id = any($1::bigint[])

-- name: defect
update sales_order set defects = defects + 1, look_at = now() + $2::float8 * interval '1 second' where id = $1
returning defects

-- name: unacknowledged
-- To tell the storefront changes the order there, so that a sweep under way, in whatever worker, meets it again at the
-- end of its list: not wrong, only twice the reading. So an order that was posted just now waits for the sweep to end.
select id, storefront_id, ref, erp_ref from sales_order
where tenant = $1 and pairing = $2 and erp_ref <> '' and acknowledged_at is null
  and (posted_at is null or posted_at < now() - interval '30 seconds' or not exists (
      select 1 from cadence
      where tenant = $1 and pairing = $2 and flow = 'orders' and began_at > coalesce(ended_at, '-infinity')
        and began_at > now() - interval '30 seconds'))
order by id limit $3

-- name: acknowledged
with done as (
    update sales_order o set acknowledged_at = now(), acknowledge_problem = g.problem
    from unnest($1::bigint[], $2::text[]) as g(id, problem) where o.id = g.id and o.acknowledged_at is null
    returning o.id, o.tenant, g.problem, o.erp_ref
)
insert into audit_entry (tenant, actor, action, subject, subject_id, detail)
select tenant, 'crossdock', 'acknowledge', 'order', id, jsonb_build_object('erp_ref', erp_ref, 'problem', problem) from done

-- name: open_in_erp
select id from sales_order
where tenant = $1 and pairing = $2 and state in ('posted', 'part_despatched')
  and (checked_at is null or checked_at <= $3)
order by checked_at nulls first limit $4

-- name: checked
-- An order that somebody else is at is passed over, and looked at again the sooner: whoever settles a case holds many
-- orders at once, and neither may wait for the other.
update sales_order set checked_at = $2
where id in (select id from sales_order where id = any($1::bigint[]) for no key update skip locked)

-- name: waive
update sales_order set waivers = waivers || $2::jsonb
where id in (select id from sales_order where id = any($1::bigint[]) order by id for no key update)

-- name: to_show
-- Orders whose open cases are not those that the storefront tells of.
select o.id, o.storefront_id, o.ref, o.shown_attempts, coalesce(w.waits, '[]')::text as waits, coalesce(w.key, '') as key
from sales_order o
left join lateral (
    select json_agg(json_build_array(c.id, c.desk, h.cause) order by c.id) as waits,
           md5(string_agg(c.id::text || ' ' || h.cause, '|' order by c.id)) as key
    from case_hold h join desk_case c on c.id = h.case_id
    where h.record = 'order' and h.record_id = o.id and c.state = 'open'
      and o.state in ('unreadable', 'waiting', 'posting')
) w on true
where o.tenant = $1 and o.pairing = $2 and (o.state in ('unreadable', 'waiting', 'posting') or o.shown_key <> '')
  and coalesce(w.key, '') <> o.shown_key and o.id > $3
order by o.id limit $4

-- name: shown
update sales_order o
set shown_key = g.key, shown_state = case when g.problem = '' then g.words else o.shown_state end,
    shown_problem = g.problem, shown_attempts = 0
from unnest($1::bigint[], $2::text[], $3::text[], $4::text[]) as g(id, key, words, problem) where o.id = g.id

-- name: shown_unsure
update sales_order set shown_attempts = shown_attempts + 1 where id = any($1::bigint[])

-- name: timeline
select at, actor, action, detail::text as detail from audit_entry
where tenant = $1 and subject = 'order' and subject_id = $2 order by id

-- name: sold_since
with sellers as (
    select pairing, storefront, (rules::jsonb -> 'coded')::boolean as coded, rules::jsonb -> 'codes' as codes
    from unnest($6::text[], $7::text[], $8::text[]) as s(pairing, storefront, rules)
), pieces as (
    -- What an order line or a level takes from: the item itself, and what a pack is made of.
    select w.sku, w.is_new, coalesce(p.part_key, w.code_key) as code_key
    from (
        select distinct l.sku, true as is_new, lower(coalesce(m.value ->> 'code',
            case when s.coded then replace(s.codes ->> l.unit, '{sku}', l.sku) else l.sku end)) as code_key
        from sellers s
        join sales_order o on o.tenant = $1 and o.pairing = s.pairing
        join sales_order_line l on l.order_id = o.id
        left join code_map m on m.tenant = $1 and m.pairing = o.pairing and m.kind = 'sku' and m.until is null
            and m.key = case when s.coded then l.sku || '/' || l.unit else l.sku end
        where o.captured_at >= $4
        union all
        select g.sku, false, lower(coalesce(m.value ->> 'code',
            case when s.coded then replace(s.codes ->> t.unit, '{sku}', g.sku) else g.sku end))
        from unnest($5::text[]) as g(sku)
        join sellers s on s.pairing = $2
        left join stock_target t on s.coded and t.tenant = $1 and t.system = s.storefront and t.sku_key = lower(g.sku)
        left join code_map m on m.tenant = $1 and m.pairing = $2 and m.kind = 'sku' and m.until is null
            and m.key = case when s.coded then g.sku || '/' || t.unit else g.sku end
    ) w
    left join stock_part p on p.tenant = $1 and p.system = $3 and p.pack_key = w.code_key
)
select distinct a.sku from pieces a
where not a.is_new and a.code_key in (select n.code_key from pieces n where n.is_new)
