"""The door for systems that call us: a call reaches its connector whole, and only what was stored is answered yes."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

import pytest

from crossdock.api import channels
from crossdock.model.faults import DataFault, Transient
from crossdock.model.stock import StockItem
from crossdock.ports.channel import ChannelDesk, ChannelReply, ChannelRequest, Kept
from crossdock.ports.systems import WebhookEvent
from crossdock.wiring.installation import Installation
from tests.api.calling import Calls

pytestmark = pytest.mark.asyncio(loop_scope="session")


class Acme:
    """A made-up system that posts items and fetches nothing."""

    def __init__(self) -> None:
        self.asked: list[ChannelRequest] = []

    async def answer_channel(self, request: ChannelRequest, desk: ChannelDesk) -> ChannelReply:
        self.asked.append(request)
        match request.tail:
            case "items":
                item = StockItem(code="HP-1", item_id=request.body.decode(), sell_price=Decimal("1.10"))
                await desk.keep("stock-item", [Kept(key=item.item_id, value=item)], request.body)
            case "orders":
                event = WebhookEvent(key=request.body.decode(), topic="order", order_refs=("812",))
                fresh = await desk.take_event(event, request.body)
                return ChannelReply(status=201, body=b"new" if fresh else b"known", headers={"X-Said": "yes"})
            case "broken":
                raise DataFault("items[3]", "is no item")
            case "later":
                raise Transient("not stored: the database does not answer")
        return ChannelReply(status=200, body=b"<ok/>", media_type="application/xml")


@pytest.fixture
def acme(here: Installation) -> Iterator[Acme]:
    made, before, kinds = Acme(), here.connectors["shop"], here.kinds
    here.connectors["shop"] = made  # type: ignore[assignment]
    here.kinds = {**kinds, "orocommerce": replace(kinds["orocommerce"], channel="acme")}
    yield made
    here.connectors["shop"], here.kinds = before, kinds


async def call(calls: Calls, path: str, body: bytes = b"", method: str = "POST") -> tuple[int, str, str]:
    async with calls.session.request(method, f"{calls.url}/channels/{path}", data=body) as answer:
        return answer.status, answer.content_type, await answer.text()


async def test_a_call_reaches_the_connector_whole_and_its_answer_comes_back(calls: Calls, acme: Acme) -> None:
    answer = await call(calls, "acme/oro-khaos/config/main.json?page=2&x=%20", b"", "GET")
    assert answer == (200, "application/xml", "<ok/>")
    (asked,) = acme.asked
    assert (asked.method, asked.tail, asked.query) == ("GET", "config/main.json", {"page": "2", "x": " "})
    assert asked.base_url == f"{calls.url}/channels/acme/oro-khaos"
    assert asked.headers["HOST"] in calls.url


async def test_what_is_answered_yes_is_stored(calls: Calls, acme: Acme, here: Installation) -> None:
    assert (await call(calls, "acme/oro-khaos/items", b"77"))[0] == 200
    kept = await here.pool.fetchval("select document ->> 'sell_price' from channel_in where key = '77'")
    assert kept == "1.10"


async def test_an_order_told_many_times_is_taken_once(calls: Calls, acme: Acme, here: Installation) -> None:
    answers = await asyncio.gather(*(call(calls, "acme/oro-khaos/orders", b"delivery-1") for _ in range(6)))
    assert {status for status, _, _ in answers} == {201}
    assert sorted(said for _, _, said in answers) == ["known"] * 5 + ["new"]
    jobs = await here.pool.fetchval(
        "select count(*) from pgqueuer where convert_from(payload, 'utf8') = 'oro-khaos/812' "
        "and dedupe_key like '%delivery-1'"
    )
    assert jobs == 1


@pytest.mark.parametrize(
    ("path", "status", "text"),
    [
        ("acme/oro-khaos/broken", 400, "not taken: items[3]: is no item"),
        ("acme/oro-khaos/later", 500, "send it again"),
        ("acme/nobody/items", 404, "there is no pairing 'nobody'"),
        ("other/oro-khaos/items", 404, "no system of pairing oro-khaos calls at 'other'"),
    ],
)
async def test_refusals_say_why(calls: Calls, acme: Acme, path: str, status: int, text: str) -> None:
    code, kind, said = await call(calls, path, b"x")
    assert (code, kind) == (status, "text/plain")
    assert text in said


async def test_an_upload_that_is_cut_in_half_never_reaches_the_connector(calls: Calls, acme: Acme) -> None:
    host, port = calls.url.removeprefix("http://").split(":")
    _, writer = await asyncio.open_connection(host, int(port))
    writer.write(b"POST /channels/acme/oro-khaos/items HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf")
    await writer.drain()
    writer.close()
    await writer.wait_closed()
    assert (await call(calls, "acme/oro-khaos/config"))[0] == 200  # the door answers on
    assert [asked.tail for asked in acme.asked] == ["config"]


async def test_an_upload_that_never_ends_is_turned_away(
    calls: Calls, acme: Acme, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(channels, "BODY_MAX", 10)
    code, _, said = await call(calls, "acme/oro-khaos/items", b"x" * 11)
    assert (code, "at most 10 bytes" in said) == (413, True)
    assert acme.asked == []
