-- name: open_run
select id, since, until, read_until from completeness_run where tenant = $1 and pairing = $2 and ended_at is null

-- name: begin_run
-- From where the last one ended, or further back by the window; the first one from the oldest order there is.
insert into completeness_run (tenant, pairing, since, until)
select $1, $2,
       least($3::timestamptz - $4::float8 * interval '1 second',
             coalesce((select max(until) from completeness_run where tenant = $1 and pairing = $2),
                      $6::timestamptz,
                      (select min(changed_at) from sales_order where tenant = $1 and pairing = $2),
                      $3::timestamptz)),
       $3::timestamptz - $5::float8 * interval '1 second'
returning id, since, until, read_until

-- name: stage
insert into completeness_entry (run_id, storefront_id, number, placed_at, changed_at, left_out)
select distinct on (storefront_id) $1, storefront_id, number, placed_at, changed_at, left_out
from unnest($2::text[], $3::text[], $4::timestamptz[], $5::timestamptz[], $6::text[])
     with ordinality as g(storefront_id, number, placed_at, changed_at, left_out, at)
order by storefront_id, at desc
on conflict (run_id, storefront_id) do update
set number = excluded.number, placed_at = excluded.placed_at, changed_at = excluded.changed_at, left_out = excluded.left_out

-- name: read_until
update completeness_run set read_until = greatest(read_until, $2) where id = $1

-- name: settle_left_out
with out as (
    insert into order_left_out (tenant, pairing, storefront_id, number, placed_at, setting)
    select $1, $2, e.storefront_id, e.number, e.placed_at,
           case when e.left_out <> '' then $4 || e.left_out else $6 end
    from completeness_entry e
    where e.run_id = $3 and (e.left_out <> '' or e.placed_at < $5)
      and not exists (select from sales_order o where o.tenant = $1 and o.pairing = $2 and o.storefront_id = e.storefront_id)
    on conflict (tenant, pairing, storefront_id) do update
    set number = excluded.number, placed_at = excluded.placed_at, setting = excluded.setting, last_seen_at = now()
)
delete from order_left_out l
using completeness_entry e
where l.tenant = $1 and l.pairing = $2 and e.run_id = $3 and l.storefront_id = e.storefront_id
  and not (e.left_out <> '' or coalesce(e.placed_at < $5, false)) and not starts_with(l.setting, $7)

-- name: accounted
select o.state, exists (
    select from case_hold h join desk_case c on c.id = h.case_id
    where h.record = 'order' and h.record_id = o.id and c.state = 'open') as in_case, count(*) as orders
from completeness_entry e
join sales_order o on o.tenant = $1 and o.pairing = $2 and o.storefront_id = e.storefront_id
where e.run_id = $3 group by 1, 2

-- name: left_out_counts
select l.setting, count(*) as orders
from completeness_entry e
join order_left_out l on l.tenant = $1 and l.pairing = $2 and l.storefront_id = e.storefront_id
where e.run_id = $3 group by 1 order by 1

-- name: listed
select count(*) from completeness_entry where run_id = $1

-- name: unknown
select e.storefront_id, e.number, e.placed_at, e.changed_at
from completeness_entry e
where e.run_id = $3
  and not exists (select from sales_order o where o.tenant = $1 and o.pairing = $2 and o.storefront_id = e.storefront_id)
  and not exists (select from order_left_out l where l.tenant = $1 and l.pairing = $2 and l.storefront_id = e.storefront_id)
order by e.changed_at, e.storefront_id

-- name: gone
select o.ref, o.storefront_id, o.placed_at
from sales_order o
where o.tenant = $1 and o.pairing = $2 and o.captured_at >= $4 and o.changed_at >= $4 and o.changed_at < $5
  and not exists (select from completeness_entry e where e.run_id = $3 and e.storefront_id = o.storefront_id)
order by o.id limit $6

-- name: unseen_in_erp
select id from sales_order
where tenant = $1 and pairing = $2 and state in ('posted', 'part_despatched') and captured_at >= $3
  and coalesce(posted_at, captured_at) < $4 and (checked_at is null or checked_at < coalesce(posted_at, captured_at))
order by id limit $5

-- name: erp_counts
select count(*) filter (where not young) as posted,
       count(*) filter (where not young and (o.state not in ('posted', 'part_despatched')
                                             or o.checked_at >= coalesce(o.posted_at, o.captured_at))) as seen,
       count(*) filter (where exists (
           select from case_hold h join desk_case c on c.id = h.case_id
           where h.record = 'order' and h.record_id = o.id and c.state = 'open' and c.kind = 'despatch-missed')) as missing
from (select *, coalesce(posted_at, captured_at) >= $4 as young from sales_order
      where tenant = $1 and pairing = $2 and captured_at >= $3
        and state in ('posted', 'part_despatched', 'despatched', 'cancelled')) o

-- name: despatch_counts
select count(*) as found,
       count(*) filter (where state = 'published') as told,
       count(*) filter (where state = 'dropped') as dropped,
       count(*) filter (where held) as in_case,
       count(*) filter (where state in ('found', 'sending') and not held and found_at >= $4) as under_way,
       count(*) filter (where (state in ('found', 'sending') and found_at < $4 or state = 'waiting') and not held) as stuck
from (select d.state, d.found_at, d.state not in ('published', 'dropped') and exists (
          select from case_hold h join desk_case c on c.id = h.case_id
          where h.record = 'despatch' and h.record_id = d.id and c.state = 'open') as held
      from despatch d
      where d.tenant = $1 and d.pairing = $2 and (d.found_at >= $3 or d.state in ('found', 'sending', 'waiting'))) d

-- name: late
select count(*) as orders, coalesce(max(extract(epoch from captured_at - placed_at)), 0)::float8 as worst
from sales_order
where tenant = $1 and pairing = $2 and captured_at >= $3 and placed_at >= $3
  and captured_at - placed_at > $4::float8 * interval '1 second'

-- name: end_run
update completeness_run set ended_at = now(), report = $2::jsonb where id = $1 and ended_at is null

-- name: forget_entries
delete from completeness_entry where run_id = $1

-- name: forget_runs
delete from completeness_run
where tenant = $1 and pairing = $2 and ended_at < now() - interval '400 days'
  and id <> (select max(id) from completeness_run where tenant = $1 and pairing = $2)

-- name: last_run
select report::text as report from completeness_run
where tenant = $1 and pairing = $2 and ended_at is not null order by ended_at desc limit 1

-- name: numbers
select ref as number, captured_at >= $4 as fresh from sales_order where tenant = $1 and pairing = $2 and captured_at >= $3
union all
select number, false from order_left_out where tenant = $1 and pairing = $2 and last_seen_at >= $3

-- name: known
select ref as number, storefront_id, placed_at from sales_order where tenant = $1 and pairing = $2 and ref = any($3::text[])
union all
select number, storefront_id, placed_at from order_left_out
where tenant = $1 and pairing = $2 and number = any($3::text[])

-- name: missing
select c.subject, h.record, h.record_id, h.ref
from desk_case c join case_hold h on h.case_id = c.id
where c.tenant = $1 and c.pairing = $2 and c.kind = 'record-never-arrived' and c.state = 'open'
order by c.id, h.record, h.record_id

-- name: accepted
select storefront_id, setting from order_left_out
where tenant = $1 and pairing = $2 and storefront_id = any($3::text[]) and starts_with(setting, $4)

-- name: leave_out
insert into order_left_out (tenant, pairing, storefront_id, number, placed_at, setting)
select distinct on (storefront_id) $1, $2, storefront_id, number, placed_at, setting
from unnest($3::text[], $4::text[], $5::timestamptz[], $6::text[]) as g(storefront_id, number, placed_at, setting)
on conflict (tenant, pairing, storefront_id) do update
set number = excluded.number, setting = excluded.setting, last_seen_at = now()

-- name: left_out
select storefront_id, number, placed_at, setting from order_left_out
where tenant = $1 and pairing = $2 order by last_seen_at desc, storefront_id limit $3

-- name: hear
insert into order_hint (tenant, pairing, storefront_id, topic)
select distinct $1, p.pairing, s.storefront_id, $4
from unnest($2::text[]) as p(pairing), unnest($3::text[]) as s(storefront_id)
where not exists (select from sales_order o where o.tenant = $1 and o.pairing = p.pairing and o.storefront_id = s.storefront_id)
on conflict (tenant, pairing, storefront_id) do update set times = order_hint.times + 1

-- name: forget_hints
delete from order_hint h
where h.tenant = $1 and h.pairing = $2
  and (exists (select from sales_order o where o.tenant = $1 and o.pairing = $2 and o.storefront_id = h.storefront_id)
       or exists (select from order_left_out l where l.tenant = $1 and l.pairing = $2 and l.storefront_id = h.storefront_id))

-- name: hints
select id, storefront_id, topic, heard_at, times from order_hint
where tenant = $1 and pairing = $2 and heard_at < $3 order by id limit $4

-- name: hints_left
select id from order_hint where id = any($1::bigint[])

-- name: case_known
select 1 from desk_case where tenant = $1 and pairing = $2 and kind = $3 and subject = $4 limit 1

-- name: hours_of_orders
select date_trunc('hour', placed_at at time zone $3) as hour, count(*) as records from sales_order
where tenant = $1 and pairing = $2 and placed_at >= $4 group by 1

-- name: hours_of_despatches
select date_trunc('hour', found_at at time zone $3) as hour, count(*) as records from despatch
where tenant = $1 and pairing = $2 and found_at >= $4 group by 1

-- name: newest_of_orders
select max(placed_at) from sales_order where tenant = $1 and pairing = $2 and placed_at <= $3

-- name: newest_of_despatches
select max(found_at) from despatch where tenant = $1 and pairing = $2 and found_at <= $3
