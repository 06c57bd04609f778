"""What a token may do is never more than its grants, its owner's grants and its scopes all allow."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossdock.decide.rights import Grant, Person, Role, may_administer, may_audit, may_see, may_settle
from crossdock.decide.scopes import Bearer, Scope, bearer, common, idle
from tests.decide.test_rights import DESKS, PAIRINGS, grants, operator, person

sets = st.lists(grants, max_size=4)
desks, pairings = st.sampled_from(DESKS), st.sampled_from(PAIRINGS)
MARY = person(operator("finance"), operator("operations", "oro-prima"))


def of(owner: Person | None, *own: Grant) -> Bearer:
    return bearer(token_id=7, token="nightly", owner=owner, grants=own, scopes=[Scope.READ])


@given(ones=sets, others=sets, desk=desks, pairing=pairings)
def test_what_two_sets_of_grants_have_in_common_is_what_each_allows(
    ones: list[Grant], others: list[Grant], desk: str, pairing: str
) -> None:
    left, one, other = (person(*some) for some in (common(ones, others), ones, others))
    for allowed in (
        lambda who: may_see(who, desk=desk or "finance", pairing=pairing or "oro-khaos"),
        lambda who: may_settle(who, desk=desk, pairing=pairing),
        may_administer,
        may_audit,
    ):
        assert allowed(left) == (allowed(one) and allowed(other))


def test_a_person_s_token_has_the_person_s_grants_or_fewer() -> None:
    assert of(MARY).person.grants == MARY.grants
    assert of(MARY, Grant(role=Role.VIEWER, desk="finance")).person.grants == (Grant(role=Role.VIEWER, desk="finance"),)
    assert of(MARY, Grant(role=Role.ADMIN, pairing="oro-prima")).person.grants == (
        Grant(role=Role.OPERATOR, desk="finance", pairing="oro-prima"),
        Grant(role=Role.OPERATOR, desk="operations", pairing="oro-prima"),
    )
    assert of(MARY, operator("data")).person.grants == ()


def test_the_audit_trail_is_told_which_token_acts_and_for_whom() -> None:
    assert (of(MARY).person.id, of(MARY).person.name) == (1, "mary by token nightly")
    assert (of(None, operator()).person.id, of(None, operator()).person.name) == (0, "token nightly")
    assert of(None, operator()).scopes == {Scope.READ}


@pytest.mark.parametrize(
    ("grant", "unused"),
    [
        (
            Grant(role=Role.VIEWER),
            {
                Scope.CASES_SETTLE,
                Scope.MAPPINGS_WRITE,
                Scope.FLOWS_RUN,
                Scope.RECONCILE,
                Scope.PROBE,
                Scope.AUDIT_READ,
                Scope.ADMIN,
            },
        ),
        (operator("data"), {Scope.FLOWS_RUN, Scope.RECONCILE, Scope.PROBE, Scope.AUDIT_READ, Scope.ADMIN}),
        (operator("finance"), {Scope.FLOWS_RUN, Scope.PROBE, Scope.AUDIT_READ, Scope.ADMIN}),
        (
            operator("integration"),
            {Scope.FLOWS_RUN, Scope.RECONCILE, Scope.AUDIT_READ, Scope.ADMIN},
        ),
        (
            Grant(role=Role.AUDITOR),
            {Scope.CASES_SETTLE, Scope.MAPPINGS_WRITE, Scope.FLOWS_RUN, Scope.RECONCILE, Scope.PROBE, Scope.ADMIN},
        ),
        (
            Grant(role=Role.AUDITOR, desk="finance"),
            {
                Scope.CASES_SETTLE,
                Scope.MAPPINGS_WRITE,
                Scope.FLOWS_RUN,
                Scope.RECONCILE,
                Scope.PROBE,
                Scope.AUDIT_READ,
                Scope.ADMIN,
            },
        ),
        (Grant(role=Role.ADMIN), set()),
        (Grant(role=Role.ADMIN, pairing="oro-khaos"), {Scope.AUDIT_READ, Scope.ADMIN}),
    ],
)
def test_a_scope_that_the_grants_leave_nothing_to_is_idle(grant: Grant, unused: set[Scope]) -> None:
    assert set(idle(Scope, person(grant))) == unused


def test_who_may_nothing_needs_no_scope() -> None:
    assert idle(Scope, person()) == tuple(Scope)
