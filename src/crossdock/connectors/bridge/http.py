"""The shared HTTP client as a bridge's settings say, and 501 told from a broken server."""

from typing import Any

from crossdock.connectors.bridge.config import BridgeSettings
from crossdock.connectors.http import ClientCertificate, HttpClient, Reply
from crossdock.model.faults import RemoteFault
from crossdock.ports.runtime import Clock, Gate

NOT_IMPLEMENTED = 501


class NotOffered(RemoteFault):
    """HTTP 501: the server is well and certainly does not do that."""

    def __init__(self, reply: Reply) -> None:
        super().__init__("HTTP 501", evidence=reply.evidence())
        self.reply = reply


class BridgeHttp(HttpClient):
    """Raises NotOffered besides what HttpClient raises."""

    def __init__(
        self,
        settings: BridgeSettings,
        *,
        gate: Gate,
        clock: Clock,
        base_url: str = "",
        answers: frozenset[int] = frozenset(),
    ) -> None:
        """base_url: where it is not the settings'. Raises ConfigFault when our certificate cannot be used."""
        super().__init__(
            base_url or settings.base_url,
            gate=gate,
            clock=clock,
            timeout_seconds=settings.timeout_seconds,
            ca_bundle=settings.ca_bundle,
            connections_max=max(settings.budget.concurrency, 2),
            certificate=_certificate(settings),
            answers=answers | {NOT_IMPLEMENTED},
        )

    async def send(self, method: str, path: str, **call: Any) -> Reply:
        reply = await super().send(method, path, **call)
        if reply.status == NOT_IMPLEMENTED:
            raise NotOffered(reply)
        return reply


def _certificate(settings: BridgeSettings) -> ClientCertificate | None:
    if settings.client_certificate is None:
        return None
    secret = settings.client_key_password
    password = secret.get_secret_value() if secret is not None else ""
    return ClientCertificate(settings.client_certificate, settings.client_key, password)
