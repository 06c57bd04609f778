"""The HTTP API: its description as it is served, and the same as a page to read."""

import json
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from crossdock.api.v1.app import PREFIX, make_api
from crossdock.api.v1.problems import WHY
from crossdock.decide.scopes import Scope
from crossdock.reference.markdown import codes, page, table

MEANINGS: Mapping[Scope, str] = {
    Scope.READ: "see what the roles show",
    Scope.CASES_SETTLE: "rehearse and apply remedies, handle cases, keep views; needs an `operator` or `admin`",
    Scope.MAPPINGS_WRITE: "change code maps; needs an operator of the desk whose map it is, or an `admin`",
    Scope.FLOWS_RUN: "have a flow run before it falls due; needs an operator of every desk, or an `admin`",
    Scope.RECONCILE: "have both sides compared; needs an operator of the finance or the operations desk, or an `admin`",
    Scope.PROBE: "have a system probed; needs an operator of the integration desk in a pairing of it, or an `admin`",
    Scope.AUDIT_READ: "read the audit trail, take evidence; needs an `auditor` or `admin` of everything",
    Scope.ADMIN: "change people, list and revoke tokens; needs an `admin` of everything",
}

_HEAD = f"""\
Every operation under `{PREFIX}`. Fields, limits and examples are in [openapi.json](openapi.json), which an installation
also serves at `{PREFIX}/openapi.json`. [Use the API](../how-to/use-the-api.md) says how to begin, and what no
token does: passwords, second factors and sessions stay with people, in the console and on the command line."""


def description() -> str:
    """As JSON that changes line by line."""
    return json.dumps(_described(), indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def api_page() -> str:
    scopes = table(["scope", "allows to"], [(f"`{one}`", MEANINGS[one]) for one in Scope])
    refusals = table(["status", "means"], [(status, why) for status, why in WHY.items()])
    return page("HTTP API", _HEAD, *_rooms(), "## Scopes", scopes, "## Refusals", refusals)


def _rooms() -> Iterator[str]:
    for tag in _described()["tags"]:
        rows = [
            (f"`{method.upper()} {path}`", told["summary"], _scope(told), f"`{told['operationId']}`", _refusals(told))
            for path, methods in _described()["paths"].items()
            for method, told in methods.items()
            if tag["name"] in told["tags"]
        ]
        yield f"## {tag['name'].capitalize()}"
        yield tag["description"]
        yield table(["call", "what", "scope", "operation", "refusals of its own"], rows)


def _scope(told: Mapping[str, Any]) -> str:
    return codes(scope for needed in told["security"] for scope in needed["token"]) or "any"


def _refusals(told: Mapping[str, Any]) -> str:
    return ", ".join(status for status in told["responses"] if status in ("404", "409", "413", "415", "502"))


@cache
def _described() -> dict[str, Any]:
    return make_api(None).openapi()
