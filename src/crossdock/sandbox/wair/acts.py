"""What people and machines do at WAIR's side: Wallie recommends, a merchandiser approves, somebody processes."""

import itertools
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from crossdock.sandbox.kernel import ActError
from crossdock.sandbox.wair.auth import Auth
from crossdock.sandbox.wair.recommendations import (
    OPEN,
    PREFIXES,
    PROCESSED,
    PROPOSED,
    WITHDRAWN,
    Recommendations,
    Transfer,
)
from crossdock.sandbox.wair.store import Store
from crossdock.sandbox.wair.wire import Json, amount, plain

WEEK_SALES_MIN = 2


class Acts:
    """Each public method named in `by_name` is one act; its parameters are JSON values."""

    def __init__(self, store: Store, recommendations: Recommendations, auth: Auth) -> None:
        self.store = store
        self.recommendations = recommendations
        self.auth = auth

    def by_name(self) -> Mapping[str, Callable[..., Any]]:
        acts = (
            self.recommend_transfers, self.confirm_transfers, self.change_transfer, self.process_transfers,
            self.withdraw_transfers, self.forecast, self.set_target, self.write_text, self.drop_batch,
            self.expire_tokens,
        )  # fmt: skip
        return {act.__name__: act for act in acts}

    def recommend_transfers(
        self,
        count: int = 1,
        kind: str = "redistribution",
        from_location: str | None = None,
        to_location: str | None = None,
        sku: str | None = None,
        quantity: str | int | None = None,
        description: str = "",
        confirm: bool = True,
    ) -> Json:
        """Wallie recommends moves; confirm=true: a merchandiser approves them at once and they are listed. Locations
        and SKU are ids as uploaded; what is left open is chosen from what was uploaded. quantity: 1 to 4 if none."""
        if kind not in PREFIXES:
            raise ActError(f"act recommend_transfers: kind {kind!r} is none of {sorted(PREFIXES)}")
        moves = self._moves(int(count), from_location, to_location, sku, _quantity("recommend_transfers", quantity))
        made = self.recommendations.propose(kind, moves, description)
        if confirm:
            self.recommendations.confirm(made)
        return {"reference_ids": [one.reference_id for one in made], "batch_id": made[0].batch_id if made else None}

    def confirm_transfers(self, references: Sequence[str] | None = None, batch_id: str | None = None) -> Json:
        """A merchandiser approves proposed transfers: these references, this approval batch, or all."""
        chosen = [one for one in self._chosen("confirm_transfers", references, PROPOSED) if _in_batch(one, batch_id)]
        self.recommendations.confirm(chosen)
        return _told(chosen)

    def change_transfer(self, reference: str, quantity: str | int) -> Json:
        """A merchandiser changes the quantity of an open transfer: same referenceId, another figure, confirmed anew."""
        (one,) = self._chosen("change_transfer", [reference], OPEN)
        one.quantity = _quantity("change_transfer", quantity) or one.quantity
        self.recommendations.confirm([one])
        return _told([one])

    def process_transfers(self, references: Sequence[str] | None = None, count: int | None = None) -> Json:
        """Somebody works open transfers off: they leave the list and the rows behind them move up. Without references:
        the `count` oldest, or all."""
        chosen = self._chosen("process_transfers", references, OPEN)[: None if count is None else int(count)]
        self.recommendations.close(chosen, PROCESSED, "act")
        return _told(chosen)

    def withdraw_transfers(self, references: Sequence[str] | None = None) -> Json:
        """A merchandiser takes open transfers back; they leave the list without being moved."""
        chosen = self._chosen("withdraw_transfers", references, OPEN)
        self.recommendations.close(chosen, WITHDRAWN, "act")
        return _told(chosen)

    def forecast(self) -> Json:
        """Wallie forecasts anew: a stock target for the coming 7 days for each place that sold or has stock."""
        sold: dict[tuple[str, str], Decimal] = {}
        for sale in self.store.rows("Sales"):
            place = sale["locationId"], sale["skuId"]
            sold[place] = sold.get(place, Decimal(0)) + sale["quantity"]
        for place in sorted(set(sold) | set(self.store.figures())):
            self._target(*place, max(Decimal(WEEK_SALES_MIN), sold.get(place, Decimal(0))))
        return {"targets": len(self.recommendations.targets)}

    def set_target(self, location: str, sku: str, quantity: str | int) -> Json:
        """A merchandiser sets the stock target of one SKU at one location."""
        return self._target(location, sku, _quantity("set_target", quantity) or Decimal(0))

    def write_text(self, item: str, style: str, title: str, text: str = "", confirm: bool = True) -> Json:
        """Suzie writes a product description for a style; confirm=true: somebody approves it and it is listed."""
        row: Json = {
            "id": 100_000_001 + len(self.recommendations.texts), "itemId": item, "styleId": style, "colorId": None,
            "materialId": None, "category": None, "tags": [], "toneOfVoice": None,
            "descriptions": [
                {"languageId": 1, "languageCode": "en-GB", "language": "English (United Kingdom)", "countryIso2": "GB",
                 "countryIso3": "GBR", "productTitle": title, "productMetaDescription": text,
                 "productDescription": text}
            ],
            "createdDateTime": self.store.now(), "confirmedDateTime": self.store.now() if confirm else None,
            "confirmedBy": "merchandiser@customer.example" if confirm else None,
        }  # fmt: skip
        self.recommendations.texts.append(row)
        return row

    def drop_batch(self) -> Json:
        """WAIR's service restarts and forgets the open batch with everything staged in it."""
        return {"rows_lost": self.store.drop_batch()}

    def expire_tokens(self) -> Json:
        """Every token that is out stops working."""
        out = len(self.auth.tokens)
        self.auth.tokens.clear()
        return {"expired": out}

    def _target(self, location: str, sku: str, quantity: Decimal) -> Json:
        row = {
            "locationId": location,
            "skuId": sku,
            "targetQuantity": quantity,
            "forecastDate": self.store.now(),
        }
        self.recommendations.targets[location, sku] = row
        return {name: plain(value) for name, value in row.items()}

    def _chosen(self, act: str, references: Sequence[str] | None, status: str) -> list[Transfer]:
        held = self.recommendations.transfers
        if references is None:
            if status == OPEN:
                return self.recommendations.open()
            return [one for one in held.values() if one.status == status]
        for reference in references:
            if reference not in held:
                raise ActError(f"act {act}: no transfer was ever recommended under {reference!r}")
            if held[reference].status != status:
                raise ActError(f"act {act}: {reference} is {held[reference].status}; it must be {status}")
        return [held[reference] for reference in references]

    def _moves(
        self, count: int, start: str | None, end: str | None, sku: str | None, quantity: Decimal | None
    ) -> list[tuple[str, str, str, Decimal]]:
        figures = self.store.figures()
        places = sorted({place for place, _ in figures} | {row["locationId"] for row in self.store.rows("Locations")})
        skus = [sku] if sku else sorted({one for _, one in figures} | set(self.store.skus()))
        pairs = [
            (one, other)
            for one in ([start] if start else places)
            for other in ([end] if end else places)
            if one != other
        ]
        combined = [(*pair, one) for pair in pairs for one in skus]
        if not combined:
            raise ActError(
                "act recommend_transfers: nothing was uploaded to choose from; "
                "give from_location, to_location and sku, or set initial to 'estate'"
            )
        rng = self.recommendations.random
        stocked = [move for move in combined if (held := figures.get((move[0], move[2]))) and held.available > 0]
        chosen = list(stocked or combined)
        rng.shuffle(chosen)
        turns = itertools.islice(itertools.cycle(chosen), count)
        return [(*move, quantity or Decimal(rng.randrange(1, 5))) for move in turns]


def _quantity(act: str, given: Any) -> Decimal | None:
    if given is None:
        return None
    number = amount(given)
    if number is None or number < 0:
        raise ActError(f"act {act}: quantity {given!r} must be a number of at least 0")
    return number


def _in_batch(one: Transfer, batch_id: str | None) -> bool:
    return batch_id is None or one.batch_id == batch_id


def _told(transfers: Sequence[Transfer]) -> Json:
    return {"count": len(transfers), "reference_ids": [one.reference_id for one in transfers]}
