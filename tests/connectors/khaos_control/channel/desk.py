"""A channel desk that remembers in memory, and a channel to call."""

import base64
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from crossdock.connectors.khaos_control.channel.config import ChannelSettings
from crossdock.connectors.khaos_control.channel.door import KhaosChannel
from crossdock.model.after_sale import Cancellation
from crossdock.model.faults import Transient
from crossdock.ports.channel import ChannelReply, ChannelRequest, Decision, Kept, Waiting
from crossdock.ports.systems import WebhookEvent
from tests.connectors.gate import HandClock

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


class MemoryDesk:
    """Implements ports.channel.ChannelDesk. away: the store does not answer."""

    def __init__(self) -> None:
        self.out: dict[str, list[Waiting]] = defaultdict(list)
        self.held: dict[str, dict[str, Any]] = defaultdict(dict)
        self.uploads: list[bytes] = []
        self.away = False

    def put_out(self, kind: str, ref: str, value: Any) -> None:
        position = len(self.out[kind]) + 1
        at = NOON + timedelta(minutes=position)
        self.out[kind].append(Waiting(position=position, ref=ref, value=value, put_out_at=at))

    async def waiting(self, kind: str, *, after: int, limit: int) -> Sequence[Waiting]:
        self._check()
        return [one for one in self.out[kind] if one.position > after][:limit]

    async def waiting_since(self, kind: str, *, since: datetime, limit: int) -> Sequence[Waiting]:
        self._check()
        return [one for one in self.out[kind] if one.put_out_at >= since][:limit]

    async def named(self, kind: str, refs: Sequence[str]) -> Sequence[Waiting]:
        self._check()
        return [one for one in self.out[kind] if one.ref in refs]

    async def keep(self, kind: str, records: Sequence[Kept], raw: bytes) -> None:
        self._check()
        self.uploads.append(raw)
        self.held[kind].update({one.key: one.value for one in records})

    async def take_event(self, event: WebhookEvent, raw: bytes) -> bool:
        raise AssertionError("Khaos Control tells no events")

    async def take_cancellation(self, cancellation: Cancellation, raw: bytes) -> Decision:
        raise AssertionError("Khaos Control asks for no cancellations")

    def _check(self) -> None:
        if self.away:
            raise Transient("not stored: the database does not answer")


def settings(**given: Any) -> ChannelSettings:
    usual = {
        "username": "khaos", "password": "control", "company_class": "Name=Trade", "site": "ID=1",
        "sales_source": "Name=Web", "return_reason": "ID=6",
    }  # fmt: skip
    return ChannelSettings.model_validate({**usual, **given})


class Caller:
    """Calls as Khaos Control does."""

    def __init__(self, **given: Any) -> None:
        self.desk = MemoryDesk()
        self.channel = KhaosChannel(settings(**given), timezone="Europe/London", clock=HandClock(NOON))

    async def call(
        self, method: str, tail: str, body: bytes = b"", *, password: str = "control", **headers: str
    ) -> ChannelReply:
        token = base64.b64encode(f"khaos:{password}".encode()).decode()
        sent: Mapping[str, str] = _AnyCase({"Authorization": f"Basic {token}", **headers})
        base = "https://hub.example/channels/khaos/oro-khaos"
        request = ChannelRequest(method=method, tail=tail, headers=sent, body=body, base_url=base)
        return await self.channel.answer(request, self.desk)

    async def get(self, tail: str, **headers: str) -> ChannelReply:
        return await self.call("GET", tail, **{name.replace("_", "-"): said for name, said in headers.items()})

    async def post(self, tail: str, body: bytes) -> ChannelReply:
        return await self.call("POST", tail, body)


class _AnyCase(dict[str, str]):
    def __init__(self, given: Mapping[str, str]) -> None:
        super().__init__({name.lower(): said for name, said in given.items()})

    def get(self, name: str, default: Any = None) -> Any:
        return super().get(name.lower(), default)
