"""A refusal has a code and an owner, in whichever of the four shapes it comes."""

from typing import Any

import orjson
import pytest

from crossdock.connectors.akeneo.faults import RULES, Denied, config_fault, error_in, refused, rule_for, to_error
from crossdock.connectors.akeneo.records import Violation, WireError
from crossdock.connectors.http import Reply

DOCS = {"documentation": {"href": "http://api.akeneo.com/api-reference.html#patch_products"}}
VIOLATION = {"property": "values", "message": "not in the list", "attribute": "colour", "locale": None, "scope": "shop"}


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({"code": 404, "message": "gone"}, WireError(status=404, text="gone")),
        ({"code": 422, "message": "no such property", "_links": DOCS},
         WireError(status=422, text="no such property", documentation=DOCS["documentation"]["href"])),
        ({"code": 422, "message": "Validation failed.", "errors": [VIOLATION]},
         WireError(status=422, text="Validation failed.", violations=(
             Violation(place="values", message="not in the list", attribute="colour", channel="shop"),))),
        ({"code": 422, "messages": ["This model has variants", "and more"]},
         WireError(status=422, text="This model has variants; and more")),
        ({"error": "invalid_grant", "error_description": "Code has expired"},
         WireError(status=0, text="invalid_grant: Code has expired")),
        ({"error": "invalid_request"}, WireError(status=0, text="invalid_request")),
    ],
)  # fmt: skip
def test_each_shape_is_read(body: Any, error: WireError) -> None:
    assert error_in(orjson.dumps(body)) == error


@pytest.mark.parametrize(
    "body", [{}, [], {"code": "shoes", "message": "x"}, {"code": True, "message": "x"}, {"code": 422}, "x", None]
)
def test_what_is_no_refusal_is_none(body: Any) -> None:
    assert to_error(body) is None
    assert error_in(b"<html>") is None


@pytest.mark.parametrize(
    ("status", "place", "code"),
    [
        (400, "", "malformed"),
        (403, "", "forbidden"),
        (404, "", "not-found"),
        (409, "", "conflict"),
        (413, "", "too-large"),
        (422, "identifier", "identifier"),
        (422, "uuid", "uuid"),
        (422, "code", "code"),
        (422, "family", "family"),
        (422, "family_variant", "family-variant"),
        (422, "parent", "parent"),
        (422, "categories", "category"),
        (422, "attribute", "attribute"),
        (422, "values", "value"),
        (422, "quantified_associations", "invalid"),
        (422, "", "invalid"),
        (418, "", "http-418"),
    ],
)
def test_a_refusal_has_a_code(status: int, place: str, code: str) -> None:
    errors = [{"property": place, "message": "no"}] if place else []
    found = refused(status, to_error({"code": status, "message": "Validation failed.", "errors": errors}))
    assert (found.code, "Validation failed." in found.text) == (code, True)


def test_the_gravest_of_several_wins_whatever_their_order() -> None:
    errors = [{"property": "values", "message": "a"}, {"property": "family", "message": "b"}]
    assert rule_for(422, to_error({"code": 422, "message": "x", "errors": errors})).code == "family"


def test_a_call_without_a_reason_is_refused_in_our_words() -> None:
    assert refused(422, None).text == "HTTP 422 without a reason"


@pytest.mark.parametrize(
    ("status", "setting", "kind"), [(401, "client_secret", ""), (403, "username", "denied"), (404, "base_url", ""),
                                    (405, "base_url", ""), (415, "base_url", ""), (302, "base_url", ""),
                                    (418, "base_url", "")],
)  # fmt: skip
def test_a_call_that_can_never_be_answered_has_an_owner(status: int, setting: str, kind: str) -> None:
    reply = Reply(status, "application/json", {"Location": "https://other"}, b'{"code":1,"message":"their words"}')
    fault = config_fault("GET x", reply, blamed="username")
    assert (fault.setting, isinstance(fault, Denied)) == (setting, kind == "denied")
    assert "their words" in str(fault) or status == 302


def test_every_rule_can_be_met() -> None:
    met = {rule_for(rule.status or 0, WireError(status=rule.status or 0, text="", violations=(
        Violation(place=rule.property, message=""),))).code for rule in RULES}  # fmt: skip
    assert met == {rule.code for rule in RULES}
