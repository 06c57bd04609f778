"""OrderSink and FulfilmentSource: an order in, and where it stands, both known by our reference alone."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from crossdock.connectors.khaos_control.batches import chunks, gather
from crossdock.connectors.khaos_control.client import KhaosClient
from crossdock.connectors.khaos_control.config import KhaosControlSettings
from crossdock.connectors.khaos_control.mapping_order import OrderTerms, check_reference, write_sales_order
from crossdock.connectors.khaos_control.mapping_outcome import outcome_of
from crossdock.connectors.khaos_control.mapping_status import (
    OUR_REFERENCE,
    STAGES,
    THEIR_CODE,
    every_fulfilment,
    fulfilments,
)
from crossdock.connectors.khaos_control.soap import Param
from crossdock.connectors.khaos_control.times import NO_DATE
from crossdock.connectors.khaos_control.times import since as since_moment
from crossdock.connectors.khaos_control.wire_results import import_result
from crossdock.connectors.khaos_control.xmldoc import Element
from crossdock.model.despatch import Fulfilment, Stage
from crossdock.model.faults import ConfigFault, DataFault, Outcome, ReadIncomplete, Refused, Unknown
from crossdock.model.resolved_order import ResolvedOrder
from crossdock.ports.runtime import Priority

DONE = frozenset({Stage.ISSUED, Stage.CANCELLED})


class OrderDesk:
    """Places orders one per call, as the vendor does: only so does an answer belong to one order for certain."""

    def __init__(self, client: KhaosClient, settings: KhaosControlSettings) -> None:
        self._client = client
        self._settings = settings
        self._terms = OrderTerms.of(settings)

    async def create(self, order: ResolvedOrder) -> Outcome:
        """Raises DataFault and Unsupported (nothing was sent), ConfigFault and Transient (nothing was done)."""
        document = write_sales_order(order, self._terms)
        answer = await self._client.write("ImportOrders", [Param("Orders", document)])
        if isinstance(answer, Refused | Unknown):
            return answer
        result, evidence = answer
        try:
            said = import_result(result)
        except DataFault as fault:
            return Unknown(f"ImportOrders: {fault}", evidence=evidence)
        return outcome_of(order.ref, said, self._settings.skip_reasons, evidence=evidence)

    async def find(self, ref: str) -> Fulfilment | None:
        """Raises DataFault when the order is there and what it says cannot be understood, or `ref` cannot be asked."""
        check_reference(ref, self._settings.lengths)
        try:
            named = Named(self._settings.match_reference, OUR_REFERENCE)
            status_list = await self._export([ref], named, priority=Priority.ORDER, quick=True)
        except DataFault as fault:
            raise ReadIncomplete(f"ExportOrderStatusEx {ref}: {fault}", evidence=fault.evidence) from fault
        found = fulfilments(status_list, [ref], self._settings.stages).get(ref)
        if isinstance(found, DataFault):
            raise found
        return found

    async def read(self, refs: Sequence[str]) -> Mapping[str, Fulfilment | DataFault]:
        """One bad order does not stop its neighbours: its value is what is wrong with it."""
        return await self._read(refs, Named(self._settings.match_reference, OUR_REFERENCE))

    async def by_code(self, codes: Sequence[str]) -> Mapping[str, Fulfilment | DataFault]:
        """The same by Khaos Control's own codes."""
        return await self._read(codes, Named(self._settings.match_code, THEIR_CODE))

    async def open_orders(self, since: datetime) -> AsyncIterator[Sequence[Fulfilment | DataFault]]:
        """Every order with an invoice in a stage before issue, however old, and since that moment those whose stage
        nobody has mapped. Assumed: without codes, all orders are looked through.

        Raises ConfigFault: switched off. Raises ReadIncomplete: a document cannot be read.
        """
        if not self._settings.optional.list_open_orders:
            problem = "is switched off: nobody has said that this server lists orders by stage"
            raise ConfigFault(f"ExportOrderStatusEx without codes {problem}", setting="optional.list_open_orders")
        stages = {**STAGES, **self._settings.stages}
        waiting = ",".join(str(number) for number, stage in stages.items() if stage not in DONE)
        moment = since_moment(since, self._settings.timezone, self._settings.overlap_hours)
        seen: set[str] = set()
        for asked in ((waiting, NO_DATE), ("", moment)):
            found = every_fulfilment(await self._list(*asked), self._settings.stages)
            yield [one for one in found if _is_news(one, seen)]

    async def placed_since(self, since: datetime) -> Sequence[Fulfilment | DataFault]:
        """Every order placed at or after that moment, wherever it stands. Raises ReadIncomplete."""
        moment = since_moment(since, self._settings.timezone, self._settings.overlap_hours)
        return every_fulfilment(await self._list("", moment), self._settings.stages)

    async def _list(self, stages: str, date_from: str) -> Element:
        named = Named(self._settings.match_reference, OUR_REFERENCE)
        try:
            return await self._export([], named, stages=stages, date_from=date_from)
        except DataFault as fault:
            raise ReadIncomplete(f"ExportOrderStatusEx: {fault}", evidence=fault.evidence) from fault

    async def _read(self, names: Sequence[str], named: "Named") -> Mapping[str, Fulfilment | DataFault]:
        found: dict[str, Fulfilment | DataFault] = {}
        wanted = []
        for name in dict.fromkeys(names):
            try:
                check_reference(name, self._settings.lengths)
                wanted.append(name)
            except DataFault as fault:
                found[name] = fault
        for batch in chunks(wanted, self._settings.batches.order_status):
            await self._read_batch(batch, named, found)
        return found

    async def _read_batch(self, batch: Sequence[str], named: "Named", found: dict[str, Fulfilment | DataFault]) -> None:
        """What is not answered is asked for again by name, for as long as that brings more: lists can be cut short."""
        missing = batch

        async def ask(some: Sequence[str]) -> Element:
            return await self._export(some, named)

        while missing:
            answers = await gather(ask, missing)
            found.update(answers.blamed)
            for status_list in answers.documents:
                found.update(fulfilments(status_list, missing, self._settings.stages, by=named.attribute))
            still = [name for name in missing if name not in found]
            if missing is not batch and len(still) == len(missing):
                return
            missing = still

    async def _export(
        self,
        names: Sequence[str],
        named: "Named",
        *,
        priority: Priority = Priority.DESPATCH,
        quick: bool = False,
        stages: str = "",
        date_from: str = NO_DATE,
    ) -> Element:
        params = [Param("IDs", ",".join(names)), Param("MappingType", str(named.mapping), "int")]
        if self._settings.order_status_flags:
            params += [
                Param("WebOnly", "false", "boolean"),
                Param("ConfirmedOnly", "false", "boolean"),
                Param("IncludeTracking", "true", "boolean"),
                Param("IncludeCancelled", "true", "boolean"),
                Param("DateFrom", date_from, "dateTime"),
                Param("DateTo", NO_DATE, "dateTime"),
                Param("InvoiceStageIDs", stages),
            ]
        return await self._client.export(
            "ExportOrderStatusEx", params, root="STATUS_LIST", priority=priority, quick=quick
        )


def _is_news(one: Fulfilment | DataFault, seen: set[str]) -> bool:
    """Whether it is open, or cannot be read, and was not given out before."""
    key = str(one) if isinstance(one, DataFault) else one.erp_code
    if key in seen:
        return False
    seen.add(key)
    return isinstance(one, DataFault) or not (one.complete or one.cancelled)


@dataclass(frozen=True, slots=True)
class Named:
    """What orders are asked for by. mapping: MappingType. attribute: of ORDER_STATUS, that says it again."""

    mapping: int
    attribute: str
