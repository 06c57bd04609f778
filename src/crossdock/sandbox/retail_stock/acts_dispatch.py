"""What the dispatch desk does: parcels leave, papers are put right, a dispatch is called off."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from crossdock.sandbox.bridge import Json
from crossdock.sandbox.kernel import ActError
from crossdock.sandbox.retail_stock.acts_stock import quantity_of
from crossdock.sandbox.retail_stock.model import Dispatch, DispatchLine
from crossdock.sandbox.retail_stock.shop import Shop
from crossdock.sandbox.retail_stock.stockroom import Stockroom

TRACKED = ("yes", "untracked", "missing")
TRACKING_URL = "https://track.carrier.example/"
FIRST_NUMBER = 1001


class DispatchActs:
    """Each public method named in `by_name` is one act; its parameters are JSON values."""

    def __init__(self, stockroom: Stockroom) -> None:
        self.stockroom = stockroom
        self.shop: Shop = stockroom.shop

    def by_name(self) -> Mapping[str, Callable[..., Any]]:
        acts = (self.dispatch_order, self.amend_dispatch, self.cancel_dispatch)
        return {act.__name__: act for act in acts}

    def dispatch_order(
        self,
        order_ref: str,
        lines: Sequence[Mapping[str, Any]],
        location: str = "STORE-YORK",
        carrier: str = "dpd",
        service: str = "next-day",
        tracking_numbers: Sequence[str] | None = None,
        tracked: str = "yes",
        part: bool = False,
        minutes_ago: float = 0,
    ) -> Json:
        """An order leaves. lines: [{sku, quantity, order_line_ref}]. carrier and service: any codes, also ones nobody
        mapped. tracked: yes (numbers are made when none are given), untracked (there never will be one), missing (the
        desk forgot). part: more follows, so the order may not be closed yet. Goods of our own shelves go off them."""
        sent = self._lines("dispatch_order", lines)
        if location not in self.shop.locations.rows:
            raise ActError(f"act dispatch_order: location {location!r} is none of {', '.join(self._places())}")
        if tracked not in TRACKED:
            raise ActError(f"act dispatch_order: tracked {tracked!r} is none of {', '.join(TRACKED)}")
        number = f"D-{FIRST_NUMBER + len(self.shop.dispatches)}"
        parcels = self._parcels(tracking_numbers, number) if tracked == "yes" else []
        happened, status = self.shop.happened(minutes_ago), "part_dispatched" if part else "dispatched"
        dispatch = Dispatch(
            number, 1, order_ref, location, status, carrier, service, parcels, tracked == "untracked", sent, not part,
            happened, happened, self.shop.tick(),
        )  # fmt: skip
        self.shop.dispatches[number] = dispatch
        self._shelves(dispatch, -1, "sale")
        return self._told(dispatch, "dispatch.confirmed")

    def amend_dispatch(
        self,
        dispatch_id: str,
        carrier: str | None = None,
        service: str | None = None,
        tracking_numbers: Sequence[str] | None = None,
        untracked: bool | None = None,
        lines: Sequence[Mapping[str, Any]] | None = None,
        final: bool | None = None,
    ) -> Json:
        """The desk puts a dispatch right: the next revision, with what is given here changed."""
        dispatch = self._dispatch("amend_dispatch", dispatch_id)
        dispatch.carrier_code = carrier or dispatch.carrier_code
        dispatch.service_code = service or dispatch.service_code
        if tracking_numbers is not None:
            dispatch.parcels = self._parcels(tracking_numbers, dispatch_id)
        if untracked is not None:
            dispatch.untracked = untracked
        if lines is not None:
            self._shelves(dispatch, 1, "correction")
            dispatch.lines = self._lines("amend_dispatch", lines)
            self._shelves(dispatch, -1, "sale")
        if final is not None:
            dispatch.is_final, dispatch.status = final, "dispatched" if final else "part_dispatched"
        return self._next_revision(dispatch, "dispatch.amended")

    def cancel_dispatch(self, dispatch_id: str) -> Json:
        """A dispatch is called off: the next revision says cancelled, and our goods are back on the shelf."""
        dispatch = self._dispatch("cancel_dispatch", dispatch_id)
        dispatch.status, dispatch.is_final = "cancelled", False
        self._shelves(dispatch, 1, "correction")
        return self._next_revision(dispatch, "dispatch.cancelled")

    def _next_revision(self, dispatch: Dispatch, event_type: str) -> Json:
        dispatch.revision += 1
        dispatch.occurred_at, dispatch.published_at = self.shop.happened(), self.shop.tick()
        return self._told(dispatch, event_type)

    def _told(self, dispatch: Dispatch, event_type: str) -> Json:
        thin = {
            "dispatch_id": dispatch.dispatch_id,
            "order_ref": dispatch.order_ref,
            "revision": dispatch.revision,
        }
        self.shop.outbox.tell(event_type, thin)
        return dispatch.public()

    def _dispatch(self, act: str, dispatch_id: str) -> Dispatch:
        dispatch = self.shop.dispatches.get(dispatch_id)
        if dispatch is None:
            known = ", ".join(self.shop.dispatches) or "none"
            raise ActError(f"act {act}: there is no dispatch {dispatch_id!r}; there are {known}")
        if dispatch.status == "cancelled":
            raise ActError(f"act {act}: {dispatch_id} was cancelled")
        return dispatch

    def _lines(self, act: str, lines: Sequence[Mapping[str, Any]]) -> list[DispatchLine]:
        if not lines:
            raise ActError(f"act {act}: lines must hold at least one {{sku, quantity}}")
        return [
            DispatchLine(str(one["sku"]), quantity_of(act, one["quantity"]), one.get("order_line_ref")) for one in lines
        ]

    def _parcels(self, numbers: Sequence[str] | None, dispatch_id: str) -> list[Json]:
        given = (
            [f"1Z{dispatch_id.removeprefix('D-')}{self.shop.random.randrange(10**8):08d}"]
            if numbers is None
            else numbers
        )
        return [
            {"tracking_number": number, "tracking_url": TRACKING_URL + number, "weight_kg": "1.2"} for number in given
        ]

    def _shelves(self, dispatch: Dispatch, sign: int, reason: str) -> None:
        if dispatch.location_code not in self.shop.owned():
            return
        for line in dispatch.lines:
            place = dispatch.location_code, line.sku
            self.stockroom.move(place, sign * line.quantity, reason, source_ref=dispatch.dispatch_id)

    def _places(self) -> list[str]:
        return [str(one) for one in self.shop.locations.rows]
