"""Signing and webhook endpoints, against the contract's own test vectors."""

import pytest

from crossdock.sandbox.bridge import new_secret, signature, signed_headers

SECRET = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="

STOCK = (
    '{"type":"stock.changed","timestamp":"2026-01-01T00:00:00Z",'
    '"data":{"sku":"ST100-F-080","warehouse_code":"MAIN","free":"7"}}'
)
DISPATCH = (
    '{"type":"dispatch.confirmed","timestamp":"2026-01-01T00:00:00Z",'
    '"data":{"dispatch_id":"D-1001","order_ref":"SO12345","revision":1}}'
)


@pytest.mark.parametrize(
    ("message_id", "body", "signed"),
    [
        ("evt_01JTESTVECTOR0001", STOCK, "v1,FfhxEQosihu5SnsVSKxxLovh6JE9NDOUVWGB9Zz//jU="),
        ("evt_01JTESTVECTOR0002", DISPATCH, "v1,QYlKAYBy+Db5l9JzOxre8Ft+OMTyMSy+OoRwJf7GCU8="),
    ],
)
def test_the_contracts_vectors(message_id: str, body: str, signed: str) -> None:
    assert signature(SECRET, message_id, 1767225600, body.encode()) == signed


def test_a_secret_is_24_bytes_at_least() -> None:
    assert new_secret(bytes(range(32))) == SECRET
    with pytest.raises(ValueError, match="24"):
        new_secret(b"short")


def test_two_secrets_sign_twice_newest_first() -> None:
    other = new_secret(b"x" * 24)
    headers = signed_headers([other, SECRET], "evt_1", 1767225600, b"{}")
    assert headers["webhook-signature"].split(" ") == [
        signature(other, "evt_1", 1767225600, b"{}"),
        signature(SECRET, "evt_1", 1767225600, b"{}"),
    ]
    assert (headers["webhook-id"], headers["webhook-timestamp"]) == ("evt_1", "1767225600")
