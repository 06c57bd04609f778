"""Rows of wair.ai → recommendations, and what was told it. Pure; what is wrong is named by place, all of it at once.

Source: docs.wair.ai, "GET /Recommendations/transfers", "/stockTargets" and the page of each dataset.
"""

from datetime import UTC, datetime
from typing import Any

from crossdock.connectors.wair.native_tongue import Tongue
from crossdock.connectors.wair.native_values import Row
from crossdock.model.faults import DataFault
from crossdock.model.retail import (
    Commitment,
    Location,
    LocationKind,
    RetailItem,
    RetailSale,
    RetailStock,
    StockGoal,
    Transfer,
    TransferLine,
    TransferProposal,
)
from crossdock.model.stock import Basis

NEVER = datetime.min.replace(tzinfo=UTC)


class Hearing(Tongue):
    """Raises DataFault."""

    def to_item(self, document: Any, place: str) -> RetailItem:
        row = Row(document, self.names["items"], place)
        skus = row.rows("skus")
        if len(skus) > 1:
            row.wrong(row.at("skus"), f"holds {len(skus)} SKUs; each record of ours holds one, and a parent none")
        own = Row(skus[0], self.names["items"], f"{row.at('skus')}[0]") if skus else None
        key, parent = row.text("itemId"), row.text("parentId", due=False)
        item = RetailItem(
            item_id=key, sku=row.text("code"), style_id=row.text("styleId", due=False), leaf=own is not None,
            parent_sku=self.ids.sku_code(parent, row.at("parentId")) if parent else "",
            description=row.text("description", due=False), status=row.text("status", due=False) or "active",
            barcode=own.text("barcode", due=False) if own else "", size_id=row.text("sizeId", due=False),
            colour_id=row.text("colorId", due=False), season_id=row.text("seasonId", due=False),
            brand_id=row.text("brandId", due=False),
        )  # fmt: skip
        row.done()
        if own:
            own.done()
        return item

    def to_location(self, document: Any, place: str) -> Location:
        row = Row(document, self.names["locations"], place)
        word = row.text("type")
        if word and word not in set(LocationKind):
            row.wrong(row.at("type"), f"is {word!r:.80}, which is none of {', '.join(LocationKind)}")
        code, told = row.text("code"), {
            ours: row.text(theirs, due=False)
            for ours, theirs in (
                ("name", "description"), ("gln", "gln"), ("street", "street"), ("town", "city"),
                ("postcode", "postalCode"), ("country", "countryCode"),
            )
        }  # fmt: skip
        row.text("locationId")
        row.done()
        return Location(code=code, kind=LocationKind(word), **told)

    def to_stock(self, document: Any, place: str) -> RetailStock:
        row = Row(document, self.names["stock"], place)
        location, sku = self._where(row)
        level = RetailStock(
            location=location, sku=sku, basis=Basis.ON_HAND, quantity=row.number("quantity"),
            occurred_at=row.moment("dateTime"),
        )  # fmt: skip
        row.done()
        return level

    def to_commitment(self, document: Any, place: str) -> Commitment:
        row = Row(document, self.names["commitments"], place)
        location, sku = self._where(row)
        until = row.moment("endDateTime", due=False)
        one = Commitment(
            key=row.text("id"), location=location, sku=sku, quantity=row.number("quantity"),
            since=row.moment("startDateTime"), until=None if until == NEVER else until,
        )  # fmt: skip
        row.done()
        return one

    def to_sale(self, document: Any, place: str) -> RetailSale:
        row = Row(document, self.names["sales"], place)
        location, sku = self._where(row)
        key, code, quantity = row.text("saleId"), row.text("code"), row.number("quantity")
        line = key.removeprefix(f"{code}/")
        if not (line.isascii() and line.isdecimal() and len(line) < 10):
            row.wrong(row.at("saleId"), f"must be the code and the line's number, as in {code:.60}/1, was {key!r:.80}")
        price = self.price(row.number("price"), quantity)
        sold_at, currency = row.moment("dateTime"), row.text("currencyId")
        reason = row.text("discountReasonId", due=False)
        row.done()
        return RetailSale(
            key=code, location=location, sku=sku, quantity=quantity, unit_price=price, currency=currency,
            sold_at=sold_at, line_no=int(line), discount_reason=reason,
        )  # fmt: skip

    def to_transfer(self, document: Any, place: str) -> Transfer:
        row = Row(document, self.names["transfers"], place)
        found = [self._line(line, f"{row.at('lines')}[{at}]") for at, line in enumerate(row.rows("lines"))]
        transfer = Transfer(
            key=row.text("transferId"), from_location=self._location(row, "fromLocationId"),
            to_location=self._location(row, "toLocationId"), open=row.flag("open"), lines=tuple(found),
            proposal_ref=row.text("referenceId", due=False),
        )  # fmt: skip
        row.done()
        return transfer

    def to_proposal(self, document: Any, place: str) -> TransferProposal:
        """Raises DataFault; an id that is none of ours is one."""
        row = Row(document, self.names["transfer_proposals"], place)
        word = row.text("transferType", due=False)
        proposal = TransferProposal(
            ref=row.text("referenceId"), from_location=self._location(row, "fromLocationId"),
            to_location=self._location(row, "toLocationId"), sku=self._sku(row),
            quantity=row.number("quantity", above_zero=True), kind=self.types.get(word, word),
            batch_ref=row.text("approvalBatchId", due=False),
            batch_description=row.text("approvalBatchDescription", due=False),
            planned_on=row.day("plannedDispatchDate"),
        )  # fmt: skip
        row.done()
        return proposal

    def to_goal(self, document: Any, place: str) -> StockGoal:
        row = Row(document, self.names["stock_goals"], place)
        location, sku = self._where(row)
        quantity = row.number("targetQuantity")
        if quantity < 0:
            row.wrong(row.at("targetQuantity"), f"must not be below zero, was {quantity}")
        goal = StockGoal(location=location, sku=sku, quantity=quantity, forecast_on=row.day("forecastDate"))
        row.done()
        return goal

    def _line(self, document: Any, place: str) -> TransferLine:
        row = Row(document, self.names["transfers"], place)
        line = TransferLine(
            sku=self._sku(row), quantity=row.number("quantity"), shipped=row.number("quantityShipped"),
            received=row.number("quantityReceived"),
        )  # fmt: skip
        row.done()
        return line

    def _where(self, row: Row) -> tuple[str, str]:
        return self._location(row, "locationId"), self._sku(row)

    def _location(self, row: Row, ours: str) -> str:
        key = row.text(ours)
        try:
            return self.ids.location_code(key, row.at(ours)) if key else ""
        except DataFault as fault:
            row.wrong(fault.place, fault.problem)
            return ""

    def _sku(self, row: Row) -> str:
        key = row.text("skuId")
        try:
            return self.ids.sku_code(key, row.at("skuId")) if key else ""
        except DataFault as fault:
            row.wrong(fault.place, fault.problem)
            return ""
