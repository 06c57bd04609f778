"""May a product be sold? Only what the ERP holds, in units it vouches for, at a price and with a tax code.

Every reason found is told, each as one cause that many products may share, so that one visit mends it for all of them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Literal

from crossdock.decide.words import plain
from crossdock.model.code_map import TaxCode
from crossdock.model.offer import BareProduct
from crossdock.model.stock import StockItem


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferPolicy:
    """What is done about the sale of products. unknown: of those on sale that the ERP does not hold; blocked: of those
    it holds and that lack something. ready: of those off sale that lack nothing. create: make bare products of ERP
    items the storefront does not have. unit: what those are sold in whose units the ERP does not list. hide_max:
    products taken off sale in one run, at most. default_tax_code: the storefront's, for products without one."""

    unknown: Literal["report", "hide"] = "report"
    blocked: Literal["report", "hide"] = "report"
    ready: Literal["report", "offer"] = "report"
    create: bool = False
    unit: str = "each"
    hide_max: int = 100
    default_tax_code: str = ""


class OfferState(StrEnum):
    """Where the sale of a product stands."""

    ON_SALE = "on-sale"  # and nothing is missing
    LACKING = "lacking"  # on sale although something is missing: told, and left to people
    HIDDEN = "hidden"  # taken off sale by us until it is whole
    BLOCKED = "blocked"  # off sale, and something is missing
    READY = "ready"  # off sale, and nothing is missing: waits for whoever puts it on
    UNLISTED = "unlisted"  # the ERP holds it and the storefront does not


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferUnit:
    """One unit a product is sold in. item: what the ERP holds for it. problem: "" where what it holds is confirmed;
    else unknown, unmapped, or conflict. declared, listed: stock units in one, by the storefront and by the ERP."""

    unit: str
    item: StockItem | None
    problem: str = ""
    declared: Fraction | None = None
    listed: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferFacts:
    """priced: whether the storefront shows any price of it; None where prices are not published. hidden: it was taken
    off sale by us. tax_code: the storefront's."""

    on_sale: bool
    units: tuple[OfferUnit, ...]
    tax_code: str = ""
    priced: bool | None = None
    hidden: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """switch: put it on sale (True), take it off (False), or leave it. told: missing causes that a desk must know of:
    where nobody wants the product sold, none."""

    state: OfferState
    missing: tuple[str, ...] = ()
    switch: bool | None = None
    told: tuple[str, ...] = ()


NOT_HELD = "the ERP does not hold it"
ENDED = "the ERP has discontinued it"
FAMILY = "in the ERP it is a family, of which only the variants are sold"
NO_PRICE = "it has no price"
NO_TAX = "it has no tax code"
NO_RATE = "the ERP tells no tax rate of it, and orders.default_tax_code is not set"
GIVEN_UP = frozenset({NOT_HELD, ENDED, FAMILY})
"""What nobody completes: a product off sale for one of these is simply not sold."""


def judge_offer(facts: OfferFacts, taxes: Mapping[str, TaxCode], policy: OfferPolicy) -> Verdict:
    """taxes: the storefront's tax code → the ERP's."""
    missing = _missing(facts, taxes, policy)
    if not missing:
        if facts.on_sale:
            return Verdict(state=OfferState.ON_SALE)
        switch = True if facts.hidden or policy.ready == "offer" else None
        return Verdict(state=OfferState.ON_SALE if switch else OfferState.READY, switch=switch)
    hides = policy.unknown if NOT_HELD in missing else policy.blocked
    if facts.on_sale:
        hidden = hides == "hide"
        state = OfferState.HIDDEN if hidden else OfferState.LACKING
        return Verdict(state=state, missing=missing, switch=False if hidden else None, told=missing)
    if facts.hidden:
        return Verdict(state=OfferState.HIDDEN, missing=missing, told=missing)
    wanted = policy.ready == "offer" and not GIVEN_UP & set(missing)
    return Verdict(state=OfferState.BLOCKED, missing=missing, told=missing if wanted else ())


def judge_unlisted(
    item: StockItem, taxes: Mapping[str, TaxCode], policy: OfferPolicy, *, sku: str, priced: bool | None
) -> Verdict | BareProduct:
    """An ERP item the storefront does not have: the product to be made of it, or what is missing for one."""
    units, doubts = _own_units(item, policy)
    missing = [ENDED] * item.discontinued + [FAMILY] * item.template + doubts + [NO_PRICE] * (priced is False)
    code = _tax_code_for(item, taxes, policy)
    if not code:
        rate = item.tax_percent
        missing.append(
            NO_RATE if rate is None else f"none of the storefront's tax codes alone is taxed at {plain(rate)} %"
        )
    if missing:
        told = () if GIVEN_UP & set(missing) else tuple(missing)
        return Verdict(state=OfferState.UNLISTED, missing=tuple(missing), told=told)
    return BareProduct(sku=sku, name=item.description or sku, units=units, tax_code=code)


def _missing(facts: OfferFacts, taxes: Mapping[str, TaxCode], policy: OfferPolicy) -> tuple[str, ...]:
    if all(one.item is None for one in facts.units):
        return (NOT_HELD,)
    found: list[str] = []
    for one in facts.units:
        found += _unit_missing(one)
    if facts.priced is False:
        found.append(NO_PRICE)
    rates = {one.item.tax_percent for one in facts.units if one.item is not None}
    found += _tax_missing(facts.tax_code or policy.default_tax_code, taxes, rates)
    return tuple(dict.fromkeys(found))


def _unit_missing(one: OfferUnit) -> list[str]:
    if one.item is None:
        return [f"the ERP holds no stock code for its {one.unit}"]
    found = [ENDED] * one.item.discontinued + [FAMILY] * one.item.template
    if one.problem == "conflict" and one.declared is not None and one.listed is not None:
        found.append(f"of its {one.unit}, the storefront counts {one.declared} in one, the ERP {plain(one.listed)}")
    elif one.problem:
        found.append(f"nobody has confirmed what its {one.unit} holds")
    return found


def _tax_missing(code: str, taxes: Mapping[str, TaxCode], rates: set[Decimal | None]) -> list[str]:
    if not code:
        return [NO_TAX]
    known = taxes.get(code)
    if known is None:
        return [f"its tax code {code} is mapped to none of the ERP's"]
    return [
        f"its tax code {code} stands for {plain(known.percent)} %, and the ERP taxes it at {plain(rate)} %"
        for rate in sorted(rate for rate in rates if rate is not None and rate != known.percent)
    ]


def _own_units(item: StockItem, policy: OfferPolicy) -> tuple[tuple[tuple[str, Fraction], ...], list[str]]:
    """What it would be sold in, the smallest first, and what stands against that."""
    if not item.units:
        return ((policy.unit, Fraction(1)),), []
    ranked = sorted(item.units, key=lambda one: (one.base_quantity, one.unit))
    least = ranked[0].base_quantity
    units = tuple((one.unit, Fraction(one.base_quantity) / Fraction(least)) for one in ranked)
    doubts = [f"nobody has confirmed what its {one.unit} holds" for one in ranked if not one.confirmed]
    return units, list(dict.fromkeys(doubts))


def _tax_code_for(item: StockItem, taxes: Mapping[str, TaxCode], policy: OfferPolicy) -> str:
    """The only storefront code for the item's rate; "" where there is none, or several."""
    if item.tax_percent is None:
        return policy.default_tax_code
    fitting = [code for code, one in taxes.items() if one.percent == item.tax_percent]
    if policy.default_tax_code in fitting:
        return policy.default_tax_code
    return fitting[0] if len(fitting) == 1 else ""
