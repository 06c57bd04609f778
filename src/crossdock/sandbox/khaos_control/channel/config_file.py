"""The configuration file: where each call goes, in which format, and how often downloads are made."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import urlsplit

from crossdock.sandbox.khaos_control.channel.calls import CALLS, CONFIG, Call
from crossdock.sandbox.khaos_control.channel.documents import JSON, XML, DocumentError, read


@dataclass(frozen=True, slots=True)
class Endpoint:
    """form: JSON or XML. minutes: Frequency, 0 when the file gives none."""

    url: str
    form: str
    minutes: float


def format_of(body: bytes, wanted: str) -> str:
    """wanted: json, xml, or auto."""
    if wanted != "auto":
        return wanted.upper()
    return XML if body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<") else JSON


def read_config(body: bytes, wanted: str) -> dict[str, Endpoint]:
    """Call → endpoint. Raises DocumentError: naming what is missing or wrong."""
    values = read(body, format_of(body, wanted))
    if isinstance(inner := values.get(CONFIG), dict):  # JSON may name the root
        values = inner
    found: dict[str, Endpoint] = {}
    for call in CALLS.values():
        one = values.get(call.name, values.get(call.also))
        if one is not None:
            found[call.name] = _endpoint(call, one)
        elif call.required:
            raise DocumentError(f"{CONFIG} has no {call.name}")
    return found


def _endpoint(call: Call, raw: Any) -> Endpoint:
    if not isinstance(raw, Mapping):
        raise DocumentError(f"{call.name} has no properties")
    url, form = str(raw.get("URL", "")).strip(), str(raw.get("Format", "")).strip().upper()
    if urlsplit(url).scheme not in ("http", "https"):
        raise DocumentError(f"{call.name}: URL {url!r} is no web address")
    if form not in (JSON, XML):
        raise DocumentError(f"{call.name}: Format must be XML or JSON, was {raw.get('Format')!r}")
    try:
        minutes = Decimal(str(raw.get("Frequency", 0) or 0))
    except InvalidOperation:
        raise DocumentError(f"{call.name}: Frequency {raw.get('Frequency')!r} is no number of minutes") from None
    return Endpoint(url, form, float(minutes))
