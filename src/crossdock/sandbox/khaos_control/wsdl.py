"""A minimal WSDL for IKosWeb: service IKosWebservice, port IKosWebPort, rpc/encoded SOAP 1.1.

The vendor's own WSDL is not public; each installation publishes its own.
"""

from collections.abc import Iterable, Mapping

from crossdock.sandbox.khaos_control.markup import attr
from crossdock.sandbox.khaos_control.results import STRUCTS
from crossdock.sandbox.khaos_control.soap import NAMESPACE, TYPES

Signature = tuple[Mapping[str, str], str]
_ENCODED = 'use="encoded" encodingStyle="http://schemas.xmlsoap.org/soap/encoding/" namespace="' + NAMESPACE + '"'


def write_wsdl(operations: Mapping[str, Signature], address: str) -> str:
    """operations: name → (parameter → kind, kind of the result)."""
    arrays = {kind[:-2] for kind in _kinds(operations) if kind.endswith("[]")}
    types = [_struct(name, fields) for name, fields in STRUCTS.items()] + [_array(kind) for kind in sorted(arrays)]
    messages = [_messages(name, signature) for name, signature in operations.items()]
    ports = [_port_operation(name) for name in operations]
    bindings = [_bound_operation(name) for name in operations]
    return (
        '<?xml version="1.0"?>\n<definitions xmlns="http://schemas.xmlsoap.org/wsdl/"'
        ' xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/"'
        ' xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/" xmlns:soapenc="http://schemas.xmlsoap.org/soap/encoding/"'
        f' xmlns:ns2="{TYPES}" xmlns:tns="{NAMESPACE}" name="IKosWebservice" targetNamespace="{NAMESPACE}">'
        f'<types><xs:schema targetNamespace="{TYPES}"><xs:import'
        f' namespace="http://schemas.xmlsoap.org/soap/encoding/"/>{"".join(types)}</xs:schema></types>'
        f'{"".join(messages)}<portType name="IKosWeb">{"".join(ports)}</portType>'
        '<binding name="IKosWebbinding" type="tns:IKosWeb">'
        '<soap:binding style="rpc" transport="http://schemas.xmlsoap.org/soap/http"/>'
        f"{''.join(bindings)}</binding>"
        '<service name="IKosWebservice"><port name="IKosWebPort" binding="tns:IKosWebbinding">'
        f'<soap:address location="{attr(address)}"/></port></service></definitions>'
    )


def _kinds(operations: Mapping[str, Signature]) -> Iterable[str]:
    for fields in STRUCTS.values():
        yield from fields.values()
    for _, result in operations.values():
        yield result


def _type(kind: str) -> str:
    if kind.endswith("[]"):
        return f"ns2:ArrayOf{kind[:-2]}"
    return f"ns2:{kind}" if kind in STRUCTS else f"xs:{kind}"


def _struct(name: str, fields: Mapping[str, str]) -> str:
    rows = "".join(f'<xs:element name="{field}" type="{_type(kind)}"/>' for field, kind in fields.items())
    return f'<xs:complexType name="{name}"><xs:sequence>{rows}</xs:sequence></xs:complexType>'


def _array(kind: str) -> str:
    return (
        f'<xs:complexType name="ArrayOf{kind}"><xs:complexContent><xs:restriction base="soapenc:Array">'
        f'<xs:attribute ref="soapenc:arrayType" wsdl:arrayType="{_type(kind)}[]"/>'
        "</xs:restriction></xs:complexContent></xs:complexType>"
    )


def _messages(name: str, signature: Signature) -> str:
    parameters, result = signature
    parts = "".join(f'<part name="{field}" type="{_type(kind)}"/>' for field, kind in parameters.items())
    return (
        f'<message name="{name}Request">{parts}</message>'
        f'<message name="{name}Response"><part name="return" type="{_type(result)}"/></message>'
    )


def _port_operation(name: str) -> str:
    return (
        f'<operation name="{name}"><input message="tns:{name}Request"/>'
        f'<output message="tns:{name}Response"/></operation>'
    )


def _bound_operation(name: str) -> str:
    return (
        f'<operation name="{name}"><soap:operation soapAction="{NAMESPACE}#{name}" style="rpc"/>'
        f"<input><soap:body {_ENCODED}/></input><output><soap:body {_ENCODED}/></output></operation>"
    )
