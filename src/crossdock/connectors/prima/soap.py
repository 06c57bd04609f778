"""SOAP 1.1, as much of it as the OpenEdge Web Services Adapter speaks: one string in, one string out. Pure.

Source: Progress documentation, "Typical SOAP fault response message": the detail holds errorMessage and requestID.
"""

from dataclasses import dataclass

from lxml import etree

from crossdock.connectors.prima import xmldoc
from crossdock.connectors.prima.mapping_grammar import Transport
from crossdock.connectors.prima.wsdl import Parameters
from crossdock.model.faults import DataFault

ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"


@dataclass(frozen=True, slots=True)
class SoapFault:
    """code: without its prefix. text: what the server says went wrong; request_id: to find it in its logs."""

    code: str
    text: str
    request_id: str = ""

    def __str__(self) -> str:
        words = self.text or self.code or "a fault without words"
        return f"{words} (request {self.request_id})" if self.request_id else words


def envelope(transport: Transport, parameters: Parameters, document: str, company_id: str = "") -> bytes:
    """The call of the generic operation. company_id: makes it the operation that takes one.

    Raises DataFault: a company id that XML cannot hold.
    """
    namespace = f"{{{transport.namespace}}}"
    name = transport.company_operation if company_id else transport.operation
    root = etree.Element(f"{{{ENVELOPE}}}Envelope", nsmap={"soap": ENVELOPE})
    body = etree.SubElement(root, f"{{{ENVELOPE}}}Body")
    call = etree.SubElement(body, f"{namespace}{name}", nsmap={"om": transport.namespace})
    given = {**({parameters.company: company_id} if company_id else {}), parameters.argument: document}
    for parameter, text in given.items():
        try:
            etree.SubElement(call, f"{namespace if parameters.qualified else ''}{parameter}").text = text
        except ValueError:
            raise DataFault(parameter, "holds a character that XML cannot") from None
    return bytes(etree.tostring(root, encoding="utf-8", xml_declaration=True))


def headers(transport: Transport) -> dict[str, str]:
    return {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": f'"{transport.soap_action}"'}


def read_answer(raw: bytes) -> xmldoc.Element | SoapFault:
    """The root of the XML document that an envelope carries, or what went wrong. Raises DataFault."""
    return _opened(xmldoc.parse(xmldoc.decode(raw)))


def read_document(raw: bytes) -> xmldoc.Element | SoapFault:
    """The same, of an envelope or of the document alone."""
    root = xmldoc.parse(xmldoc.decode(raw))
    return _opened(root) if root.tag == "Envelope" else root


def _opened(root: xmldoc.Element) -> xmldoc.Element | SoapFault:
    body = root.find("Body")
    if root.tag != "Envelope" or body is None or not len(body):
        raise DataFault(f"/{root.tag}", "this is no SOAP envelope with a body")
    if (fault := body.find("Fault")) is not None:
        return _fault(fault)
    documents = [
        text
        for text in (element.text or "" for element in body[0].iter())
        if text.lstrip("\ufeff \t\r\n").startswith("<")
    ]
    if len(documents) != 1:
        raise DataFault(xmldoc.place(body[0]), f"holds {len(documents)} XML documents as text; there must be one")
    return xmldoc.parse(documents[0])


def _fault(fault: xmldoc.Element) -> SoapFault:
    told = {str(element.tag): " ".join((element.text or "").split()) for element in fault.iter()}
    code = told.get("faultcode", "").rpartition(":")[2]
    words = [told.get("errorMessage", ""), told.get("faultstring", "")]
    return SoapFault(code, "; ".join(dict.fromkeys(word for word in words if word)), told.get("requestID", ""))
