-- name: begin
with made as (
    insert into account_opening (tenant, pairing, company_ref, ref, currency, actor)
    values ($1, $2, $3, $4, $5, $6)
    on conflict (tenant, pairing, company_ref) do update
    set state = 'opening', actor = excluded.actor, currency = excluded.currency, problem = '', attempts = 0, sent_at = null
    where account_opening.state = 'refused'
    returning company_ref
), trail as (
    insert into audit_entry (tenant, actor, action, subject, detail)
    select $1, $6, 'open_account', 'company', jsonb_build_object('pairing', $2::text, 'company_ref', $3::text, 'ref', $4::text,
           'reason', $7::text) from made
)
select company_ref from made

-- name: under_way
select company_ref, ref, currency, actor, attempts, sent_at from account_opening
where tenant = $1 and pairing = $2 and state = 'opening' and ($3::text is null or company_ref = $3)
order by company_ref limit $4

-- name: sending
update account_opening set attempts = attempts + 1, sent_at = clock_timestamp()
where tenant = $1 and pairing = $2 and company_ref = $3 and state = 'opening' and attempts = $4
returning attempts

-- name: ended
with made as (
    update account_opening set state = $4, account_id = $5, account_code = $6, problem = $7
    where tenant = $1 and pairing = $2 and company_ref = $3 and state = 'opening'
    returning actor, ref
)
insert into audit_entry (tenant, actor, action, subject, detail)
select $1, 'crossdock', 'account_' || $4::text, 'company', jsonb_build_object('pairing', $2::text, 'company_ref', $3::text,
       'ref', ref, 'account_id', $5::text, 'account', $6::text, 'problem', $7::text, 'said_by', actor) from made
