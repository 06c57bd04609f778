-- One incident: a rule and the group of facts it speaks of. It is over once the facts stayed away.
create table alert (
    id bigint generated always as identity primary key,
    tenant text not null,
    rule text not null,
    subject text not null,
    state text not null,
    opened_at timestamptz not null,
    count bigint not null,
    severity text not null,
    text text not null,
    desk text not null default '',
    pairing text not null default '',
    first_told_at timestamptz,
    told_at timestamptz,
    told_count bigint not null default 0,
    told_severity text,
    told_to text[] not null default '{}',
    step integer not null default 0,
    answered_at timestamptz,
    answered_by text not null default '',
    gone_at timestamptz,
    held_at timestamptz,
    over_at timestamptz
);

create unique index alert_live on alert (tenant, rule, subject) where state <> 'over';

create index alert_held on alert (tenant) where state = 'over' and held_at is not null;

create index alert_newest on alert (tenant, id);

-- What one target is told, written down before it is sent. taken_until: who sends it has it until then.
create table alert_message (
    id bigint generated always as identity primary key,
    tenant text not null,
    target text not null,
    purpose text not null,
    title text not null,
    body text not null,
    html text not null,
    state text not null default 'due',
    attempts integer not null default 0,
    created_at timestamptz not null default clock_timestamp(),
    next_at timestamptz not null default clock_timestamp(),
    taken_until timestamptz,
    ended_at timestamptz,
    problem text not null default ''
);

create index alert_message_due on alert_message (tenant, next_at) where state = 'due';

create index alert_message_newest on alert_message (tenant, id);

create index alert_message_target on alert_message (tenant, target, id);

create table alert_digest (
    tenant text not null,
    desk text not null,
    day date not null,
    made_at timestamptz not null default clock_timestamp(),
    primary key (tenant, desk, day)
);

-- Every process that works, and when it was last seen. left_at: it stopped of its own will.
create table worker_seen (
    tenant text not null,
    holder text not null,
    began_at timestamptz not null default clock_timestamp(),
    seen_at timestamptz not null default clock_timestamp(),
    left_at timestamptz,
    primary key (tenant, holder)
);
