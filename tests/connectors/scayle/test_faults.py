"""What a refused call means, and who acts."""

import pytest

from crossdock.connectors.scayle.faults import Denied, WireError, config_fault, errors_in, refused, rule_for
from crossdock.model.faults import ConfigFault


@pytest.mark.parametrize(
    ("status", "key", "code", "setting"),
    [
        (400, "", "invalid", ""),
        (400, "VARIANT_NOT_FOUND", "no-such-variant", ""),
        (404, "VARIANT_NOT_FOUND", "no-such-variant", ""),
        (401, "UNAUTHORIZED", "credentials", "access_token"),
        (401, "VARIANT_NOT_FOUND", "credentials", "access_token"),
        (403, "", "no-permission", "access_token"),
        (404, "ORDER_NOT_FOUND", "not-found", ""),
        (405, "", "not-allowed", "api_path"),
        (408, "", "timeout", ""),
        (409, "", "conflict", ""),
        (412, "", "precondition", ""),
        (413, "", "too-large", ""),
        (422, "", "invalid", ""),
        (424, "", "failed-dependency", ""),
        (418, "I_AM_A_TEAPOT", "i-am-a-teapot", ""),
        (418, "", "http-418", ""),
    ],
)
def test_a_refusal_has_a_code_and_an_owner(status: int, key: str, code: str, setting: str) -> None:
    rule = rule_for(status, [WireError(key=key)] if key else [])
    assert (rule.code, rule.setting) == (code, setting)
    assert rule.duplicate is (status == 409)
    assert rule.unknown is (status == 408)


def test_a_refusal_is_told_in_the_shops_words() -> None:
    errors = [WireError(key="A", message="b", context=(("id", "7"),)), WireError(key="C")]
    assert refused(400, errors).text == "A: b (id 7); C: "
    assert refused(409, []).text == "HTTP 409 without a reason"
    assert isinstance(config_fault("GET /x", 403, errors), Denied)
    assert type(config_fault("GET /x", 401, errors)) is ConfigFault


@pytest.mark.parametrize(
    ("body", "count"),
    [
        (b"", 0),
        (b"<html>", 0),
        (b"[]", 0),
        (b'{"errors": {}}', 0),
        (b'{"errors": ["no"]}', 0),
        (b'{"errors": [{}]}', 1),
        (b'{"errors": [{"errorKey": null, "context": null}]}', 1),
    ],
)
def test_an_error_body_is_read_as_far_as_it_goes(body: bytes, count: int) -> None:
    assert len(errors_in(body)) == count
