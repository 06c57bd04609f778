"""What the service's own description says of its generic operation: how its parameters are called. Pure.

The vendor's WSDL is not public, so the names are learned from each installation's own, document or RPC style; those in
the mapping file rule where they are given.
"""

import re
from dataclasses import dataclass

from crossdock.connectors.prima.mapping_grammar import Transport
from crossdock.connectors.prima.xmldoc import Element, decode, parse
from crossdock.model.faults import DataFault

COMPANY = re.compile("comp", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Parameters:
    """argument: the XML string. company: "" where the operation takes none. qualified: they bear the namespace."""

    argument: str
    company: str = ""
    qualified: bool = True


def told(transport: Transport, *, company: bool) -> Parameters | None:
    """What the mapping file says; None when it leaves something to the WSDL."""
    if transport.argument is None or (company and transport.company_argument is None):
        return None
    return Parameters(transport.argument, transport.company_argument or "" if company else "")


def learned(raw: bytes, transport: Transport, *, company: bool) -> Parameters:
    """Raises DataFault: no WSDL, or none of that operation with such parameters."""
    root = parse(decode(raw))
    name = transport.company_operation if company else transport.operation
    names, qualified = _parameters(root, name)
    if not company:
        if len(names) != 1:
            raise DataFault("/definitions", f"{name} takes {', '.join(names) or 'nothing'}; one parameter was expected")
        return Parameters(names[0], qualified=qualified)
    shared, _ = _parameters(root, transport.operation)
    companies = [one for one in names if one not in shared] if shared else [one for one in names if COMPANY.search(one)]
    documents = [one for one in names if one not in companies]
    if len(companies) != 1 or len(documents) != 1:
        raise DataFault("/definitions", f"which of {', '.join(names) or 'nothing'} is the company of {name}?")
    return Parameters(documents[0], companies[0], qualified)


def _parameters(root: Element, operation: str) -> tuple[list[str], bool]:
    for schema in root.iter("schema"):
        for element in schema.findall("element"):
            if element.get("name") == operation:
                found = [str(one.get("name")) for one in element.iter("element") if one is not element]
                return found, schema.get("elementFormDefault") == "qualified"
    for port in root.iter("portType"):
        for one in port.findall("operation"):
            if one.get("name") == operation and (said := one.find("input")) is not None:
                return _parts(root, str(said.get("message")).rpartition(":")[2]), False
    return [], True


def _parts(root: Element, message: str) -> list[str]:
    return [
        str(part.get("name"))
        for one in root.findall("message")
        if one.get("name") == message
        for part in one.findall("part")
    ]
