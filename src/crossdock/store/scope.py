"""What every gateway of one pairing shares: the pool, whose data it is, and the pairing's systems by name."""

from collections.abc import Sequence
from dataclasses import dataclass

from crossdock.store.database import Pool


@dataclass(frozen=True, slots=True, kw_only=True)
class Seller:
    """A pairing that sells an ERP's stock, and its storefront. declared: whether that storefront's word on what a unit
    holds outranks a unit mapped for all items."""

    pairing: str
    storefront: str
    declared: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """tenant, pairing: the keys of every row. storefront, erp: names of the systems as configured; `storefront` is the
    far side, whichever role it plays. others: further pairings that sell the stock of the same ERP: what they sold is
    in flight here too."""

    pool: Pool
    tenant: str
    pairing: str
    storefront: str
    erp: str
    others: Sequence[Seller] = ()

    def sellers(self, *, declared: bool = True) -> tuple[list[str], list[str], list[bool]]:
        """Every pairing that sells this ERP's stock, this one first: pairings, storefronts, declared."""
        all_of_them = (Seller(pairing=self.pairing, storefront=self.storefront, declared=declared), *self.others)
        return (
            [one.pairing for one in all_of_them],
            [one.storefront for one in all_of_them],
            [one.declared for one in all_of_them],
        )
