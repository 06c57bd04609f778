"""What an ERP can do with orders of its own, whoever took them. Rules of reading and writing as in `systems`."""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from crossdock.model.despatch import DespatchNote, Fulfilment
from crossdock.model.erp_order import ErpOrder
from crossdock.model.faults import DataFault, Outcome


class FulfilmentFinder(Protocol):
    async def find_fulfilments(self, codes: Sequence[str]) -> Mapping[str, Fulfilment | DataFault]:
        """Where these orders stand, or what is wrong with one, by the ERP's own number. Those it has not are absent."""
        ...


class OpenOrderSource(Protocol):
    def read_open_orders(self, since: datetime) -> AsyncIterator[Sequence[Fulfilment | DataFault]]:
        """Every order that is neither wholly despatched nor cancelled, whoever took it. since: an order placed before
        that whose state the ERP cannot say in words we know may be left out."""
        ...


class ErpOrderSource(Protocol):
    def read_order_states(self, since: datetime) -> AsyncIterator[Sequence[Fulfilment | DataFault]]:
        """Every order placed at or after that moment, whoever took it, wherever it stands."""
        ...

    async def export_orders(self, codes: Sequence[str]) -> Mapping[str, ErpOrder | DataFault]:
        """What these orders ask for, or what is wrong with one, by the ERP's own number. Those it lacks are absent."""
        ...


class DespatchBooker(Protocol):
    async def book_despatch(self, note: DespatchNote) -> Outcome:
        """Book that these goods of an order left. It is looked for before it is sent, so that none is booked twice."""
        ...
