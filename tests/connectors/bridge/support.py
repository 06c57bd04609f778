"""A bridge to speak to, and the API that speaks to it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from crossdock.connectors.bridge import BridgeApi, BridgeSettings
from tests.connectors.bridge.stub import Stub, serving
from tests.connectors.gate import FreeGate, HandClock

WEBHOOK_SECRET = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="


def settings_for(url: str = "http://127.0.0.1", **changes: Any) -> BridgeSettings:
    return BridgeSettings.model_validate({"kind": "any", "base_url": url, "timeout_seconds": 1.0, **changes})


@asynccontextmanager
async def bridge(*, clock: HandClock | None = None, **changes: Any) -> AsyncIterator[tuple[BridgeApi, Stub]]:
    async with serving() as stub:
        if str(changes.get("token_url", "")).startswith("://"):
            changes["token_url"] = stub.url.replace("127.0.0.1", "localhost") + changes["token_url"][3:]
        api = BridgeApi(settings_for(stub.url, **changes), gate=FreeGate(), clock=clock or HandClock())
        try:
            yield api, stub
        finally:
            await api.close()
