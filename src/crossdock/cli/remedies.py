"""The remedies a case offers, as commands to type."""

import shlex
from dataclasses import dataclass

from crossdock.cases.kind import Remedy
from crossdock.cases.kinds import KINDS
from crossdock.flows.remedies import MAP_PARAMS, MAPS
from crossdock.flows.wish import REASONED

MEANS = {
    Remedy.MAP_CODE: "say which ERP code it is",
    Remedy.LINK_ACCOUNT: "tie the company to an ERP account",
    Remedy.OPEN_ACCOUNT: "have an account opened in the ERP for it (where accounts.new is create)",
    Remedy.ACCEPT: "take it as it is, for the records held now",
    Remedy.RETRY: "look again, with today's mappings and figures",
    Remedy.ADOPT: "it is in the ERP: this is its number there",
    Remedy.SEND_AGAIN: "it is certainly not in the ERP: send it once more",
    Remedy.SET_ASIDE: "take the orders out for good",
    Remedy.APPLY: "make the change",
    Remedy.REFUSE: "do not make the change, and tell whoever asked why",
}
EXAMPLES = {
    "code": "ERP-CODE", "units": "12", "percent": "20", "account": "ACCOUNT-CODE", "erp_ref": "ERP-NUMBER",
    "becomes": "line-discount",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """params: names that --set must give."""

    remedy: Remedy
    means: str
    params: tuple[str, ...]
    command: str


def offers(kind: str, case_id: int, *, code: str = "") -> list[Offer]:
    """code: the ERP code (of a stock item or an account) to put into the command, when one is likely."""
    found = []
    for remedy in KINDS[kind].remedies:
        params = _params(kind, remedy)
        found.append(
            Offer(remedy=remedy, means=MEANS[remedy], params=params, command=_command(remedy, params, case_id, code))
        )
    return found


def _params(kind: str, remedy: Remedy) -> tuple[str, ...]:
    match remedy:
        case Remedy.MAP_CODE:
            return MAP_PARAMS[MAPS[kind]]
        case Remedy.LINK_ACCOUNT:
            return ("account",)
        case Remedy.ADOPT:
            return ("erp_ref",)
    return ()


def _command(remedy: Remedy, params: tuple[str, ...], case_id: int, code: str) -> str:
    if remedy is Remedy.RETRY:
        return f"crossdock cases retry {case_id}"
    values = {**EXAMPLES, "code": code or EXAMPLES["code"], "account": code or EXAMPLES["account"]}
    words = ["crossdock", "cases", "resolve", str(case_id), "--remedy", str(remedy)]
    for name in params:
        words += ["--set", f"{name}={values[name]}"]
    if remedy in REASONED:
        words += ["--reason", "why, in your words"]
    return shlex.join(words)
