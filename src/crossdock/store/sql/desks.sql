-- name: contacts
select desk, words, address, escalation, changed_at, changed_by from desk_contact where tenant = $1

-- name: set_contact
-- Nothing when it stands so already.
with made as (
    insert into desk_contact as c (tenant, desk, words, address, escalation, changed_by) values ($1, $2, $3, $4, $5, $6)
    on conflict (tenant, desk) do update
    set words = $3, address = $4, escalation = $5, changed_by = $6, changed_at = clock_timestamp()
    where (c.words, c.address, c.escalation) <> ($3, $4, $5)
    returning desk
)
insert into audit_entry (tenant, actor, action, subject, subject_id, detail)
select $1, $6, 'contact_set', 'desk', 0,
       jsonb_build_object('desk', desk, 'words', $3::text, 'address', $4::text, 'escalation', $5::text)
from made
returning 1
