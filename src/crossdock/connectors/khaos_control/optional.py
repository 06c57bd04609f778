"""What only some servers have: AmendOrder, CancelOrder and ImportStockStatus are optional developments, off by default.

The vendor publishes no contract of them. What is sent and read here is what its other operations suggest; settings
`optional` switches each on once the customer's own copy is known to have it.
"""

from collections.abc import Callable, Sequence
from itertools import groupby

from crossdock.connectors.khaos_control.client import KhaosClient
from crossdock.connectors.khaos_control.config import KhaosControlSettings
from crossdock.connectors.khaos_control.mapping_levels_write import write_levels
from crossdock.connectors.khaos_control.mapping_order import OrderTerms, write_sales_order
from crossdock.connectors.khaos_control.mapping_outcome import outcome_of
from crossdock.connectors.khaos_control.sink import OrderDesk
from crossdock.connectors.khaos_control.soap import Answer, Param
from crossdock.connectors.khaos_control.wire_results import import_result, simple_result, skipped_items
from crossdock.model.after_sale import Cancellation
from crossdock.model.despatch import FLOOR_BEGAN, Fulfilment
from crossdock.model.faults import Accepted, ConfigFault, DataFault, Outcome, Refused, Unknown, Unsupported
from crossdock.model.resolved_order import ResolvedOrder
from crossdock.model.stock import Basis, StockFigure


class OptionalOperations:
    """Changes to orders that are there, and counts. Each looks at the order first: once picking began, it stays."""

    def __init__(self, client: KhaosClient, orders: OrderDesk, settings: KhaosControlSettings) -> None:
        self._client = client
        self._orders = orders
        self._settings = settings

    async def amend(self, order: ResolvedOrder) -> Outcome:
        self._check("amend_order")
        there = await self._orders.find(order.ref)
        if refused := _floor_decides(order.ref, there):
            return refused
        params = [Param("Orders", write_sales_order(order, OrderTerms.of(self._settings)))]
        return await self._write(
            "AmendOrder",
            params,
            lambda answer, evidence: outcome_of(
                order.ref, import_result(answer), self._settings.skip_reasons, evidence=evidence
            ),
        )

    async def cancel(self, cancellation: Cancellation) -> Outcome:
        self._check("cancel_order")
        if not cancellation.whole:
            raise Unsupported("lines", "CancelOrder takes whole orders only; amend the order instead")
        if not cancellation.order_ref:
            raise Unsupported("order_ref", "CancelOrder knows an order by our reference only")
        there = await self._orders.find(cancellation.order_ref)
        if there is not None and there.cancelled:
            return Accepted(there.erp_code)
        if refused := _floor_decides(cancellation.order_ref, there):
            return refused
        ref = cancellation.order_ref

        def read(answer: Answer, evidence: str) -> Outcome:
            done, said = simple_result(answer)
            return Accepted(ref) if done else Refused("refused", said or "refused without a word", evidence=evidence)

        return await self._write("CancelOrder", [Param("AssociatedRef", ref)], read)

    async def count(self, figures: Sequence[StockFigure]) -> Sequence[Outcome]:
        """Raises Unsupported for anything but counts: Khaos Control takes its own allocations off again."""
        self._check("import_stock_status")
        for figure in figures:
            if figure.basis is not Basis.ON_HAND or figure.unlimited:
                problem = f"is {figure.basis}; only what was counted may be booked"
                raise Unsupported(f"{figure.stock_code} at {figure.site}", problem)
        outcomes: dict[tuple[str, str], Outcome] = {}
        ordered = sorted(figures, key=lambda one: one.site)
        for site, group in groupby(ordered, key=lambda one: one.site):
            rows = list(group)
            outcomes |= {(site, code): said for code, said in (await self._count(site, rows)).items()}
        return [outcomes[one.site, one.stock_code] for one in figures]

    async def _count(self, site: str, rows: Sequence[StockFigure]) -> dict[str, Outcome]:
        answer = await self._client.write("ImportStockStatus", [Param("StockStatus", write_levels(site, rows))])
        if isinstance(answer, Refused | Unknown):
            return dict.fromkeys((one.stock_code for one in rows), answer)
        result, evidence = answer
        try:
            imported, skipped = skipped_items(result)
        except DataFault as fault:
            return dict.fromkeys((one.stock_code for one in rows), Unknown(f"ImportStockStatus: {fault}"))
        if imported + len(skipped) != len(rows):
            told = f"ImportStockStatus: {imported} booked and {len(skipped)} skipped of {len(rows)}"
            return dict.fromkeys((one.stock_code for one in rows), Unknown(told, evidence=evidence))
        why = {code.casefold(): reason for code, reason in skipped}
        return {one.stock_code: _booked(one.stock_code, why, evidence) for one in rows}

    async def _write(self, method: str, params: Sequence[Param], read: Callable[[Answer, str], Outcome]) -> Outcome:
        answer = await self._client.write(method, params)
        if isinstance(answer, Refused | Unknown):
            return answer
        result, evidence = answer
        try:
            return read(result, evidence)
        except DataFault as fault:
            return Unknown(f"{method}: {fault}", evidence=evidence)

    def _check(self, operation: str) -> None:
        if not getattr(self._settings.optional, operation):
            problem = "is switched off: it is an optional development, which not every server has"
            raise ConfigFault(f"{operation} {problem}", setting=f"optional.{operation}")


def _floor_decides(ref: str, there: Fulfilment | None) -> Refused | None:
    if there is None:
        return Refused("unknown-order", f"Khaos Control has no order {ref}")
    if there.cancelled:
        return Refused("cancelled", f"{there.erp_code} is cancelled: {there.cancel_reason or 'no reason given'}")
    begun = [one for one in there.invoices if one.stage in FLOOR_BEGAN]
    if there.complete or begun:
        stage = begun[0].stage_text or str(begun[0].stage) if begun else "complete"
        text = f"{there.erp_code} is at {stage}: it cannot be changed any more"
        return Refused("picking-began", text, too_late=True)
    return None


def _booked(code: str, why: dict[str, str], evidence: str) -> Outcome:
    if code.casefold() in why:
        return Refused("skipped", why[code.casefold()] or "skipped without a reason", evidence=evidence)
    return Accepted(code)
