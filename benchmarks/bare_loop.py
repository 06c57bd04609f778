"""The limit: the same calls with the same client, and nothing remembered. A child: SETTINGS MODE IN_FLIGHT.

MODE connectors: our own connectors in a bare loop: the pages are read and understood, each order is written and its
answer understood, the acknowledgements are compared; what each order becomes in the ERP was reckoned beforehand.
MODE wire: the same requests byte for byte, recorded beforehand, and the answers not even looked at.
"""

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import aiohttp

from benchmarks.child import heard, measured, run_child, say
from benchmarks.merchant import PAIRING, read
from crossdock.connectors.http import HttpClient, Reply
from crossdock.decide.order_entry import OrderFacts, Post, decide_order
from crossdock.engine.clock import SystemClock
from crossdock.flows.acknowledge import BATCH
from crossdock.flows.pairing import Erp, Storefront
from crossdock.model.account import Account
from crossdock.model.faults import Accepted
from crossdock.model.resolved_order import ResolvedOrder
from crossdock.model.sales_order import SalesOrder
from crossdock.model.stock import StockItem
from crossdock.ports.runtime import Priority
from crossdock.ports.systems import Acknowledgement
from crossdock.settings.tree import Project
from crossdock.wiring.systems import known_systems

Request = tuple[str, str, dict[str, str], bytes | None]


class OpenGate:
    """No budget at all."""

    @contextlib.asynccontextmanager
    async def call(self, priority: Priority) -> AsyncIterator["OpenGate"]:
        yield self

    def throttled(self, retry_after_seconds: float | None) -> None:
        raise RuntimeError("the simulator throttled")

    def failed(self) -> None:
        """What breaks here breaks the run by itself."""


async def connect(project: Project) -> tuple[Storefront, Erp]:
    kinds, settings = known_systems(), project.pairings[PAIRING]
    found = []
    for name in (settings.storefront, settings.erp):
        one = project.systems[name]
        found.append(await kinds[one.kind].connect(one, OpenGate(), SystemClock()))
    return cast("Storefront", found[0]), cast("Erp", found[1])


async def resolve(project: Project, shop: Storefront, erp: Erp) -> dict[str, ResolvedOrder]:
    """What each order becomes in the ERP: reckoned beforehand, so that the loop decides nothing."""
    settings = project.pairings[PAIRING]
    policy, maps = settings.order_policy(erp.price_decimals), settings.code_maps()
    items: dict[str, StockItem] = {}
    accounts: dict[str, Account] = {}
    async for page in erp.read_items(None):
        items.update({one.value.code: one.value for one in page if one.value is not None})
    async for rows in erp.read_accounts(None):
        accounts.update({one.value.code: one.value for one in rows if one.value is not None})
    units = {f"{one.sku}/{one.unit}": one.stock_units async for page in shop.read_stock_targets() for one in page}
    maps = type(maps)(
        tax=maps.tax, unit={**units, **maps.unit}, shipping=maps.shipping, payment_term=maps.payment_term,
        courier=maps.courier,
    )  # fmt: skip
    found = {}
    async for orders in shop.read_orders(None):
        for one in orders:
            assert one.value is not None
            decision = decide_order(one.value, _facts(one.value, items, accounts, maps), policy)
            if not isinstance(decision, Post):
                raise RuntimeError(f"order {one.value.ref} would not be posted: {decision}")
            found[one.value.ref] = decision.order
    return found


def _facts(order: SalesOrder, items: dict[str, StockItem], accounts: dict[str, Account], maps: Any) -> OrderFacts:
    return OrderFacts(
        items={line.sku: items[line.sku] for line in order.lines if line.sku in items},
        maps=maps, account=accounts.get(order.account_hint),
    )  # fmt: skip


async def with_connectors(shop: Storefront, erp: Erp, resolved: dict[str, ResolvedOrder], in_flight: int) -> int:
    """Read, post, acknowledge. Returns how many orders were acknowledged.

    Acknowledging begins when the reading is over: it moves orders to the end of the very list that is being read.
    """
    is_read = asyncio.Event()
    orders: asyncio.Queue[SalesOrder | None] = asyncio.Queue()
    placed: asyncio.Queue[Acknowledgement | None] = asyncio.Queue()

    async def post() -> None:
        while (order := await orders.get()) is not None:
            outcome = await erp.create_order(resolved[order.ref])
            assert isinstance(outcome, Accepted), outcome
            placed.put_nowait(
                Acknowledgement(storefront_id=order.storefront_id, order_ref=order.ref, erp_ref=outcome.their_ref)
            )

    async def acknowledge() -> int:
        told, waiting, is_over = 0, list[Acknowledgement](), False
        await is_read.wait()
        while not is_over:
            ack = await placed.get()
            is_over = ack is None
            waiting += [] if ack is None else [ack]
            if len(waiting) == BATCH or (is_over and waiting):
                outcomes = await shop.write_acknowledgements(waiting)
                assert all(isinstance(one, Accepted) for one in outcomes), outcomes
                told, waiting = told + len(waiting), []
        return told

    posters = [asyncio.create_task(post()) for _ in range(in_flight)]
    telling = asyncio.create_task(acknowledge())
    async for page in shop.read_orders(None):
        for one in page:
            orders.put_nowait(one.value)
    is_read.set()
    for _ in posters:
        orders.put_nowait(None)
    await asyncio.gather(*posters)
    placed.put_nowait(None)
    return await telling


@dataclass(frozen=True)
class Recording:
    """Requests as they go over the wire: (method, URL, headers, body). posts: one per order, in the pages' order."""

    pages: list[Request] = field(default_factory=list)
    posts: list[Request] = field(default_factory=list)
    acknowledgements: list[Request] = field(default_factory=list)


async def record(shop: Storefront, erp: Erp, resolved: dict[str, ResolvedOrder]) -> Recording:
    """Let the connectors say what they would send; only the reads are sent while we listen."""
    heard_of = Recording()
    exchange = HttpClient._exchange

    async def listen(
        client: HttpClient, method: str, url: str, headers: Mapping[str, str] | None, body: bytes | None, timeout: float
    ) -> Reply:
        request = (method, url, dict(headers or {}), body)
        if method == "GET":
            heard_of.pages.append(request)
            return await exchange(client, method, url, headers, body, timeout)
        (heard_of.posts if method == "POST" else heard_of.acknowledgements).append(request)
        raise aiohttp.ServerDisconnectedError

    acks = [Acknowledgement(storefront_id="1", order_ref="1", erp_ref="1")] * 2
    await shop.write_acknowledgements(acks)  # once in earnest: it learns the shop's version, and changes nothing
    HttpClient._exchange = listen  # type: ignore[method-assign, assignment]
    try:
        orders = [one.value async for page in shop.read_orders(None) for one in page if one.value is not None]
        for order in orders:
            await erp.create_order(resolved[order.ref])
        for start in range(0, len(orders), BATCH):
            await shop.write_acknowledgements(
                [
                    Acknowledgement(storefront_id=one.storefront_id, order_ref=one.ref, erp_ref=one.ref)
                    for one in orders[start : start + BATCH]
                ]
            )
    finally:
        HttpClient._exchange = exchange  # type: ignore[method-assign]
    return heard_of


async def over_the_wire(recording: Recording, in_flight: int) -> None:
    """The recorded requests, paced as the loop above would: a page lets its orders go, and the acknowledgements follow
    a hundred orders each once the pages are read."""
    posts: asyncio.Queue[Request | None] = asyncio.Queue()
    done, told, is_read = 0, 0, False
    connector = aiohttp.TCPConnector(limit=in_flight + 2)
    async with aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar()) as session:

        async def send(request: Request) -> None:
            method, url, headers, body = request
            async with session.request(method, url, headers=headers, data=body) as answer:
                assert answer.status == 200, answer.status
                await answer.read()

        async def tell() -> None:
            nonlocal told
            while (
                is_read
                and told < len(recording.acknowledgements)
                and done >= min(len(recording.posts), (told + 1) * BATCH)
            ):
                told += 1
                await send(recording.acknowledgements[told - 1])

        async def post() -> None:
            nonlocal done
            while (request := await posts.get()) is not None:
                await send(request)
                done += 1
                await tell()

        posters = [asyncio.create_task(post()) for _ in range(in_flight)]
        share = -(-len(recording.posts) // len(recording.pages))
        for number, request in enumerate(recording.pages):
            await send(request)
            for one in recording.posts[number * share : (number + 1) * share]:
                posts.put_nowait(one)
        is_read = True
        for _ in posters:
            posts.put_nowait(None)
        await asyncio.gather(*posters)
        await tell()


async def main(settings: str, mode: str, in_flight: int) -> None:
    project = read(Path(settings))
    shop, erp = await connect(project)
    resolved = await resolve(project, shop, erp)
    recording = await record(shop, erp, resolved) if mode == "wire" else Recording()
    say({"ready": len(resolved)})
    await heard()
    with measured() as usage:
        if mode == "wire":
            await over_the_wire(recording, in_flight)
        else:
            await with_connectors(shop, erp, resolved, in_flight)
    say(usage.public())
    await shop.close()
    await erp.close()


if __name__ == "__main__":
    run_child(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
