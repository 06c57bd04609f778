"""OrderSink and FulfilmentSource: an order in, and where it stands, both known by our reference alone."""

from collections.abc import Mapping, Sequence

from crossdock.connectors.khaos_control.batches import chunks, gather
from crossdock.connectors.khaos_control.client import KhaosClient
from crossdock.connectors.khaos_control.config import KhaosControlSettings
from crossdock.connectors.khaos_control.mapping_order import OrderTerms, check_reference, write_sales_order
from crossdock.connectors.khaos_control.mapping_outcome import outcome_of
from crossdock.connectors.khaos_control.mapping_status import fulfilments
from crossdock.connectors.khaos_control.soap import Param
from crossdock.connectors.khaos_control.times import NO_DATE
from crossdock.connectors.khaos_control.wire_results import import_result
from crossdock.connectors.khaos_control.xmldoc import Element
from crossdock.model.despatch import Fulfilment
from crossdock.model.faults import DataFault, Outcome, ReadIncomplete, Refused, Unknown
from crossdock.model.resolved_order import ResolvedOrder
from crossdock.ports.runtime import Priority


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
            status_list = await self._export([ref], priority=Priority.ORDER, quick=True)
        except DataFault as fault:
            raise ReadIncomplete(f"ExportOrderStatusEx {ref}: {fault}", evidence=fault.evidence) from fault
        found = fulfilments(status_list, [ref], self._settings.stages).get(ref)
        if isinstance(found, DataFault):
            raise found
        return found

    async def read(self, refs: Sequence[str]) -> Mapping[str, Fulfilment | DataFault]:
        """One bad order does not stop its neighbours: its value is what is wrong with it."""
        found: dict[str, Fulfilment | DataFault] = {}
        wanted = []
        for ref in dict.fromkeys(refs):
            try:
                check_reference(ref, self._settings.lengths)
                wanted.append(ref)
            except DataFault as fault:
                found[ref] = fault
        for batch in chunks(wanted, self._settings.batches.order_status):
            await self._read_batch(batch, found)
        return found

    async def _read_batch(self, batch: Sequence[str], found: dict[str, Fulfilment | DataFault]) -> None:
        """What is not answered is asked for again by name, for as long as that brings more: lists can be cut short."""
        missing = batch
        while missing:
            answers = await gather(self._export, missing)
            found.update(answers.blamed)
            for status_list in answers.documents:
                found.update(fulfilments(status_list, missing, self._settings.stages))
            still = [ref for ref in missing if ref not in found]
            if missing is not batch and len(still) == len(missing):
                return
            missing = still

    async def _export(
        self, refs: Sequence[str], *, priority: Priority = Priority.DESPATCH, quick: bool = False
    ) -> Element:
        params = [Param("IDs", ",".join(refs)), Param("MappingType", str(self._settings.match_reference), "int")]
        if self._settings.order_status_flags:
            params += [
                Param("WebOnly", "false", "boolean"),
                Param("ConfirmedOnly", "false", "boolean"),
                Param("IncludeTracking", "true", "boolean"),
                Param("IncludeCancelled", "true", "boolean"),
                Param("DateFrom", NO_DATE, "dateTime"),
                Param("DateTo", NO_DATE, "dateTime"),
                Param("InvoiceStageIDs", ""),
            ]
        return await self._client.export(
            "ExportOrderStatusEx", params, root="STATUS_LIST", priority=priority, quick=quick
        )
