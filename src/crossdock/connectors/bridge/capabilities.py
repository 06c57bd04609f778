"""What a server says it can do, asked before anything else: another major version is not spoken to."""

import re
from collections.abc import Mapping
from typing import Literal, TypeVar

from pydantic import Field

from crossdock.connectors.bridge.client import BridgeApi
from crossdock.connectors.bridge.wire import Wire, take
from crossdock.model.faults import ConfigFault, DataFault

MAJOR = 1
VERSION = re.compile(r"(\d{1,6})\.(\d{1,6})(\.\d{1,6})?([-+][0-9A-Za-z.+-]+)?", re.ASCII)
PATH = "/v1/capabilities"


class Capabilities(Wire):
    """The part every bridge gives. operations: a name that is not told is tried; the server then says 501."""

    contract_version: str
    backend: str = ""
    operations: Mapping[str, Literal["supported", "unsupported", "manual"]] = Field(default_factory=dict)
    webhooks: bool = False

    def offers(self, operation: str) -> bool:
        return self.operations.get(operation, "supported") == "supported"


C = TypeVar("C", bound=Capabilities)


async def read_capabilities(api: BridgeApi, model: type[C]) -> C:
    """Raises ConfigFault: another major version, or no capabilities at all; and what BridgeApi.read raises."""
    answer = await api.read(PATH, expect=frozenset())
    try:
        found = take(model, answer.doc)
    except DataFault as fault:
        raise ConfigFault(f"GET {PATH}: {fault}", setting="base_url", evidence=answer.evidence) from fault
    check_version(found.contract_version)
    return found


def check_version(said: str) -> None:
    """Raises ConfigFault."""
    version = VERSION.fullmatch(said)
    if version is None:
        raise ConfigFault(f"contract_version {said!r:.80} is no version such as {MAJOR}.0", setting="base_url")
    if int(version[1]) != MAJOR:
        text = f"the server speaks contract {said}; this connector speaks {MAJOR}.x and does not guess at another"
        raise ConfigFault(text, setting="base_url")
