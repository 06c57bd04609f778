"""The fault table: status and title → our code, and whose matter it is."""

import pytest

from crossdock.connectors.http import Reply
from crossdock.connectors.orocommerce.faults import RULES, config_fault, refused, rule_for
from crossdock.connectors.orocommerce.jsonapi import WireError

EDIT = 'No access by "EDIT" permission to the entity.'


@pytest.mark.parametrize(
    ("status", "title", "detail", "code", "setting"),
    [
        (401, "", "", "credentials", "client_secret"),
        (403, "access denied exception", EDIT, "frozen", ""),
        (403, "access denied exception", "No access to the entity.", "forbidden", ""),
        (403, "access denied exception", "No access to this type of entities.", "no-permission", "client_id"),
        (403, "access granted constraint", 'The "VIEW" permission is denied ...', "forbidden-relation", ""),
        (403, "", "", "no-permission", "client_id"),
        (404, "not found http exception", "", "not-found", ""),
        (404, "resource not accessible exception", "The resource is not accessible.", "no-such-resource", "version"),
        (404, "relationship constraint", "Unsupported subresource.", "no-such-resource", "version"),
        (404, "", "", "no-such-address", "admin_prefix"),
        (405, "action not allowed exception", 'The "create" action is not allowed.', "not-allowed", "version"),
        (406, "not acceptable http exception", "", "not-acceptable", "base_url"),
        (409, "conflict constraint", "The entity already exists.", "conflict", ""),
        (413, "", "", "too-large", ""),
        (400, "unique entity constraint", "", "not-unique", ""),
        (400, "extra fields constraint", "", "unknown-field", ""),
        (400, "filter constraint", "The filter is not supported.", "unknown-filter", "version"),
        (400, "form constraint", "The entity does not exist.", "no-such-relation", ""),
        (400, "form constraint", "This value is not valid.", "invalid", ""),
        (400, "some new constraint", "", "some-new", ""),
        (400, "", "", "http-400", ""),
        (451, "", "", "http-451", ""),
    ],
)
def test_a_refusal_has_a_code_and_an_owner(status: int, title: str, detail: str, code: str, setting: str) -> None:
    rule = rule_for(status, [WireError(status=status, title=title, detail=detail)])
    assert (rule.code, rule.setting) == (code, setting)


def test_an_errors_own_status_counts_in_a_list() -> None:
    error = WireError(status=403, title="access denied exception", detail=EDIT, place="/data/3")
    assert refused(400, [error]).code == "frozen"
    assert refused(409, ()).duplicate


def test_a_refusal_keeps_the_other_sides_words() -> None:
    errors = [WireError(status=400, title="not blank constraint", detail="Blank.", place="/data/attributes/x")]
    assert refused(400, errors).text == "not blank constraint: Blank. (/data/attributes/x)"
    assert refused(418, ()).text == "HTTP 418 without a reason"


def test_what_can_never_be_read_names_its_setting() -> None:
    page = Reply(404, "text/html", {}, b"<html>not here</html>")
    assert config_fault("GET orders", page).setting == "admin_prefix"
    denied = Reply(403, "application/vnd.api+json", {}, b'{"errors":[{"status":"403","title":"access denied exception",'
                   b'"detail":"No access to the entity."}]}')  # fmt: skip
    assert config_fault("GET orders", denied).setting == "client_id"
    assert config_fault("GET orders", Reply(400, "", {}, b"")).setting == "version"


def test_codes_are_stable_words() -> None:
    for rule in RULES:
        assert rule.code == rule.code.lower()
        assert " " not in rule.code
