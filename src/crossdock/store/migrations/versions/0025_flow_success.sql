-- When a flow last ran to its end, whatever became of it since.
alter table cadence add column succeeded_at timestamptz;

update cadence set succeeded_at = ended_at where failures = 0;
