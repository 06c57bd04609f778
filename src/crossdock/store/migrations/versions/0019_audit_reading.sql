-- What people did, newest first; the great mass of entries is Crossdock's own.
create index audit_entry_people on audit_entry (tenant, id) where actor <> 'crossdock';
