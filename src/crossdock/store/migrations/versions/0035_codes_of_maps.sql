-- What is mapped to a stock code.
create index code_map_codes on code_map (tenant, pairing, kind, lower(value ->> 'code')) where until is null;
