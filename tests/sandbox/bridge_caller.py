"""What the bridge kit's tests share: a small server made of the kit alone, and somebody who calls it."""

import contextlib
from collections.abc import AsyncIterator, Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from aiohttp import web

from crossdock.sandbox.bridge import (
    Answer,
    Bridge,
    BridgeActs,
    BridgeKnobs,
    Call,
    Door,
    FeedRow,
    Fields,
    Postman,
    Reply,
    refuse_if_wrong,
    ts,
)  # fmt: skip
from crossdock.sandbox.estate import build_estate
from crossdock.sandbox.kernel import Simulator
from tests.sandbox import calling
from tests.sandbox.bridge_calling import BEARER, Visitor, fresh_key

DAY = datetime(2026, 1, 1, tzinfo=UTC)


class NoteServer(Simulator):
    """Notes that can be listed and added: the smallest server that uses every part of the kit."""

    kind: ClassVar[str] = "notes"
    default_port: ClassVar[int] = 0

    def load(self) -> None:
        if not hasattr(self, "postman"):
            self.postman = Postman(self.now, lambda: self.faults)
            self.door = Door(lambda: self.bridge)
        self.bridge = Bridge(
            BridgeKnobs.read(self.settings), clock=self.now, faults=self.faults, seed=self.seed, postman=self.postman,
            event_types=("note.added", "note.changed"),
        )  # fmt: skip
        self.notes = {f"N{number}": DAY + timedelta(minutes=number // 2) for number in range(7)}

    def routes(self) -> list[web.RouteDef]:
        route = self.door.route
        return [
            route("GET", "/v1/notes", self._list, operation="notes.list"),
            route("GET", "/v1/others", lambda _: {}, operation="others.list"),
            route("POST", "/v1/notes", self._add, operation="notes.create", idempotent=True),
            *self.door.webhook_routes(),
            self.door.token_route(self.bridge.knobs.auth.token_path),
        ]

    def _list(self, call: Call) -> Answer:
        rows = (FeedRow(at, key, lambda key=key, at=at: {"key": key, "updated_at": ts(at)})  # type: ignore[misc]
                for key, at in self.notes.items())  # fmt: skip
        return self.bridge.feeds.page("notes", rows, call.query, call.label)

    def _add(self, call: Call) -> Answer:
        fields = Fields(call.json())
        key = fields.code("key")
        refuse_if_wrong(fields.wrong)
        self.notes[key] = DAY + timedelta(hours=1)
        self.postman.tell("note.added", {"key": key})
        return Reply(201, {"key": key, "count": len(self.notes)})

    def state(self) -> dict[str, Any]:
        return {"notes": sorted(self.notes), "deliveries": list(self.postman.log)}

    def acts(self) -> Mapping[str, Callable[..., Any]]:
        return BridgeActs(lambda: self.bridge).by_name()

    async def started(self, base_url: str) -> None:
        await super().started(base_url)
        await self.postman.start()

    async def stopped(self) -> None:
        await self.postman.stop()
        await super().stopped()


class Client(Visitor[NoteServer]):
    async def get(self, path: str, **sent: Any) -> calling.Answer:
        return await self.call("GET", path, **sent)

    async def add(self, key: str, idempotency: str | None = None) -> calling.Answer:
        headers = {**BEARER, "Idempotency-Key": idempotency or fresh_key()}
        return await self.call("POST", "/v1/notes", json={"key": key}, headers=headers)

    async def walk(self, path: str) -> list[str]:
        """Every key of a feed, page by page."""
        answer = await self.get(path)
        keys = [row["key"] for row in answer.json["data"]]
        while answer.json["page"]["has_more"]:
            limit = "&limit=2" if "limit=2" in path else ""
            answer = await self.get(f"/v1/notes?cursor={answer.json['page']['next_cursor']}{limit}")
            assert answer.status == 200, answer.text
            keys += [row["key"] for row in answer.json["data"]]
        return keys


@contextlib.asynccontextmanager
async def notes(**settings: Any) -> AsyncIterator[Client]:
    simulator = NoteServer(build_estate(items=4, companies=1), seed=3, settings=settings)
    async with calling.visiting(simulator, Client) as client:
        yield client
