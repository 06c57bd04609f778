-- name: maps
select kind, count(*) as entries, max(since) as changed_at, (array_agg(actor order by since desc, id desc))[1] as changed_by
from code_map where tenant = $1 and pairing = $2 and until is null group by kind order by kind
