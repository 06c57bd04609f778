"""Evidence for an auditor, of a real database: whole, hashed, half-open, and without a secret."""

import csv
import hashlib
import io
import json
import re
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from crossdock.decide.rights import Grant, Role
from crossdock.decide.span import Span
from crossdock.reference.commands import commands
from crossdock.reference.tables import MEANINGS
from crossdock.reports.bundle import BundleRefused, bundle
from crossdock.settings.tree import Project
from crossdock.store.audit import GENESIS, seal_all
from crossdock.store.database import Pool
from crossdock.store.evidence import attest, last_attested
from crossdock.wiring.evidence import Export, export
from crossdock.wiring.evidence.controls import STANDARDS, by_number, controls
from crossdock.wiring.evidence.files import TABLES
from crossdock.wiring.people import People
from tests.docs.promises import is_there
from tests.world import load_project, settings_tree

DATABASE_PASSWORD = "opens-the-books-7"
SINCE, UNTIL = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC)
JANUARY = Span(since=SINCE, until=UNTIL)
ALWAYS = Span(since=datetime(2000, 1, 1, tzinfo=UTC), until=datetime(2100, 1, 1, tzinfo=UTC))
TICK = timedelta(microseconds=1)
MOMENTS = {"before": SINCE - TICK, "first": SINCE, "last": UNTIL - TICK, "after": UNTIL}

ENTRY = (
    "insert into audit_entry (tenant, at, actor, action, subject, detail) values ('main', $1, $2, $3, $4, $5::jsonb)"
)
CASE = """
    insert into desk_case (tenant, pairing, kind, subject, desk, severity, cause, state, opened_at, due_at, closed_at)
    values ('main', 'oro-khaos', 'price-zero', $1, 'finance', 'high', '=SUM(A1)', 'closed', $2, $2, $3) returning id
"""
RUN = """
    insert into reconciliation_run (tenant, pairing, object, period, state, actor, began_at, ended_at, counts)
    values ('main', 'oro-khaos', 'money', $1, 'ended', 'mary', $2, $2, '{"to_settle": 1}')
"""
STEP = "insert into load_step (tenant, pairing, step, state, began_at) values ('main', 'oro-khaos', $1, 'done', $2)"


@pytest.fixture
def project(tmp_path: Path) -> Project:
    tree = settings_tree("http://shop.example", "https://root:steal-me-not@khaos.example")
    url = f"postgresql://crossdock:{DATABASE_PASSWORD}@db.example/crossdock"
    return load_project(tmp_path, tree, database=url)


async def add(
    pool: Pool, at: datetime, action: str, *, actor: str = "mary", subject: str = "order", **detail: Any
) -> None:
    await pool.execute(ENTRY, at, actor, action, subject, json.dumps(detail))


async def fill(pool: Pool) -> None:
    """One of everything at each edge of January."""
    for name, at in MOMENTS.items():
        await add(pool, at, f"move-{name}")
        await add(pool, at, "signed_in", actor=f"in-{name}", subject="person", name=f"in-{name}", address="203.0.113.7")
        await add(pool, at, "role_given", subject="person", name=f"role-{name}", role="viewer")
        await pool.execute(CASE, f"case-{name}", at, at)
        await pool.execute(
            "insert into code_map (tenant, pairing, kind, key, value, actor, since, until) "
            "values ('main', 'oro-khaos', 'sku', $1, '{}', 'mary', $2, $2)",
            f"map-{name}", at,
        )  # fmt: skip
        await pool.execute(RUN, f"run-{name}", at)
        await pool.execute(
            "insert into completeness_run (tenant, pairing, since, until, began_at, ended_at, report) "
            "values ('main', $1, $2, $2, $2, $2, '{\"green\": true}')",
            f"count-{name}", at,
        )  # fmt: skip
        await pool.execute(STEP, f"step-{name}", at)
    await seal_all(pool, "main")


async def make(pool: Pool, project: Project, out: Path, span: Span = JANUARY) -> Export:
    return await export(pool, project, span, out, actor="audra")


def rows(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / name).open(newline="") as file:
        return list(csv.DictReader(file))


async def test_every_file_is_in_the_manifest_with_its_hash(pool: Pool, project: Project, tmp_path: Path) -> None:
    await fill(pool)
    made = await make(pool, project, tmp_path / "out")
    assert made.problems == []
    raw = (tmp_path / "out" / "manifest.json").read_bytes()
    assert hashlib.sha256(raw).hexdigest() == made.digest
    manifest = json.loads(raw)
    there = {path.name for path in (tmp_path / "out").iterdir()} - {"manifest.json"}
    assert set(manifest["files"]) == there >= {one.file for one in TABLES}
    for name, said in manifest["files"].items():
        body = (tmp_path / "out" / name).read_bytes()
        assert (said["sha256"], said["bytes"]) == (hashlib.sha256(body).hexdigest(), len(body)), name
    text = (tmp_path / "out" / "settings.yaml").read_bytes()
    assert manifest["settings_sha256"] == hashlib.sha256(text).hexdigest()


async def test_a_zip_holds_the_same(pool: Pool, project: Project, tmp_path: Path) -> None:
    await fill(pool)
    made = await make(pool, project, tmp_path / "out.zip")
    with zipfile.ZipFile(tmp_path / "out.zip") as file:
        assert set(file.namelist()) == {*made.files, "manifest.json"}
        for name, said in made.files.items():
            assert hashlib.sha256(file.read(name)).hexdigest() == said["sha256"], name


def test_a_zip_that_is_not_finished_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), bundle(tmp_path / "broken.zip") as into, into.file("a", "") as sheet:
        sheet.write(b"begun")
        assert list(tmp_path.iterdir())
        raise RuntimeError
    assert list(tmp_path.iterdir()) == []


async def test_the_period_is_half_open_and_nothing_outside_it_is_given(
    pool: Pool, project: Project, tmp_path: Path
) -> None:
    await fill(pool)
    await make(pool, project, tmp_path / "out")
    timed = [one.file for one in TABLES if one.name not in ("people", "grants", "tokens", "seals", "proofs")]
    for name in timed:
        text = (tmp_path / "out" / name).read_text()
        found = {word for word in MOMENTS if f"-{word}" in text}
        assert found == ({"first", "last"} if name != "case-history.csv" else set()), name


async def test_what_ended_after_the_period_had_not_ended_at_its_end(
    pool: Pool, project: Project, tmp_path: Path
) -> None:
    await pool.execute(CASE, "S", SINCE, UNTIL + TICK)
    await make(pool, project, tmp_path / "out")
    (case,) = rows(tmp_path / "out", "cases.csv")
    assert (case["opened_at"], case["closed_at"]) == (SINCE.isoformat(), "")


async def test_a_case_says_who_settled_it_and_why(pool: Pool, project: Project, tmp_path: Path) -> None:
    number = await pool.fetchval(CASE, "S", SINCE, SINCE)
    for actor, action, reason in (("fred", "accept", "a sample"), ("crossdock", "close", "nothing is held any more")):
        await pool.execute(
            "insert into audit_entry (tenant, at, actor, action, subject, subject_id, detail) "
            "values ('main', $1, $2, $3, 'case', $4, $5::jsonb)",
            SINCE, actor, action, number, json.dumps({"reason": reason}),
        )  # fmt: skip
    await make(pool, project, tmp_path / "out")
    (case,) = rows(tmp_path / "out", "cases.csv")
    assert (case["settled_by"], case["settled_how"], case["settled_why"]) == ("fred", "accept", "a sample")
    assert [one["actor"] for one in rows(tmp_path / "out", "case-history.csv")] == ["fred", "crossdock"]


async def test_a_seal_can_be_reckoned_again_from_what_is_given(pool: Pool, project: Project, tmp_path: Path) -> None:
    """By the recipe of the README alone, with nothing of ours."""
    for number in range(5):
        await add(pool, SINCE + number * TICK, "mark", umlaut="ä", number=number)
        await seal_all(pool, "main")
    await add(pool, SINCE, "edge-in")
    await add(pool, UNTIL, "edge-out")
    await seal_all(pool, "main")
    await make(pool, project, tmp_path / "out")
    trail = [json.loads(line) for line in (tmp_path / "out" / "audit-trail.jsonl").read_text().splitlines()]
    seals = rows(tmp_path / "out", "seals.csv")
    assert [one["complete"] for one in seals] == ["True"] * 5 + ["False"]
    before = GENESIS.hex()
    for seal in seals[:-1]:
        assert seal["previous"] == before
        digest = hashlib.sha256(bytes.fromhex(before))
        for one in trail:
            if one["seal"] == int(seal["number"]):
                row = [one[name] for name in ("id", "at", "actor", "action", "subject", "subject_id", "detail")]
                digest.update(
                    json.dumps(row, separators=(",", ":"), sort_keys=True, ensure_ascii=False).encode() + b"\n"
                )
        before = digest.hexdigest()
        assert before == seal["hash"]


async def test_a_trail_that_was_tampered_with_is_told(pool: Pool, project: Project, tmp_path: Path) -> None:
    await fill(pool)
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute("set local session_replication_role = replica")
        await connection.execute("update audit_entry set actor = 'nobody' where action = 'move-after'")
    made = await make(pool, project, tmp_path / "out")  # of a period that the change is not even in
    (problem,) = made.problems
    assert "an entry was changed after it was sealed" in problem
    assert "changed after it was sealed" in json.loads((tmp_path / "out" / "manifest.json").read_text())["audit_trail"]
    assert "changed after it was sealed" in (tmp_path / "out" / "README.md").read_text()


async def test_no_secret_of_the_settings_is_anywhere_in_the_export(
    pool: Pool, project: Project, tmp_path: Path
) -> None:
    await fill(pool)
    await make(pool, project, tmp_path / "out", ALWAYS)
    everything = b"".join(path.read_bytes() for path in (tmp_path / "out").iterdir())
    secrets = [
        *(one.get_secret_value() for system in project.systems.values() for one in vars(system).values()
          if hasattr(one, "get_secret_value") and one.get_secret_value()),
        DATABASE_PASSWORD, "steal-me-not",
    ]  # fmt: skip
    assert len(secrets) >= 3
    for one in secrets:
        assert one.encode() not in everything
    settings = yaml.safe_load((tmp_path / "out" / "settings.yaml").read_text())
    assert settings["systems"]["shop"]["client_secret"] == settings["database_url"] == "(secret)"
    assert settings["pairings"]["oro-khaos"]["orders"]["currencies"] == ["GBP"]


async def test_a_secret_that_got_into_the_books_is_taken_out_and_told(
    pool: Pool, project: Project, tmp_path: Path
) -> None:
    await add(pool, SINCE, "mark", said="call it with sandbox-secret, twice: sandbox-secret")
    made = await make(pool, project, tmp_path / "out")
    assert "sandbox-secret" not in (tmp_path / "out" / "audit-trail.jsonl").read_text()
    assert made.secrets_removed >= 2
    assert made.problems == [
        f"a secret of the settings stood in {made.secrets_removed} places and was taken out of them"
    ]


async def test_no_hash_of_a_password_and_no_token_is_given(pool: Pool, project: Project, tmp_path: Path) -> None:
    people = People(pool, "main")
    grants = (Grant(role=Role.VIEWER, desk="finance"),)
    await people.add("vera", display="=cmd|' /C calc'!A0", password="seven green bottles", grants=grants, actor="root")
    session = await people.sign_in("vera", "seven green bottles", address="203.0.113.7", agent="Firefox")
    await make(pool, project, tmp_path / "out", ALWAYS)
    everything = b"".join(path.read_bytes() for path in (tmp_path / "out").iterdir())
    for one in (b"$argon2", session.token.encode(), session.csrf.encode()):
        assert one not in everything
    (person,) = rows(tmp_path / "out", "people.csv")
    (grant,) = rows(tmp_path / "out", "grants.csv")
    assert (person["name"], person["display"]) == ("vera", "'=cmd|' /C calc'!A0")
    assert (grant["role"], grant["desk"], grant["may_sign_in"]) == ("viewer", "finance", "True")
    assert [one["action"] for one in rows(tmp_path / "out", "sign-ins.csv")] == ["signed_in"]
    assert [one["action"] for one in rows(tmp_path / "out", "people-changes.csv")] == ["person_added"]


async def test_no_cell_is_a_formula(pool: Pool, project: Project, tmp_path: Path) -> None:
    await fill(pool)
    for number, evil in enumerate(("=1+1", "+1", "-1+1", "@SUM(1)", "\t=1", "\r=1", "\n=1")):
        await add(pool, SINCE, evil, actor=evil, subject="case", reason=evil)
        await pool.execute(
            "insert into code_map (tenant, pairing, kind, key, value, actor, since) values ('main', $1, 'sku', $2, "
            "'{}', $1, $3)", evil, f"{evil}{number}", SINCE,
        )  # fmt: skip
    await make(pool, project, tmp_path / "out")
    for path in (tmp_path / "out").glob("*.csv"):
        for row in csv.reader(io.StringIO(path.read_bytes().decode(), newline="")):
            assert not [cell for cell in row if cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))], path.name


async def test_every_time_has_its_zone(pool: Pool, project: Project, tmp_path: Path) -> None:
    await fill(pool)
    await make(pool, project, tmp_path / "out")
    seen = 0
    for path in (tmp_path / "out").glob("*.*"):
        for found in re.findall(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d[^\s,\"*]*", path.read_text()):
            seen += 1
            assert re.search(r"(\+\d\d:\d\d|Z)[.`]?$", found), (path.name, found)
    assert seen > 20


async def test_what_people_attested_is_given_with_who_and_when(pool: Pool, project: Project, tmp_path: Path) -> None:
    assert await last_attested(pool, "main", "access-review") is None
    await attest(pool, "main", what="access-review", note="all 14 looked through", actor="ada")
    await attest(pool, "other", what="backup", note="not ours", actor="eve")
    at = await last_attested(pool, "main", "access-review")
    assert at is not None
    assert await last_attested(pool, "main", "backup") is None
    await make(pool, project, tmp_path / "in", Span(since=at, until=at + TICK))
    (row,) = rows(tmp_path / "in", "proofs.csv")
    assert (row["actor"], row["what"], row["note"]) == ("ada", "access-review", "all 14 looked through")
    await make(pool, project, tmp_path / "before", Span(since=at - TICK, until=at))
    assert rows(tmp_path / "before", "proofs.csv") == []


async def test_tokens_are_given_without_what_opens(pool: Pool, project: Project, tmp_path: Path) -> None:
    number = await pool.fetchval(
        "insert into api_token (tenant, name, digest, scopes, made_by) "
        "values ('main', 'warehouse', sha256('opens'), '{read,settle}', 'ada') returning id"
    )
    await pool.execute("insert into api_token_grant values ($1, 'viewer', 'finance', '')", number)
    await make(pool, project, tmp_path / "out")
    (token,) = rows(tmp_path / "out", "tokens.csv")
    assert (token["name"], token["scopes"], token["grants"], token["made_by"]) == (
        "warehouse", "read settle", "viewer/finance", "ada",
    )  # fmt: skip
    assert "digest" not in token


async def test_who_took_it_is_in_the_trail(pool: Pool, project: Project, tmp_path: Path) -> None:
    made = await make(pool, project, tmp_path / "out")
    row = await pool.fetchrow(
        "select actor, detail::text as detail from audit_entry where action = 'evidence_exported'"
    )
    assert (row["actor"], json.loads(row["detail"])["manifest_sha256"]) == ("audra", made.digest)


async def test_another_tenants_books_are_not_given(pool: Pool, project: Project, tmp_path: Path) -> None:
    await fill(pool)
    for name in ("audit_entry", "desk_case", "code_map", "reconciliation_run", "completeness_run", "load_step"):
        async with pool.acquire() as connection, connection.transaction():
            await connection.execute("set local session_replication_role = replica")
            await connection.execute(f"update {name} set tenant = 'other'")
    await make(pool, project, tmp_path / "out")
    for one in TABLES:
        text = (tmp_path / "out" / one.file).read_text()
        assert len(text.splitlines()) == (0 if one.lines else 1), one.file


async def test_what_is_there_already_is_not_written_over(pool: Pool, project: Project, tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("mine")
    (tmp_path / "mine.zip").write_text("mine")
    for out in (tmp_path / "full", tmp_path / "mine.zip", tmp_path / "full" / "mine.txt"):
        with pytest.raises(BundleRefused):
            await make(pool, project, out)
    assert (tmp_path / "mine.zip").read_text() == "mine"
    assert await pool.fetchval("select count(*) from audit_entry where action = 'evidence_exported'") == 0


async def test_a_long_trail_is_given_whole(pool: Pool, project: Project, tmp_path: Path) -> None:
    """Longer than one portion of the cursor."""
    await pool.execute(
        "insert into audit_entry (tenant, at, actor, action, subject, subject_id) "
        "select 'main', $1, 'mary', 'mark', 'test', n from generate_series(1, 2500) n", SINCE,
    )  # fmt: skip
    made = await make(pool, project, tmp_path / "out")
    assert made.files["audit-trail.jsonl"]["rows"] == made.files["deeds-of-people.csv"]["rows"] == 2500


def test_every_control_names_what_is_there() -> None:
    known = {"settings.yaml", "manifest.json", "README.md", "schema.json", "audit-verdict.json", "controls.csv"}
    files, typed = known | {one.file for one in TABLES}, {path for path, _ in commands()}
    for one in controls():
        assert set(one.files) <= files, one.name
        assert set(one.tables) <= {*MEANINGS, "crossdock_schema"}, one.name
        assert set(one.commands) <= typed, one.name
        assert [test for test in one.tests if not is_there(test)] == [], one.name
        assert one.tests, f"{one.name} is shown by no test"
        assert one.remains, f"{one.name} leaves nothing to the merchant, which is never so"


def test_every_control_has_a_number_and_numbers_are_in_order() -> None:
    assert all(one.iso or one.soc2 for one in controls())
    numbers = [number for number, _ in by_number("iso")]
    assert numbers.index("A.8.9") < numbers.index("A.8.15")
    assert all(re.fullmatch(r"A\.[5-8]\.\d{1,2}", one) for one in numbers)
    assert all(re.fullmatch(r"(CC|A|PI|C|P)\d\.\d", one) for one, _ in by_number("soc2"))
    assert set(STANDARDS) == {"iso", "soc2"}
