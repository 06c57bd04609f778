-- name: held
select key, digest, quantity, state from retail_sent
where tenant = $1 and pairing = $2 and kind = $3 and key = any($4::text[])

-- name: note
insert into retail_sent as r (tenant, pairing, kind, key, digest, quantity, state, taken_at)
select $1, $2, $3, key, digest, quantity, $7, case when $7 = 'sent' then clock_timestamp() end
from unnest($4::text[], $5::text[], $6::numeric[]) as g(key, digest, quantity)
on conflict (tenant, pairing, kind, key) do update
set digest = excluded.digest, quantity = excluded.quantity, state = excluded.state, told_at = clock_timestamp(),
    taken_at = coalesce(r.taken_at, excluded.taken_at)
returning id, key

-- name: again
update retail_sent set state = 'unsure', told_at = clock_timestamp() where id = $1

-- name: forget_others
update retail_sent set state = 'unsure', taken_at = null, told_at = clock_timestamp()
where tenant = $1 and pairing = $2 and kind = $3 and taken_at is not null and key <> all($4::text[])

-- name: items
-- An item that got another code is known by both; the code that was read last is its own.
select i.code_key, i.document::text as document from stock_item i
where i.tenant = $1 and i.system = $2 and i.code_key > $3 and not exists (
    select from stock_item n
    where n.tenant = $1 and n.system = $2 and n.item_id = i.item_id and n.item_id <> '' and n.seen_at > i.seen_at
)
order by i.code_key limit $4

-- name: renamed
update retail_sent s set state = 'gone', taken_at = null, told_at = clock_timestamp()
from stock_item i join stock_item n
    on n.tenant = $1 and n.system = $3 and n.item_id = i.item_id and n.item_id <> '' and n.seen_at > i.seen_at
where i.tenant = $1 and i.system = $3
  and s.tenant = $1 and s.pairing = $2 and s.kind = 'item' and s.key = i.code and s.state <> 'gone'
returning s.id, s.key

-- name: renamed_levels
update retail_sent s set state = 'lost', told_at = clock_timestamp()
from unnest($3::text[]) as l(location), unnest($4::text[]) as c(code)
where s.tenant = $1 and s.pairing = $2 and s.kind = 'level' and s.key = l.location || '/' || c.code
returning s.id

-- name: leaves
select code_key, document ->> 'tax_percent' as tax_percent from stock_item
where tenant = $1 and system = $2 and code_key = any($3::text[])
  and (document ->> 'stock_controlled')::boolean and not (document ->> 'template')::boolean
  and jsonb_array_length(document -> 'components') = 0

-- name: told_leaves
select i.code from stock_item i
join retail_sent s on s.tenant = $1 and s.pairing = $2 and s.kind = 'item' and s.key = i.code
where i.tenant = $1 and i.system = $3 and i.code_key = any($4::text[]) and s.taken_at is not null
  and (i.document ->> 'stock_controlled')::boolean and not (i.document ->> 'template')::boolean
  and jsonb_array_length(i.document -> 'components') = 0

-- name: unsettled
select exists (
    select from retail_sent s, unnest($3::text[]) as l(location)
    where s.tenant = $1 and s.pairing = $2 and s.kind = 'level' and s.state = 'unsure'
      and starts_with(s.key, l.location || '/')
) or exists (
    select from retail_sent where tenant = $1 and pairing = $2 and kind = 'item' and taken_at >= $4
)

-- name: stage
create temporary table level_read (
    location text not null, code_key text not null, basis text not null, quantity numeric not null,
    as_of timestamptz not null, unstable boolean not null default false
) on commit preserve rows

-- name: allocated
create temporary table level_allocated (location text not null, code_key text not null, quantity numeric not null)
on commit preserve rows

-- name: unstable
-- A figure that is another one a moment later was read in the middle of something.
update level_read r set unstable = true
from unnest($2::text[], $3::numeric[]) as g(code_key, quantity)
where r.location = $1 and r.code_key = g.code_key and r.quantity <> g.quantity

-- name: unread
-- Levels told before of which more or less is reserved now, and which were not among those read.
select exists (
    select from retail_sent s
    join unnest($3::text[]) as l(location) on starts_with(s.key, l.location || '/')
    cross join lateral (select lower(substr(s.key, length(l.location) + 2)) as code_key) as i
    left join level_allocated a on a.location = l.location and a.code_key = i.code_key
    where s.tenant = $1 and s.pairing = $2 and s.kind = 'level'
      and coalesce(s.allocated, 0) <> coalesce(a.quantity, 0)
      and not exists (select from level_read r where r.location = l.location and r.code_key = i.code_key)
)

-- name: reckoned
-- By what is reserved now each level was reckoned that was read.
update retail_sent s set allocated = coalesce(a.quantity, 0)
from level_read r
join stock_item i on i.tenant = $1 and i.system = $3 and i.code_key = r.code_key
left join level_allocated a on a.location = r.location and a.code_key = r.code_key
where s.tenant = $1 and s.pairing = $2 and s.kind = 'level' and s.key = r.location || '/' || i.code
  and not r.unstable and s.allocated is distinct from coalesce(a.quantity, 0)

-- name: lost
-- Everything was read, and this was not in it: what became of it nobody can tell until the ERP tells it again.
update retail_sent s set state = 'lost'
where s.tenant = $1 and s.pairing = $2 and s.kind = 'level' and s.state = 'unsure'
  and not exists (
    select from level_read r join stock_item i on i.tenant = $1 and i.system = $3 and i.code_key = r.code_key
    where s.key = r.location || '/' || i.code
  )

-- name: levels
-- Leaves alone that the retail system has taken as items; what was last told beside each.
select r.location, i.code, r.basis, r.quantity, r.as_of, a.quantity as allocated, s.quantity as told, s.state
from level_read r
join stock_item i on i.tenant = $1 and i.system = $3 and i.code_key = r.code_key
    and (i.document ->> 'stock_controlled')::boolean and not (i.document ->> 'template')::boolean
    and jsonb_array_length(i.document -> 'components') = 0
join retail_sent k on k.tenant = $1 and k.pairing = $2 and k.kind = 'item' and k.key = i.code and k.taken_at is not null
left join level_allocated a on a.location = r.location and a.code_key = r.code_key
left join retail_sent s
    on s.tenant = $1 and s.pairing = $2 and s.kind = 'level' and s.key = r.location || '/' || i.code
where not r.unstable
order by r.location, r.code_key

-- name: see_proposals
insert into retail_proposal as p (tenant, pairing, ref, document, first_seen_at, seen_at)
select $1, $2, ref, document, $5, $5 from unnest($3::text[], $4::jsonb[]) as g(ref, document)
on conflict (tenant, pairing, ref) do update
set document = excluded.document, seen_at = excluded.seen_at, gone_at = null
returning (xmax = 0) as is_new

-- name: proposals_gone
with gone as (
    update retail_proposal set gone_at = $3 where tenant = $1 and pairing = $2 and seen_at < $3 and gone_at is null
    returning 1
)
select count(*) from gone

-- name: open_proposals
select document::text as document, first_seen_at from retail_proposal
where tenant = $1 and pairing = $2 and gone_at is null order by first_seen_at, ref limit $3

-- name: take_in
delete from order_left_out where tenant = $1 and pairing = $2 and storefront_id = any($3::text[])

-- name: leave_out
insert into order_left_out (tenant, pairing, storefront_id, number, setting)
select $1, $2, code, code, why from unnest($3::text[], $4::text[]) as g(code, why)
on conflict (tenant, pairing, storefront_id) do update set setting = excluded.setting, last_seen_at = now()

-- name: orders_held
select code, document::text as document from erp_order
where tenant = $1 and system = $2 and (code, mark) in (select * from unnest($3::text[], $4::text[]))

-- name: hold_orders
insert into erp_order (tenant, system, code, mark, document)
select $1, $2, code, mark, document from unnest($3::text[], $4::text[], $5::jsonb[]) as g(code, mark, document)
on conflict (tenant, system, code) do update
set mark = excluded.mark, document = excluded.document, read_at = clock_timestamp()
