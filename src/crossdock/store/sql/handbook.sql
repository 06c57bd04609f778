-- name: maps
-- Kinds of map in use: how many entries, and the last change of one.
select k.kind, k.entries, n.since as changed_at, n.actor as changed_by
from (
    select kind, count(*) as entries from code_map where tenant = $1 and pairing = $2 and until is null group by kind
) k cross join lateral (
    select since, actor from code_map where tenant = $1 and pairing = $2 and kind = k.kind and until is null
    order by id desc limit 1
) n
order by k.kind
