"""The shared HTTP client, with our own certificate where TLS asks for one, and 501 told from a broken server."""

import ssl
from collections.abc import Mapping

from crossdock.connectors.bridge.config import BridgeSettings
from crossdock.connectors.http import HttpClient, Reply
from crossdock.model.faults import ConfigFault, RemoteFault
from crossdock.ports.runtime import Clock, Gate


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
        faults_are_answers: bool = False,
    ) -> None:
        """base_url: where it is not the settings'. Raises ConfigFault when our certificate cannot be used."""
        super().__init__(
            base_url or settings.base_url,
            gate=gate,
            clock=clock,
            timeout_seconds=settings.timeout_seconds,
            ca_bundle=settings.ca_bundle,
            connections_max=max(settings.budget.concurrency, 2),
            faults_are_answers=faults_are_answers,
        )
        if settings.client_certificate is not None:
            self._tls = _with_certificate(settings, settings.client_certificate)

    async def _exchange(
        self, method: str, url: str, headers: Mapping[str, str] | None, body: bytes | None, timeout_seconds: float
    ) -> Reply:
        reply = await super()._exchange(method, url, headers, body, timeout_seconds)
        if reply.status == 501:
            raise NotOffered(reply)
        return reply


def _with_certificate(settings: BridgeSettings, certificate: str) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=settings.ca_bundle)
    secret = settings.client_key_password
    # An empty password rather than none: OpenSSL would otherwise stop and ask at the terminal.
    password = secret.get_secret_value() if secret is not None else ""
    try:
        context.load_cert_chain(certificate, settings.client_key, password=password)
    except (OSError, ssl.SSLError) as error:
        problem = f"the certificate {certificate} cannot be used: {type(error).__name__} {error}"
        raise ConfigFault(problem, setting="client_certificate") from error
    return context
