-- The entries of code maps as people list and change them. An entry's number is that of its current version.

-- part: entry
-- $4: '' for all, else what the key or what it stands for must contain. $5: where the page before ended.
select m.id, m.kind, m.key, m.value::text as value, m.actor, m.reason, m.since
from code_map m
where m.tenant = $1 and m.pairing = $2 and m.until is null
  and ($4 = '' or position($4 in lower(m.key)) > 0 or position($4 in lower(m.value::text)) > 0)

-- part: gone
-- The same of entries without a current version, each as it was last, with who retired it, why and when.
select m.id, m.kind, m.key, m.value::text as value, m.ended_by as actor, m.ended_because as reason, m.until as since
from code_map m
where m.tenant = $1 and m.pairing = $2 and m.kind = $3 and m.ended_by <> ''
  and ($4 = '' or position($4 in lower(m.key)) > 0 or position($4 in lower(m.value::text)) > 0)
  and not exists (select from code_map n where n.tenant = $1 and n.pairing = $2 and n.kind = $3 and n.key = m.key
                  and n.id > m.id)

-- name: current_a_z
-- with: entry
  and m.kind = $3 and m.key collate "C" > $5
order by m.key collate "C" limit $6

-- name: current_z_a
-- with: entry
  and m.kind = $3 and m.key collate "C" < $5
order by m.key collate "C" desc limit $6

-- name: current_newest
-- Who changed something last comes first. The map stands in the order so that the index over it is walked, and not the key
-- past all that is of another map.
-- with: entry
  and (m.kind, m.id) < ($3, $5::bigint) and m.kind >= $3
order by m.kind desc, m.id desc limit $6

-- name: current_oldest
-- with: entry
  and (m.kind, m.id) > ($3, $5::bigint) and m.kind <= $3
order by m.kind, m.id limit $6

-- name: retired_a_z
-- with: gone
  and m.key collate "C" > $5
order by m.key collate "C" limit $6

-- name: retired_z_a
-- with: gone
  and m.key collate "C" < $5
order by m.key collate "C" desc limit $6

-- name: retired_newest
-- What was retired last comes first.
-- with: gone
  and (m.until, m.id) < ((select coalesce(max(e.until), 'infinity') from code_map e where e.id = $5::bigint), $5::bigint)
order by m.until desc, m.id desc limit $6

-- name: retired_oldest
-- with: gone
  and (m.until, m.id) > ((select coalesce(max(e.until), '-infinity') from code_map e where e.id = $5::bigint), $5::bigint)
order by m.until, m.id limit $6

-- name: counts
select kind, count(*) as entries from code_map where tenant = $1 and pairing = $2 and until is null group by kind

-- name: all
-- Everything that is current, in the order of an export.
select id, kind, key, value::text as value, actor from code_map
where tenant = $1 and pairing = $2 and kind = any($3::text[]) and until is null order by kind, key

-- name: versions
-- Of one entry, newest first.
select id, value::text as value, actor, reason, since, until, ended_by, ended_because from code_map
where tenant = $1 and pairing = $2 and kind = $3 and key = $4 and ($5::bigint is null or id < $5)
order by id desc limit $6

-- name: moved
-- Those of the entries whose current version is not the one that was seen; who wrote it, and when.
select g.kind, g.key, coalesce(m.actor, e.ended_by, '') as actor, coalesce(m.since, e.until) as at
from unnest($3::text[], $4::text[], $5::bigint[]) as g(kind, key, expected)
left join code_map m on m.tenant = $1 and m.pairing = $2 and m.kind = g.kind and m.key = g.key and m.until is null
left join code_map e on e.id = g.expected and m.id is null
where coalesce(m.id, 0) <> g.expected
order by g.kind, g.key

-- name: end
update code_map m set until = now(), ended_by = case when g.retired then $6 else '' end,
    ended_because = case when g.retired then $7 else '' end
from unnest($3::text[], $4::text[], $5::boolean[]) as g(kind, key, retired)
where m.tenant = $1 and m.pairing = $2 and m.kind = g.kind and m.key = g.key and m.until is null

-- name: add
insert into code_map (tenant, pairing, kind, key, value, actor, reason)
select $1, $2, g.kind, g.key, g.value, g.actor, $7
from unnest($3::text[], $4::text[], $5::jsonb[], $6::text[]) as g(kind, key, value, actor)

-- name: audit
insert into audit_entry (tenant, actor, action, subject, detail)
select $1, $2, g.action, 'mapping', g.detail from unnest($3::text[], $4::jsonb[]) as g(action, detail)

-- name: cases_about
-- Open cases that these entries may settle. $5: where an entry counts for anything/key too.
select id, kind, subject from desk_case
where tenant = $1 and pairing = $2 and state = 'open' and kind = any($3::text[])
  and (subject = any($4::text[])
       or ($5 and reverse(split_part(reverse(subject), '/', 1)) = any($4::text[])))
order by id

-- name: cases_holding
-- Open cases that hold these orders.
select distinct c.id from case_hold h join desk_case c on c.id = h.case_id
where c.tenant = $1 and c.pairing = $2 and c.state = 'open' and h.record = 'order' and h.record_id = any($3::bigint[])
  and not h.sticky
order by c.id limit $4

-- name: known_codes
select code_key from stock_item where tenant = $1 and system = $2 and code_key = any($3::text[])

-- name: listings
-- What the storefront shows stock of. $3: SKUs or SKU/unit, and with $4 units.
select count(*) from stock_target
where tenant = $1 and system = $2
  and (sku = any($3::text[]) or sku || '/' || unit = any($3::text[]) or ($4 and unit = any($3::text[])))

-- part: open
select o.id from sales_order o
where o.tenant = $1 and o.pairing = $2 and o.state in ('captured', 'waiting') and o.document is not null

-- name: orders_sku
-- with: open
  and exists (select from sales_order_line l where l.order_id = o.id
              and (l.sku = any($3::text[]) or l.sku || '/' || l.unit = any($3::text[])))
order by o.id limit $4

-- name: orders_unit
-- with: open
  and exists (select from sales_order_line l where l.order_id = o.id
              and (l.unit = any($3::text[]) or l.sku || '/' || l.unit = any($3::text[])))
order by o.id limit $4

-- name: orders_tax
-- An entry for one country counts for what is delivered there; which orders those are is for the decision to say.
-- with: open
  and (o.document -> 'shipping' ->> 'tax_code' = any($3::text[])
       or exists (select from jsonb_array_elements(o.document -> 'lines') as line where line ->> 'tax_code' = any($3::text[])))
order by o.id limit $4

-- name: orders_shipping
-- with: open
  and o.document -> 'shipping' ->> 'method' = any($3::text[])
order by o.id limit $4

-- name: orders_payment_term
-- with: open
  and o.document ->> 'payment_term' = any($3::text[])
order by o.id limit $4

-- name: orders_company
-- with: open
  and coalesce(o.document -> 'delivery_address' ->> 'country', o.document -> 'invoice_address' ->> 'country', '')
      || '/' || o.currency = any($3::text[])
order by o.id limit $4

-- name: orders_promotion
-- with: open
  and (exists (select from jsonb_array_elements(o.document -> 'discounts') as d
               where d ->> 'ref' = any($3::text[]) or d ->> 'mechanic' = any($3::text[]))
       or exists (select from jsonb_array_elements(o.document -> 'lines') as line, jsonb_array_elements(line -> 'promotions') as p
                  where p ->> 'ref' = any($3::text[]) or p ->> 'mechanic' = any($3::text[])))
order by o.id limit $4
