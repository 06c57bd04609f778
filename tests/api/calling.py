"""Calling the door the way the shop does."""

import asyncio
import contextlib
import hashlib
import hmac
import io
import json
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import aiohttp

from crossdock.api.server import HttpDoor

SECRET = "webhook-secret"


@dataclass
class Calls:
    session: aiohttp.ClientSession
    url: str

    async def get(self, path: str) -> tuple[int, str]:
        async with self.session.get(self.url + path) as answer:
            return answer.status, await answer.text()

    async def hook(self, system: str, raw: bytes, *, secret: str = SECRET, **headers: str) -> tuple[int, str]:
        signed = {"Webhook-Signature": hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest(), **headers}
        async with self.session.post(f"{self.url}/hooks/{system}", data=io.BytesIO(raw), headers=signed) as answer:
            return answer.status, await answer.text()


@contextlib.asynccontextmanager
async def serving(door: HttpDoor) -> AsyncIterator[str]:
    task = asyncio.create_task(door.run())
    await door.started()
    try:
        yield door.url
    finally:
        door.stop()
        await task


def event(key: str, *, order: str = "812", topic: str = "order.created", age: float = 0) -> bytes:
    body: dict[str, Any] = {"topic": topic, "messageId": key, "timestamp": int(time.time() - age)}
    body["eventData"] = {"data": {"type": "orders", "id": order}}
    return json.dumps(body).encode()
