"""RetailItemSink, LocationSink, OnHandSink, CommitmentSink, RetailSaleSink, TransferSink over a retail-stock bridge."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import uuid4

from crossdock.connectors.bridge import Answer
from crossdock.connectors.wair import mapping_goods as goods
from crossdock.connectors.wair import mapping_stock as stock
from crossdock.connectors.wair.bridge_batch import Batch, Batching, outcome_of, told_rows
from crossdock.connectors.wair.owners import check_levels, dispute
from crossdock.connectors.wair.session import Session
from crossdock.connectors.wair.wire import RetailCapabilities
from crossdock.model.faults import Accepted, Outcome, Refused, RemoteFault, Unknown, Unsupported
from crossdock.model.retail import Commitment, Location, RetailItem, RetailSale, RetailStock, Transfer
from crossdock.model.stock import Basis
from crossdock.ports.runtime import Priority

ITEMS = Batch("PUT", "/v1/items:batch", "items.put", ("sku",))
LOCATIONS = Batch("PUT", "/v1/locations:batch", "locations.put", ("location_code",))
LEVELS = Batch("PUT", "/v1/stock-levels:batch", "stock.put", ("location_code", "sku"))
SALES = Batch("POST", "/v1/sales:batch", "sales.post", ("sale_id", "line_no"), once=True)
TRANSFERS = Batch("PUT", "/v1/transfers:batch", "transfers.put", ("transfer_id",))
COMMITMENTS = "/v1/commitments:replace"
ZERO = Decimal(0)


class BridgeSink:
    def __init__(self, session: Session) -> None:
        self._session = session
        self._batching = Batching(session)

    async def items(self, items: Sequence[RetailItem]) -> list[Outcome]:
        can = await self._session.need(ITEMS.operation)
        chunk = self._chunk(can.max_batch.items)
        return await self._batching.write(ITEMS, items, goods.item_row, lambda one: one.sku, chunk)

    async def locations(self, locations: Sequence[Location]) -> list[Outcome]:
        """A location that is told another owner than it is set is refused unsent."""
        can = await self._session.need(LOCATIONS.operation)
        settings = self._session.settings

        def row(location: Location) -> dict[str, Any]:
            if problem := dispute(settings, location):
                raise Unsupported(f"location {location.code}.owner", problem)
            claimed = "retail" if location.code in can.locations_owned else "erp"
            return stock.location_row(location, owner=settings.owner_of(location.code) or claimed)

        chunk = self._chunk(0)
        return await self._batching.write(LOCATIONS, locations, row, lambda one: one.code, chunk)

    async def levels(self, levels: Sequence[RetailStock]) -> list[Outcome]:
        """Raises Unsupported, and sends nothing: a basis that the system does not take, a parent's total, or a
        location that it owns itself."""
        for level in levels:
            if level.basis not in stock.WORDS or not level.leaf:
                stock.level_row(level, now=level.occurred_at)
        can = await self._session.need(LEVELS.operation)
        check_levels(self._session.settings, levels, retail=can.locations_owned)
        for level in levels:
            _check_basis(level, can)
        untold = ZERO if self._session.settings.untold_allocated == "zero" else None
        now = self._session.clock.now()
        return await self._batching.write(
            LEVELS,
            levels,
            lambda one: stock.level_row(one, now=now, untold_allocated=untold),
            lambda one: f"{one.location}/{one.sku}",
            self._chunk(can.max_batch.stock),
        )

    async def commitments(self, locations: Sequence[str], commitments: Sequence[Commitment]) -> Outcome:
        """Several calls where they are many, each of whole locations.

        Raises Unsupported or DataFault: a commitment that cannot be said, or is none of these locations'.
        """
        can = await self._session.need("commitments.replace")
        for one in commitments:
            if one.location not in locations:
                raise Unsupported(f"commitment {one.key}: location", f"{one.location} is none of those replaced")
        rows: dict[str, list[dict[str, Any]]] = {code: [] for code in locations}
        for one in commitments:
            rows[one.location].append(stock.commitment_row(one))
        outcome: Outcome = Accepted(f"{len(commitments)} commitments")
        sent = False
        for codes in _packed(rows, self._chunk(can.max_batch.stock)):
            try:
                told = await self._replace(codes, [row for code in codes for row in rows[code]])
            except RemoteFault as fault:
                if not sent:
                    raise
                told = Unknown(f"not sent for {', '.join(codes)}: {fault}", evidence=fault.evidence)
            sent = True
            outcome = told if isinstance(outcome, Accepted) and told is not None else outcome
        return outcome

    async def _replace(self, codes: Sequence[str], rows: Sequence[dict[str, Any]]) -> Outcome | None:
        """One call, which replaces all there is at these locations. None: it is in."""
        document = {"locations": list(codes), "data": list(rows)}
        answer = await self._session.api.write(
            "PUT", COMMITMENTS, document, operation="commitments.replace", ref=uuid4().hex, priority=Priority.BULK
        )
        if not isinstance(answer, Answer):
            return answer
        told = [outcome_of(one, COMMITMENTS, answer.evidence) for one in told_rows(answer.doc) or ()]
        worse = [one for kind in (Refused, Unknown) for one in told if isinstance(one, kind)]
        return worse[0] if worse else None

    async def sales(self, sales: Sequence[RetailSale]) -> list[Outcome]:
        can = await self._session.need(SALES.operation)
        chunk = self._chunk(can.max_batch.sales)
        return await self._batching.write(SALES, sales, goods.sale_row, lambda one: f"{one.key}/{one.line_no}", chunk)

    async def transfers(self, transfers: Sequence[Transfer]) -> list[Outcome]:
        can = await self._session.need(TRANSFERS.operation)
        chunk = self._chunk(can.max_batch.transfers)
        return await self._batching.write(TRANSFERS, transfers, goods.transfer_row, lambda one: one.key, chunk)

    def _chunk(self, told: int) -> int:
        return told or self._session.settings.batch_max


def _packed(rows: Mapping[str, Sequence[Any]], most: int) -> list[list[str]]:
    """Locations, as many together as their rows fit into one call; one that does not fit alone goes alone."""
    packed: list[list[str]] = []
    room = 0
    for code, some in rows.items():
        if not packed or len(some) > room:
            packed.append([])
            room = most
        packed[-1].append(code)
        room -= len(some)
    return packed


def _check_basis(level: RetailStock, can: RetailCapabilities) -> None:
    accepted = stock.BASES[can.stock_basis_accepted]
    if level.basis is not accepted:
        wanted = "stock on hand" if accepted is Basis.ON_HAND else "what is available"
        problem = f"basis-not-accepted: is {level.basis.value}; this system takes {wanted} and nothing else"
        raise Unsupported(f"{level.sku} at {level.location}: basis", problem)
