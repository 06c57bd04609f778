"""StockSource over Prima's SOAP service: everything in one answer, or slice by slice of the product codes."""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from crossdock.connectors.prima.engine import VendorError, read_field, read_key, rows_of
from crossdock.connectors.prima.key_table import KeyTable, native
from crossdock.connectors.prima.mapping_file import Mapped
from crossdock.connectors.prima.mapping_grammar import KeyRange, Response
from crossdock.connectors.prima.soap_client import SoapClient
from crossdock.connectors.prima.xmldoc import Element
from crossdock.model.faults import DataFault, ReadIncomplete
from crossdock.model.stock import Basis, StockFigure
from crossdock.ports.runtime import Clock, Priority
from crossdock.ports.systems import UnreadableFigure

SITE = "ALL"
Read = StockFigure | UnreadableFigure


class SoapStock:
    """Figures by the key table. A row that is not in it, and a SKU that is not answered, is unknown; never nought."""

    def __init__(self, client: SoapClient, keys: KeyTable, clock: Clock) -> None:
        self._client = client
        self._mapped = client.mapped
        self._keys = keys
        self._clock = clock

    async def read(self) -> AsyncIterator[Sequence[Read]]:
        """There is no change feed: every read is of everything. A slice that fails fails the whole read."""
        operation = self._mapped.operation("stock.list")
        assert operation is not None
        assert operation.response is not None
        seen: dict[str, Decimal] = {}
        told: set[str] = set()
        for slice_ in operation.paging.ranges or [KeyRange()]:
            as_of = self._clock.now()
            values = {"range": {"from": slice_.from_, "to": slice_.to}}
            rows = await self._rows("stock.list", values, operation.response, priority=Priority.BULK)
            if page := [one for one in self.figures(operation.response, rows, as_of) if _is_new(one, seen, told)]:
                yield page
        if missing := [sku for sku in self._keys.by_sku if sku not in told]:
            if len(missing) == len(self._keys.by_sku):
                raise ReadIncomplete(f"stock.list: none of the {len(missing)} SKUs in the key table was answered")
            yield [UnreadableFigure(sku, _unanswered(sku)) for sku in missing]

    async def find(self, skus: Sequence[str]) -> Sequence[Read]:
        """Figures of a few SKUs, each of which must be in the key table. Raises DataFault."""
        operation = self._mapped.operation("stock.query")
        if operation is None or operation.response is None:
            raise DataFault("stock.query", "the mapping file knows no way to ask for single SKUs")
        found: list[Read] = []
        size = operation.batch.size if operation.batch is not None else len(skus)
        for start in range(0, len(skus), max(size, 1)):
            entries = [{"sku": sku, "native_key": self._key(sku)} for sku in skus[start : start + size]]
            as_of = self._clock.now()
            rows = await self._rows("stock.query", {"skus": entries}, operation.response, priority=Priority.READ)
            found += self.figures(operation.response, rows, as_of)
        answered = {one.stock_code for one in found}
        return [*found, *(UnreadableFigure(sku, _unanswered(sku)) for sku in skus if sku not in answered)]

    def figures(self, response: Response, rows: Sequence[tuple[str, Element]], as_of: datetime) -> list[Read]:
        return [read_figure(self._mapped, response, row, self._keys, as_of, at) for at, row in rows]

    async def _rows(
        self, operation: str, values: Mapping[str, Any], response: Response, *, priority: Priority
    ) -> list[tuple[str, Element]]:
        answer = await self._client.read(operation, values, priority=priority)
        if isinstance(answer, VendorError):
            raise ReadIncomplete(f"{operation}: {answer.text} ({answer.error.code})")
        return rows_of(response, answer)

    def _key(self, sku: str) -> dict[str, str]:
        found = self._keys.native_key(sku)
        if found is None:
            raise DataFault("sku", f"{sku} is not in the key table")
        return found


def read_figure(mapped: Mapped, response: Response, row: Element, keys: KeyTable, as_of: datetime, at: str) -> Read:
    """One row. Only what the figure is made of is looked at: a day written otherwise takes no stock off sale."""
    key = native(read_key(response, row))
    label = "/".join(part for part in key if part)
    sku = keys.by_key.get(key)
    if sku is None:
        problem = f"{label or 'a row without a key'} is not in the key table, so no SKU of ours is known for it"
        return UnreadableFigure(label, DataFault(at, problem))
    try:
        free = read_field(mapped, response.fields["free"], row, at)
        site = response.fields.get("warehouse_code")
        where = read_field(mapped, site, row, at) if site is not None else None
    except DataFault as fault:
        return UnreadableFigure(sku, fault)
    return StockFigure(stock_code=sku, site=str(where or SITE), basis=Basis.FREE, quantity=Decimal(free), as_of=as_of)


def _is_new(one: Read, seen: dict[str, Decimal], told: set[str]) -> bool:
    """Slices may overlap, so a row may come twice; twice with two figures is no read."""
    told.add(one.stock_code)
    if isinstance(one, UnreadableFigure):
        return True
    key = f"{one.stock_code}\0{one.site}"
    if key in seen and seen[key] != one.quantity:
        raise ReadIncomplete(f"{one.stock_code} is answered twice, with {seen[key]} and with {one.quantity}")
    known = key in seen
    seen[key] = one.quantity
    return not known


def _unanswered(sku: str) -> DataFault:
    return DataFault("Data", f"{sku} is in the key table and was not answered; that is unknown, not nought")
