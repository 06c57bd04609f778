"""The handbook of each ready-made pairing: nothing that it must say is left out, and it follows the settings."""

import itertools
import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
import yaml

from crossdock.cases.kinds import KINDS
from crossdock.console.entrance import PLACES
from crossdock.decide.contacts import Contact
from crossdock.decide.rights import Grant, Role
from crossdock.reference.cases import opened_in
from crossdock.reports.manual.data import write_json
from crossdock.reports.manual.html import write_body, write_page
from crossdock.reports.manual.markdown import write_markdown
from crossdock.reports.manual.parts import Code, Grid, Link, Manual, Paragraph, Section, words_of
from crossdock.settings.load import load
from crossdock.settings.pairing import PAIRINGS, Flow
from crossdock.settings.presets import presets
from crossdock.settings.scaffold import create
from crossdock.store.archive import open_vault
from crossdock.store.database import Pool
from crossdock.store.jobs import PoolJobs
from crossdock.store.runs import RunBook
from crossdock.wiring.capabilities import CAPABILITIES
from crossdock.wiring.checks import checks_of
from crossdock.wiring.desks import say_contact
from crossdock.wiring.handbook import PAGES, handbook
from crossdock.wiring.handbook.flow_words import FLOW_WORDS, RUNS
from crossdock.wiring.handbook.opens import EVERY, OPENED_BY, kinds_of
from crossdock.wiring.handbook.policies import policy_paths, rules_of, settings_of
from crossdock.wiring.handbook.policy_words import NOT_SET, SAID
from crossdock.wiring.handbook.words import every, length
from crossdock.wiring.installation import Installation
from crossdock.wiring.people import People
from crossdock.wiring.systems import known_systems
from crossdock.wiring.work import CATALOGUE_FLOWS, FLOWS, RETAIL_FLOWS, cadences
from tests.wiring.flow_reach import reach

KINDS_OF_SYSTEM = known_systems()
OWN_BRACES = (
    "catalogue.rules.commodity_code", "catalogue.structure.template_code", "catalogue.structure.template_code_taken",
)  # fmt: skip
"""Settings whose values hold braces."""
every_preset = pytest.mark.parametrize("name", presets())


def installed(pool: Pool, folder: Path, name: str, more: Mapping[str, Any] | None = None) -> Installation:
    """An installation of one ready-made pairing, with its settings changed; nothing is connected."""
    folder.mkdir(exist_ok=True)
    path = create(folder, KINDS_OF_SYSTEM, pairings=[name])[0]
    tree = yaml.safe_load(path.read_text("utf-8"))
    _put(tree["pairings"][name], more or {})
    path.write_text(yaml.safe_dump(tree, sort_keys=False), "utf-8")
    project = load(path, systems=KINDS_OF_SYSTEM, environ={})
    return Installation(
        project=project, kinds=KINDS_OF_SYSTEM, pool=pool, vault=open_vault(folder), runs=RunBook(pool, project.tenant),
        jobs=PoolJobs(pool),
    )  # fmt: skip


def _put(into: dict[str, Any], more: Mapping[str, Any]) -> None:
    for name, value in more.items():
        if isinstance(value, dict):
            _put(into.setdefault(name, {}), value)
        else:
            into[name] = value


def said(manual: Manual, chapter: str = "") -> str:
    return "\n".join(words_of(manual.chapter(chapter) if chapter else manual))


def cells(section: Section) -> set[str]:
    """What stands in the first column of every table of a chapter."""
    found = set()
    for block in section.blocks:
        if isinstance(block, Section):
            found |= cells(block)
        elif isinstance(block, Grid):
            found |= {
                row[0].text if isinstance(row[0], Code) else str(getattr(row[0], "words", row[0])) for row in block.rows
            }
    return found


@every_preset
async def test_every_kind_of_case_the_pairing_can_open_is_told_with_what_to_do(
    pool: Pool, tmp_path: Path, name: str
) -> None:
    here = installed(pool, tmp_path / "one", name)
    manual = await handbook(here, name)
    found = kinds_of(here.project.pairings[name])
    keys = {
        part.key: part for desk in manual.chapter("cases").blocks if isinstance(desk, Section) for part in desk.blocks
    }  # type: ignore[union-attr]
    assert set(keys) == {f"case-{one.code}" for one in found}
    for one in found:
        text = "\n".join(words_of(keys[f"case-{one.code}"]))
        assert one.desk in text
        assert str(one.due_hours) in text
        for remedy in one.remedies:
            assert remedy in text, f"{one.code}: {remedy}"
        assert "{" not in text
    assert "crossdock-defect" in said(manual, "cases")


@every_preset
async def test_the_checks_are_those_that_are_asked(pool: Pool, tmp_path: Path, name: str) -> None:
    here = installed(pool, tmp_path / "one", name)
    manual = await handbook(here, name)
    assert cells(manual.chapter("checks")) == {one.name for one in checks_of(here.project.pairings[name])}


@every_preset
async def test_every_setting_and_every_rule_is_there(pool: Pool, tmp_path: Path, name: str) -> None:
    here = installed(pool, tmp_path / "one", name)
    manual, settings = await handbook(here, name), here.project.pairings[name]
    assert cells(manual.chapter("settings")) == {one.path for one in settings_of(settings)}
    rules = said(manual, "rules")
    for one, sentence in rules_of(settings):
        assert sentence in rules
        assert one.path in rules
        assert "{" not in sentence or one.path in OWN_BRACES, sentence


@every_preset
async def test_every_owner_flow_and_run_is_there(pool: Pool, tmp_path: Path, name: str) -> None:
    here = installed(pool, tmp_path / "one", name)
    manual, settings = await handbook(here, name), here.project.pairings[name]
    owned = type(settings).model_fields["owners"].annotation.model_fields  # type: ignore[union-attr]
    assert {one.replace("_", " ") for one in owned} <= cells(manual.chapter("owners"))
    runs = {one.flow for one in cadences(here) if one.pairing == name}
    assert runs | {str(flow) for flow in settings.runs()} <= cells(manual.chapter("flows"))
    capabilities = {one for system in settings.systems() for one in here.kind_of(system).capabilities}
    assert capabilities <= cells(manual.chapter("systems"))
    assert capabilities <= set(CAPABILITIES)


@pytest.mark.parametrize("kind", PAIRINGS)
def test_every_setting_that_decides_has_words_of_its_own(kind: Any) -> None:
    assert set(policy_paths(kind)) <= set(SAID)


def test_no_words_are_left_of_a_setting_that_is_gone() -> None:
    known = {path for kind in PAIRINGS for path in policy_paths(kind)}
    assert set(SAID) <= known
    assert set(NOT_SET) <= known


def test_every_flow_and_every_run_has_words() -> None:
    assert set(FLOW_WORDS) == set(Flow)
    assert set(RUNS) == {*FLOWS, *CATALOGUE_FLOWS, *RETAIL_FLOWS}


def test_every_kind_of_case_says_which_flows_open_it() -> None:
    assert set(OPENED_BY) == {code for code, kind in KINDS.items() if opened_in(kind)}


def test_what_is_said_to_open_a_case_can_reach_the_code_that_does() -> None:
    for code, flows in OPENED_BY.items():
        for flow in flows:
            assert flow in reach()[code], f"{flow} cannot open {code}"


def test_a_flow_that_speaks_of_a_kind_in_its_own_modules_is_said_to_open_it() -> None:
    """Modules that one flow alone reaches: what they name, that flow opens."""
    for code, by_flow in reach(own=True).items():
        if OPENED_BY[code] != EVERY:
            assert set(by_flow) <= set(OPENED_BY[code]), code


@pytest.mark.parametrize(
    ("name", "change", "before", "after"),
    [
        ("oro-khaos", {"orders": {"authority": "erp"}}, "storefront's order total counts", "ERP's order total counts"),
        ("oro-khaos", {"orders": {"tolerance": "0.05"}}, "of an order may be 0 apart", "of an order may be 0.05 apart"),
        ("oro-khaos", {"stock": {"buffer": 7}}, "as the storefront asks for", "7 stock units of every item"),
        ("oro-khaos", {"accounts": {"new": "create"}}, "New accounts are opened in", "in the ERP, from the case"),
        ("oro-khaos", {"orders": {"credit": "hold"}}, "do not hold orders", "beyond its account's credit limit waits"),
        ("oro-khaos", {"orders": {"rounding": "down"}}, "tax are rounded half up", "tax are rounded down"),
        ("oro-khaos", {"cadence": {"orders_every_seconds": 600}}, "every 2 seconds", "every 10 minutes"),
        ("oro-khaos", {"reconciliation": {"at": "04:15"}}, "each night at 02:30", "each night at 04:15, Europe/London"),
        ("oro-khaos", {"reconciliation": {"grace_days": 9}}, "Wait 5 days", "Wait 9 days"),
        ("akeneo-khaos", {"catalogue": {"release": {"hold_back": False}}}, "is switched off in", "own people switch"),
        ("wair-khaos", {"intake": {"target_seconds": 120}}, "at most 5 minutes", "at most 2 minutes"),
    ],
)  # fmt: skip
async def test_a_changed_setting_changes_the_handbook(
    pool: Pool, tmp_path: Path, name: str, change: dict[str, Any], before: str, after: str
) -> None:
    old = said(await handbook(installed(pool, tmp_path / "old", name), name))
    new = said(await handbook(installed(pool, tmp_path / "new", name, change), name))
    assert (before in old, after in old) == (True, False)
    assert (before in new, after in new) == (False, True)


async def test_what_a_map_of_the_settings_holds_is_told(pool: Pool, tmp_path: Path) -> None:
    more = {"promotions": {"map": {"sale": {"becomes": "stage"}}}, "stock": {"buffers": {"HP-1001": 4}}}
    rules = said(await handbook(installed(pool, tmp_path / "one", "oro-khaos", more), "oro-khaos"), "rules")
    assert "Promotions become: promotion → becomes line-discount; sale → becomes stage." in rules
    assert "These items keep back another number: HP-1001 → 4." in rules


async def test_a_kind_that_settings_switch_off_is_not_told(pool: Pool, tmp_path: Path) -> None:
    plain = await handbook(installed(pool, tmp_path / "a", "oro-khaos"), "oro-khaos")
    strict = await handbook(installed(pool, tmp_path / "b", "oro-khaos", {"orders": {"credit": "hold"}}), "oro-khaos")
    few = await handbook(installed(pool, tmp_path / "c", "oro-khaos", {"flows": ["stock-publication"]}), "oro-khaos")
    wanted = ("credit-limit-exceeded", "total-conflict", "oversold")
    told = [tuple(code in said(one, "cases") for code in wanted) for one in (plain, strict, few)]
    assert told == [(False, True, True), (True, True, True), (False, False, True)]


async def test_whom_to_ask_is_what_people_said_and_who_may_settle(pool: Pool, tmp_path: Path) -> None:
    here = installed(pool, tmp_path / "one", "oro-khaos")
    people = People(pool, here.tenant)
    for name, grant in {
        "fred": Grant(role=Role.OPERATOR, desk="finance"),
        "olga": Grant(role=Role.OPERATOR, desk="finance", pairing="elsewhere"),
        "vera": Grant(role=Role.VIEWER, desk="finance"),
    }.items():
        await people.add(name, display=f"{name.title()} F.", password="seven green bottles", grants=(grant,), actor="t")
    contact = Contact(words="Ask on the second floor", address="money@shop.example", escalation="cfo@shop.example")
    await say_contact(here, "finance", contact, actor="ada")
    text = said(await handbook(here, "oro-khaos"), "desks")
    for words in ("Ask on the second floor", "money@shop.example", "cfo@shop.example", "Fred F."):
        assert words in text
    assert "Olga" not in text
    assert "Vera" not in text


async def test_code_maps_are_counted_as_they_are_now(pool: Pool, tmp_path: Path) -> None:
    here = installed(pool, tmp_path / "one", "oro-khaos")
    assert "No map holds an entry yet." in said(await handbook(here, "oro-khaos"), "rules")
    await pool.execute(
        "insert into code_map (tenant, pairing, kind, key, value, actor) select 'main', 'oro-khaos', 'sku', "
        "'S' || n, '{}', 'dora' from generate_series(1, 37) n"
    )
    rules = (await handbook(here, "oro-khaos")).chapter("rules")
    (grid,) = [block for part in rules.blocks if isinstance(part, Section) and part.key == "maps"
               for block in part.blocks if isinstance(block, Grid)]  # fmt: skip
    assert [(row[0], row[1], row[3]) for row in grid.rows] == [("sku", "37", "dora")]


@every_preset
async def test_no_secret_is_in_a_handbook(pool: Pool, tmp_path: Path, name: str) -> None:
    here = installed(pool, tmp_path / "one", name)
    manual = await handbook(here, name)
    raw = write_json(manual).decode() + write_page(manual) + write_markdown(manual)
    for system in here.project.systems.values():
        for one in vars(system).values():
            if hasattr(one, "get_secret_value") and one.get_secret_value():
                assert one.get_secret_value() not in raw


# the writers

EVIL = '<script>alert(1)</script> | `x` *b* [l](javascript:1) "q"'
STRANGE = Manual(
    title=EVIL, subtitle=EVIL, made_at=datetime(2026, 1, 1, tzinfo=UTC),
    console="https://desk.example",
    facts=[(EVIL, EVIL)],
    chapters=[
        Section(key="a", title=EVIL, blocks=[
            Paragraph((EVIL, Link(EVIL, "javascript:alert(1)"), Link("queue", "/cases?a=1&b=2"), Code(EVIL))),
            Grid(about=EVIL, columns=(EVIL, "b"), rows=[(EVIL, Link("away", "//evil.example/x"))]),
        ]),
    ],
)  # fmt: skip


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.hrefs: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.hrefs += [value or "" for name, value in attrs if name == "href"]
        assert not [name for name, _ in attrs if name.startswith("on") or name == "style"]


def test_what_people_wrote_is_text_and_a_link_leads_where_it_may() -> None:
    page = Tags()
    page.feed(write_page(STRANGE))
    assert "script" not in page.tags
    assert [one for one in page.hrefs if not one.startswith("#")] == ["https://desk.example/cases?a=1&b=2"]
    body = Tags()
    body.feed(write_body(STRANGE))
    assert [one for one in body.hrefs if not one.startswith("#")] == ["/cases?a=1&b=2"]
    assert "style" not in body.tags  # the console's policy lets no style through but its own files


def test_markdown_of_what_people_wrote_stays_text() -> None:
    text = write_markdown(STRANGE)
    without_code = re.sub(r"(?<!\\)(`+) .*? \1", "", text)
    assert "<script>" not in without_code.replace("\\<script\\>", "")
    assert "\\|" in text
    assert "(<https://desk.example/cases?a=1&b=2>)" in text


async def test_every_link_on_a_page_leads_to_a_place_that_is_there(pool: Pool, tmp_path: Path) -> None:
    manual = await handbook(installed(pool, tmp_path / "one", "oro-khaos"), "oro-khaos")
    text = write_body(manual)
    keys = re.findall(r' id="([^"]+)"', text)
    assert len(keys) == len(set(keys)), "two places of one name"
    page = Tags()
    page.feed(text)
    assert {one[1:] for one in page.hrefs if one.startswith("#")} <= set(keys)
    levels = [int(one[1]) for one in page.tags if re.fullmatch(r"h\d", one)]
    assert levels[0] == 1
    assert all(later - earlier <= 1 for earlier, later in itertools.pairwise(levels))


def test_links_lead_to_the_places_of_the_console() -> None:
    assert {path for _, path, _ in PLACES} <= set(PAGES)


async def test_the_same_is_told_in_every_form(pool: Pool, tmp_path: Path) -> None:
    manual = await handbook(installed(pool, tmp_path / "one", "wair-khaos"), "wair-khaos")
    data = json.loads(write_json(manual))
    assert [one["key"] for one in data["chapters"]] == [one.key for one in manual.chapters]
    page, text = write_page(manual), write_markdown(manual)
    for code in (
        one.code for one in kinds_of(installed(pool, tmp_path / "two", "wair-khaos").project.pairings["wair-khaos"])
    ):
        assert f'id="case-{code}"' in page
        assert code in text


def test_lengths_of_time_are_said_in_the_unit_they_are_whole_in() -> None:
    assert [length(one) for one in (1, 60, 90, 300, 3600, 86_400, 172_800, 0.5)] == [
        "1 second", "1 minute", "90 seconds", "5 minutes", "1 hour", "1 day", "2 days", "0.5 seconds",
    ]  # fmt: skip
    assert [every(one) for one in (60, 120, 86_400)] == ["every minute", "every 2 minutes", "every day"]
