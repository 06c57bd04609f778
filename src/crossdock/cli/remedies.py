"""The remedies a case offers, as commands to type."""

import shlex
from collections.abc import Sequence
from dataclasses import dataclass

from crossdock.cases.kind import Remedy
from crossdock.wiring.case_file import Way

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


def offers(ways: Sequence[Way], case_id: int, *, code: str = "") -> list[Offer]:
    """code: the ERP code (of a stock item or an account) to put into the command, when one is likely."""
    return [
        Offer(remedy=way.remedy, means=way.means, params=way.params, command=_command(way, case_id, code))
        for way in ways
    ]


def _command(way: Way, case_id: int, code: str) -> str:
    if way.remedy is Remedy.RETRY:
        return f"crossdock cases retry {case_id}"
    values = {**EXAMPLES, "code": code or EXAMPLES["code"], "account": code or EXAMPLES["account"]}
    words = ["crossdock", "cases", "resolve", str(case_id), "--remedy", str(way.remedy)]
    for name in way.params:
        words += ["--set", f"{name}={values[name]}"]
    if way.reasoned:
        words += ["--reason", "why, in your words"]
    return shlex.join(words)
