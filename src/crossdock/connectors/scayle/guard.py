"""Who may call us. SCAYLE signs nothing: what proves a call is basic auth, a header of our choosing, or a secret last
part of the address. Every one that is set must be right; with none set nobody may call.
Source: SCAYLE documentation, Webhooks; Order delegation (basic auth in the URL).
"""

import base64
import binascii
import hmac
from collections.abc import Mapping

from crossdock.connectors.scayle.config import ScayleSettings
from crossdock.ports.config import Secret


def trouble(headers: Mapping[str, str], settings: ScayleSettings, *, last_part: str | None) -> str:
    """Why this caller is turned away, "" when it is not. last_part: of the address, None where it cannot be seen."""
    given = {name.lower(): value for name, value in headers.items()}
    proven = 0
    if settings.webhook_password is not None:
        user, password = _basic(given.get("authorization", ""))
        wanted = settings.webhook_password.get_secret_value()
        if not (_same(user, settings.webhook_username) & _same(password, wanted)):
            return "user or password is wrong"
        proven += 1
    if settings.webhook_header and settings.webhook_header_value is not None:
        if not _is(given.get(settings.webhook_header.lower(), ""), settings.webhook_header_value):
            return f"the header {settings.webhook_header} is wrong"
        proven += 1
    if settings.webhook_path_secret is not None and last_part is not None:
        if not _is(last_part, settings.webhook_path_secret):
            return "the address is wrong"
        proven += 1
    if not proven and not settings.unguarded:
        return "no secret is set that a caller could prove itself with"
    return ""


def proves(settings: ScayleSettings, *, last_part: str | None) -> bool:
    """Whether a caller that was let in had to show a secret."""
    header = bool(settings.webhook_header) and settings.webhook_header_value is not None
    address = settings.webhook_path_secret is not None and last_part is not None
    return settings.webhook_password is not None or header or address


def _basic(header: str) -> tuple[str, str]:
    scheme, _, coded = header.partition(" ")
    if scheme.lower() != "basic":
        return "", ""
    try:
        user, _, password = base64.b64decode(coded, validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        return "", ""
    return user, password


def _is(given: str, secret: Secret) -> bool:
    return _same(given, secret.get_secret_value())


def _same(given: str, wanted: str) -> bool:
    """In constant time."""
    return hmac.compare_digest(given.encode("utf-8", "replace"), wanted.encode())
