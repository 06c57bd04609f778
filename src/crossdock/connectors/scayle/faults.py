"""What a refused call means: status and errorKey → our code, and who acts.

No catalogue of error keys is public, so the status decides first. 423, 425, 429 and every 5xx never come here:
connectors.http sorts them, and RATE_LIMIT_EXCEED under any 4xx with them.
Source: SCAYLE Admin API, Errors.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from crossdock.connectors.http import Reply
from crossdock.connectors.scayle.wire import Malformed, parse
from crossdock.model.faults import ConfigFault, Refused

RATE_LIMIT = "RATE_LIMIT_EXCEED"


@dataclass(frozen=True, slots=True, kw_only=True)
class WireError:
    """One entry of `errors`. context: (name, value) of what it speaks of."""

    key: str
    message: str = ""
    context: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        about = ", ".join(f"{name} {value}" for name, value in self.context)
        return f"{self.key}: {self.message}" + (f" ({about})" if about else "")


class Denied(ConfigFault):
    """The API key may not do this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """status, key: what must match (None, "": anything). setting: the operator's, "" when a desk acts."""

    code: str
    status: int | None = None
    key: str = ""
    setting: str = ""
    advice: str = ""
    duplicate: bool = False
    unknown: bool = False


SCOPES = "give the API key this right (Settings, General, API Keys), and look at its companies, shops and addresses"

RULES: tuple[Rule, ...] = (
    Rule(status=401, code="credentials", setting="access_token", advice="the API key is refused"),
    Rule(status=403, code="no-permission", setting="access_token", advice=SCOPES),
    Rule(key="VARIANT_NOT_FOUND", code="no-such-variant"),
    Rule(status=404, code="not-found"),
    Rule(status=405, code="not-allowed", setting="api_path", advice="this address does not know the call"),
    Rule(status=408, code="timeout", unknown=True),
    Rule(status=409, code="conflict", duplicate=True),
    Rule(status=412, code="precondition"),
    Rule(status=413, code="too-large"),
    Rule(status=422, code="invalid"),
    Rule(status=424, code="failed-dependency"),
    Rule(status=400, code="invalid"),
)


def rule_for(status: int, errors: Sequence[WireError] = ()) -> Rule:
    """The first rule that fits; without one, a code made from the error key or the status."""
    key = errors[0].key if errors else ""
    for rule in RULES:
        if rule.status in (None, status) and rule.key in ("", key):
            return rule
    return Rule(code=key.lower().replace("_", "-") or f"http-{status}")


def errors_in(body: bytes) -> tuple[WireError, ...]:
    """The entries of an error body; none when it is no such thing."""
    try:
        value = parse(body)
    except Malformed:
        return ()
    return errors_of(value)


def errors_of(value: Any) -> tuple[WireError, ...]:
    entries = value.get("errors") if isinstance(value, dict) else None
    return tuple(wire_error(entry) for entry in entries if isinstance(entry, dict)) if isinstance(entries, list) else ()


def wire_error(entry: dict[str, Any]) -> WireError:
    """context comes as an empty list when there is none."""
    context = entry.get("context")
    pairs = context.items() if isinstance(context, dict) else ()
    return WireError(
        key=str(entry.get("errorKey") or ""),
        message=str(entry.get("message") or ""),
        context=tuple((str(name), str(value)) for name, value in pairs),
    )


def said(status: int, errors: Sequence[WireError]) -> str:
    return "; ".join(str(error) for error in errors) or f"HTTP {status} without a reason"


def refused(status: int, errors: Sequence[WireError], *, evidence: str = "") -> Refused:
    """A call that was turned down, in the other side's words."""
    rule = rule_for(status, errors)
    return Refused(code=rule.code, text=said(status, errors), duplicate=rule.duplicate, evidence=evidence)


def config_fault(what: str, status: int, errors: Sequence[WireError], *, evidence: str = "") -> ConfigFault:
    """For a call that can never be answered as things stand. what: the call, as a person would say it."""
    rule = rule_for(status, errors)
    kind = Denied if status == 403 else ConfigFault
    text = f"{what}: {said(status, errors)}" + (f"; {rule.advice}" if rule.advice else "")
    return kind(text, setting=rule.setting or "base_url", evidence=evidence)


def moved(what: str, reply: Reply) -> ConfigFault:
    """A redirect: the configured address is not the tenant's own."""
    to = reply.headers.get("Location", "nowhere")
    return ConfigFault(f"{what}: redirected to {to}; base_url must be the final address", setting="base_url")
