"""`crossdock checks`, as a person would type it."""

from tests.cli.world import World, until


def test_the_checks_of_a_running_pairing_are_asked_and_answered(world: World) -> None:
    until("the first count", lambda: world("completeness", "oro-khaos").code == 0)
    said = world("checks", "oro-khaos", "--json")
    document = said.json
    assert said.code == (1 if document["result"] == "act" else 0)
    answers = {one["name"]: one for one in document["checks"]}
    assert [one["often"] for one in document["checks"]] == sorted(one["often"] for one in document["checks"])
    for name in ("flows", "lists", "systems", "backlog", "audit-trail", "orders-under-way"):
        assert answers[name]["result"] == "ok", answers[name]
    assert answers["cases"]["go"] == "crossdock cases list --pairing oro-khaos"
    people = world("checks", "oro-khaos", "--daily")
    assert "Is the audit trail whole?" in people.out
    assert "Does a certificate of a system end soon?" not in people.out
    weekly = world.json("checks", "oro-khaos", "--weekly")
    assert {one["often"] for one in weekly["checks"]} == {"weekly"}


def test_both_kinds_at_once_is_said_to_be_all(world: World) -> None:
    said = world("checks", "oro-khaos", "--daily", "--weekly")
    assert said.code == 2
    assert "leave both out" in said.err
