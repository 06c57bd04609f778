-- name: maps
-- Kinds of map in use: how many entries, and the last change of one.
select k.kind, k.entries, n.since as changed_at, n.actor as changed_by
from (
    select kind, count(*) as entries, max(id) as newest from code_map
    where tenant = $1 and pairing = $2 and until is null group by kind
) k join code_map n on n.id = k.newest
order by k.kind
