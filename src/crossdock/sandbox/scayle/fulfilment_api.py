"""The three calls of `/fulfillment`: 204 without a body, and the effect a little later."""

from crossdock.sandbox.scayle.errors import bad, not_found
from crossdock.sandbox.scayle.fulfilment import Fulfilment
from crossdock.sandbox.scayle.router import Route
from crossdock.sandbox.scayle.wire import Call, Reply
from crossdock.sandbox.scayle.world import World

SCOPE = "fulfillmentWrite"
NO_COMPANY = ("", "null")
"""The Java SDK sends the header even when it has no value."""


class FulfilmentApi:
    def __init__(self, world: World, fulfilment: Fulfilment) -> None:
        self.world = world
        self.fulfilment = fulfilment

    def routes(self) -> list[Route]:
        return [
            Route("POST", "/fulfillment/shipments", SCOPE, self.shipment),
            Route("POST", "/fulfillment/cancellations", SCOPE, self.cancellation),
            Route("POST", "/fulfillment/return-items", SCOPE, self.return_items),
        ]

    def _company(self, call: Call) -> None:
        """Optional with one company, needed with several."""
        given = call.headers.get("x-company-id", "")
        if given in NO_COMPANY:
            if len(self.world.companies) > 1:
                raise bad("X-Company-Id is missing.", header="X-Company-Id")
        elif not given.isdigit() or int(given) not in self.world.companies:
            raise not_found("company", companyId=given)

    def shipment(self, call: Call) -> Reply:
        self._company(call)
        self.fulfilment.ship(call.object())
        return Reply(204)

    def cancellation(self, call: Call) -> Reply:
        self._company(call)
        self.fulfilment.cancel(call.object())
        return Reply(204)

    def return_items(self, call: Call) -> Reply:
        """The body is a bare array."""
        self._company(call)
        rows = call.json()
        if not isinstance(rows, list) or not rows or not all(isinstance(row, dict) for row in rows):
            raise bad("The body must be an array of objects with at least one entry.")
        self.fulfilment.take_back(rows)
        return Reply(204)
