"""`crossdock erase`, as a person would type it."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from crossdock.model import as_json
from crossdock.model.company import Company
from tests.cli.world import Cli, Said

JANE = "jane@hartley.example"


@pytest.fixture
def erase(home: Path, cli: Cli, database: str, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Said]:
    monkeypatch.setenv("CROSSDOCK_DATABASE_URL", database)
    monkeypatch.setenv("USER", "mary")
    query(database, COMPANY, as_json.dumps(Company(ref="c-9", name="Hartley", email=JANE)).decode())
    return lambda *words: cli("erase", *words, "--config", str(home / "crossdock.yaml"))


COMPANY = "insert into company (tenant, pairing, ref, document) values ('main', 'oro-khaos', 'c-9', $1::jsonb)"


def query(database: str, text: str, *given: Any) -> Any:
    async def run() -> Any:
        connection = await asyncpg.connect(database)
        try:
            return await connection.fetchval(text, *given)
        finally:
            await connection.close()

    return asyncio.run(run())


def test_it_exports_rehearses_and_erases_once(erase: Callable[..., Said], database: str) -> None:
    assert erase(JANE, "--export").json["companies"][0]["document"]["email"] == JANE
    rehearsed = erase(JANE, "--rehearse", "--json").json
    assert (rehearsed["erased"], rehearsed["counts"]["companies"]) == (False, 1)
    told = erase(JANE)
    assert (told.code, "companies" in told.out, JANE in told.out + told.err) == (0, True, False)
    assert query(database, "select document ->> 'email' from company") == ""
    assert query(database, "select actor from audit_entry where action = 'person_erased'") == "mary"
    assert erase(JANE, "--json").json["counts"]["companies"] == 0


def test_what_is_in_the_way_is_named_and_ends_with_one(erase: Callable[..., Said], database: str) -> None:
    query(
        database,
        "insert into sales_order (tenant, pairing, storefront_id, ref, state, company_ref) "
        "values ('main', 'oro-khaos', 'i', '1001', 'posted', 'c-9')",
    )
    rehearsed = erase("company:oro-khaos/c-9", "--rehearse", "--json")
    assert (rehearsed.code, rehearsed.json["under_way"]) == (1, [{"order": "1001", "why": "is posted"}])
    refused = erase("company:oro-khaos/c-9")
    assert (refused.code, "order 1001 is posted" in refused.err) == (1, True)
    assert query(database, "select document ->> 'email' from company") == JANE


@pytest.mark.parametrize("words", [("Jane",), (JANE, "--export", "--names")])
def test_what_makes_no_sense_is_told(erase: Callable[..., Said], words: tuple[str, ...]) -> None:
    assert erase(*words).code == 2
