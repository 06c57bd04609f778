"""Their words → whose fault it is: one table for SOAP faults, one for HTTP statuses, a setting for skipped orders.

The vendor publishes no list of fault texts. The SOAP fault code says who is to blame (Client: the request; Server: they
are), and the patterns below catch what a server blames on itself although nothing was done.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto

from crossdock.connectors.khaos_control.soap import SoapFault
from crossdock.model.faults import ConfigFault, DataFault, RemoteFault, Transient


class Broke(Transient):
    """A read was answered, and the answer is that the server broke: the next one may fare better."""


class Blame(Enum):
    """Who must act, and whether anything can have been done over there."""

    SETTING = auto()  # the operator; nothing was done
    REQUEST = auto()  # what we asked for cannot be understood or taken; nothing was done
    SERVER = auto()  # they broke; anything may have been done


@dataclass(frozen=True, slots=True)
class FaultRule:
    """code, text: patterns searched in the fault's code and text, any case. setting: which one to look at."""

    code: str
    text: str
    blame: Blame
    setting: str = ""


SOAP_FAULTS: tuple[FaultRule, ...] = (
    FaultRule("", r"(unknown|no such|unsupported|invalid) (method|operation|action)", Blame.SETTING, "exe"),
    FaultRule("", r"(method|operation|action)\b.*\b(not (found|known|enabled|supported|available)|unknown)",
              Blame.SETTING, "exe"),
    FaultRule("", r"access (is )?denied|not authori[sz]ed|unauthori[sz]ed|authenticat|log ?[io]n failed|password",
              Blame.SETTING, "auth"),
    FaultRule("", r"licen[cs]e", Blame.SETTING, "exe"),
    FaultRule("", r"malformed|not well.?formed|invalid xml|xml (document|text) (must|is not)|cannot parse",
              Blame.REQUEST),
    FaultRule(r"^(client|sender|versionmismatch|mustunderstand)", "", Blame.REQUEST),
    FaultRule("", "", Blame.SERVER),
)  # fmt: skip

STATUS_SETTINGS: Mapping[int, str] = {
    301: "base_url", 302: "base_url", 307: "base_url", 308: "base_url",
    401: "auth", 403: "auth", 404: "exe", 405: "endpoint_suffix", 410: "exe", 415: "soap_version",
}  # fmt: skip
"""Statuses of the web server in front of the executable: the call never reached it."""

REQUEST_STATUSES = frozenset({400, 411, 413, 414, 422, 431})
"""The web server would not take the request: nothing was done, and the same request will fare no better."""


def rule_for(fault: SoapFault) -> FaultRule:
    """The first rule that fits; the last fits all."""
    return next(
        rule
        for rule in SOAP_FAULTS
        if re.search(rule.code, fault.code, re.IGNORECASE) and re.search(rule.text, fault.text, re.IGNORECASE)
    )


def read_fault(method: str, fault: SoapFault, *, evidence: str = "") -> RemoteFault:
    """What to raise when a read met this SOAP fault."""
    rule, text = rule_for(fault), f"{method}: {fault.text or fault.code or 'a fault without words'}"
    if rule.blame is Blame.SETTING:
        return ConfigFault(text, setting=rule.setting, evidence=evidence)
    if rule.blame is Blame.REQUEST:
        return DataFault(method, fault.text or fault.code, evidence=evidence)
    return Broke(text, evidence=evidence)


def skip_class(reason: str, table: Mapping[str, str]) -> str:
    """`duplicate`, `data` or `other`, by the first pattern found in a SkipReason."""
    return next((kind for pattern, kind in table.items() if re.search(pattern, reason, re.IGNORECASE)), "other")
