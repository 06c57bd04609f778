-- name: store
-- One page. What says the same is only seen; what says something else is judged anew, whatever became of it before. A
-- product's telling takes over what the PIM shows now: whether it is enabled.
with given as (
    select * from unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::jsonb[], $9::bytea[],
                         $10::bytea[], $11::timestamptz[], $12::text[])
        as g(kind, key, code, state, parent, document, content, raw_digest, changed_at, categories)
), fresh as (
    insert into catalogue_product (tenant, pairing, kind, key, code, code_key, state, parent, categories, document,
                                   content, raw_digest, changed_at, seen_at, told, look_at)
    select $1, $2, kind, key, code, lower(trim(code)), state, parent, coalesce(string_to_array(nullif(categories, ''), chr(31)), '{}'),
           document, content, raw_digest, changed_at, $13::timestamptz,
           case when kind = 'product' and document is not null
                then jsonb_build_object('enabled', document -> 'enabled') else '{}' end,
           case when state = 'captured' then now() end
    from given
    on conflict (tenant, pairing, kind, key) do nothing
    returning id, kind, key, state, version
), trail as (
    insert into audit_entry (tenant, actor, action, subject, subject_id, detail)
    select $1, 'crossdock', 'capture', kind, id, jsonb_build_object('key', key, 'state', state) from fresh
)
select id, kind, key, state, version, true as is_new from fresh

-- name: existing
select id, kind, key, state, version, content, code from catalogue_product
where tenant = $1 and pairing = $2 and kind = $3 and key = any($4::text[]) order by id for update

-- name: seen
-- Nothing new. Whether it is enabled is taken over: somebody may have switched it, and it may have to be switched back.
update catalogue_product p
set seen_at = greatest(p.seen_at, $2),
    told = case when g.enabled is null then p.told else p.told || jsonb_build_object('enabled', g.enabled) end,
    tell_at = case when g.enabled::text is distinct from p.told ->> 'enabled' then null else p.tell_at end
from unnest($1::bigint[], $3::bool[]) as g(id, enabled) where p.id = g.id

-- name: replace
with given as (
    select * from unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::jsonb[], $6::bytea[], $7::bytea[],
                         $8::timestamptz[], $9::text[])
        as g(id, code, state, parent, document, content, raw_digest, changed_at, categories)
), made as (
    update catalogue_product p
    set code = g.code, code_key = lower(trim(g.code)), state = g.state, version = p.version + 1, parent = g.parent,
        categories = coalesce(string_to_array(nullif(g.categories, ''), chr(31)), '{}'),
        document = g.document, content = g.content, raw_digest = g.raw_digest, changed_at = g.changed_at,
        seen_at = greatest(p.seen_at, $10), differed = 0, accepted = '',
        tell_at = null,
        told = case when p.kind = 'product' and g.document is not null
                    then p.told || jsonb_build_object('enabled', g.document -> 'enabled') else p.told end,
        look_at = case when g.state = 'captured' then now() end
    from given g where p.id = g.id
    returning p.id, p.tenant, p.kind, p.key, p.state
), trail as (
    insert into audit_entry (tenant, actor, action, subject, subject_id, detail)
    select tenant, 'crossdock', 'read_again', kind, id, jsonb_build_object('key', key, 'to', state) from made
)
select id from made

-- name: roots
-- The root model of every variant and model whose ancestors are known; a variant whose model came later is found then.
with recursive up as (
    select p.id, p.code as start, p.parent as above, p.kind from catalogue_product p
    where p.tenant = $1 and p.pairing = $2 and p.state <> 'gone' and p.parent <> ''
      and ($3::text[] is null or p.key = any($3::text[]) or p.parent = any($3::text[]) or p.root = any($3::text[]))
    union
    select up.id, up.start, m.parent, up.kind from up
    join catalogue_product m on m.tenant = $1 and m.pairing = $2 and m.kind = 'model' and m.key = up.above
    where m.parent <> ''
), found as (
    select distinct on (up.id) up.id, up.above as root from up
    join catalogue_product m on m.tenant = $1 and m.pairing = $2 and m.kind = 'model' and m.key = up.above
    where m.parent = '' and m.state <> 'gone'
)
update catalogue_product p set root = found.root, version = p.version + 1,
    state = case when p.state in ('waiting', 'released', 'confirmed', 'put_out', 'ready') then 'captured' else p.state end,
    look_at = case when p.state in ('captured', 'waiting', 'released', 'confirmed', 'put_out', 'ready') then now()
                   else p.look_at end
from found where p.id = found.id and p.root <> found.root
returning p.id

-- name: no_root
update catalogue_product set root = '' where id = any($1::bigint[]) and parent = '' and root <> ''

-- name: load
select p.id, p.kind, p.key, p.code, p.state, p.version, p.document::text as document, p.root,
       p.wanted::text as wanted, p.item_id, p.item_code, p.put_out_at, p.released_at, p.told::text as told,
       p.due::text as due, i.document::text as item, t.document::text as taken_item, r.state as template_state,
       r.item_code as template_code, r.item_id as template_id, r.document ->> 'family_variant' as template_variant,
       twin.code as twin,
       p.kind = 'model' and exists (
           select from catalogue_product a where a.tenant = p.tenant and a.pairing = p.pairing and a.kind = 'product'
             and a.code_key = lower(c.first) and a.state not in ('gone', 'replaced')) as sku_alive
from catalogue_product p
left join lateral (select case p.kind when 'model' then replace($2, '{model}', p.code) else trim(p.code) end as first,
                          case p.kind when 'model' then replace($3, '{model}', p.code) end as second) c on true
left join stock_item i on i.tenant = p.tenant and i.system = $4 and i.code_key = lower(c.first)
left join stock_item t on t.tenant = p.tenant and t.system = $4 and t.code_key = lower(c.second)
left join catalogue_product r on r.tenant = p.tenant and r.pairing = p.pairing and r.kind = 'model' and r.key = p.root
left join lateral (
    select o.code from catalogue_product o
    where p.kind = 'product' and p.code_key <> '' and o.tenant = p.tenant and o.pairing = p.pairing
      and o.kind = 'product' and o.code_key = p.code_key and o.id <> p.id and o.state not in ('gone', 'replaced')
    order by o.id limit 1) twin on true
where p.id = any($1::bigint[])
order by p.kind, p.id

-- name: due
select id from catalogue_product
where tenant = $1 and pairing = $2 and state = any($3::text[]) and look_at <= now()
order by kind, look_at, id limit $4

-- name: to_tell
select id from catalogue_product
where tenant = $1 and pairing = $2 and kind = 'product' and (not (told @> due) or state = 'confirmed')
  and state not in ('gone', 'unreadable') and (tell_at is null or tell_at <= now())
order by id limit $3

-- name: move
with given as (
    select * from unnest($1::bigint[], $2::int[], $3::text[], $4::text[], $5::jsonb[], $6::jsonb[], $7::text[],
                         $8::text[], $9::float8[], $10::jsonb[], $11::text[])
        as g(id, version, to_state, move, due, wanted, item_id, item_code, look_in, detail, actor)
), moved as (
    update catalogue_product p
    set state = g.to_state, version = p.version + 1,
        due = coalesce(g.due, p.due), wanted = coalesce(g.wanted, p.wanted),
        item_id = coalesce(g.item_id, p.item_id), item_code = coalesce(g.item_code, p.item_code),
        put_out_at = case when g.move = 'lay_out' then clock_timestamp() else p.put_out_at end,
        confirmed_at = case when g.move = 'confirm' then clock_timestamp() else p.confirmed_at end,
        released_at = case when g.move = 'tell' then coalesce(p.released_at, clock_timestamp()) else p.released_at end,
        look_at = now() + g.look_in * interval '1 second', tell_at = null
    from given g where p.id = g.id and p.version = g.version
    returning p.id, p.tenant, p.kind, p.state, g.move, g.detail, g.actor
), trail as (
    insert into audit_entry (tenant, actor, action, subject, subject_id, detail)
    select tenant, actor, move, kind, id, detail || jsonb_build_object('to', state) from moved
)
select id from moved

-- name: told
update catalogue_product set told = told || $3::jsonb where id = $1 and version = $2 returning id

-- name: tell_later
update catalogue_product set tell_at = now() + $2::float8 * interval '1 second' where id = any($1::bigint[])

-- name: look_later
update catalogue_product set look_at = now() + $2::float8 * interval '1 second' where id = any($1::bigint[])

-- name: let_ready_go
update catalogue_product p set look_at = now()
from catalogue_product r
where p.tenant = $1 and p.pairing = $2 and p.state = 'ready' and p.look_at is null
  and r.tenant = p.tenant and r.pairing = p.pairing and r.kind = 'model' and r.key = p.root
  and r.state in ('confirmed', 'released')
returning p.id

-- name: recapture
with made as (
    update catalogue_product set state = 'captured', version = version + 1, look_at = now()
    where tenant = $1 and pairing = $2 and state not in ('gone', 'unreadable', 'set_aside', 'replaced', 'captured', 'converting')
      and ($3::text[] is null or categories && $3::text[])
      and ($4::text[] is null or root = any($4::text[]) or key = any($4::text[]))
    returning id, tenant, kind
), trail as (
    insert into audit_entry (tenant, actor, action, subject, subject_id, detail)
    select tenant, 'crossdock', 'look_again', kind, id, '{"reason": "what shapes it has changed"}' from made
)
select id from made

-- name: store_shapes
with given as (
    select * from unnest($4::text[], $5::jsonb[]) as g(code, document)
), old as (
    select g.code from given g
    join catalogue_shape s on s.tenant = $1 and s.system = $2 and s.kind = $3 and s.code = g.code and s.document = g.document
), kept as (
    insert into catalogue_shape (tenant, system, kind, code, document, seen_at)
    select distinct on (code) $1, $2, $3, code, document, $6::timestamptz from given
    on conflict (tenant, system, kind, code) do update set document = excluded.document, seen_at = excluded.seen_at
    returning code
)
select code from kept where code not in (select code from old)

-- name: shapes
select code, document::text as document from catalogue_shape where tenant = $1 and system = $2 and kind = $3

-- name: forget_shapes
delete from catalogue_shape where tenant = $1 and system = $2 and kind = $3 and seen_at < $4 returning code

-- name: begin_change
with made as (
    insert into structure_change (tenant, pairing, record_id, kind, old_key, change, step, look_at)
    values ($1, $2, $3, $4, lower(trim($5)), $6::jsonb, $7, now())
    on conflict do nothing
    returning id, record_id
), trail as (
    insert into audit_entry (tenant, actor, action, subject, subject_id, detail)
    select $1, 'crossdock', 'begin_change', 'structure-change', id, $6::jsonb from made
)
select id from made

-- name: changes_due
select id, record_id, version, began_at, change::text as change from structure_change
where tenant = $1 and pairing = $2 and ended_at is null and look_at <= now() order by look_at, id limit $3

-- name: change_of
select id, record_id, version, began_at, change::text as change from structure_change
where record_id = $1 and ended_at is null order by id limit 1

-- name: step
with moved as (
    update structure_change
    set step = $3, version = version + 1, change = change || $4::jsonb || jsonb_build_object('step', $3::text, 'waived', false),
        look_at = now() + $5::float8 * interval '1 second',
        ended_at = case when $3 = 'done' then clock_timestamp() end
    where id = $1 and version = $2 and ended_at is null
    returning id, tenant, record_id, kind
), trail as (
    insert into audit_entry (tenant, actor, action, subject, subject_id, detail)
    select tenant, $6, 'step', 'structure-change', id, $4::jsonb || jsonb_build_object('to', $3::text) from moved
)
select id from moved

-- name: look_at_change
update structure_change set look_at = now() + $2::float8 * interval '1 second' where id = $1 and ended_at is null

-- name: hurry_changes
update structure_change set look_at = now()
where tenant = $1 and pairing = $2 and ended_at is null and change ->> 'model' = $3

-- name: waive_change
with done as (
    update structure_change set change = change || '{"waived": true}', version = version + 1, look_at = now()
    where record_id = $1 and ended_at is null
    returning id, tenant, step
), trail as (
    insert into audit_entry (tenant, actor, action, subject, subject_id, detail)
    select tenant, $3, 'vouch', 'structure-change', id, jsonb_build_object('reason', $2::text, 'at', step) from done
)
select id from done

-- name: end_change
with done as (
    update structure_change set ended_at = clock_timestamp(), version = version + 1
    where record_id = $1 and ended_at is null
    returning id, tenant, step
), trail as (
    insert into audit_entry (tenant, actor, action, subject, subject_id, detail)
    select tenant, $3, 'give_up', 'structure-change', id, jsonb_build_object('reason', $2::text, 'at', step) from done
)
select id from done

-- name: children
select code, state in ('confirmed', 'released') as is_there from catalogue_product
where tenant = $1 and pairing = $2 and kind = 'product' and root = $3 and state not in ('gone', 'left_out', 'set_aside')
order by id

-- name: open_orders
select distinct o.ref from sales_order o
join sales_order_line l on l.order_id = o.id
left join code_map m on m.tenant = o.tenant and m.pairing = o.pairing and m.kind = 'sku' and m.key = l.sku and m.until is null
where o.tenant = $1 and lower(coalesce(m.value ->> 'code', l.sku)) = lower($2)
  and o.state in ('unreadable', 'captured', 'waiting', 'posting', 'posted', 'part_despatched')
order by o.ref limit 100

-- name: find_record
select id from catalogue_product
where tenant = $1 and pairing = $2 and kind = $3 and code_key = lower(trim($4)) and state <> 'gone' order by id limit 1

-- name: unseen
select id from catalogue_product
where tenant = $1 and pairing = $2 and seen_at < $3 and state <> 'gone' order by id

-- name: vanish
with gone as (
    update catalogue_product set state = 'gone', version = version + 1, look_at = null where id = any($1::bigint[])
    returning id, tenant, kind, key
)
insert into audit_entry (tenant, actor, action, subject, subject_id, detail)
select tenant, 'crossdock', 'vanish', kind, id, jsonb_build_object('key', key) from gone

-- name: compared
-- Confirmed products beside what the whole list of the ERP brought, in order of id.
select p.id, p.kind, p.code, p.wanted::text as wanted, i.document::text as item, i.seen_at < $4 as is_old, p.differed,
       p.accepted
from catalogue_product p
left join stock_item i on i.tenant = p.tenant and i.system = $3 and i.code_key = lower(p.item_code)
where p.tenant = $1 and p.pairing = $2 and p.state in ('confirmed', 'released') and p.wanted is not null and p.id > $5
order by p.id limit $6

-- name: differed
update catalogue_product p set differed = g.times from unnest($1::bigint[], $2::int[]) as g(id, times) where p.id = g.id

-- name: forget_item
with made as (
    update catalogue_product set item_id = '', item_code = '', wanted = null, version = version + 1
    where id = $1 and version = $2
    returning id, tenant, kind, code
), trail as (
    insert into audit_entry (tenant, actor, action, subject, subject_id, detail)
    select tenant, $4, 'forget_item', kind, id, jsonb_build_object('reason', $3::text, 'code', code) from made
)
select id from made

-- name: accept
with made as (
    update catalogue_product set accepted = $2, differed = 0 where id = $1 returning id, tenant, kind
)
insert into audit_entry (tenant, actor, action, subject, subject_id, detail)
select tenant, $4, 'accept', kind, id, jsonb_build_object('reason', $3::text, 'difference', $2::text) from made

-- name: erp_only
-- Items of the ERP that no product of the PIM stands for: counted, for whoever wonders.
select count(*) from stock_item i
where i.tenant = $1 and i.system = $3 and i.seen_at >= $4 and not exists (
    select from catalogue_product p where p.tenant = $1 and p.pairing = $2 and lower(p.item_code) = i.code_key)

-- name: listing
select p.id, p.kind, p.key, p.code, p.state, p.root, p.item_id, p.item_code, p.changed_at, p.put_out_at, p.confirmed_at,
       p.released_at, p.told::text as told,
       coalesce((select json_agg(json_build_object('id', c.id, 'kind', c.kind, 'cause', h.cause) order by c.id)
                 from case_hold h join desk_case c on c.id = h.case_id
                 where h.record = p.kind and h.record_id = p.id and c.state = 'open'), '[]')::text as cases,
       (select json_build_object('kind', s.kind, 'step', s.step, 'old_code', s.change ->> 'old_code')
        from structure_change s where s.record_id = p.id and s.ended_at is null order by s.id limit 1)::text as change
from catalogue_product p
where p.tenant = $1 and p.pairing = $2 and ($3::text is null or p.state = $3) and ($4::text is null or p.code_key = lower(trim($4)))
  and p.id > $5
order by p.id limit $6

-- name: counts
select kind, state, count(*) as products from catalogue_product where tenant = $1 and pairing = $2 group by 1, 2 order by 1, 2

-- name: timeline
select at, actor, action, detail::text as detail from audit_entry
where tenant = $1 and (subject = $2 and subject_id = $3
    or subject = 'structure-change' and subject_id in (select id from structure_change where record_id = $3))
order by id
