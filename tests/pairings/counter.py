"""A SCAYLE shop and a Khaos Control that fetches what came back, as it polls."""

import contextlib
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from crossdock.api.server import HttpDoor, listen
from crossdock.cases.kind import Remedy
from crossdock.flows import remedies
from crossdock.flows.pairing import Erp, Pairing
from crossdock.flows.wish import Wish
from crossdock.model.after_sale import SalesReturn
from crossdock.model.faults import Accepted, Outcome, Refused
from crossdock.ports.case_book import CaseRow
from crossdock.sandbox.estate import build_estate
from crossdock.sandbox.khaos_control import KhaosControlSimulator
from crossdock.sandbox.laws import check_laws
from crossdock.sandbox.scayle import ScayleSimulator
from crossdock.sandbox.scayle.sales import Order
from crossdock.sandbox.views import in_one_shape
from crossdock.store.cases import list_cases
from crossdock.store.runs import read_book
from tests.api.calling import serving
from tests.pairings.market import Market, open_market
from tests.pairings.test_scayle_khaos import AT_ONCE, PAIRING

ESTATE = build_estate(items=24, companies=30)
SECRET = "sandbox-token"
BUYER = 102


@dataclass
class Shop:
    """A market whose ERP fetches returns, as it polls."""

    market: Market

    async def sell(self, *lines: tuple[str, int], leaves: bool = True, **more: Any) -> dict[str, Any]:
        wanted = [{"sku": sku, "quantity": count} for sku, count in lines or [("HP-1001", 3)]]
        terms = {"country": "GB", "customer": BUYER, "lines": wanted, **more}
        placed = await self.market.shop.act("place_order", terms)
        await self.market.shop.act("pass_time", {"seconds": 120})
        await self.market.deliver()
        if leaves:
            await self.market.erp.act("despatch", {"ref": placed["public_key"]})
            await self.market.run("despatches")
            await self.market.work()
        return dict(placed)

    async def comes_back(
        self, order: dict[str, Any], sku: str = "HP-1001", quantity: int = 1, *, items: Sequence[int] = ()
    ) -> None:
        which = {"items": list(items)} if items else {"sku": sku, "quantity": quantity}
        await self.market.shop.act("return_units", {"order": order["id"], **which})
        self.market.shop.skew += timedelta(seconds=2)  # what comes back in one second is one return there

    def sold(self, order: dict[str, Any]) -> Order:
        """As the shop's own people have it."""
        till = self.market.shop
        assert isinstance(till, ScayleSimulator)
        return till.world.orders[order["id"]]

    def there(self, order: dict[str, Any]) -> dict[str, Any]:
        """As the ERP has it."""
        ref = order["public_key"]
        return next(one for one in self.market.erp.state()["orders"] if one["associated_ref"] == ref)

    async def ships(self, order: dict[str, Any], *, items: Sequence[int] | None = None) -> None:
        """Somebody else sends a parcel, of these units or of all, and tells the shop alone."""
        await self.market.shop.act("ship_units", {"order": order["id"], "items": items})

    async def refunds(self) -> list[dict[str, Any]]:
        rows = await self.market.here.pool.fetch("select * from refund order by id")
        return [dict(row) for row in rows]

    def credited(self) -> list[dict[str, Any]]:
        return list(self.market.erp.state()["channel"]["returns"])

    async def settled(self) -> None:
        """The shop is read, its orders too, and the ERP polls until it has everything."""
        await self.market.run("returns")
        await self.market.deliver()
        await self.poll()

    async def poll(self) -> None:
        for _ in range(2):
            await self.market.erp.act("poll", {})
        await self.market.pass_time(120)

    async def case(self) -> CaseRow:
        (found,) = await list_cases(self.market.here.pool, self.market.here.tenant, kind=None, state="open")
        return found

    async def settle(self, remedy: Remedy, **params: str) -> None:
        wish = Wish(remedy=remedy, params=params, reason="looked at both", actor="mary@harbour.example")
        await remedies.apply(self.market.pairing, await self.case(), wish)

    async def keeps_l5(self) -> bool:
        """The judge from outside, on what it needs to know of these orders."""
        till, erp = self.market.shop, self.market.erp
        storefront = in_one_shape("scayle", {**till.state(), "calls": {}})
        book = await read_book(self.market.here.pool, self.market.here.tenant)
        sealed = {"problem": "", "entries": 1, "seals": 1, "unsealed": 0}
        laws = check_laws(storefront, {**erp.state(), "calls": {}}, {**book, "audit": sealed})
        return bool(laws["L5"]["pass"])


CHANNEL = {
    "username": "khaos", "password": "${TOKEN}", "return_reason": "Name=Unwanted", "company_class": "Name=Trade",
    "site": "Name=Main Warehouse", "sales_source": "Name=Web",
}  # fmt: skip


@contextlib.asynccontextmanager
async def open_shop(
    database: str,
    folder: Path,
    *,
    theirs: Mapping[str, Any],
    ways: Mapping[str, Any],
    ours: Mapping[str, Any] | None = None,
    knobs: Mapping[str, Any] | None = None,
) -> AsyncIterator[Shop]:
    """theirs, ours: settings of ours for the ERP and the shop; ways: for the pairing. knobs: of the simulated ERP."""
    till = ScayleSimulator(ESTATE, seed=5, settings=AT_ONCE)
    erp = KhaosControlSimulator(ESTATE, seed=5, settings=knobs)
    plain = {"access_token": "${TOKEN}", "fulfilment_wait_seconds": 2, "fulfilment_poll_seconds": 0.01}
    given = {**plain, **(ours or {})}
    pair = {**PAIRING, **ways}
    async with AsyncExitStack() as stack:
        market = await stack.enter_async_context(
            open_market(database, folder, shop=("scayle", till, given), erp=("khaos", erp, theirs), pairing=pair)
        )
        await market.learn()
        url = await stack.enter_async_context(serving(HttpDoor(market.here, listen("127.0.0.1", 0))))
        place = f"{url}/channels/khaos/{market.name}/config.json"
        await erp.act("set_channel", {"url": place, "user": "khaos", "password": SECRET, "calls": ["CReturnDownload"]})
        yield Shop(market)


class ReturnsDesk:
    """An ERP that is called with what came back, and looks a return up before it makes another credit note of it.

    No system that ships is one. moment: called before and after each call, by what it is. answers: what becomes of the
    next calls, of which an Exception is raised before anything is done, and Unknown is said once it is done.
    """

    def __init__(self, erp: Erp, *, moment: Callable[[str], None] = lambda _: None) -> None:
        self._erp, self._moment = erp, moment
        self.notes: list[SalesReturn] = []
        self.answers: list[Outcome | Exception] = []
        self.calls = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._erp, name)

    def stand_in(self, pairing: Pairing) -> None:
        object.__setattr__(pairing, "erp", self)
        object.__setattr__(pairing, "erp_can", pairing.erp_can | {"ReturnSink"})

    async def create_return(self, sales_return: SalesReturn) -> Outcome:
        self.calls += 1
        self._moment("before create_return")
        answer = self.answers.pop(0) if self.answers else None
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, Refused):
            return answer
        if sales_return.ref not in (one.ref for one in self.notes):
            self.notes.append(sales_return)
        self._moment("after create_return")
        return answer or Accepted(f"CN-{sales_return.ref}")

    def credited(self) -> dict[str, Decimal]:
        """Reference → what its lines come to, gross."""
        assert len({one.ref for one in self.notes}) == len(self.notes)
        return {
            one.ref: sum((line.quantity * (line.unit_price or 0) for line in one.lines), Decimal(0))
            for one in self.notes
        }
