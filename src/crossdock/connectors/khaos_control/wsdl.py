"""What the live WSDL says: which operations the server offers, and under which SOAP action. Pure."""

from dataclasses import dataclass, field

from crossdock.connectors.khaos_control import xmldoc
from crossdock.connectors.khaos_control.soap import NAMESPACE


@dataclass(frozen=True, slots=True)
class Wsdl:
    """actions: operation → SOAP action; empty when no WSDL could be read, which means "unknown", not "none"."""

    actions: dict[str, str] = field(default_factory=dict)

    def action(self, method: str) -> str:
        return self.actions.get(method) or f"{NAMESPACE}#{method}"

    def lacks(self, method: str) -> bool:
        return bool(self.actions) and method not in self.actions


def read_wsdl(body: bytes) -> Wsdl:
    """Raises DataFault. The address it names is ignored: behind a proxy it is the server's inner name for itself."""
    definitions = xmldoc.document(body, root="definitions")
    actions = {}
    for operation in definitions.iterfind("binding/operation"):
        bound = operation.find("operation")  # soap:operation, by local name
        actions[xmldoc.attribute(operation, "name")] = "" if bound is None else xmldoc.attribute(bound, "soapAction")
    return Wsdl(actions)
