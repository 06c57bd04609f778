"""What a refused call or line means: status and property → our code, and who acts.

Bodies come in four shapes: `{code, message}`, the same with a link to the documentation, the same with `errors`, and
`{code, messages}`. In a bulk answer `code` is called `status_code`. Messages are English prose that changes between
releases, so nothing is decided by them. 423, 425, 429 and every 5xx never come here: connectors.http sorts them.
Source: Akeneo REST API, "Response codes"; pim-community-dev, ViolationNormalizer and ProductModelController.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from crossdock.connectors.akeneo.jsondoc import Malformed, parse
from crossdock.connectors.akeneo.records import Violation, WireError
from crossdock.connectors.http import Reply
from crossdock.model.faults import ConfigFault, Refused


class Denied(ConfigFault):
    """The credentials may not do this, in the PIM's own words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """status, property: what must match (None, "": anything). setting: the operator's, "" when a desk acts."""

    code: str
    status: int | None = None
    property: str = ""
    setting: str = ""
    advice: str = ""


ADDRESS = "no such address in this PIM: check base_url, and product_by on releases before 7.0"
RULES: tuple[Rule, ...] = (
    Rule(status=400, code="malformed"),
    Rule(status=401, code="credentials", setting="client_secret", advice="the access token is refused"),
    Rule(status=403, code="forbidden"),
    Rule(status=404, code="not-found"),
    Rule(status=405, code="not-allowed", setting="base_url", advice=ADDRESS),
    Rule(status=406, code="not-acceptable", setting="base_url", advice="something between changes the Accept header"),
    Rule(status=409, code="conflict"),
    Rule(status=413, code="too-large"),
    Rule(status=415, code="media-type", setting="base_url", advice="something between changes the Content-Type header"),
    Rule(status=422, property="identifier", code="identifier"),
    Rule(status=422, property="uuid", code="uuid"),
    Rule(status=422, property="code", code="code"),
    Rule(status=422, property="family", code="family"),
    Rule(status=422, property="family_variant", code="family-variant"),
    Rule(status=422, property="parent", code="parent"),
    Rule(status=422, property="categories", code="category"),
    Rule(status=422, property="attribute", code="attribute"),
    Rule(status=422, property="values", code="value"),
    Rule(status=422, code="invalid"),
)


def rule_for(status: int, error: WireError | None = None) -> Rule:
    """The first rule that fits the status and any of the properties; without one, a code made from the status."""
    status = status or (error.status if error else 0)
    properties = {one.place for one in error.violations} if error else set()
    for rule in RULES:
        if rule.status in (None, status) and (not rule.property or rule.property in properties):
            return rule
    return Rule(code=f"http-{status}")


def error_in(raw: bytes) -> WireError | None:
    """The refusal a body holds; None when it holds none."""
    try:
        return to_error(parse(raw))
    except Malformed:
        return None


def to_error(body: Any, *, status_name: str = "code") -> WireError | None:
    """One of the four shapes, or an OAuth error; None when it is none of them."""
    if not isinstance(body, dict):
        return None
    if isinstance(body.get("error"), str):
        return WireError(status=0, text=": ".join(_texts(body, "error", "error_description")))
    texts = [*_texts(body, "message"), *_strings(body.get("messages"))]
    status = body.get(status_name)
    if not texts or isinstance(status, bool) or not isinstance(status, int):
        return None
    links = body.get("_links")
    documentation = links.get("documentation") if isinstance(links, dict) else None
    return WireError(
        status=status,
        text="; ".join(texts),
        violations=tuple(_violation(one) for one in _list(body.get("errors")) if isinstance(one, dict)),
        documentation=str(documentation.get("href") or "") if isinstance(documentation, dict) else "",
    )


def _violation(one: Mapping[str, Any]) -> Violation:
    said = {name: value for name, value in one.items() if isinstance(value, str)}
    return Violation(
        place=said.get("property", ""),
        message=said.get("message", ""),
        attribute=said.get("attribute", ""),
        locale=said.get("locale", ""),
        channel=said.get("scope", ""),
    )


def _texts(body: Mapping[str, Any], *names: str) -> list[str]:
    return [body[name] for name in names if isinstance(body.get(name), str)]


def _strings(found: Any) -> list[str]:
    return [one for one in _list(found) if isinstance(one, str)]


def _list(found: Any) -> Sequence[Any]:
    return found if isinstance(found, list) else ()


def refused(status: int, error: WireError | None, *, evidence: str = "") -> Refused:
    """A line or a call that was turned down, in the other side's words."""
    text = str(error) if error else f"HTTP {status} without a reason"
    return Refused(code=rule_for(status, error).code, text=text, evidence=evidence)


def config_fault(what: str, reply: Reply, *, blamed: str, setting: str = "") -> ConfigFault:
    """For a call that can never be answered as things stand. what: the call. blamed: who is not allowed to.

    setting: the one that is to blame where the status alone does not tell.
    """
    if 300 <= reply.status < 400:
        to = reply.headers.get("Location", "nowhere")
        return ConfigFault(f"{what}: redirected to {to}; base_url must be the final address", setting="base_url")
    error = error_in(reply.body)
    said = str(error) if error else f"HTTP {reply.status}"
    if reply.status == 403:
        text = f"{what}: {said}; give the user's role or the app's scopes this permission"
        return Denied(text, setting=blamed, evidence=reply.evidence())
    rule = rule_for(reply.status, error)
    advice = rule.advice or (ADDRESS if reply.status == 404 else f"check {setting or 'base_url'}")
    return ConfigFault(
        f"{what}: {said}; {advice}", setting=setting or rule.setting or "base_url", evidence=reply.evidence()
    )
