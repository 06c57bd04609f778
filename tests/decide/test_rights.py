"""Who may do what: each grant for itself, and never the desk of one with the pairing of another."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossdock.decide.rights import (
    Grant,
    Person,
    Role,
    desks_of,
    grant_problem,
    may_administer,
    may_audit,
    may_probe,
    may_see,
    may_see_accounts,
    may_see_case,
    may_settle,
    may_settle_accounts,
    pairings_of,
    scopes_of,
)

DESKS, PAIRINGS = ["", "finance", "operations"], ["", "oro-khaos", "oro-prima"]
grants = st.builds(Grant, role=st.sampled_from(Role), desk=st.sampled_from(DESKS), pairing=st.sampled_from(PAIRINGS))
people = st.lists(grants, max_size=4).map(lambda given: person(*given))
desks, pairings = st.sampled_from(DESKS), st.sampled_from(PAIRINGS)


def person(*given: Grant) -> Person:
    return Person(id=1, name="mary", display="Mary", grants=given)


def operator(desk: str = "", pairing: str = "") -> Grant:
    return Grant(role=Role.OPERATOR, desk=desk, pairing=pairing)


TWO_HATS = person(operator("finance", "oro-khaos"), operator("operations", "oro-prima"))


@pytest.mark.parametrize(
    ("desk", "pairing", "theirs"),
    [
        ("finance", "oro-khaos", True),
        ("operations", "oro-prima", True),
        ("finance", "oro-prima", False),
        ("operations", "oro-khaos", False),
        ("data", "oro-khaos", False),
    ],
)
def test_the_desk_of_one_grant_never_joins_the_pairing_of_another(desk: str, pairing: str, theirs: bool) -> None:
    assert may_see(TWO_HATS, desk=desk, pairing=pairing) is theirs
    assert may_settle(TWO_HATS, desk=desk, pairing=pairing) is theirs


def test_what_belongs_to_no_desk_is_seen_by_whoever_sees_its_pairing_and_settled_by_nobody_of_one_desk() -> None:
    assert may_see(TWO_HATS, pairing="oro-khaos")
    assert may_see(TWO_HATS, desk="finance")
    assert may_see(TWO_HATS)
    assert not may_see(TWO_HATS, pairing="wair-khaos")
    assert not may_see(TWO_HATS, desk="data")
    assert not may_settle(TWO_HATS, desk="", pairing="oro-khaos")
    assert not may_settle(TWO_HATS, desk="finance", pairing="")
    assert may_settle(person(operator()), desk="", pairing="")


@pytest.mark.parametrize(
    ("role", "settles", "administers", "audits"),
    [
        (Role.VIEWER, False, False, False),
        (Role.OPERATOR, True, False, False),
        (Role.ADMIN, True, True, True),
        (Role.AUDITOR, False, False, True),
    ],
)
def test_what_each_role_may(role: Role, settles: bool, administers: bool, audits: bool) -> None:
    over_all = person(Grant(role=role))
    assert may_see(over_all, desk="finance", pairing="oro-khaos")
    assert may_settle(over_all, desk="finance", pairing="oro-khaos") is settles
    assert (may_administer(over_all), may_audit(over_all)) == (administers, audits)
    for bound in (Grant(role=role, desk="finance"), Grant(role=role, pairing="oro-khaos")):
        assert may_settle(person(bound), desk="finance", pairing="oro-khaos") is settles
        assert (may_administer(person(bound)), may_audit(person(bound))) == (False, False)


def test_whoever_has_no_grant_may_nothing_and_is_shown_nothing() -> None:
    nobody = person()
    assert not may_see(nobody)
    assert not may_settle(nobody, desk="", pairing="")
    assert (pairings_of(nobody), desks_of(nobody), scopes_of(nobody)) == (frozenset(),) * 3


def test_what_is_shown_in_menus() -> None:
    assert pairings_of(TWO_HATS) == {"oro-khaos", "oro-prima"}
    assert desks_of(TWO_HATS) == {"finance", "operations"}
    half = person(operator("finance"), operator("operations", "oro-khaos"))
    assert (pairings_of(half), desks_of(half)) == (None, {"finance", "operations"})
    assert scopes_of(half) == {("finance", ""), ("operations", "oro-khaos")}
    assert scopes_of(person(operator(), operator("finance"))) is None


@given(one=people, desk=desks, pairing=pairings)
def test_whoever_may_settle_may_see(one: Person, desk: str, pairing: str) -> None:
    if may_settle(one, desk=desk, pairing=pairing):
        assert may_see(one, desk=desk, pairing=pairing)


@given(one=people, desk=desks, pairing=pairings)
def test_two_grants_together_give_no_more_than_each_alone(one: Person, desk: str, pairing: str) -> None:
    alone = [person(grant) for grant in one.grants]
    for may in (may_see, may_settle):
        assert may(one, desk=desk, pairing=pairing) == any(may(each, desk=desk, pairing=pairing) for each in alone)


@given(one=people, desk=st.sampled_from(DESKS[1:]), pairing=st.sampled_from(PAIRINGS[1:]))
def test_a_list_kept_to_the_scopes_shows_what_may_be_seen_and_nothing_else(
    one: Person, desk: str, pairing: str
) -> None:
    scopes = scopes_of(one)
    shown = scopes is None or any(d in ("", desk) and p in ("", pairing) for d, p in scopes)
    assert shown == may_see(one, desk=desk, pairing=pairing)
    if shown:
        assert pairings_of(one) is None or pairing in (pairings_of(one) or ())
        assert desks_of(one) is None or desk in (desks_of(one) or ())


@pytest.mark.parametrize(
    ("given", "sees", "settles"),
    [
        (operator("sales-ops", "oro-khaos"), True, True),
        (operator("finance"), True, False),
        (operator("data", "oro-khaos"), False, False),
        (operator("sales-ops", "oro-prima"), False, False),
        (Grant(role=Role.VIEWER), True, False),
        (Grant(role=Role.ADMIN), True, True),
    ],
)
def test_accounts_are_for_the_desks_that_answer_for_them(given: Grant, sees: bool, settles: bool) -> None:
    one = person(given)
    assert may_see_accounts(one, pairing="oro-khaos") is sees
    assert may_settle_accounts(one, pairing="oro-khaos") is settles


@pytest.mark.parametrize(
    ("grant", "may"),
    [
        (operator(), True),
        (operator("integration"), True),
        (operator("integration", "oro-prima"), True),
        (operator("integration", "elsewhere"), False),
        (operator("data", "oro-prima"), False),
        (Grant(role=Role.ADMIN, pairing="oro-khaos"), True),
        (Grant(role=Role.VIEWER), False),
        (Grant(role=Role.AUDITOR), False),
    ],
)
def test_a_system_is_probed_by_who_settles_for_integration_in_a_pairing_that_uses_it(grant: Grant, may: bool) -> None:
    assert may_probe(person(grant), pairings=("oro-khaos", "oro-prima")) is may
    assert not may_probe(person(grant), pairings=())


def test_a_case_of_every_pairing_is_seen_by_a_grant_over_all_of_them_alone() -> None:
    everywhere, here = person(operator("finance")), person(operator("finance", "oro-khaos"))
    assert may_see_case(everywhere, desk="finance", pairing="")
    assert not may_see_case(here, desk="finance", pairing="")
    assert may_see_case(here, desk="finance", pairing="oro-khaos")
    assert not may_see_case(everywhere, desk="operations", pairing="")


@given(who=people, desk=desks, pairing=pairings)
def test_whoever_settles_a_case_sees_it(who: Person, desk: str, pairing: str) -> None:
    assert may_see_case(who, desk=desk, pairing=pairing) or not may_settle(who, desk=desk, pairing=pairing)


@pytest.mark.parametrize(
    ("grant", "says"),
    [
        (operator(), ""),
        (operator("finance", "oro-khaos"), ""),
        (operator("cellar"), "there is no desk 'cellar'"),
        (operator("finance", "nowhere"), "the settings have no pairing 'nowhere'"),
    ],
)
def test_a_role_is_given_for_a_desk_and_a_pairing_that_there_are(grant: Grant, says: str) -> None:
    assert grant_problem(grant, ["oro-khaos"]).startswith(says)
    assert bool(grant_problem(grant, ["oro-khaos"])) == bool(says)
