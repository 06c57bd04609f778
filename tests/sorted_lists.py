"""Lists that stand in several orders, with rows that tie, and what each order is by the plainest of queries."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from crossdock.store.database import Pool
from tests.world import NAME

MANY = 120  # more than two pages
FILL = f"""
insert into audit_entry (tenant, actor, action, subject, subject_id)
select 'main', (array['mary', 'john'])[n % 2 + 1], 'mark', 'test', n from generate_series(1, {2 * MANY}) n;

insert into code_map (tenant, pairing, kind, key, value, actor)
select 'main', '{NAME}', 'courier', (array['k', 'K', 'é', '%'])[n % 4 + 1] || lpad((n * 7919 % 1000)::text, 4, '0'),
       '{{"code": "C"}}', 'mary' from generate_series(1, {MANY}) n;

insert into code_map (tenant, pairing, kind, key, value, actor, since, until, ended_by)
select 'main', '{NAME}', 'courier', 'gone-' || (n * 7919 % 1000), '{{"code": "C"}}', 'mary',
       now() - interval '9 days', now() - (n % 5) * interval '1 hour', 'john'
from generate_series(1, {MANY}) n;

insert into code_map (tenant, pairing, kind, key, value, actor, since, until, ended_by)
select tenant, pairing, kind, key, value, actor, now() - interval '20 days', now() - interval '10 days', 'john'
from code_map where kind = 'courier' and (ended_by <> '' and id % 2 = 0 or until is null and id % 3 = 0);

update code_map set until = now(), ended_by = 'john' where until is null and kind = 'courier' and id % 10 = 0;

insert into company (tenant, pairing, ref, document, state)
select c.tenant, c.pairing, 'many-' || n,
       case when n % 9 > 0
            then jsonb_set(c.document, '{{name}}', to_jsonb(names[n % 4 + 1] || n % 3)) end, 'set_aside'
from (select * from company where document is not null order by id limit 1) c, generate_series(1, {MANY}) n,
     (select array['Acme', 'acme', 'Zoë', 'Beta'] as names) g;

insert into reconciliation_run (tenant, pairing, object, state, actor)
select 'main', '{NAME}', (array['items', 'prices', 'stock'])[n % 3 + 1], 'ended', 'mary'
from generate_series(1, {MANY}) n;

insert into reconciliation_difference (run_id, number, link, cause, subject, ref, document, what, ours, theirs,
                                       currency, gross)
select (select min(id) from reconciliation_run), n, 'stock', (array['one', 'other'])[n % 7 / 6 + 1], 's', 'r', 'd',
       'row ' || n, '1', '2', case when n % 11 = 0 then '' else (array['GBP', 'EUR'])[n % 2 + 1] end,
       case when n % 11 > 0 then (n % 13 - 6) * 1.5 end
from generate_series(1, {MANY}) n;

insert into desk_case (tenant, pairing, kind, subject, state, desk, severity, cause, due_at, closed_at)
select 'main', '{NAME}', 'tax-conflict', 'S' || n, 'closed', (array['finance', 'data', 'sales-ops'])[n % 3 + 1],
       'normal', 'x', now(), now() - (n % 7) * interval '1 hour' from generate_series(1, {MANY}) n;

insert into person (tenant, name, password_hash)
select 'main', (array['p', 'P'])[n % 2 + 1] || n, '' from generate_series(1, {MANY}) n
"""
KEY = 'key collate "C"'
NAME_OF = """lower(coalesce(nullif(document ->> 'name', ''), ref)) collate "C" """
CURRENCY = """case when gross is null then 'after all' else currency end"""
BY_SIZE = f"{CURRENCY} = 'after all', {CURRENCY}, abs(coalesce(gross, 0)) desc, number"
BY_SIZE_DOWN = f"{CURRENCY} <> 'after all', {CURRENCY} desc, abs(coalesce(gross, 0)), number desc"
BOTH_WAYS = {"newest": "id desc", "oldest": "id"}
CURRENT = "select {} from code_map where kind = 'courier' and until is null order by "
GONE = (
    "select {} from (select distinct on (key) * from code_map where kind = 'courier' order by key, id desc) last "
    "where until is not null order by "
)
FOUND = "select number from reconciliation_difference where run_id = (select min(id) from reconciliation_run)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """page, api: where each door shows it. cell: its row in the page, as a pattern of one group. item: the same among
    an item of the API. query: its rows, up to the order. orders: sort → that order, in SQL."""

    page: str
    cell: str
    api: str
    item: str
    query: str
    orders: Mapping[str, str]
    unsorted: str

    async def wanted(self, pool: Pool, sort: str) -> Sequence[str]:
        return [str(row[0]) for row in await pool.fetch(f"{self.query} {self.orders[sort or self.unsorted]}")]


LISTS: Mapping[str, Listed] = {
    "audit": Listed(
        page="/audit?actor=mary", cell=r"<td>test (\d+)</td>", api="/audit?actor=mary", item="subject_id",
        query="select subject_id from audit_entry where actor = 'mary' order by", orders=BOTH_WAYS, unsorted="newest",
    ),
    "audit, everything": Listed(
        page="/audit?everything=1", cell=r"<td>test (\d+)</td>", api="/audit?everything=true", item="subject_id",
        query="select subject_id from audit_entry where subject = 'test' order by", orders=BOTH_WAYS, unsorted="newest",
    ),
    "mappings": Listed(
        page="/mappings?kind=courier", cell=r"kind=courier&amp;key=[^>]+>([^<]+)</a></th>",
        api=f"/mappings?pairing={NAME}&kind=courier", item="key", query=CURRENT.format("key"),
        orders={"a-z": KEY, "z-a": f"{KEY} desc", **BOTH_WAYS}, unsorted="a-z",
    ),
    "mappings, found": Listed(
        page="/mappings?kind=courier&q=k0", cell=r"kind=courier&amp;key=[^>]+>([^<]+)</a></th>",
        api=f"/mappings?pairing={NAME}&kind=courier&q=k0", item="key",
        query=CURRENT.format("key").replace("order by", "and lower(key) like '%k0%' order by"),
        orders={"a-z": KEY, "z-a": f"{KEY} desc", **BOTH_WAYS}, unsorted="a-z",
    ),
    "mappings, retired": Listed(
        page="/mappings?kind=courier&state=retired", cell=r"kind=courier&amp;key=[^>]+>([^<]+)</a></th>",
        api=f"/mappings?pairing={NAME}&kind=courier&state=retired", item="key", query=GONE.format("key"),
        orders={"a-z": KEY, "z-a": f"{KEY} desc", "newest": "until desc, id desc", "oldest": "until, id"},
        unsorted="a-z",
    ),
    "cases, closed": Listed(
        page="/cases?state=closed", cell=r'<td><a href="/cases/(\d+)">', api="/cases?state=closed", item="id",
        query="select id from desk_case where state <> 'open' order by", orders=BOTH_WAYS, unsorted="newest",
    ),
    "runs": Listed(
        page="/reconciliation", cell=r'href="/reconciliation/(\d+)"', api="/reconciliations", item="id",
        query="select id from reconciliation_run order by", orders=BOTH_WAYS, unsorted="newest",
    ),
    "differences": Listed(
        page="/reconciliation/{run}", cell=r'class="said">row (\d+)', api="/reconciliations/{run}/differences",
        item="number", query=f"{FOUND} order by", unsorted="found",
        orders={"found": "number", "last-found": "number desc", "largest": BY_SIZE, "smallest": BY_SIZE_DOWN},
    ),
    "differences of a cause": Listed(
        page="/reconciliation/{run}?cause=one", cell=r'class="said">row (\d+)',
        api="/reconciliations/{run}/differences?cause=one", item="number",
        query=f"{FOUND} and cause = 'one' order by", unsorted="found",
        orders={"found": "number", "last-found": "number desc", "largest": BY_SIZE, "smallest": BY_SIZE_DOWN},
    ),
    "people": Listed(
        page="/settings/people", cell=r'<a href="/settings/people/\d+">([^<]+)</a>', api="/people", item="name",
        query="select name from person order by", orders={"a-z": "lower(name)", "z-a": "lower(name) desc"},
        unsorted="a-z",
    ),
    "companies": Listed(
        page="/accounts?state=set_aside", cell=r'<th scope="row"><a href="/accounts/(\d+)">',
        api="/accounts?state=set_aside", item="id", unsorted="oldest",
        query="select id from company where state = 'set_aside' order by",
        orders={"a-z": f"{NAME_OF}, id", "z-a": f"{NAME_OF} desc, id desc", **BOTH_WAYS},
    ),
    "companies, found": Listed(
        page="/accounts?state=set_aside&q=acme", cell=r'<th scope="row"><a href="/accounts/(\d+)">',
        api="/accounts?state=set_aside&q=acme", item="id",
        query=f"select id from company where state = 'set_aside' and {NAME_OF} like 'acme%' order by",
        orders={"a-z": f"{NAME_OF}, id", "z-a": f"{NAME_OF} desc, id desc", **BOTH_WAYS}, unsorted="oldest",
    ),
}  # fmt: skip


async def fill(pool: Pool) -> int:
    """Returns the number of the run that found something."""
    for statement in FILL.split(";\n\n"):
        await pool.execute(statement)
    run: int = await pool.fetchval("select min(id) from reconciliation_run")
    return run
