-- Why an entry of a code map says what it says; who retired it, and why.
alter table code_map
    add column reason text not null default '',
    add column ended_by text not null default '',
    add column ended_because text not null default '';

-- All versions of one entry.
create index code_map_versions on code_map (tenant, pairing, kind, key, id);

-- Every link a company ever had.
create index audit_entry_links on audit_entry (tenant, (detail ->> 'company_ref'), id) where action = 'link_account';
