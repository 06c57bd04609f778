"""What every gateway of one pairing shares: the pool, whose data it is, and the pairing's systems by name."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import orjson

from crossdock.store.database import Pool


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitRules:
    """How a pairing counts. declared: the storefront's word on what a unit holds outranks one mapped for all items.
    coded: every unit has a stock code of its own; codes: unit → that code, `{sku}` for the SKU, where no map names it.
    """

    declared: bool = True
    coded: bool = False
    codes: Mapping[str, str] = field(default_factory=dict)

    def as_text(self) -> str:
        """As the statements take it."""
        return orjson.dumps({"declared": self.declared, "coded": self.coded, "codes": dict(self.codes)}).decode()


@dataclass(frozen=True, slots=True, kw_only=True)
class Seller:
    """A pairing that sells an ERP's stock, and its storefront. units: how it counts."""

    pairing: str
    storefront: str
    units: UnitRules = field(default_factory=UnitRules)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """tenant, pairing: the keys of every row. storefront, erp: names of the systems as configured; `storefront` is the
    far side, whichever role it plays. units: how it counts. others: further pairings that sell the stock of the same
    ERP: what they sold is in flight here too."""

    pool: Pool
    tenant: str
    pairing: str
    storefront: str
    erp: str
    units: UnitRules = field(default_factory=UnitRules)
    others: Sequence[Seller] = ()

    def sellers(self) -> tuple[list[str], list[str], list[str]]:
        """Every pairing that sells this ERP's stock, this one first: pairings, storefronts, how each counts."""
        all_of_them = (Seller(pairing=self.pairing, storefront=self.storefront, units=self.units), *self.others)
        return (
            [one.pairing for one in all_of_them],
            [one.storefront for one in all_of_them],
            [one.units.as_text() for one in all_of_them],
        )
