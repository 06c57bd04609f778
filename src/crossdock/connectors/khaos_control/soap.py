"""SOAP, as much of it as IKosWeb speaks: rpc/encoded requests out, answers read by local name. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from crossdock.connectors.http import Reply
from crossdock.connectors.khaos_control import xmldoc
from crossdock.connectors.khaos_control.text import escaped
from crossdock.connectors.khaos_control.xmldoc import Element
from crossdock.model.faults import DataFault, Unanswered

NAMESPACE = "urn:IKosWebIntf-IKosWeb"
XML_TYPES = frozenset({"text/xml", "application/xml", "application/soap+xml"})
LONG_TEXT = 8_000_000
"""libxml2 refuses a text above ten million bytes; a longer result string is cut out of the answer by hand."""

_VERSIONS = {
    "1.1": ("http://schemas.xmlsoap.org/soap/envelope/", "http://schemas.xmlsoap.org/soap/encoding/"),
    "1.2": ("http://www.w3.org/2003/05/soap-envelope", "http://www.w3.org/2003/05/soap-encoding"),
}
_RETURN = re.compile(r"<(?:[\w.-]+:)?return(?:\s[^>]*)?>([^<]{64,})</")
_REFERENCE = re.compile(r"&(?:#x([0-9A-Fa-f]{1,6})|#([0-9]{1,7})|(amp|lt|gt|quot|apos));")
_NAMED = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}


@dataclass(frozen=True, slots=True)
class Param:
    """One parameter of a call. kind: string, int, boolean or dateTime. value: as XML Schema writes it."""

    name: str
    value: str
    kind: str = "string"


@dataclass(frozen=True, slots=True)
class SoapFault:
    """What the server says went wrong. code: without its namespace prefix, such as Server."""

    code: str
    text: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """The `return` part of a response. long_text: a result string too long for the parser, already read."""

    element: Element
    ids: Mapping[str, Element] = field(default_factory=dict, repr=False)
    long_text: str = field(default="", repr=False)

    def string(self) -> str:
        """The result of an operation that returns a string."""
        return self.long_text or self.follow(self.element).text or ""

    def follow(self, element: Element) -> Element:
        """What an element stands for: itself, or the multiRef element its `href` names."""
        if ref := element.get("href"):
            return self.ids.get(str(ref).removeprefix("#"), element)
        return element

    def field(self, element: Element, name: str) -> str:
        """The text of a struct's field; "" when missing."""
        found = element.find(name)
        return "" if found is None else (self.follow(found).text or "").strip()

    def rows(self, element: Element, name: str, key: str) -> list[Element]:
        """The structs of an array field. key: a field every struct has; it tells an array from a bare struct."""
        found: list[Element] = []
        for holder in element.iterfind(name):
            array = self.follow(holder)
            structs = [array] if array.find(key) is not None else [self.follow(one) for one in array]
            found.extend(struct for struct in structs if len(struct))
        return found


def envelope(method: str, params: Sequence[Param], *, version: str = "1.1", header: str = "") -> bytes:
    """A request. header: the content of soap:Header, already XML."""
    soap, encoding = _VERSIONS[version]
    arguments = "".join(
        f'<{param.name} xsi:type="xsd:{param.kind}">{escaped(param.value)}</{param.name}>' for param in params
    )
    head = f"<soap:Header>{header}</soap:Header>" if header else ""
    return (
        '<?xml version="1.0" encoding="utf-8"?>'
        f'<soap:Envelope xmlns:soap="{soap}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
        f' xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:kos="{NAMESPACE}">{head}<soap:Body>'
        f'<kos:{method} soap:encodingStyle="{encoding}">{arguments}</kos:{method}></soap:Body></soap:Envelope>'
    ).encode()


def credentials(username: str, password: str) -> str:
    """The header of auth mode `soap_header`; its layout is an assumption, the vendor documents none."""
    return (
        f'<kos:Credentials xmlns:kos="{NAMESPACE}"><Username>{escaped(username)}</Username>'
        f"<Password>{escaped(password)}</Password></kos:Credentials>"
    )


def headers(action: str, *, version: str = "1.1") -> dict[str, str]:
    if version == "1.2":
        return {"Content-Type": f'application/soap+xml; charset=utf-8; action="{action}"'}
    return {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": f'"{action}"'}


def read_answer(reply: Reply) -> Answer | SoapFault:
    """What a reply says. Raises Unanswered when it is no whole SOAP answer: a web page, half a document, nothing."""
    if not reply.body.strip():
        raise Unanswered("the answer is empty", evidence=reply.evidence())
    if reply.media_type not in XML_TYPES:
        raise Unanswered(f"the answer is {reply.media_type or 'of no type'}, not XML", evidence=reply.evidence())
    try:
        return _read_envelope(xmldoc.decode(reply.body))
    except DataFault as fault:
        raise Unanswered(f"the answer cannot be read: {fault}", evidence=reply.evidence()) from fault


def _read_envelope(text: str) -> Answer | SoapFault:
    long_text = ""
    if len(text) > LONG_TEXT:
        text, long_text = lift_long_text(text)
    root = xmldoc.parse(text)
    body = root.find("Body")
    if root.tag != "Envelope" or body is None or not len(body):
        raise DataFault(f"/{root.tag}", "this is no SOAP envelope with a body")
    if (fault := body.find("Fault")) is not None:
        return read_fault(fault)
    value = body[0].find("return")
    if value is None:
        raise DataFault(xmldoc.place(body[0]), "the response has no return part")
    ids = {str(one.get("id")): one for one in body if one.get("id")} if "href=" in text else {}
    return Answer(value, ids, long_text)


def lift_long_text(text: str) -> tuple[str, str]:
    """(the answer without its result string, that string unescaped); unchanged and "" when it holds no such string."""
    found = _RETURN.search(text)
    if found is None:
        return text, ""
    return text[: found.start(1)] + text[found.end(1) :], _REFERENCE.sub(_meaning, found.group(1))


def _meaning(reference: re.Match[str]) -> str:
    hexadecimal, number, name = reference.groups()
    if name:
        return _NAMED[name]
    point = int(hexadecimal, 16) if hexadecimal else int(number)
    if point > 0x10FFFF:
        raise DataFault("/Envelope/Body", f"{reference.group()} is no character")
    return chr(point)


def read_fault(fault: Element) -> SoapFault:
    """SOAP 1.1 has faultcode and faultstring, 1.2 has Code/Value and Reason/Text."""
    code = fault.findtext("faultcode") or fault.findtext("Code/Value") or ""
    text = fault.findtext("faultstring") or fault.findtext("Reason/Text") or ""
    detail = fault.find("detail")
    detail = fault.find("Detail") if detail is None else detail
    words = "" if detail is None else " ".join("".join(str(part) for part in detail.itertext()).split())
    return SoapFault(code.strip().rpartition(":")[2], " ".join(text.split()), words)
