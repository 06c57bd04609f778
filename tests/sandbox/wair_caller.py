"""What the WAIR simulator tests share: a running planner and an ERP that calls it."""

import contextlib
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from crossdock.sandbox.estate import build_estate
from crossdock.sandbox.wair import WairSimulator
from tests.sandbox import calling

CREDENTIALS = {"username": "crossdock", "password": "sandbox-password"}
TENANT = "harbour-pine"


@dataclass(frozen=True)
class Answer(calling.Answer):
    @property
    def errors(self) -> Any:
        return self.json["errors"]


class Caller(calling.Caller[WairSimulator]):
    """A well-behaved client with a token; `call` lets it misbehave."""

    token = ""

    async def sign_in(self) -> None:
        answer = await self.call("POST", "/Token", CREDENTIALS, **{"X-Tenant": TENANT})
        self.token = answer.json["accessToken"]

    async def call(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        raw = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        async with self.session.request(method, self.url + path, data=raw, headers=headers) as response:
            return await Answer.of(response)

    async def post(self, path: str, body: Any = None) -> Answer:
        return await self.call("POST", f"/api/v1/{path}", body, **self.usual)

    async def get(self, path: str) -> Answer:
        return await self.call("GET", f"/api/v1/{path}", **self.usual)

    async def delete(self, path: str) -> Answer:
        return await self.call("DELETE", f"/api/v1/{path}", **self.usual)

    @property
    def usual(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}", "X-Tenant": TENANT, "Content-Type": "application/json"}

    async def upload(self, path: str, rows: list[dict[str, Any]], *, array: str | None = None) -> None:
        """One whole batch with one call in it."""
        name = path.partition("?")[0]
        body = {array or name[0].lower() + name[1:]: rows}
        for step, sent in (("Batch/start", None), (path, body), ("Batch/stop", None)):
            answer = await self.post(step, sent)
            assert answer.status == 200, answer.text

    async def stock(self) -> dict[tuple[str, str], dict[str, str]]:
        """(location, SKU) → figures."""
        return {(row.pop("locationId"), row.pop("skuId")): row for row in (await self.state())["stock"]}

    async def transfers(self, **query: Any) -> Any:
        asked = "&".join(f"{name}={value}" for name, value in query.items())
        answer = await self.get(f"Recommendations/transfers?{asked}")
        assert answer.status == 200, answer.text
        return answer.json

    async def read_all(self, *, limit: int, before_next: Any = None) -> list[str]:
        """References page by page, until there are no more. before_next: awaited with what each page held."""
        references: list[str] = []
        more = True
        while more:
            page = await self.transfers(Offset=len(references), Limit=limit)
            read = [row["referenceId"] for row in page["transfers"]]
            references += read
            more = page["moreRecordsAvailable"]
            if before_next is not None:
                await before_next(read)
        return references


@contextlib.asynccontextmanager
async def planner(**settings: Any) -> AsyncIterator[Caller]:
    """A running planner of the usual made-up merchant, and an ERP signed in to it."""
    simulator = WairSimulator(build_estate(items=30, companies=5), seed=1, settings=settings)
    async with calling.visiting(simulator, Caller) as caller:
        await caller.sign_in()
        yield caller
