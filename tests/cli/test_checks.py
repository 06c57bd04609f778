"""`crossdock checks`, as a person would type it."""

from tests.cli.world import World, until


def test_the_checks_of_a_running_pairing_are_asked_and_answered(world: World) -> None:
    until("the first count", lambda: world("completeness", "oro-khaos").code == 0)
    said = world("checks", "oro-khaos", "--json")
    document = said.json
    assert said.code == (1 if document["result"] == "act" else 0)
    answers = {one["name"]: one for one in document["checks"]}
    often = [one["often"] for one in document["checks"]]
    assert often == sorted(often, key=["daily", "weekly", "monthly"].index)
    for name in ("flows", "lists", "systems", "backlog", "audit-trail", "orders-under-way"):
        assert answers[name]["result"] == "ok", answers[name]
    assert answers["cases"]["go"] == "crossdock cases list --pairing oro-khaos"
    people = world("checks", "oro-khaos", "--daily")
    assert "Is the audit trail whole?" in people.out
    assert "Does a certificate of a system end soon?" not in people.out
    for often in ("weekly", "monthly"):
        asked = world.json("checks", "oro-khaos", f"--{often}")
        assert {one["often"] for one in asked["checks"]} == {often}


def test_two_kinds_at_once_are_turned_away(world: World) -> None:
    said = world("checks", "oro-khaos", "--daily", "--weekly")
    assert said.code == 2
    assert "none for all checks" in said.err
