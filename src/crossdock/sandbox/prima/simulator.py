"""One Prima behind two doors on one port: the SOAP service an installation has, and a bridge-v1 gateway beside it."""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from aiohttp import web

from crossdock.sandbox.bridge import Bridge, BridgeActs, BridgeKnobs, Postman
from crossdock.sandbox.estate import STANDARD, TAX_PERCENT
from crossdock.sandbox.kernel import Simulator
from crossdock.sandbox.prima.acts_accounts import AccountsActs
from crossdock.sandbox.prima.acts_orders import OrderActs
from crossdock.sandbox.prima.acts_world import WorldActs
from crossdock.sandbox.prima.bridge_door import BridgeDoor
from crossdock.sandbox.prima.knobs import Knobs
from crossdock.sandbox.prima.loading import load
from crossdock.sandbox.prima.soap_door import SoapDoor
from crossdock.sandbox.prima.store import EVENT_TYPES, Store
from crossdock.sandbox.prima.view import whole_state


class PrimaSimulator(Simulator):
    """See `knobs.Knobs` and `bridge.BridgeKnobs` for the settings, `acts_orders`, `acts_world`,
    `acts_accounts` and `bridge.BridgeActs` for the acts, `view.whole_state` for the state."""

    kind: ClassVar[str] = "prima"
    default_port: ClassVar[int] = 8805
    served: ClassVar[Mapping[str, Any]] = {"semantics_confirmed": True}  # its owner has proven what `free` means
    sheets: ClassVar[tuple[type, ...]] = (
        Knobs,
        BridgeKnobs,
    )
    labels: ClassVar[str] = (
        "`METHOD /path`, such as `POST /v1/orders`, or `SOAP RequestType`, such as `SOAP MultiNewOrder`; a webhook is "
        "`WEBHOOK type`"
    )
    troubles: ClassVar[frozenset[str]] = frozenset(
        {"short_list", "duplicate_row", "expired_token", "duplicate_webhook", "reorder_webhooks", "lose_webhook"}
    )
    scene: ClassVar[tuple[Mapping[str, Any], str, Mapping[str, Any]]] = (
        {},
        "local_sale",
        {"sku": "HP-1001", "quantity": 1},
    )

    def load(self) -> None:
        knobs = Knobs.read(self.settings)
        if not hasattr(self, "postman"):
            self.postman = Postman(self.now, lambda: self.faults)
        self.bridge = Bridge(
            BridgeKnobs.read(self.settings), clock=self.now, faults=self.faults, seed=self.seed,
            postman=self.postman, event_types=EVENT_TYPES,
        )  # fmt: skip
        self.bridge.unsupported = {*knobs.unsupported, *(() if knobs.cancel else ("orders.cancel",))}
        self.store = Store(
            knobs, clock=self.now, tell=self.postman.tell, faults=self.faults, seed=self.seed, charge_vat=STANDARD,
            rates={code: percent / 100 for code, percent in TAX_PERCENT.items()},
        )  # fmt: skip
        load(self.store, self.estate)

    def routes(self) -> list[web.RouteDef]:
        routes: list[web.RouteDef] = []
        if "soap" in self.store.knobs.doors:
            routes += SoapDoor(lambda: self.store, self.calls).routes(self.store.knobs)
        if "bridge" in self.store.knobs.doors:
            door = BridgeDoor(lambda: (self.store, self.bridge))
            routes += door.routes(self.bridge.knobs.auth.token_path)
        return routes

    def state(self) -> dict[str, Any]:
        return whole_state(self.store, self.postman)

    def acts(self) -> Mapping[str, Callable[..., Any]]:
        shared = BridgeActs(lambda: self.bridge).by_name()
        orders, accounts = OrderActs(self.store).by_name(), AccountsActs(self.store).by_name()
        return {**orders, **accounts, **WorldActs(self.store).by_name(), **shared}

    async def started(self, base_url: str) -> None:
        await super().started(base_url)
        await self.postman.start()

    async def stopped(self) -> None:
        await self.postman.stop()
        await super().stopped()
