"""Stock for people: lists by SKU, one SKU explained, what moves. The console and the API call the same functions."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from itertools import groupby
from typing import Any, cast

from crossdock.cases.kinds import KINDS
from crossdock.decide.stock_explained import WAITING, Shown, explain, lag_of, lasts_hours, level_of, standing_of
from crossdock.store.case_lists import EPOCH, MICROSECONDS_MAX
from crossdock.store.figures import PgFigures, PlaceTerms, Reading
from crossdock.store.sorting import ByNameOrTelling, ByQuantity
from crossdock.store.stock import PgStockBook
from crossdock.wiring.installation import Installation

AT_ONCE = 100  # SKUs looked at in one go
ROUNDS = 5  # of those for one page: what is rare is gone on with from where the look ended
SELLS_HOURS = 24
LISTED_MAX = 20
ORDERS_MAX = 50
MICROSECOND = timedelta(microseconds=1)
POSITION = re.compile(r"([0-9]{1,30}(?:\.[0-9]{1,30})?)_([0-9]{1,4})_(.*)", re.DOTALL)
NEVER = "never_"  # positions behind all that were told


class Filter(StrEnum):
    """What a list keeps to."""

    ALL = ""
    LOW = "low"
    OVERSOLD = "oversold"
    WAITING = "waiting"
    STALE = "stale"
    DRIFT = "drift"


BY_NAME = (ByNameOrTelling.A_TO_Z, ByNameOrTelling.Z_TO_A)
SORTED: Mapping[Filter, Sequence[ByNameOrTelling]] = {
    Filter.ALL: tuple(ByNameOrTelling), Filter.STALE: tuple(ByNameOrTelling), Filter.WAITING: BY_NAME,
}  # fmt: skip
"""Orders that a list can stand in. The others go by what they keep to: figure, case or stock code."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One place that shows a level. level: what should be. lag: from the figure's change to its telling. drift: (its
    open case, whose desk), None where there is none. why: the arithmetic in words."""

    terms: PlaceTerms
    level: Decimal | None
    shown: Shown
    lag: timedelta | None
    drift: tuple[int, str] | None
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One SKU with every place that shows it; at least one."""

    sku: str
    sku_key: str
    places: Sequence[Place]

    @property
    def is_one_stock(self) -> bool:
        """All its places sell from one stock code."""
        return len({one.terms.code_key for one in self.places}) == 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """One page. after: where the next begins, "" when there is none. looked_at: SKUs that were looked at for it.
    stale: the figures are too old to raise anything."""

    rows: Sequence[Line]
    after: str
    looked_at: int
    reading: Reading
    stale: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One SKU explained. positions: all the ERP says of its stock codes. cases, orders, shelves: rows as the store has
    them; orders are those that the figures may not hold yet."""

    line: Line
    reading: Reading
    stale: bool
    positions: Sequence[Mapping[str, Any]]
    cases: Sequence[Mapping[str, Any]]
    orders: Sequence[Mapping[str, Any]]
    shelves: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Movers:
    """fastest: of the last day, with how many hours it lasts at that pace; moved: figures of today. more_sold and
    more_moved: where the next page of each begins, "" after the last."""

    reading: Reading
    fastest: Sequence[Mapping[str, Any]]
    moved: Sequence[Mapping[str, Any]]
    more_sold: str
    more_moved: str


def figures_of(here: Installation, name: str) -> PgFigures:
    pairing = here.pairings[name]
    scope = cast("PgStockBook", pairing.stock).scope
    return PgFigures(scope, basis=str(pairing.stock_basis), site=pairing.stock_site, policy=pairing.stock_policy)


async def stock_lines(
    here: Installation, name: str, *, only: Filter = Filter.ALL, prefix: str = "",
    sort: ByNameOrTelling = ByNameOrTelling.A_TO_Z, after: str = "", limit: int = 50,
) -> Lines:  # fmt: skip
    """SKUs of one pairing, as far as `SORTED` goes in that order; those at or below the buffer by figure, the lowest
    first."""
    book = figures_of(here, name)
    sort = sort if sort in SORTED.get(only, ()) else ByNameOrTelling.A_TO_Z
    reading = await book.reading()
    stale, rows, looked_at = _is_stale(here, name, reading), [], 0
    if only is Filter.STALE and not stale:
        return Lines(rows=[], after="", looked_at=0, reading=reading, stale=stale)
    for _ in range(ROUNDS):
        keys, more = await _candidates(book, reading, only, sort, prefix=prefix, after=after, limit=limit)
        found = {one.sku_key: one for one in await _lines(here, name, book, reading, [key for key, _ in keys])}
        for at, group in groupby(keys, key=lambda one: one[1]):  # several SKUs may be sold from one stock code
            after = at
            for key, _ in group:
                looked_at += bool(key)
                if (line := found.pop(key, None)) is not None and _is_wanted(line, only):
                    rows.append(line)
            if len(rows) >= limit:
                return Lines(rows=rows, after=after, looked_at=looked_at, reading=reading, stale=stale)
        if not more:
            return Lines(rows=rows, after="", looked_at=looked_at, reading=reading, stale=stale)
    return Lines(rows=rows, after=after, looked_at=looked_at, reading=reading, stale=stale)


async def _candidates(
    book: PgFigures, reading: Reading, only: Filter, sort: ByNameOrTelling, *, prefix: str, after: str, limit: int
) -> tuple[list[tuple[str, str]], bool]:
    """(SKU in lower case, position behind it) of the next that may fit, and whether there may be more. A SKU of "" is
    none: its position has been passed."""
    many = AT_ONCE if only in (Filter.LOW, Filter.WAITING) else limit
    if only is Filter.LOW:
        rows = await book.lowest(after=_low_position(after), limit=many)
        wanted = prefix.lower()
        keys = [(key if key and key.startswith(wanted) else "", f"{figure}_{code}") for figure, code, key in rows]
        return keys, bool(keys)
    if sort in (ByNameOrTelling.TOLD_FIRST, ByNameOrTelling.TOLD_LAST):
        return await _by_telling(book, sort, prefix=prefix, after=after)
    given: dict[str, Any] = {"prefix": prefix, "after": after, "limit": many}
    if only in (Filter.DRIFT, Filter.OVERSOLD):
        pairs = await (book.drifting(**given) if only is Filter.DRIFT else book.oversold(**given))
        return list(pairs), len({place for _, place in pairs}) == many
    given["down"] = sort is ByNameOrTelling.Z_TO_A
    if only is Filter.WAITING and reading.began_at is not None and not reading.failures:
        found = await book.maybe_waiting(**given, since=reading.began_at)
    else:  # where publications fail, whatever changed since the last good one waits: each is looked at
        found = await book.every(**given)
    return [(key, key) for key in found], len(found) == many


async def _by_telling(
    book: PgFigures, sort: ByNameOrTelling, *, prefix: str, after: str
) -> tuple[list[tuple[str, str]], bool]:
    """The same by when the storefront was last told; then, by name, those that it was never told of."""
    if after.startswith(NEVER):
        found = await book.untold(prefix=prefix, after=after.removeprefix(NEVER), limit=AT_ONCE)
        return [(key if wanted else "", NEVER + key) for key, wanted in found], len(found) == AT_ONCE
    wanted = prefix.lower()
    rows = await book.told(
        after=_told_position(after), limit=AT_ONCE, last_first=sort is ByNameOrTelling.TOLD_LAST
    )  # fmt: skip
    keys = [
        (key if key and key.startswith(wanted) else "", f"{(at - EPOCH) // MICROSECOND}_{ref}") for at, ref, key in rows
    ]
    return keys if len(rows) == AT_ONCE else [*keys, ("", NEVER)], True


def _told_position(after: str) -> tuple[datetime, str] | None:
    at, bar, ref = after.partition("_")
    known = bar and at.isascii() and at.isdigit() and int(at) < MICROSECONDS_MAX
    return (EPOCH + int(at) * MICROSECOND, ref) if known else None


def _low_position(after: str) -> tuple[Decimal, str] | None:
    figure, bar, code = after.partition("_")
    try:
        return (Decimal(figure), code) if bar and Decimal(figure).is_finite() else None
    except ArithmeticError:
        return None


def _is_wanted(line: Line, only: Filter) -> bool:
    if only is Filter.WAITING:
        return any(one.shown in WAITING for one in line.places)
    if only is Filter.LOW:  # the figures of several sites may come to more than that of one
        terms = [one.terms.terms for one in line.places]
        return any(one.figure is not None and one.figure <= one.buffer for one in terms)
    return True


def _is_stale(here: Installation, name: str, reading: Reading) -> bool:
    limit = here.pairings[name].stock_policy.stale_seconds
    return reading.counted_at is not None and _age(reading) > limit


def _age(reading: Reading) -> float:
    return 0.0 if reading.counted_at is None else (reading.now - reading.counted_at).total_seconds()


async def _lines(
    here: Installation, name: str, book: PgFigures, reading: Reading, sku_keys: Sequence[str]
) -> Sequence[Line]:
    wanted = [key for key in dict.fromkeys(sku_keys) if key]
    if not wanted:
        return []
    places = await book.terms(wanted, figures_from=reading.counted_at or reading.now)
    drifts = await book.drifts(places)
    lines: dict[str, list[Place]] = {}
    for one in places:
        level = level_of(one.terms)
        lines.setdefault(one.sku_key, []).append(
            Place(
                terms=one, level=level, lag=lag_of(one.as_of, one.told_at), drift=drifts.get(one.ref),
                why=explain(one.terms),
                shown=standing_of(
                    level, one.told, unsure=one.unsure, age_seconds=_age(reading),
                    stale_seconds=here.pairings[name].stock_policy.stale_seconds,
                ),
            )
        )  # fmt: skip
    return [Line(sku=found[0].terms.terms.sku, sku_key=key, places=found) for key, found in lines.items()]


async def stock_item(
    here: Installation, name: str, sku: str, *, shops: Sequence[str], sellers: Sequence[str]
) -> Item | None:
    """One SKU, in any case; None when the storefront sells no such thing. shops: pairings with shops whose shelves may
    be shown; sellers: pairings whose orders may be."""
    book = figures_of(here, name)
    reading = await book.reading()
    lines = await _lines(here, name, book, reading, [sku.lower()])
    if not lines:
        return None
    (line,) = lines
    codes = list({one.terms.code_key for one in line.places})
    return Item(
        line=line, reading=reading, stale=_is_stale(here, name, reading), positions=await book.positions(codes),
        cases=await book.cases(list(KINDS), _subjects(line, here.pairings[name].storefront_name)),
        orders=await book.wanting(
            line.sku_key, sellers, figures_from=reading.counted_at or reading.now, limit=ORDERS_MAX
        ),
        shelves=await book.shelves(line.sku_key, shops),
    )  # fmt: skip


def _subjects(line: Line, storefront: str) -> list[str]:
    """What cases about a SKU go by."""
    found = {line.sku}
    for one in line.places:
        terms = one.terms.terms
        place = f"{terms.sku}/{terms.unit}"
        found |= {terms.code, one.terms.code_key, terms.sku, place, f"{storefront} {place}"}
    return sorted(found - {""})


async def stock_movers(
    here: Installation, name: str, *, sold_by: ByQuantity = ByQuantity.MOST, sold_after: str = "",
    moved_by: ByQuantity = ByQuantity.MOST, moved_after: str = "",
) -> Movers:  # fmt: skip
    """Two lists, each in an order of its own. sold_after, moved_after: as the page before said where it ended."""
    book = figures_of(here, name)
    reading = await book.reading()
    since, today = reading.now - timedelta(hours=SELLS_HOURS), reading.now.astimezone(UTC).date()
    sold = await book.fastest(since=since, sort=sold_by, after=_moved_position(sold_after), limit=LISTED_MAX)
    moved = await book.moved(today, sort=moved_by, after=_moved_position(moved_after), limit=LISTED_MAX)
    lines = {one.sku_key: one for one in await _lines(here, name, book, reading, [one["sku_key"] for one in sold])}
    return Movers(
        reading=reading, fastest=[{**one, "lasts": _lasts(lines.get(one["sku_key"]), one)} for one in sold],
        moved=moved,
        more_sold=_last([(one["quantity"], one["unit"], one["sku_key"]) for one in sold]),
        more_moved=_last([(abs(one["newest"] - one["first"]), one["site"], one["code_key"]) for one in moved]),
    )  # fmt: skip


def _last(rows: Sequence[tuple[Decimal, str, str]]) -> str:
    """Where a page ended: how much, of what unit or site, and which; both may hold anything. "" on the last page."""
    if len(rows) < LISTED_MAX:
        return ""
    much, beside, which = rows[-1]
    return f"{much:f}_{len(beside)}_{beside}{which}"


def _moved_position(after: str) -> tuple[str, ...]:
    """How much, which, and of what unit or site; nothing for a position that is none."""
    if (found := POSITION.fullmatch(after)) is None:
        return ()
    much, long, text = found.groups()
    return much, text[int(long) :], text[: int(long)]


def _lasts(line: Line | None, sold: Mapping[str, Any]) -> int | None:
    places = [one for one in line.places if one.terms.terms.unit == sold["unit"]] if line else []
    if not places or places[0].level is None or places[0].terms.terms.unlimited:
        return None
    return lasts_hours(places[0].level, sold["quantity"], hours=SELLS_HOURS)
