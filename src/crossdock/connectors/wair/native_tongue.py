"""What saying and hearing of wair.ai's rows share: a tenant's names of fields, its ids, its words."""

from collections.abc import Mapping
from decimal import Decimal

from crossdock.connectors.wair.fields import DATASETS, Names, names_of
from crossdock.connectors.wair.ids import IdTable


class Tongue:
    """How one tenant is spoken to: its names of fields, its ids, its words."""

    def __init__(
        self,
        fields: Mapping[str, Names] | None = None,
        ids: IdTable | None = None,
        transfer_types: Names | None = None,
        *,
        negative_return_price: bool = True,
    ) -> None:
        """Raises ValueError: names of fields that cannot be."""
        self.names = {dataset: names_of(dataset, (fields or {}).get(dataset)) for dataset in DATASETS}
        self.ids = ids or IdTable()
        self.types = dict(transfer_types or {})
        self._negative_return_price = negative_return_price

    def price(self, price: Decimal, quantity: Decimal) -> Decimal:
        """Its own inverse."""
        return -price if quantity < 0 and price and self._negative_return_price else price
