"""A compressed trading day, played on the simulators while Crossdock works: shoppers, pickers, desks, and trouble."""

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import aiohttp

from crossdock.cases.kind import Remedy
from crossdock.cli.demo_estate import HOOK_SECRET, PAIRING_NAME, DemoEstate
from crossdock.flows.remedies import apply
from crossdock.flows.runner import run_flow
from crossdock.flows.wish import Wish
from crossdock.sandbox.laws import check_laws
from crossdock.settings.scaffold import SANDBOX_CREDENTIAL
from crossdock.store import audit
from crossdock.store.cases import list_cases
from crossdock.store.runs import read_book
from crossdock.wiring.work import FLOWS

WAVES = 12
REST_DEADLINE_SECONDS = 60.0
SHARES = {
    "unknown_sku_share": 0.06, "unlinked_share": 0.03, "on_stop_share": 0.02, "po_missing_share": 0.02,
    "discount_share": 0.15, "price_conflict_share": 0.03,
}  # fmt: skip
SHOP_TROUBLE = [
    {"kind": "expired_token", "count": 4, "after": 25},
    {"kind": "truncated_body", "match": r"^GET /admin/api/orders", "count": 3, "after": 6},
    {"kind": "status", "status": 429, "retry_after": 0.4, "match": "/admin/api/", "count": 6, "after": 60},
    {"kind": "html_page", "match": r"^GET /admin/api/orders", "count": 2, "after": 20},
    {"kind": "lost_reply", "match": r"^POST /admin/api/ordershippingtrackings", "count": 3, "after": 4},
    {"kind": "duplicate_webhook", "rate": 0.25},
    {"kind": "lose_webhook", "rate": 0.1},
]
ERP_TROUBLE = [
    {"kind": "lost_reply", "match": "SOAP ImportOrders", "count": 6, "after": 9},
    {"kind": "lost_request", "match": "SOAP ImportOrders", "count": 4, "after": 30},
    {"kind": "status", "status": 429, "retry_after": 0.3, "match": "SOAP ImportOrders", "count": 5, "after": 70},
    {"kind": "short_list", "match": "SOAP GetStockList", "count": 2, "after": 12},
    {"kind": "truncated_body", "match": "SOAP ExportOrderStatusEx", "count": 2, "after": 5},
]


@dataclass
class Event:
    """One line of the day's story. at: the day's own clock."""

    at: str
    text: str


@dataclass(kw_only=True)
class Day:
    """What the day came to. Everything but `story` is what `--json` prints."""

    orders: Mapping[str, int]
    stock: Mapping[str, int]
    despatches: Mapping[str, int]
    cases: Mapping[str, int]
    open_cases: list[Mapping[str, Any]]
    laws: Mapping[str, Mapping[str, Any]]
    pairings: list[Mapping[str, Any]]
    trouble: Mapping[str, int]
    seconds: float
    story: list[Event] = field(default_factory=list)

    def public(self) -> dict[str, Any]:
        return {name: value for name, value in asdict(self).items() if name != "story"}


class TradingDay:
    """Plays waves of orders and what happens around them. say: called with each line of the story as it is written."""

    def __init__(self, estate: DemoEstate, *, orders: int, seed: int, say: Callable[[Event], None]) -> None:
        self.estate = estate
        self.orders = orders
        self.seed = seed
        self.story: list[Event] = []
        self._say = say
        self._wave = 0
        self._struck: dict[str, int] = {}
        self._lifted = ""
        self._pairing = estate.here.pairings[PAIRING_NAME]

    async def play(self) -> Day:
        began = time.monotonic()
        work = asyncio.create_task(self.estate.worker.run())
        try:
            await self._open()
            for self._wave in range(1, WAVES + 1):
                await self._trade()
            await self._close()
            return await self._reckon(time.monotonic() - began)
        finally:
            self.estate.worker.stop()
            await asyncio.wait_for(work, timeout=30)

    async def _open(self) -> None:
        await self._until(self._all_shown, "the shop shows the warehouse's stock")
        self._note(f"doors open: {len(self.estate.shop.state()['inventory'])} stock levels are in the shop")
        await self._hook()
        self.estate.shop.faults.set(SHOP_TROUBLE, seed=self.seed)
        self.estate.erp.faults.set(ERP_TROUBLE, seed=self.seed)

    async def _hook(self) -> None:
        """Register for the shop's webhooks the way an administrator's script would."""
        shop, url = self.estate.urls["shop"], f"{self.estate.urls['crossdock']}/hooks/shop"
        grant = {"grant_type": "client_credentials", "client_id": "crossdock", "client_secret": SANDBOX_CREDENTIAL}
        async with aiohttp.ClientSession() as session:
            async with session.post(f"{shop}/oauth2-token", json=grant) as answer:
                token = (await answer.json())["access_token"]
            kind = "application/vnd.api+json"
            headers = {"Authorization": f"Bearer {token}", "Content-Type": kind, "Accept": kind}
            for topic in ("order.created", "order.updated"):
                relations = {
                    "topic": {"data": {"type": "webhooktopics", "id": topic}},
                    "format": {"data": {"type": "webhookformats", "id": "thin"}},
                }
                attributes = {"notificationUrl": url, "secret": HOOK_SECRET}
                body = {"data": {"type": "webhooks", "attributes": attributes, "relationships": relations}}
                async with session.post(f"{shop}/admin/api/webhooks", headers=headers, json=body) as answer:
                    if answer.status != 201:
                        raise RuntimeError(f"the shop refused the webhook: {await answer.text()}")

    async def _trade(self) -> None:
        crowd = self.orders - 1  # one more is placed by hand, see `_wrong_price`
        count = crowd * self._wave // WAVES - crowd * (self._wave - 1) // WAVES
        seed = self.seed * 1000 + self._wave
        placed = await self.estate.shop.act("place_orders", {"count": count, "seed": seed, **SHARES})
        # A shop that has sold out turns shoppers away; the rest of the wave buys what is left elsewhere.
        for extra in range(placed["refused"]):
            await self.estate.shop.act("place_orders", {"count": 1, "seed": seed + 500 + extra})
        await self._until(self._all_settled, "every order is in the ERP or before a person")
        await self._warehouse(seed)
        await self._desks()
        await self._until(self._stock_caught_up, "the shop shows what is left")

    async def _warehouse(self, seed: int) -> None:
        erp = self.estate.erp
        await erp.act("despatch_some", {"seed": seed, "share": 0.5, "partial_share": 0.25})
        items = [item for item in erp.estate.items if item.in_erp and not item.pack and not item.parent_sku]
        item = items[(self._wave * 17) % len(items)]
        if self._wave % 3 == 0:
            await erp.act("goods_in", {"sku": item.sku, "quantity": 144})
            self._note(f"a delivery: 144 {item.sku} booked in")
        elif self._wave % 3 == 1:
            busy = max(items, key=lambda one: one.on_hand)
            await erp.act("sell", {"sku": busy.sku, "quantity": 5})
            self._note(f"a phone order takes 5 {busy.sku}")

    async def _desks(self) -> None:
        """People come to their desks now and then and settle what they can."""
        match self._wave:
            case 3:
                await self._wrong_price()
            case 5:
                await self._replacement_lantern()
            case 6:
                await self._settle("account-unmatched", "sales desk", Remedy.LINK_ACCOUNT, {"account": "HPT1001"})
            case 7:
                reason = "rounding in the shop's promotion, agreed with the customer"
                await self._settle("total-conflict", "finance desk", Remedy.ACCEPT, {}, reason)
            case 8:
                await self._second_thoughts()
            case 9:
                reason = "the old price was promised in writing"
                await self._settle("price-conflict", "finance desk", Remedy.ACCEPT, {}, reason)
            case 10:
                await self._stop_lifted()

    async def _replacement_lantern(self) -> None:
        """The ERP never held the lantern that the shop still sells; its successor is opened there and mapped."""
        new = {"sku": "LANTERN-2", "name": "Lantern", "net_price": "24.00", "tax": "STD", "on_hand": 600}
        await self.estate.erp.act("create_item", new)
        await self._settle("stock-code-unknown", "data desk", Remedy.MAP_CODE, {"code": "LANTERN-2"})

    async def _wrong_price(self) -> None:
        item = self.estate.erp.estate.items[8]
        price = str(item.net_price + 1)
        await self.estate.erp.act("set_price", {"sku": item.sku, "price_list": "Trade", "price": price})
        await self._pairing_run("prices")
        bought = await self.estate.shop.act(
            "place_order", {"lines": [{"sku": item.sku, "quantity": 2, "unit": "each"}]}
        )
        self._note(f"{item.sku} goes up in the ERP; order {bought.get('identifier', '-')} still has the old price")

    async def _second_thoughts(self) -> None:
        """One shopper changes an order that is posted, another gives up one that waits."""
        book = (await read_book(self.estate.here.pool, self.estate.here.tenant))["orders"]
        posted = next((row for row in book if row["state"] == "posted"), None)
        waiting = next((row for row in book if row["state"] == "waiting"), None)
        if posted is not None:
            await self.estate.shop.act("change_order", {"order": posted["storefront_id"], "po_number": "CHANGED-1"})
            self._note(f"order {posted['ref']} is changed in the shop after it was posted")
        if waiting is not None:
            await self.estate.shop.act("cancel_order", {"order": waiting["storefront_id"]})
            self._note(f"order {waiting['ref']}, still waiting, is cancelled in the shop")

    async def _stop_lifted(self) -> None:
        cases = await self._open_cases("account-on-stop")
        if cases:
            self._lifted = cases[0].subject
            await self.estate.erp.act("unlock_company", {"code": self._lifted})
            self._note(f"finance lifts the stop on {cases[0].subject} in the ERP; nobody tells Crossdock")

    async def _settle(self, kind: str, who: str, remedy: Remedy, params: Mapping[str, str], reason: str = "") -> None:
        cases = await self._open_cases(kind)
        if not cases:
            return
        wish = Wish(remedy=remedy, params=params, reason=reason, actor=who)
        rehearsal = await apply(self._pairing, cases[0], wish)
        shown = " ".join(f"{name}={value}" for name, value in params.items())
        self._note(f"the {who} settles {kind} {cases[0].subject} ({remedy} {shown}".rstrip() + f"). {rehearsal}")

    async def _close(self) -> None:
        for simulator in (self.estate.shop, self.estate.erp):
            for fault in simulator.faults.faults:
                self._struck[fault.kind] = self._struck.get(fault.kind, 0) + fault.struck
            simulator.faults.reset()
        await self._until(self._stop_noticed, "Crossdock finds by itself that the stop was lifted")
        await self._until(self._all_settled, "every order is in the ERP or before a person")
        await self._until(self._all_told, "the shop was told of every despatch")
        await self._until(self._stock_caught_up, "the shop shows what is left")
        await self._pairing_run("stock")

    async def _reckon(self, seconds: float) -> Day:
        here = self.estate.here
        while await audit.seal(here.pool, here.tenant):
            pass
        book = await read_book(here.pool, here.tenant)
        verdict = asdict(await audit.verify(here.pool, here.tenant))
        shop = {**self.estate.shop.state(), "calls": dict(self.estate.shop.calls)}
        erp = {**self.estate.erp.state(), "calls": dict(self.estate.erp.calls)}
        cases = await list_cases(here.pool, here.tenant, limit=10_000)
        opened: dict[str, int] = {}
        for case in cases:
            opened[case.kind] = opened.get(case.kind, 0) + 1
        return Day(
            orders=_orders(shop, erp, book["orders"]),
            stock={
                "published": len(shop["inventory_writes"]),
                "oversold": len(erp["oversold"]) + len(shop["oversold"]),
            },
            despatches={"published": sum(1 for row in book["despatches"] if row["state"] == "published")},
            cases=dict(sorted(opened.items())),
            open_cases=[
                {"id": one.id, "kind": one.kind, "desk": one.desk, "subject": one.subject, "records": one.records,
                 "cause": one.cause}
                for one in cases if one.state == "open"
            ],
            laws=check_laws(shop, erp, {**book, "audit": verdict}),
            pairings=[self._pairing_line()],
            trouble=self._trouble(),
            seconds=round(seconds, 1),
            story=self.story,
        )  # fmt: skip

    def _pairing_line(self) -> dict[str, Any]:
        settings = self.estate.here.project.sales[PAIRING_NAME]
        systems = self.estate.here.project.systems
        kinds = [systems[settings.storefront].kind, systems[settings.erp].kind]
        return {"name": PAIRING_NAME, "systems": kinds, "flows": [str(flow) for flow in settings.flows]}

    def _trouble(self) -> dict[str, int]:
        """How often each kind struck, counted by the simulators' own knobs before they were taken away."""
        return dict(sorted(self._struck.items()))

    async def _all_shown(self) -> bool:
        levels = self.estate.shop.state()["inventory"]
        return sum(1 for level in levels if level["writes"]) >= len(levels) * 0.9

    async def _all_settled(self) -> bool:
        sold = [order for order in self.estate.shop.state()["orders"] if order["placed_by"] == "shopper"]
        book = (await read_book(self.estate.here.pool, self.estate.here.tenant))["orders"]
        busy = any(row["state"] in ("captured", "posting") and not row["open_cases"] for row in book)
        return len(book) == len(sold) and not busy

    async def _all_told(self) -> bool:
        rows = (await read_book(self.estate.here.pool, self.estate.here.tenant))["despatches"]
        known = {row["tracking_number"] for row in rows}
        sold = {order["identifier"] for order in self.estate.shop.state()["orders"]}
        orders = [order for order in self.estate.erp.state()["orders"] if order["associated_ref"] in sold]
        boxes = [box for order in orders for invoice in order["invoices"] for box in invoice["boxes"]]
        left = {box["consignment"] for box in boxes if box["shipped"]}
        return left <= known and all(row["state"] in ("published", "waiting") for row in rows)

    async def _stop_noticed(self) -> bool:
        """The re-check asks the ERP anew about whatever holds orders."""
        await self._pairing_run("recheck")
        return all(case.subject != self._lifted for case in await self._open_cases("account-on-stop"))

    async def _stock_caught_up(self) -> bool:
        """A publication that began after now has ended."""
        return await self._pairing_run("stock")

    async def _pairing_run(self, flow: str) -> bool:
        """Run one flow now, as its cadence would; True when it went to its end."""
        result = await run_flow(self._pairing, flow, FLOWS[flow], self.estate.here.runs)
        return "problem" not in result and "skipped" not in result

    async def _open_cases(self, kind: str) -> list[Any]:
        here = self.estate.here
        return list(await list_cases(here.pool, here.tenant, state="open", kind=kind))

    async def _until(self, done: Callable[[], Any], what: str) -> None:
        deadline = time.monotonic() + REST_DEADLINE_SECONDS
        while not await done():
            if time.monotonic() > deadline:
                self._note(f"gave up waiting until {what}")
                return
            await asyncio.sleep(0.1)

    def _note(self, text: str) -> None:
        minutes = 8 * 60 + self._wave * 45
        event = Event(f"{minutes // 60:02d}:{minutes % 60:02d}", text)
        self.story.append(event)
        self._say(event)


def _orders(shop: Mapping[str, Any], erp: Mapping[str, Any], book: list[dict[str, Any]]) -> dict[str, int]:
    """Counted from what the simulators hold."""
    sold = {order["identifier"]: order["id"] for order in shop["orders"] if order["placed_by"] == "shopper"}
    made: dict[str, int] = {}
    for order in erp["orders"]:
        if order["associated_ref"] in sold:
            made[order["associated_ref"]] = made.get(order["associated_ref"], 0) + 1
    rows = {row["storefront_id"]: row for row in book}
    unposted = [rows.get(storefront_id) for ref, storefront_id in sold.items() if ref not in made]
    waiting = sum(1 for row in unposted if row is not None and row["open_cases"])
    withdrawn = sum(1 for row in unposted if row is not None and row["state"] in ("withdrawn", "set_aside"))
    return {
        "captured": len(book),
        "posted": len(made),
        "waiting": waiting,
        "withdrawn": withdrawn,
        "lost": len(unposted) - waiting - withdrawn,
        "duplicated": sum(1 for count in made.values() if count > 1),
    }
