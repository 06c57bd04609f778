"""JSON whose numbers stay what they were, and what is no JSON."""

from decimal import Decimal

import pytest

from crossdock.connectors.exact_json import loads


def test_numbers_are_exact_whatever_their_size() -> None:
    document = loads(b'{"price": 1.10, "tiny": 1e-9, "count": 12345678901234567890, "name": "\\ud83d\\ude00"}')
    assert document == {
        "price": Decimal("1.10"), "tiny": Decimal("1e-9"), "count": 12345678901234567890, "name": "\U0001f600",
    }  # fmt: skip
    assert str(document["price"]) == "1.10"


def test_a_caller_may_say_what_becomes_of_numbers() -> None:
    assert loads(b"[1.50, 7]", fraction=str, whole=lambda digits: f"whole {digits}") == ["1.50", "whole 7"]


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "Expecting value"),
        (b'{"a": 1', "delimiter"),
        (b"[NaN]", "NaN is no JSON number"),
        (b"[-Infinity]", "-Infinity is no JSON number"),
        (b'"\xff"', "byte 1 is not UTF-8"),
        (b'\xef\xbb\xbf{"a": 1}', "BOM"),
        (b'"\\ud800"', "half a character"),
        (b"[" * 100_000, "nested too deeply"),
        (b"[1e99999999999999999999]", "too large or too small"),
    ],
)
def test_what_is_no_whole_document_is_refused_with_the_reason(raw: bytes, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        loads(raw)
