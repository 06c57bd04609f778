-- name: make
create temporary table if not exists offered (
    ref text not null, sku text not null, unit text not null, code text, code_key text, held boolean not null,
    units_over numeric, units_under numeric, problem text not null, declared_over numeric, declared_under numeric,
    listed numeric
) on commit preserve rows

-- name: fill
-- Everything the storefront sells, by unit: which stock code it is, and how many stock units are in one where that is
-- confirmed. $1 tenant, $2 pairing, $3 storefront, $4 erp, $5 how the pairing counts. The rules are those of
-- decide/units.py; a property test holds them together.
with rules as (
    select ($5::jsonb -> 'declared')::boolean as declared, ($5::jsonb -> 'coded')::boolean as coded, $5::jsonb -> 'codes' as codes
), mapped as materialized (
    select key, split_part(value ->> 'units', '/', 1)::numeric as units_over,
           coalesce(nullif(split_part(value ->> 'units', '/', 2), ''), '1')::numeric as units_under
    from code_map where tenant = $1 and pairing = $2 and kind = 'unit' and until is null
), listing as (
    select distinct code_key from item_unit where tenant = $1 and system = $4
), words as (
    select code_key, case when r.coded then '' else unit end as unit, min(base_quantity) as base_quantity,
           bool_and(confirmed) as confirmed,
           min(case when sku_key = code_key then 1 when base_key = code_key then base_quantity end) as holds
    from item_unit cross join rules r where tenant = $1 and system = $4 and (not r.coded or sku_key = code_key)
    group by 1, 2 having count(*) = 1
), named as (
    select t.ref, t.sku, t.unit, t.units_over, t.units_under, r.declared, r.coded,
           coalesce(m.value ->> 'code',
                    case when r.coded then replace(r.codes ->> t.unit, '{sku}', t.sku) else t.sku end) as code
    from stock_target t cross join rules r
    left join code_map m on m.tenant = $1 and m.pairing = $2 and m.kind = 'sku' and m.until is null
        and m.key = case when r.coded then t.sku || '/' || t.unit else t.sku end
    where t.tenant = $1 and t.system = $3
), keyed as (
    select *, lower(code) as code_key from named
), said as (
    select n.*, i.code_key is not null as held, own.units_over as own_over, own.units_under as own_under,
           every.units_over as every_over, every.units_under as every_under, l.code_key is not null as lists,
           w.code_key is not null as found, coalesce(w.confirmed, false) as confirmed,
           case when n.coded then w.base_quantity else w.holds end as listed
    from keyed n
    left join stock_item i on i.tenant = $1 and i.system = $4 and i.code_key = n.code_key
    left join mapped own on own.key = n.sku || '/' || n.unit
    left join mapped every on every.key = n.unit
    left join listing l on l.code_key = n.code_key
    left join words w on w.code_key = n.code_key and w.unit = case when n.coded then '' else n.unit end
), judged as (
    select s.*, case
        when not held then 'unknown'
        when own_over is not null then ''
        when lists and not found then case when not coded and every_over is not null then '' else 'unmapped' end
        when lists and (not confirmed or listed is null) then 'unmapped'
        when lists and units_over <> listed * units_under then 'conflict'
        when lists or coded or declared or every_over is not null then ''
        else 'unmapped' end as problem
    from said s
)
insert into offered (ref, sku, unit, code, code_key, held, units_over, units_under, problem, declared_over, declared_under, listed)
select ref, sku, unit, code, code_key, held,
       case when problem <> '' then null when coded then 1
            else coalesce(own_over, case when found then listed end, case when declared and not lists then units_over end,
                          every_over) end,
       case when problem <> '' then null when coded then 1
            when own_over is not null then own_under when found then 1
            when declared and not lists then units_under else every_under end,
       problem, units_over, units_under, listed
from judged

-- name: sold
-- For a reconciliation run: every stock code that the storefront sells from, with its SKUs.
insert into reconciliation_ours (run_id, key, value, detail)
select $1, code_key, 'sellable', string_agg(distinct sku, e'\n' order by sku) from offered where code_key is not null group by code_key
