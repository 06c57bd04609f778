-- How each desk is reached, where somebody said so in the console; the settings file has the first word.
create table desk_contact (
    tenant text not null,
    desk text not null,
    words text not null default '',
    address text not null default '',
    escalation text not null default '',
    changed_at timestamptz not null default clock_timestamp(),
    changed_by text not null,
    primary key (tenant, desk)
);
