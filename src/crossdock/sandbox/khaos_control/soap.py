"""SOAP envelopes in and out: rpc/encoded, result part `return`, faults as HTTP 500 with a faultstring.

Requests in SOAP 1.1 and 1.2 are both answered, each in its own version. Documents with a DTD are refused, and
entities are never expanded.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from crossdock.sandbox.khaos_control.markup import text

NAMESPACE = "urn:IKosWebIntf-IKosWeb"
TYPES = "urn:IKosWebIntf"
SOAP_11 = "http://schemas.xmlsoap.org/soap/envelope/"
SOAP_12 = "http://www.w3.org/2003/05/soap-envelope"
MEDIA_TYPES = {SOAP_11: "text/xml", SOAP_12: "application/soap+xml"}

_PARSER = etree.XMLParser(
    resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
)  # fmt: skip


class SoapFault(Exception):
    """The call cannot be answered; the text becomes the faultstring."""


@dataclass(frozen=True, slots=True)
class Call:
    """version: the envelope's namespace. parameters: (name, text) in the order sent. header: None when absent."""

    version: str
    method: str
    parameters: tuple[tuple[str, str], ...]
    header: etree._Element | None


def parse_xml(document: str | bytes) -> etree._Element:
    """The root of a document from outside. Raises SoapFault: on malformed XML or a DTD."""
    if isinstance(document, str):
        document = document.strip()
        if document.startswith("<?xml"):
            document = document[document.find("?>") + 2 :]
    try:
        root = etree.fromstring(document, _PARSER)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise SoapFault(f"Malformed XML: {error}") from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise SoapFault("Malformed XML: a document type declaration is not accepted")
    return root


def read_call(body: bytes) -> Call:
    """Raises SoapFault: when the body is no SOAP envelope with one call in it."""
    root = parse_xml(body)
    name = etree.QName(root)
    if name.localname != "Envelope" or name.namespace not in MEDIA_TYPES:
        raise SoapFault("Malformed XML: not a SOAP envelope")
    version = str(name.namespace)
    header = root.find(f"{{{version}}}Header")
    content = root.find(f"{{{version}}}Body")
    if content is None or len(content) == 0:
        raise SoapFault("Malformed XML: the envelope has no call in its body")
    call = content[0]
    return Call(version, etree.QName(call).localname, tuple(_parameters(call)), header)


def _parameters(call: etree._Element) -> Iterator[tuple[str, str]]:
    for part in call:
        name = etree.QName(part).localname
        if len(part):
            raise SoapFault(f"Malformed XML: parameter {name} holds elements; it takes text")
        yield name, part.text or ""


def children(element: etree._Element) -> dict[str, str]:
    """Leaf name → text of the children, without surrounding spaces. A repeated name keeps its last text."""
    return {child.tag: (child.text or "").strip() for child in element if isinstance(child.tag, str)}


def result(version: str, method: str, returned: str) -> str:
    """The answering envelope; `returned` is the written `return` part."""
    return (
        f'<?xml version="1.0"?>\n<SOAP-ENV:Envelope xmlns:SOAP-ENV="{version}"'
        ' xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
        ' xmlns:SOAP-ENC="http://schemas.xmlsoap.org/soap/encoding/">'
        '<SOAP-ENV:Body SOAP-ENV:encodingStyle="http://schemas.xmlsoap.org/soap/encoding/">'
        f'<NS1:{method}Response xmlns:NS1="{NAMESPACE}" xmlns:NS2="{TYPES}">{returned}</NS1:{method}Response>'
        "</SOAP-ENV:Body></SOAP-ENV:Envelope>"
    )


def fault(version: str, reason: str) -> str:
    """The envelope of a fault, to be sent with HTTP 500."""
    if version == SOAP_12:
        detail = (
            "<SOAP-ENV:Code><SOAP-ENV:Value>SOAP-ENV:Receiver</SOAP-ENV:Value></SOAP-ENV:Code>"
            f'<SOAP-ENV:Reason><SOAP-ENV:Text xml:lang="en">{text(reason)}</SOAP-ENV:Text></SOAP-ENV:Reason>'
        )
    else:
        detail = f"<faultcode>SOAP-ENV:Server</faultcode><faultstring>{text(reason)}</faultstring>"
    return (
        f'<?xml version="1.0"?>\n<SOAP-ENV:Envelope xmlns:SOAP-ENV="{version}"><SOAP-ENV:Body>'
        f"<SOAP-ENV:Fault>{detail}</SOAP-ENV:Fault></SOAP-ENV:Body></SOAP-ENV:Envelope>"
    )
