-- What one person did, among all that people did.
create index audit_entry_actor on audit_entry (tenant, actor, id) where actor <> 'crossdock';

-- The entries of a map by key, and by their last change; those that were retired likewise.
create index code_map_keys on code_map (tenant, pairing, kind, (key collate "C")) where until is null;

create index code_map_newest on code_map (tenant, pairing, kind, id) where until is null;

create index code_map_gone on code_map (tenant, pairing, kind, (key collate "C"), id) where ended_by <> '';

create index code_map_gone_newest on code_map (tenant, pairing, kind, until, id) where ended_by <> '';

-- Companies of a pairing in one state: in the order they were first seen, and by name, as it is shown.
drop index company_state;

create index company_newest on company (tenant, pairing, state, id);

create index company_names on company
    (tenant, pairing, state, (left(lower(coalesce(nullif(document ->> 'name', ''), ref)), 200) collate "C"), id);

-- The differences of a run, or of one cause, by how far the two sides are apart.
create index reconciliation_difference_size on reconciliation_difference
    (run_id, ((case when gross is null then '~' else currency end) collate "C"), (-abs(coalesce(gross, 0))), number);

create index reconciliation_difference_cause_size on reconciliation_difference
    (run_id, cause, ((case when gross is null then '~' else currency end) collate "C"), (-abs(coalesce(gross, 0))), number);

-- What a storefront shows, by when it was last told.
create index stock_published_told on stock_published (tenant, pairing, published_at, ref);
