"""The OpenEdge web service around Prima: SOAP 1.1 envelopes, faults and the WSDL.

A fault of the OpenEdge Web Services Adapter carries `errorMessage` and `requestID` in its detail (Progress
documentation, "Typical SOAP fault response message"). Documents with a DTD are refused; entities are never expanded.
"""

from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from lxml import etree

from crossdock.sandbox.prima.knobs import Knobs

SOAP_11 = "http://schemas.xmlsoap.org/soap/envelope/"
OPERATIONS = ("wsomhandler", "comwsomhandler")
REFUSED = "An error was detected while executing the Web Service request. (10893)"

PARSER = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, huge_tree=True)


class SoapFault(Exception):
    """The call cannot be answered at all; the text is the errorMessage."""


@dataclass(frozen=True, slots=True)
class SoapCall:
    """company: "" for wsomhandler. document: the XML string, as sent."""

    operation: str
    company: str
    document: str


def parse_xml(document: str | bytes) -> etree._Element:
    """Raises SoapFault: on malformed XML or a DTD."""
    try:
        root = etree.fromstring(document, PARSER)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise SoapFault(f"The request is not well-formed XML: {error}") from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise SoapFault("A document type declaration is not accepted")
    return root


def read_call(body: bytes, knobs: Knobs) -> SoapCall:
    """Raises SoapFault: when the body is no SOAP 1.1 call of a known operation with its parameters."""
    root = parse_xml(body)
    name = etree.QName(root)
    if name.localname != "Envelope" or name.namespace != SOAP_11:
        raise SoapFault("The request is not a SOAP 1.1 envelope")
    content = root.find(f"{{{SOAP_11}}}Body")
    if content is None or len(content) != 1:
        raise SoapFault("The SOAP body must hold one operation")
    operation = etree.QName(content[0]).localname
    if operation not in OPERATIONS:
        raise SoapFault(f"The operation {operation} is not one of the service {knobs.target_uri}")
    parts = {etree.QName(part).localname: part.text or "" for part in content[0]}
    wanted = [knobs.input_part, *([knobs.company_part] if operation == "comwsomhandler" else [])]
    if missing := [one for one in wanted if one not in parts]:
        raise SoapFault(f"The operation {operation} needs the parameter {', '.join(missing)}")
    return SoapCall(operation, parts.get(knobs.company_part, "").strip(), parts[knobs.input_part])


def reply(call: SoapCall, document: str, knobs: Knobs) -> str:
    """The answering envelope: the XML string in its output parameter."""
    name, part = f"{call.operation}Response", knobs.output_part
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<SOAP-ENV:Envelope xmlns:SOAP-ENV="{SOAP_11}"'
        ' xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f'<SOAP-ENV:Body><{name} xmlns="{knobs.target_uri}"><{part}>{escape(document)}</{part}></{name}>'
        "</SOAP-ENV:Body></SOAP-ENV:Envelope>"
    )


def fault(message: str, request_id: str, address: str) -> str:
    """The envelope of a fault, to be sent with HTTP 500."""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<SOAP-ENV:Envelope xmlns:SOAP-ENV="{SOAP_11}"><SOAP-ENV:Body>'
        f"<SOAP-ENV:Fault><faultcode>SOAP-ENV:Server</faultcode><faultstring>{REFUSED}</faultstring><detail>"
        f"<FaultDetail xmlns={quoteattr(address)}><errorMessage>{escape(message)}</errorMessage>"
        f"<requestID>{escape(request_id)}</requestID></FaultDetail></detail></SOAP-ENV:Fault>"
        "</SOAP-ENV:Body></SOAP-ENV:Envelope>"
    )


def wsdl(address: str, knobs: Knobs) -> str:
    """A document/literal WSDL. The vendor's own is not public; each installation publishes its own."""
    uri = knobs.target_uri
    inputs = {"wsomhandler": [knobs.input_part], "comwsomhandler": [knobs.company_part, knobs.input_part]}
    types = "".join(_element(name, inputs[name]) + _element(f"{name}Response", [knobs.output_part]) for name in inputs)
    messages = "".join(
        f'<message name="{name}"><part name="parameters" element="tns:{name}"/></message>'
        for one in OPERATIONS
        for name in (one, f"{one}Response")
    )
    ports = "".join(
        f'<operation name="{one}"><input message="tns:{one}"/><output message="tns:{one}Response"/></operation>'
        for one in OPERATIONS
    )
    bound = "".join(
        f'<operation name="{one}"><soap:operation soapAction="" style="document"/><input><soap:body use="literal"/>'
        '</input><output><soap:body use="literal"/></output></operation>'
        for one in OPERATIONS
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<definitions name="omlink" targetNamespace="{uri}" xmlns:tns="{uri}"'
        ' xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/"'
        ' xmlns:xsd="http://www.w3.org/2001/XMLSchema">'
        f'<types><xsd:schema targetNamespace="{uri}" elementFormDefault="qualified">{types}</xsd:schema></types>'
        f'{messages}<portType name="omlinkObj">{ports}</portType><binding name="omlinkObj" type="tns:omlinkObj">'
        f'<soap:binding style="document" transport="http://schemas.xmlsoap.org/soap/http"/>{bound}</binding>'
        f'<service name="omlinkService"><port name="omlinkObj" binding="tns:omlinkObj">'
        f"<soap:address location={quoteattr(address)}/></port></service></definitions>"
    )


def _element(name: str, parts: list[str]) -> str:
    held = "".join(f'<xsd:element name="{part}" type="xsd:string" nillable="true"/>' for part in parts)
    return (
        f'<xsd:element name="{name}"><xsd:complexType><xsd:sequence>{held}</xsd:sequence></xsd:complexType>'
        "</xsd:element>"
    )
