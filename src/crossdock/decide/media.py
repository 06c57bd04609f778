"""An address of a picture that may be given away: anybody can fetch it, and it does not expire."""

from collections.abc import Sequence
from urllib.parse import parse_qsl, urlsplit

EXPIRING = frozenset({
    "expires", "expiry", "expiration", "x-amz-expires", "x-amz-signature", "x-amz-security-token", "awsaccesskeyid",
    "x-goog-expires", "x-goog-signature", "googleaccessid", "signature", "sig", "se", "token", "access_token",
    "key-pair-id", "policy", "hdnts", "exp",
})  # fmt: skip
"""Names in the query of an address that was signed for a while."""


def media_problem(address: str, private: Sequence[str] = ()) -> str:
    """Why it may not be given away; "" when it may. private: parts of an address that need somebody's token."""
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        return "is no address"
    if parts.scheme not in ("http", "https") or not host:
        return "is no address that begins with https://"
    if parts.username or parts.password:
        return "holds a password"
    if found := next((one for one in private if one in address), None):
        return f"can only be fetched with a token of the PIM ({found})"
    signed = [name for name, _ in parse_qsl(parts.query, keep_blank_values=True) if name.casefold() in EXPIRING]
    return f"expires: it is signed for a while ({', '.join(signed)})" if signed else ""
