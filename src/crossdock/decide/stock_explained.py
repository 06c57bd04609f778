"""Why a place shows what it shows: the decision of decide/stock.py made again on its terms, and told in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from crossdock.decide.stock import sellable, to_publish
from crossdock.decide.words import plain

NOTHING = Decimal(0)
PLACES = Decimal("0.000000001")  # thirds and sevenths that add up to a whole are a whole


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """What the ERP's list of units says of one. holds: stock units of the item itself, None when made of another."""

    confirmed: bool
    base_quantity: Decimal
    holds: Decimal | None


def units_shown(
    *,
    stated: Fraction,
    own: Fraction | None,
    every: Fraction | None,
    listed: bool,
    word: Word | None,
    declared: bool,
    coded: bool,
) -> Fraction | None:
    """Stock units in one unit of a place; None for a unit that the ERP's list does not bear out, which is not sold.

    stated: the storefront's word. own, every: a person's, on this SKU or on the unit whatever the SKU. listed: the ERP
    lists units of the item, among them `word`, None when this one is not. The store says the same in SQL.
    """
    if listed and own is None and not _is_borne_out(stated, every=every, word=word, coded=coded):
        return None
    if coded:
        return Fraction(1)
    if own is not None:
        return own
    if every is not None and (not declared or (listed and word is None)):
        return every
    return stated


def _is_borne_out(stated: Fraction, *, every: Fraction | None, word: Word | None, coded: bool) -> bool:
    if word is None:
        return not coded and every is not None
    holds = word.base_quantity if coded else word.holds
    return word.confirmed and holds is not None and stated == Fraction(holds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A component of a pack. each: how many of it are in one pack."""

    code: str
    each: Decimal
    figure: Decimal
    in_flight: Decimal
    buffer: Decimal
    shares: int

    @property
    def packs(self) -> Decimal:
        """How many packs it lets go."""
        found = sellable(
            self.figure, unlimited=False, stock_units=Fraction(self.each), buffer=self.buffer,
            in_flight=_whole(self.in_flight), unlimited_shown=NOTHING, shares=self.shares,
        )  # fmt: skip
        assert found is not None, "its figure is known"
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """All that a level is made of. units: stock units in one, None for a unit that must not be sold. coded: a unit has
    a stock code of its own. basis: what the figure leaves out already."""

    sku: str
    unit: str
    code: str
    basis: str
    figure: Decimal | None
    unlimited: bool
    in_flight: Decimal
    buffer: Decimal
    shares: int
    units: Fraction | None
    unlimited_shown: Decimal
    coded: bool = False
    parts: Sequence[Part] = ()

    @property
    def let_go(self) -> Decimal | None:
        """Packs that the scarcest component lets go; None where it is no pack."""
        return min((part.packs for part in self.parts), default=None)


def level_of(terms: Terms) -> Decimal | None:
    """What may be shown; None when that is not known."""
    most = terms.let_go
    if not terms.unlimited and terms.figure is None and (most is None or not terms.coded):
        return None
    if terms.units is None:
        return NOTHING
    if most is None or terms.unlimited:
        return sellable(
            terms.figure, unlimited=terms.unlimited, stock_units=terms.units, buffer=terms.buffer,
            in_flight=_whole(terms.in_flight), unlimited_shown=terms.unlimited_shown, shares=terms.shares,
        )  # fmt: skip
    left = most if terms.figure is None else min(most, terms.figure - terms.buffer - _whole(terms.in_flight))
    return sellable(
        left, unlimited=False, stock_units=terms.units, buffer=NOTHING, in_flight=NOTHING,
        unlimited_shown=NOTHING, shares=terms.shares,
    )  # fmt: skip


def explain(terms: Terms) -> str:
    """The arithmetic as one sentence: available 12 − in flight 2 − buffer 3 = 7 → 7 each."""
    level, unit = level_of(terms), terms.unit or "unit"
    if level is None:
        return f"no figure of {terms.code} was read: what may be shown is unknown, and what is shown stays"
    if terms.units is None:
        return f"the ERP's list of units does not bear out the {unit}: 0, whatever there is"
    if terms.unlimited:
        return f"{terms.code} is not stock controlled: {plain(level)} {unit}, as the settings say"
    said = []
    if terms.figure is not None:
        free = terms.figure - _whole(terms.in_flight) - terms.buffer
        said.append(f"{terms.basis} {_sum(terms.figure, terms.in_flight, terms.buffer)} = {plain(free)}")
    for part in terms.parts:
        figures = _sum(part.figure, part.in_flight, part.buffer)
        among = f" ÷ {part.shares} places" if part.shares > 1 else ""
        said.append(f"of {part.code} ({figures}){among} ÷ {plain(part.each)} in one: {plain(part.packs)} packs")
    shared = f" ÷ {terms.shares} places that sell from it" if terms.shares > 1 else ""
    held = "" if terms.units == 1 else f" ÷ {terms.units} in one {unit}"
    return f"{'; '.join(said)}{shared}{held} → {plain(level)} {unit}"


def _sum(figure: Decimal, in_flight: Decimal, buffer: Decimal) -> str:
    return f"{plain(figure)} − in flight {plain(_whole(in_flight))} − buffer {plain(buffer)}"


def _whole(units: Decimal) -> Decimal:
    return units.quantize(PLACES)


class Shown(StrEnum):
    """How a place stands: what it was told beside what it should show."""

    RIGHT = "told as it should be"
    TO_WRITE = "waits to be written"
    UNSURE = "written, and nobody knows whether it was taken"
    HELD = "kept low: the figures are too old to raise it"
    UNKNOWN = "unknown"


WAITING = frozenset({Shown.TO_WRITE, Shown.UNSURE})


def standing_of(
    level: Decimal | None, told: Decimal | None, *, unsure: bool, age_seconds: float, stale_seconds: float
) -> Shown:
    """told: what it was last told, None for never. age_seconds: of the figures."""
    if level is None:
        return Shown.UNKNOWN
    if unsure:
        return Shown.UNSURE
    if level == told:
        return Shown.RIGHT
    return Shown.HELD if to_publish(level, told, age_seconds, stale_seconds) is None else Shown.TO_WRITE


def lag_of(changed_at: datetime | None, told_at: datetime | None) -> timedelta | None:
    """From the figure's change to the level's telling; None where the newest figure needed no telling, or waits."""
    if changed_at is None or told_at is None or told_at < changed_at:
        return None
    return told_at - changed_at


def lasts_hours(left: Decimal, sold: Decimal, *, hours: int) -> int | None:
    """How long it lasts at the pace of the last so many hours; None while nothing is sold of it."""
    return None if sold <= 0 else int(max(left, NOTHING) / sold * hours)
