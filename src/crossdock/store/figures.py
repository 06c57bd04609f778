"""Stock as people look at it: which SKUs to show, paged by key, and the terms of the levels of each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

import orjson

from crossdock.decide.policy import StockPolicy
from crossdock.decide.stock_explained import Part, Terms, Word, units_shown
from crossdock.store.scope import Scope
from crossdock.store.sorting import LAST_TEXT, ByQuantity
from crossdock.store.sql import statements

SQL, STOCK = statements("figures"), statements("stock")
MOST = "1e40"  # more than anything moves by
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceTerms:
    """One place of the storefront. told, told_at: what it was last told, None for never. as_of: of the figure."""

    ref: str
    sku_key: str
    code_key: str
    terms: Terms
    as_of: datetime | None
    told: Decimal | None
    told_at: datetime | None
    unsure: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """now: by the clock all workers share. counted_at: when the last read of the figures began, None before the first.
    began_at, failures: of the publication's last run."""

    now: datetime
    counted_at: datetime | None
    began_at: datetime | None
    failures: int


class PgFigures:
    """What one pairing shows of the ERP's stock. basis, site: of the figures it goes by."""

    def __init__(self, scope: Scope, *, basis: str, site: str, policy: StockPolicy) -> None:
        self.scope, self.basis, self.site, self.policy = scope, basis, site, policy

    async def reading(self) -> Reading:
        row = await self.scope.pool.fetchrow(SQL["when"], self.scope.tenant, self.scope.pairing)
        assert row is not None  # it has no table to be empty
        return Reading(**dict(row))

    # which SKUs

    async def every(self, *, prefix: str, after: str, limit: int, down: bool = False) -> Sequence[str]:
        """By name; down: the other way."""
        name, begin = ("every_sku_down", after or LAST_TEXT) if down else ("every_sku", after)
        return await self._keys(name, self.scope.tenant, self.scope.storefront, begin, *_span(prefix), limit)

    async def told(
        self, *, after: tuple[datetime, str] | None, limit: int, last_first: bool
    ) -> Sequence[tuple[datetime, str, str | None]]:
        """(when, place, SKU in lower case): by when the storefront was last told; None where the SKU has a place before
        that one, or none any more."""
        at, ref = after or (None, "")
        scope = self.scope
        rows = await scope.pool.fetch(
            SQL["told_last" if last_first else "told_first"], scope.tenant, scope.pairing, scope.storefront, at, ref,
            limit,
        )  # fmt: skip
        return [(row["published_at"], row["ref"], row["sku_key"]) for row in rows]

    async def untold(self, *, prefix: str, after: str, limit: int) -> Sequence[tuple[str, bool]]:
        """The next SKUs by name, and whether they are wanted: the storefront was never told of them."""
        scope = self.scope
        rows = await scope.pool.fetch(
            SQL["untold"], scope.tenant, scope.storefront, after, scope.pairing, _pattern(prefix), limit
        )
        return [(row["sku_key"], row["untold"]) for row in rows]

    async def drifting(self, *, prefix: str, after: str, limit: int) -> Sequence[tuple[str, str]]:
        """(SKU in lower case, position behind it)."""
        scope = self.scope
        rows = await scope.pool.fetch(
            SQL["drifting_skus"], scope.tenant, scope.pairing, scope.storefront, after, _pattern(prefix), limit
        )
        return [(row["sku_key"], row["place"]) for row in rows]

    async def oversold(self, *, prefix: str, after: str, limit: int) -> Sequence[tuple[str, str]]:
        """The same; "" for a code that nothing sells here."""
        rows = await self.scope.pool.fetch(SQL["oversold_skus"], *self._sold_as(), after, _pattern(prefix), limit)
        return [(row["sku_key"] or "", row["place"]) for row in rows]

    async def maybe_waiting(
        self, *, prefix: str, after: str, limit: int, since: datetime, down: bool = False
    ) -> Sequence[str]:
        """Whatever may have to be written, by name: whoever shows them looks at each. down: the other way."""
        name, begin = ("waiting_skus_down", after or LAST_TEXT) if down else ("waiting_skus", after)
        return await self._keys(name, *self._sold_as(), begin, *_span(prefix), limit, self.scope.erp, since)

    async def lowest(
        self, *, after: tuple[Decimal, str] | None, limit: int
    ) -> Sequence[tuple[Decimal, str, str | None]]:
        """(figure, code in lower case, SKU in lower case, None when nothing sells it): those at or below any buffer."""
        figure, code = after or (None, None)
        highest = max([self.policy.buffer, *self.policy.buffers.values()])  # whoever shows them looks at each
        rows = await self.scope.pool.fetch(
            SQL["lowest"], *self._sold_as(), self.scope.erp, self.basis, highest, figure, code, limit,
            self.site,
        )  # fmt: skip
        return [(row["quantity"], row["code_key"], row["sku_key"]) for row in rows]

    async def _keys(self, name: str, *given: object) -> Sequence[str]:
        return [row["sku_key"] for row in await self.scope.pool.fetch(SQL[name], *given)]

    def _sold_as(self) -> tuple[str, str, str, str]:
        scope = self.scope
        codes = dict(scope.units.codes) if scope.units.coded else {}
        return scope.tenant, scope.pairing, scope.storefront, orjson.dumps(codes).decode()

    # what of them

    async def terms(self, sku_keys: Sequence[str], *, figures_from: datetime) -> Sequence[PlaceTerms]:
        """Of every place that shows one of these SKUs, in the order of the SKUs and the size of the units."""
        given = (*self._in_flight(figures_from), self.scope.pairing, self.scope.storefront, self.basis, self.site)
        rows = await self.scope.pool.fetch(STOCK["terms"], *given, list(sku_keys))
        codes = list({row["code_key"] for row in rows if row["code_key"]})
        parts: dict[str, list[Part]] = {}
        if codes and rows and await self._packs(codes):
            for row in await self.scope.pool.fetch(STOCK["parts"], *given, codes):
                parts.setdefault(row["pack_key"], []).append(self._part(row))
        return [self._place(row, parts.get(row["code_key"], ())) for row in rows]

    async def _packs(self, codes: Sequence[str]) -> bool:
        return bool(await self.scope.pool.fetchval(SQL["any_pack"], self.scope.tenant, self.scope.erp, codes))

    def _in_flight(self, figures_from: datetime) -> tuple[object, ...]:
        return (self.scope.tenant, *self.scope.sellers(), self.scope.erp, figures_from)

    def _part(self, row: Any) -> Part:
        return Part(
            code=row["code"], each=row["each"], figure=row["figure"], in_flight=row["in_flight"],
            buffer=self.policy.buffer_for(row["code"]), shares=row["shares"] if self.policy.shared else 1,
        )  # fmt: skip

    def _place(self, row: Any, parts: Sequence[Part]) -> PlaceTerms:
        known = row["confirmed"] is not None
        units = units_shown(
            stated=Fraction(row["units_over"]) / Fraction(row["units_under"]), own=_fraction(row, "own"),
            every=_fraction(row, "every"), listed=row["listed"],
            word=Word(confirmed=row["confirmed"], base_quantity=row["base_quantity"], holds=row["holds"])
            if known
            else None,
            declared=row["declared"], coded=row["coded"],
        )  # fmt: skip
        terms = Terms(
            sku=row["sku"], unit=row["unit"], code=row["code"] or "", basis=self.basis, figure=row["figure"],
            unlimited=row["unlimited"], in_flight=row["in_flight"], buffer=self.policy.buffer_for(row["sku"]),
            shares=row["shares"] if self.policy.shared else 1, units=units,
            unlimited_shown=self.policy.unlimited_shown, coded=row["coded"], parts=tuple(parts),
        )  # fmt: skip
        return PlaceTerms(
            ref=row["ref"], sku_key=row["sku_key"], code_key=row["code_key"] or "", terms=terms, as_of=row["as_of"],
            told=row["told"], told_at=row["told_at"], unsure=row["unsure"],
        )  # fmt: skip

    # about one of them

    async def sku(self, sku_key: str) -> str | None:
        """As the storefront writes it; None when it sells no such thing."""
        found: str | None = await self.scope.pool.fetchval(
            SQL["sku_of"], self.scope.tenant, self.scope.storefront, sku_key
        )
        return found

    async def drifts(self, places: Sequence[PlaceTerms]) -> Mapping[str, tuple[int, str]]:
        """Place → its open case of drift, and whose that is."""
        subjects = {f"{self.scope.storefront} {one.terms.sku}/{one.terms.unit}": one.ref for one in places}
        rows = await self.scope.pool.fetch(SQL["drifts"], self.scope.tenant, self.scope.pairing, list(subjects))
        return {subjects[row["subject"]]: (row["id"], row["desk"]) for row in rows}

    async def cases(self, kinds: Sequence[str], subjects: Sequence[str]) -> Sequence[Row]:
        return await self._rows("cases_about", self.scope.pairing, list(kinds), list(subjects))

    async def positions(self, codes: Sequence[str]) -> Sequence[Row]:
        return await self._rows("positions", self.scope.erp, list(codes))

    async def wanting(
        self, sku_key: str, pairings: Sequence[str], *, figures_from: datetime, limit: int
    ) -> Sequence[Row]:
        return await self._rows("wanting", list(pairings), figures_from, sku_key, limit)

    async def shelves(self, sku_key: str, pairings: Sequence[str]) -> Sequence[Row]:
        return await self._rows("shelves", list(pairings), sku_key)

    # movers

    async def fastest(self, *, since: datetime, sort: ByQuantity, after: Sequence[str], limit: int) -> Sequence[Row]:
        """after: quantity, SKU and unit of the last one of the page before; none on the first."""
        quantity, sku, unit = after or (MOST, "", "")
        given = (self.scope.pairing, since, limit)
        if sort is ByQuantity.MOST:
            return await self._rows("sold_most", *given, Decimal(quantity), sku, unit)
        return await self._rows("sold_by_sku", *given, sku, unit)

    async def moved(self, day: date, *, sort: ByQuantity, after: Sequence[str], limit: int) -> Sequence[Row]:
        """after: how far, code and site of the last one of the page before; none on the first."""
        far, code, site = after or (MOST, "", "")
        given = (*self._sold_as(), self.scope.erp, self.basis, day, limit)
        if sort is ByQuantity.MOST:
            rows = await self.scope.pool.fetch(SQL["moved_most"], *given, Decimal(far), code, site)
        else:
            rows = await self.scope.pool.fetch(SQL["moved_by_code"], *given, code, site)
        return [dict(row) for row in rows]

    async def _rows(self, name: str, *given: object) -> Sequence[Row]:
        return [dict(row) for row in await self.scope.pool.fetch(SQL[name], self.scope.tenant, *given)]


def _pattern(prefix: str) -> str:
    return prefix.lower().replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_") + "%"


def _span(prefix: str) -> tuple[str, str]:
    return prefix.lower(), prefix.lower() + LAST_TEXT  # what begins with it is below that


def _fraction(row: Any, name: str) -> Fraction | None:
    over, under = row[f"{name}_over"], row[f"{name}_under"]
    return None if over is None else Fraction(over) / Fraction(under)
