"""`crossdock items` over a running installation, as a person would type it."""

import pytest

from tests.cli.world import World, until

GHOST = "GHOST-01"
NOT_HELD = "the ERP does not hold it"


@pytest.fixture(scope="module")
def looked_at(world: World) -> World:
    """Every few minutes, and as soon as the lists it needs were read."""
    until("the products were looked at", lambda: bool(world.json("items", "oro-khaos")["counts"]))
    until("what was found is told", lambda: bool(world.json("items", "oro-khaos", GHOST)["items"][0]["cases"]))
    return world


def test_what_is_missing_is_listed_with_the_cases_that_tell_of_it(looked_at: World) -> None:
    said = looked_at.json("items", "oro-khaos", "--state", "lacking")
    (row,) = [one for one in said["items"] if one["sku"] == GHOST]
    assert (row["on_sale"], row["state"], row["missing"], row["accepted"]) == (True, "lacking", [NOT_HELD], [])
    (case,) = row["cases"]
    shown = looked_at.json("cases", "show", str(case))
    assert (shown["kind"], shown["desk"], shown["subject"]) == ("item-not-on-sale", "data", NOT_HELD)
    assert GHOST in {one["ref"] for one in shown["held"]}
    assert {one["state"] for one in said["items"]} == {"lacking"}
    assert said["counts"]["lacking"] == len(said["items"])


def test_people_read_what_each_lacks(looked_at: World) -> None:
    said = looked_at("items", "oro-khaos", GHOST)
    assert said.code == 0
    for words in (GHOST, "lacking", NOT_HELD, "on-sale"):
        assert words in said.out


def test_the_list_is_read_page_by_page(looked_at: World) -> None:
    everything = looked_at.json("items", "oro-khaos")["items"]
    assert len(everything) > 20
    first = looked_at.json("items", "oro-khaos", "--limit", "12")
    assert (first["items"], first["next_after"]) == (everything[:12], everything[11]["sku"])
    rest = looked_at.json("items", "oro-khaos", "--after", first["next_after"])
    assert (rest["items"], rest["next_after"]) == (everything[12:], None)
    assert f"There may be more: --after {first['next_after']}" in looked_at("items", "oro-khaos", "--limit", "12").err


def test_what_nobody_knows_is_said_so(looked_at: World) -> None:
    said = looked_at("items", "oro-khaos", "NONE-SUCH", "--json")
    assert (said.code, said.json["error"]["kind"]) == (1, "not-found")
    assert "oro-khaos knows no product or item 'NONE-SUCH'" in said.json["error"]["text"]
    for words, text in ((("nowhere",), "nowhere"), (("oro-khaos", "--state", "sold"), "sold")):
        refused = looked_at("items", *words)
        assert (refused.code, text in refused.err, refused.out) == (2, True, "")
