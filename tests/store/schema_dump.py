"""Writes `src/crossdock/store/schema.sql`, the sum of all migrations, from a freshly migrated database.

python -m tests.store.schema_dump
"""

import asyncio
from pathlib import Path

import asyncpg

from crossdock.store import migrate, sql
from crossdock.store.database import remove_embedded, start_embedded

SCHEMA = Path(sql.__file__).parents[1] / "schema.sql"
HEAD = """\
-- The schema as all migrations together make it, for reading. Written by `python -m tests.store.schema_dump`; a test
-- compares it with the migrations. The job engine's own tables (pgqueuer*) are its own affair.
"""
OURS = "c.relnamespace = 'public'::regnamespace and c.relname !~ '^(pgqueuer|crossdock_schema)'"
TABLES = f"""
select c.relname as name, c.relpersistence = 'u' as is_unlogged, string_agg(
    format('    %I %s%s%s', a.attname, format_type(a.atttypid, a.atttypmod),
           case when a.attidentity = 'a' then ' generated always as identity'
                when a.attnotnull then ' not null' else '' end,
           case when d.adbin is not null then ' default ' || pg_get_expr(d.adbin, d.adrelid) else '' end),
    e',\\n' order by a.attnum)
    || coalesce((select string_agg(e',\\n    ' || pg_get_constraintdef(k.oid), '' order by k.contype desc, k.conname)
                 from pg_constraint k where k.conrelid = c.oid and k.contype in ('p', 'u', 'c')), '') as body
from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
where {OURS} and c.relkind = 'r' group by c.oid, c.relname, c.relpersistence order by c.relname
"""
INDEXES = f"""
select pg_get_indexdef(i.indexrelid) as definition
from pg_index i join pg_class c on c.oid = i.indrelid
where {OURS} and not exists (select from pg_constraint k where k.conindid = i.indexrelid) order by 1
"""
REFERENCES = f"""
select format('alter table %I add %s', c.relname, pg_get_constraintdef(k.oid)) as definition
from pg_constraint k join pg_class c on c.oid = k.conrelid where {OURS} and k.contype = 'f' order by 1
"""
FUNCTIONS = """
select pg_get_functiondef(p.oid) as definition from pg_proc p join pg_language l on l.oid = p.prolang
where p.pronamespace = 'public'::regnamespace and l.lanname = 'plpgsql' and p.proname !~ 'pgqueuer' order by p.proname
"""
TRIGGERS = f"""
select pg_get_triggerdef(t.oid) as definition from pg_trigger t join pg_class c on c.oid = t.tgrelid
where {OURS} and not t.tgisinternal order by t.tgname
"""


async def describe(connection: asyncpg.Connection) -> str:
    """Tables, indexes, functions and triggers of ours, as statements that would make them."""
    parts = [
        f"create {'unlogged ' if row['is_unlogged'] else ''}table {row['name']} (\n{row['body']}\n);"
        for row in await connection.fetch(TABLES)
    ]
    for question in (REFERENCES, INDEXES, FUNCTIONS, TRIGGERS):
        parts += [f"{row['definition'].strip()};" for row in await connection.fetch(question)]
    return "\n\n".join([HEAD.strip(), *parts]).replace("public.", "") + "\n"


async def _write(url: str) -> None:
    await migrate.migrate(url)
    connection = await asyncpg.connect(url)
    SCHEMA.write_text(await describe(connection), "utf-8")
    await connection.close()


if __name__ == "__main__":
    from tests.conftest import throwaway_folder

    with throwaway_folder() as folder:
        try:
            asyncio.run(_write(start_embedded(folder)))
        finally:
            remove_embedded(folder)
