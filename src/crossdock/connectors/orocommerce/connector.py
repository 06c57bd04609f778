"""The live connection: every capability on one object, and the look that tells whether it works."""

from collections.abc import Awaitable, Callable, Sequence

from crossdock.connectors.orocommerce.account_fields import AccountFields
from crossdock.connectors.orocommerce.acknowledging import Acknowledgements
from crossdock.connectors.orocommerce.bare_products import BareProducts
from crossdock.connectors.orocommerce.client import Api
from crossdock.connectors.orocommerce.companies import Companies
from crossdock.connectors.orocommerce.config import OroCommerceSettings
from crossdock.connectors.orocommerce.despatching import Despatches
from crossdock.connectors.orocommerce.index import OrderLists
from crossdock.connectors.orocommerce.offers import Offers
from crossdock.connectors.orocommerce.prices import Prices
from crossdock.connectors.orocommerce.refusing import ChangeRefusals
from crossdock.connectors.orocommerce.session import Session
from crossdock.connectors.orocommerce.source import OrderReads
from crossdock.connectors.orocommerce.stock import StockLevels
from crossdock.connectors.orocommerce.webhook import Webhooks
from crossdock.model.faults import RemoteFault
from crossdock.ports.runtime import Clock, Gate
from crossdock.ports.systems import ProbeLine

PARTS = (
    OrderReads, OrderLists, Acknowledgements, ChangeRefusals, Despatches, StockLevels, Prices, Offers,
    BareProducts, Webhooks, Companies, AccountFields,
)  # fmt: skip


class OroCommerce(
    OrderReads,
    OrderLists,
    Acknowledgements,
    ChangeRefusals,
    Despatches,
    StockLevels,
    Prices,
    Offers,
    BareProducts,
    Webhooks,
    Companies,
    AccountFields,
):
    """One shop. Makes no call before it is asked something."""

    def __init__(self, settings: OroCommerceSettings, gate: Gate, clock: Clock) -> None:
        self._session = Session(settings, Api(settings, gate, clock), clock)
        for part in PARTS:
            part.__init__(self, self._session)

    async def close(self) -> None:
        await self._session.api.close()

    async def probe(self) -> Sequence[ProbeLine]:
        """Sign in, then one page of each readable record. A sign-in that fails ends it."""
        signed_in = await _line("sign-in", self._probe_sign_in)
        if signed_in.problem:
            return [signed_in]
        lines = [
            signed_in,
            await _line("orders", self._probe_orders),
            await _line("stock", self._probe_stock),
            await _line("companies", self._probe_companies),
        ]
        if self._session.settings.acknowledge in ("status", "both"):
            lines.append(await _line("order statuses", self._probe_statuses))
        return lines

    async def _probe_sign_in(self) -> ProbeLine:
        await self._session.api.sign_in()
        major, minor = await self._session.version()
        return ProbeLine(what=f"sign-in (OroCommerce {major}.{minor} or later)", read=1)

    async def _probe_orders(self) -> ProbeLine:
        page = await self.listing().page(1, {"sort": "-updatedAt,id"})
        documents = self.documents(page.rows, page.included)
        faults = [document.fault for document in documents if document.fault is not None]
        return ProbeLine(
            what="orders", read=len(documents), unreadable=len(faults), problem=str(faults[0]) if faults else ""
        )

    async def _probe_stock(self) -> ProbeLine:
        page = await self.levels_listing().page(1)
        targets, faults = self.targets(page.rows, page.included)
        problem = str(faults[0]) if faults else ""
        return ProbeLine(what="stock", read=len(targets) + len(faults), unreadable=len(faults), problem=problem)

    async def _probe_companies(self) -> ProbeLine:
        page = await self.companies_listing().page(1)
        documents = self.companies(page.rows, page.included)
        faults = [document.fault for document in documents if document.fault is not None]
        problem = str(faults[0]) if faults else ""
        return ProbeLine(what="companies", read=len(documents), unreadable=len(faults), problem=problem)

    async def _probe_statuses(self) -> ProbeLine:
        answer = await self._session.api.read("orderstatuses", {"page[size]": "100"})
        known = [str(row.get("id")) for row in (answer.doc.rows if answer.doc else [])]
        wanted = self._session.settings.acknowledged_status
        missing = f"acknowledged_status {wanted!r} is not among them: {', '.join(known)}"
        return ProbeLine(what="order statuses", read=len(known), problem="" if wanted in known else missing)


async def _line(what: str, probe: Callable[[], Awaitable[ProbeLine]]) -> ProbeLine:
    try:
        return await probe()
    except RemoteFault as fault:
        return ProbeLine(what=what, problem=str(fault))


async def connect(settings: OroCommerceSettings, gate: Gate, clock: Clock) -> OroCommerce:
    return OroCommerce(settings, gate, clock)
