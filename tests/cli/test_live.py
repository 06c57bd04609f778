"""The commands that look at and act on a running installation, each as a person would type it."""

import urllib.error
import urllib.request
from pathlib import Path

import pytest

from tests.cli.world import Cli, World, state, until

GHOST = "GHOST-01"


def test_run_says_where_it_answers(world: World) -> None:
    assert world.ready["ready"] is True
    assert world.ready["pairings"] == ["oro-khaos"]
    for path in ("/healthz", "/readyz"):
        with urllib.request.urlopen(world.ready["url"] + path) as answer:
            assert answer.status == 200
    log = (world.folder / "run.log").read_text("utf-8")
    assert log.count("ready: oro-khaos") == 1


def test_status_counts_every_order_once(world: World) -> None:
    said = world.json("status")
    assert sum(one["orders"] for one in said["orders"]) == len(world.placed)
    assert {one["feed"] for one in said["watermarks"]} >= {"orders", "items", "accounts", "targets", "stock"}
    assert said["audit"]["problem"] == ""
    assert {one["flow"] for one in said["flows"]} >= {"orders", "stock", "despatches"}
    people = world("status")
    assert people.code == (1 if said["attention"] else 0)
    assert "Open cases" in people.out


def test_an_order_is_found_by_any_of_its_references(world: World) -> None:
    posted = next(one for one in state(world.urls["khaos_control"])["orders"])
    by_number = world.json("trace", posted["associated_ref"])["orders"][0]
    assert by_number["erp_ref"] == posted["code"]
    assert by_number["state"] == "posted"
    assert [one["action"] for one in by_number["timeline"]][:3] == ["capture", "send", "accept"]
    for reference in (by_number["storefront_id"], posted["code"]):
        assert [one["id"] for one in world.json("trace", reference)["orders"]] == [by_number["id"]]
    people = world("trace", posted["code"], "--raw")
    assert people.code == 0
    assert f"The ERP has it as {posted['code']}" in people.out
    assert '"orders"' in people.out  # the storefront's own document, opened


def test_an_order_nobody_knows_is_said_so(world: World) -> None:
    said = world("trace", "NOWHERE-1", "--json")
    assert said.code == 1
    assert said.json["error"]["kind"] == "not-found"
    assert "no order goes by 'NOWHERE-1'" in said.err


def test_a_case_is_listed_shown_rehearsed_and_settled(world: World) -> None:
    case = world.json("cases", "list", "--kind", "stock_code_unknown")["cases"][0]
    assert case["subject"] == GHOST
    held = case["records"]
    shown = world.json("cases", "show", str(case["id"]))
    assert len(shown["held"]) == held
    assert [one["remedy"] for one in shown["remedies"]] == ["map-code", "retry", "set-aside"]
    assert shown["remedies"][0]["params"] == ["code"]
    assert "It may be" in world("cases", "show", str(case["id"])).out or not shown["suggestions"]

    refused = world("cases", "resolve", str(case["id"]), "--remedy", "map-code", "--set", "code=NONE-SUCH")
    assert (refused.code, refused.out) == (2, "")
    assert "the ERP holds no stock item 'NONE-SUCH' either" in refused.err

    words = ("cases", "resolve", str(case["id"]), "--remedy", "map-code", "--set", "code=HP-1004", "--actor", "ann")
    rehearsed = world.json(*words, "--dry-run")
    assert rehearsed["applied"] is False
    assert rehearsed["rehearsal"]["held"] == held
    assert world.json("cases", "show", str(case["id"]))["state"] == "open"

    done = world.json(*words)
    assert (done["applied"], done["state"]) == (True, "closed")
    history = world.json("cases", "show", str(case["id"]))["history"]
    assert ("ann", "map-code") in [(one["actor"], one["action"]) for one in history]
    ghosts = {one["identifier"] for one in world.placed if one["trouble"] == ["unknown_sku"]}
    until("the running worker has sent what was let go", lambda: ghosts <= _refs_in_erp(world))
    again = world("cases", "retry", str(case["id"]))
    assert again.code == 2
    assert "closed already" in again.err


def test_a_case_that_is_not_there(world: World) -> None:
    for words in (("show", "999"), ("retry", "999"), ("resolve", "999", "--remedy", "retry")):
        said = world("cases", *words)
        assert said.code == 1
        assert "there is no case 999" in said.err


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (("--remedy", "shrug"), "there is no remedy 'shrug'"),
        (("--remedy", "accept", "--set", "code"), "no KEY=VALUE"),
        (("--remedy", "set-aside"), "needs a reason"),
        (("--remedy", "adopt", "--reason", "x"), "cannot be settled with adopt"),
    ],
)
def test_a_remedy_that_cannot_be_is_refused(world: World, words: tuple[str, ...], text: str) -> None:
    case = world.json("cases", "list", "--kind", "total-conflict")["cases"][0]
    said = world("cases", "resolve", str(case["id"]), *words)
    assert (said.code, text in said.err) == (2, True), said.err
    assert world.json("cases", "show", str(case["id"]))["state"] == "open"


def test_the_list_is_paged(world: World) -> None:
    everything = world.json("cases", "list", "--state", "all")["cases"]
    assert len(everything) >= 2
    first = world.json("cases", "list", "--state", "all", "--limit", "1")
    assert first["cases"] == everything[:1]
    rest = world.json("cases", "list", "--state", "all", "--after", str(first["next_after"]))
    assert [one["id"] for one in rest["cases"]] == [one["id"] for one in everything[1:]]


def test_probe_reads_one_page_of_everything(world: World) -> None:
    said = world("probe", "--json")
    assert said.code == 0
    verdicts = {name: one["verdict"] for name, one in said.json["systems"].items()}
    assert verdicts == {"shop": "well", "khaos": "well"}
    assert {one["what"] for one in said.json["systems"]["khaos"]["lines"]} >= {"stock items", "companies"}


def test_a_rehearsal_shows_what_would_be_written_and_writes_nothing(world: World) -> None:
    until("the running worker has nothing left to tell or to seal", lambda: _at_rest(world))
    calls = _writes(world)
    before = world.json("status")["audit"]["entries"]
    said = world.json("rehearse", "oro-khaos")
    assert said["orders_read"] == len(state(world.urls["orocommerce"])["orders"])
    outcomes = {one["ref"]: one["outcome"] for one in said["orders"]}
    assert {ref for ref, outcome in outcomes.items() if outcome == "in_erp"} <= _refs_in_erp(world)
    assert said["would_wait"].get("total-conflict", 0) >= 1
    assert said["mappings_taken_over"] > 0
    assert said["despatches"] == []
    assert _writes(world) == calls
    assert world.json("status")["audit"]["entries"] == before


def test_the_door_turns_away_what_is_not_genuine(world: World) -> None:
    for system, status in (("shop", 401), ("khaos", 404), ("nobody", 404)):
        with pytest.raises(urllib.error.HTTPError) as caught:
            urllib.request.urlopen(f"{world.ready['url']}/hooks/{system}", b"{}")
        assert caught.value.code == status
        caught.value.close()


def test_a_port_that_is_taken_is_said_at_once(world: World) -> None:
    said = world("run")
    assert said.code == 2
    assert "cannot listen on 127.0.0.1 port" in said.err
    assert "http.port" in said.err
    port = world.urls["orocommerce"].rpartition(":")[2]
    busy = Cli()("sandbox", "serve", "orocommerce", "--port-base", port)
    assert busy.code == 2
    assert "--port-base" in busy.err


def test_the_laws_are_judged_from_outside(world: World, tmp_path: Path) -> None:
    said = world("sandbox", "check-laws", "--json")
    laws = said.json["pairings"]["oro-khaos"]
    assert list(laws) == [f"L{number}" for number in range(1, 12)]
    assert said.code == (0 if said.json["pass"] else 1)
    for law in ("L1", "L5", "L7", "L8", "L11"):
        assert laws[law]["pass"], laws[law]["evidence"]


def _refs_in_erp(world: World) -> set[str]:
    return {one["associated_ref"] for one in state(world.urls["khaos_control"])["orders"]}


def _at_rest(world: World) -> bool:
    told = {one["identifier"] for one in state(world.urls["orocommerce"])["orders"] if one["external_id"]}
    return told == _refs_in_erp(world) and world.json("status")["audit"]["unsealed"] == 0


def _writes(world: World) -> dict[str, int]:
    """Calls that change something, by name, but those the running worker makes by itself."""
    shop, erp = state(world.urls["orocommerce"])["calls"], state(world.urls["khaos_control"])["calls"]
    counted = {label: count for label, count in {**shop, **erp}.items() if label.startswith(("PATCH", "SOAP Import"))}
    return {label: count for label, count in counted.items() if "inventorylevels" not in label}
