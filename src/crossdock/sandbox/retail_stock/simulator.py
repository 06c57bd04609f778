"""The retail stock system: it owns the stores' stock, dispatches orders, and answers a bridge v1 client."""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from aiohttp import web

from crossdock.sandbox.bridge import Bridge, BridgeActs, BridgeKnobs, Door, Postman
from crossdock.sandbox.kernel import Simulator
from crossdock.sandbox.retail_stock.acts import Acts
from crossdock.sandbox.retail_stock.acts_dispatch import DispatchActs
from crossdock.sandbox.retail_stock.acts_stock import StockActs
from crossdock.sandbox.retail_stock.api import Api, routes
from crossdock.sandbox.retail_stock.events import EVENT_TYPES, Outbox
from crossdock.sandbox.retail_stock.knobs import Knobs
from crossdock.sandbox.retail_stock.loading import load
from crossdock.sandbox.retail_stock.problems import EXTRA
from crossdock.sandbox.retail_stock.shop import Shop
from crossdock.sandbox.retail_stock.state import picture
from crossdock.sandbox.retail_stock.stockroom import Stockroom


class RetailStockSimulator(Simulator):
    """See `knobs.Knobs` and `bridge.BridgeKnobs` for the settings, the acts modules for the acts and `state.picture`
    for the state."""

    kind: ClassVar[str] = "retail-stock"
    default_port: ClassVar[int] = 8807
    sheets: ClassVar[tuple[type, ...]] = (
        Knobs,
        BridgeKnobs,
    )
    labels: ClassVar[str] = "`METHOD /path`, such as `PUT /v1/stock-levels:batch`; a webhook is `WEBHOOK type`"
    troubles: ClassVar[frozenset[str]] = frozenset(
        {"short_list", "duplicate_row", "expired_token", "duplicate_webhook", "reorder_webhooks", "lose_webhook"}
    )
    scene: ClassVar[tuple[Mapping[str, Any], str, Mapping[str, Any]]] = (
        {},
        "sell",
        {"location": "STORE-YORK", "sku": "HP-1001"},
    )

    def load(self) -> None:
        if not hasattr(self, "postman"):
            self.postman = Postman(self.now, lambda: self.faults)
            self.door = Door(lambda: self.bridge)
        knobs = Knobs.read(self.settings)
        self.bridge = Bridge(
            BridgeKnobs.read(self.settings), clock=self.now, faults=self.faults, seed=self.seed, postman=self.postman,
            event_types=EVENT_TYPES, extra=EXTRA,
        )  # fmt: skip
        self.bridge.unsupported |= knobs.not_offered
        self.shop = Shop(knobs, self.now, self.seed, Outbox(self.postman))
        load(self.shop, self.estate)
        stockroom = Stockroom(self.shop)
        self.api = Api(self.shop, stockroom, self.bridge)
        self._acts: dict[str, Callable[..., Any]] = {
            **BridgeActs(lambda: self.bridge).by_name(),
            **StockActs(stockroom).by_name(),
            **DispatchActs(stockroom).by_name(),
            **Acts(self.shop).by_name(),
        }

    def routes(self) -> list[web.RouteDef]:
        return [
            *routes(self.door, lambda: self.api),
            *self.door.webhook_routes(),
            self.door.token_route(self.bridge.knobs.auth.token_path),
        ]

    def state(self) -> dict[str, Any]:
        return picture(self.shop, self.bridge)

    def acts(self) -> Mapping[str, Callable[..., Any]]:
        return self._acts

    async def started(self, base_url: str) -> None:
        await super().started(base_url)
        await self.postman.start()

    async def stopped(self) -> None:
        await self.postman.stop()
        await super().stopped()
