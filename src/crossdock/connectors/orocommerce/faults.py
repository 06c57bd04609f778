"""What a refused call means: status, title and detail → our code, and who acts.

Source: the functional tests of oroinc/orocommerce, platform and customer-portal, whose `title` is the machine key
(a constraint's class name in words); details differ by language pack and are matched only where nothing else tells
two cases apart. 423, 425, 429 and every 5xx never come here: connectors.http sorts them.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from crossdock.connectors.http import Reply
from crossdock.connectors.orocommerce.jsonapi import WireError, errors_in
from crossdock.model.faults import ConfigFault, Refused


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """status, title, says: what must match (None, "": anything). setting: the operator's, "" when a desk acts."""

    code: str
    status: int | None = None
    title: str = ""
    says: str = ""
    setting: str = ""
    advice: str = ""
    duplicate: bool = False


PERMISSION = "give the role of the OAuth application's user this permission"
VERSION = "this shop does not know it: check the setting `version`, and the features switched on over there"

RULES: tuple[Rule, ...] = (
    Rule(status=401, code="credentials", setting="client_secret", advice="the access token is refused"),
    Rule(status=403, title="access denied exception", says='"EDIT"', code="frozen"),
    Rule(status=403, title="access denied exception", says="delete operation is forbidden", code="forbidden"),
    Rule(status=403, title="access denied exception", says="the entity", code="forbidden"),
    Rule(status=403, title="access denied exception", says="parent entity", code="forbidden"),
    Rule(status=403, title="access granted constraint", code="forbidden-relation"),
    Rule(status=403, code="no-permission", setting="client_id", advice=PERMISSION),
    Rule(status=404, title="not found http exception", code="not-found"),
    Rule(status=404, title="resource not accessible exception", code="no-such-resource", setting="version",
         advice=VERSION),
    Rule(status=404, title="relationship constraint", code="no-such-resource", setting="version", advice=VERSION),
    Rule(status=404, code="no-such-address", setting="admin_prefix",
         advice="nothing there: check base_url and admin_prefix, and that the API is switched on (System "
                "Configuration, Integrations, API Settings)"),
    Rule(status=405, code="not-allowed", setting="version", advice=VERSION),
    Rule(status=406, code="not-acceptable", setting="base_url", advice="something between changes the Accept header"),
    Rule(status=409, code="conflict", duplicate=True),
    Rule(status=413, code="too-large"),
    Rule(status=400, title="unique entity constraint", code="not-unique"),
    Rule(status=400, title="extra fields constraint", code="unknown-field"),
    Rule(status=400, title="filter constraint", code="unknown-filter", setting="version", advice=VERSION),
    Rule(status=400, title="sort constraint", code="unknown-sort", setting="version", advice=VERSION),
    Rule(status=400, title="form constraint", says="entity does not exist", code="no-such-relation"),
    Rule(status=400, title="form constraint", code="invalid"),
    Rule(status=400, title="not blank constraint", code="blank"),
    Rule(status=400, title="type constraint", code="invalid"),
    Rule(status=400, title="value constraint", code="invalid"),
    Rule(status=400, title="range constraint", code="invalid"),
    Rule(status=400, title="count constraint", code="invalid"),
    Rule(status=400, title="entity identifier constraint", code="bad-id"),
    Rule(status=400, title="entity type constraint", code="bad-type"),
    Rule(status=400, title="request data constraint", code="bad-request"),
    Rule(status=400, title="bad request http exception", code="bad-request"),
    Rule(status=400, title="unchangeable field constraint", code="unchangeable"),
    Rule(status=400, title="customer owner constraint", code="customer-owner"),
)  # fmt: skip


def rule_for(status: int, errors: Sequence[WireError] = ()) -> Rule:
    """The first rule that fits the first error; without one, a code made from its title, or from the status."""
    first = errors[0] if errors else WireError(status=status, title="")
    status = first.status or status
    for rule in RULES:
        if rule.status in (None, status) and rule.title in ("", first.title) and rule.says in first.detail:
            return rule
    title = first.title.removesuffix(" constraint").replace(" ", "-")
    return Rule(code=title or f"http-{status}")


def refused(status: int, errors: Sequence[WireError], *, evidence: str = "") -> Refused:
    """A call that was turned down, in the other side's words."""
    rule = rule_for(status, errors)
    text = "; ".join(str(error) for error in errors) or f"HTTP {status} without a reason"
    return Refused(code=rule.code, text=text, duplicate=rule.duplicate, evidence=evidence)


def turned_down(what: str, status: int, errors: Sequence[WireError], *, evidence: str = "") -> Refused | ConfigFault:
    """A write that was refused: the record's own matter, or one that a setting or a permission would mend."""
    refusal = refused(status, errors, evidence=evidence)
    rule = rule_for(status, errors)
    if not rule.setting:
        return refusal
    return ConfigFault(f"{what}: {refusal.text}; {rule.advice}", setting=rule.setting, evidence=evidence)


def config_fault(what: str, reply: Reply, *, evidence: str = "") -> ConfigFault:
    """For a read that can never be answered as things stand. what: the call, as a person would say it."""
    errors = errors_in(reply.body)
    rule = rule_for(reply.status, errors)
    said = "; ".join(str(error) for error in errors) or f"HTTP {reply.status}"
    setting = rule.setting or ("client_id" if reply.status == 403 else "version")
    advice = rule.advice or (PERMISSION if reply.status == 403 else VERSION)
    return ConfigFault(f"{what}: {said}; {advice}", setting=setting, evidence=evidence or reply.evidence())


def moved(what: str, reply: Reply) -> ConfigFault:
    """A redirect: the configured address is not the shop's own."""
    to = reply.headers.get("Location", "nowhere")
    return ConfigFault(f"{what}: redirected to {to}; base_url must be the final address", setting="base_url")
