"""What wair.ai's refusals mean: status → who acts. Its pages name 200, 400 (validation, with a body), 401 and 500.

429, 423, 425 and every 5xx but 501 never come here: connectors.http sorts them by whether something may be done.
Source: docs.wair.ai, "POST /Token" and "Integration core principles".
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from crossdock.connectors.bridge import Denied, loads
from crossdock.model.faults import ConfigFault, RemoteFault, Transient, Unanswered, Unsupported

TEXT_MAX = 1_000
SAID_MAX = 20  # sentences of one refusal that are repeated

REFUSALS: Mapping[int, str] = {
    400: "vendor-rejected",
    409: "batch-incomplete",
    422: "vendor-rejected",
}
"""Status → code of a refusal of what was sent, which its desk must look at."""

SETTINGS: Mapping[int, str] = {
    404: "api_prefix",
    405: "api_prefix",
    406: "base_url",
    407: "base_url",
    410: "api_prefix",
    413: "chunks",
    414: "base_url",
    415: "base_url",
}
"""Status → the setting to look at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """One error body. code: ours. text: their own words. fields: what they say of single fields, (field, problem)."""

    status: int
    code: str
    text: str
    fields: tuple[tuple[str, str], ...] = ()


def read_refusal(raw: bytes, status: int) -> Refusal:
    """Whatever the body is: no page shows its form, so all sentences in it are taken."""
    try:
        body = loads(raw)
    except ValueError:
        body = raw[:TEXT_MAX].decode("utf-8", "replace")
    told = list(_sentences(body, ""))[:SAID_MAX]
    words = [text if not field or field in PLAIN else f"{field}: {text}" for field, text in told]
    fields = tuple((field, text) for field, text in told if field and field not in PLAIN)
    text = "; ".join(dict.fromkeys(words))[:TEXT_MAX]
    code = REFUSALS.get(status, f"http-{status}")
    return Refusal(status=status, code=code, text=text or f"HTTP {status} without a reason", fields=fields)


def fault_of_status(what: str, refusal: Refusal, evidence: str) -> RemoteFault | None:
    """None: what was sent is at fault, and a desk acts."""
    text = f"{what}: HTTP {refusal.status}, {refusal.text}"
    if refusal.status < 400:
        return ConfigFault(f"{text}; base_url must be the final address", setting="base_url", evidence=evidence)
    if refusal.status == 403:
        return Denied(text, setting="username", evidence=evidence)
    if refusal.status == 408:
        return Unanswered(text, evidence=evidence)
    if setting := SETTINGS.get(refusal.status):
        return ConfigFault(text, setting=setting, evidence=evidence)
    return None


def nothing_done(fault: RemoteFault) -> bool:
    """Whether the call that ended so certainly changed nothing."""
    return isinstance(fault, Transient | ConfigFault | Unsupported)


PLAIN = frozenset({"errors", "title", "detail", "message", "Message", "error", "errorMessage"})
SILENT = frozenset({"type", "status", "traceId", "instance"})  # of .NET's problem documents; not for people


def _sentences(body: Any, field: str) -> Iterator[tuple[str, str]]:
    """(field, text) of every text in it, however deep."""
    if isinstance(body, str) and body.strip():
        yield field, " ".join(body.split())
    elif isinstance(body, list):
        for one in body:
            yield from _sentences(one, field)
    elif isinstance(body, dict):
        for name, one in body.items():
            if name not in SILENT:
                below = name if not field or field == "errors" else f"{field}.{name}"
                yield from _sentences(one, below)
