"""Whose word counts at each place, and whose orders are no trade."""

from crossdock.decide.company_class import without
from crossdock.decide.retail_policy import Place, RetailPolicy
from crossdock.model.retail import Location, LocationKind


def place(code: str, owner: str) -> Place:
    location = Location(code=code, kind=LocationKind.STORE, owner=owner)
    return Place(location=location, owner=owner, site=code)  # type: ignore[arg-type]


def test_each_side_owns_its_own_places() -> None:
    policy = RetailPolicy(places={code: place(code, owner) for code, owner in (("YORK", "retail"), ("MAIN", "erp"))})
    assert (list(policy.owned_by("retail")), list(policy.owned_by("erp"))) == (["YORK"], ["MAIN"])


def test_classes_that_are_no_trade_are_left_out_and_counted_and_an_unknown_class_is_trade() -> None:
    orders = [("1", "Staff"), ("2", "Trade"), ("3", "STAFF"), ("4", "Transfer"), ("5", "")]
    kept, left_out = without(orders, lambda one: one[1], frozenset({"staff", "transfer"}))
    assert [ref for ref, _ in kept] == ["2", "5"]
    assert left_out == {"STAFF": 1, "Staff": 1, "Transfer": 1}
