"""SCAYLE Commerce Engine, as its Admin API shows it and as it calls others: a server that remembers."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, ClassVar
from urllib.parse import unquote

from aiohttp import web

from crossdock.sandbox.kernel import ActError, Simulator
from crossdock.sandbox.scayle.access import Keys, Limits, unauthorized
from crossdock.sandbox.scayle.acts import Acts
from crossdock.sandbox.scayle.agenda import Agenda
from crossdock.sandbox.scayle.bulk import Bulk
from crossdock.sandbox.scayle.catalogue_api import CatalogueApi
from crossdock.sandbox.scayle.checkout import Till
from crossdock.sandbox.scayle.customers_api import CustomersApi
from crossdock.sandbox.scayle.delegation import Delegator
from crossdock.sandbox.scayle.errors import ApiError, Json
from crossdock.sandbox.scayle.fulfilment import Fulfilment
from crossdock.sandbox.scayle.fulfilment_api import FulfilmentApi
from crossdock.sandbox.scayle.knobs import Knobs
from crossdock.sandbox.scayle.lifecycle import Lifecycle
from crossdock.sandbox.scayle.loading import load
from crossdock.sandbox.scayle.orders_api import OrdersApi
from crossdock.sandbox.scayle.outbox import Outbox
from crossdock.sandbox.scayle.router import Router
from crossdock.sandbox.scayle.state import picture
from crossdock.sandbox.scayle.stock_api import StockApi
from crossdock.sandbox.scayle.structure_api import StructureApi
from crossdock.sandbox.scayle.subscriptions import Subscriptions
from crossdock.sandbox.scayle.webhooks import Webhooks
from crossdock.sandbox.scayle.wire import Call, Reply
from crossdock.sandbox.scayle.world import World

PREFIX = "/api/admin/v1"
CALLBACK_SECONDS = 5.0


class ScayleSimulator(Simulator):
    """See `knobs.Knobs` for the settings, `acts.Acts` for the acts and `state.picture` for the state."""

    kind: ClassVar[str] = "scayle"
    default_port: ClassVar[int] = 8803
    sheets: ClassVar[tuple[type, ...]] = (Knobs,)
    labels: ClassVar[str] = (
        "`METHOD /path`, such as `POST /api/admin/v1/fulfillment/shipments`; a webhook is `WEBHOOK event`, a "
        "delegation `DELEGATION merchant`"
    )
    troubles: ClassVar[frozenset[str]] = frozenset(
        {"short_list", "duplicate_row", "expired_token", "duplicate_webhook", "reorder_webhooks", "lose_webhook"}
    )
    scene: ClassVar[tuple[Mapping[str, Any], str, Mapping[str, Any]]] = ({}, "place_orders", {"count": 1})

    def load(self) -> None:
        knobs = Knobs.read(self.settings)
        if not hasattr(self, "agenda"):
            self.agenda, self.outbox = Agenda(), Outbox()
        self.agenda.clear(knobs.speed)
        self.world = world = World(knobs, clock=self.now, seed=self.seed, agenda=self.agenda)
        load(world, self.estate)
        self.keys, self.limits = Keys(knobs), Limits(knobs, self.agenda.now)
        lifecycle = Lifecycle(world)
        fulfilment = Fulfilment(world, lifecycle)
        subscriptions = Subscriptions(world, self.faults)
        self.webhooks = Webhooks(world, subscriptions, self.outbox, self.faults)
        world.emit_order, world.emit_other = self.webhooks.order_event, self.webhooks.other_event
        self.delegator = Delegator(world, lifecycle, fulfilment, self.outbox, self.faults)
        lifecycle.delegate = self.delegator.begin
        self.bulk = Bulk(world, self.faults)
        self.bulk.dispatch, self.bulk.nudge = self._operation, self._nudge
        apis = (
            StructureApi(world, self.faults), CatalogueApi(world, self.faults), StockApi(world, self.faults),
            OrdersApi(world, lifecycle, self.faults), CustomersApi(world, self.faults),
            FulfilmentApi(world, fulfilment), self.bulk, subscriptions,
        )  # fmt: skip
        self.router = Router(route for api in apis for route in api.routes())
        till = Till(world, self.estate)
        self._acts = Acts(till, lifecycle, fulfilment, self.delegator, self.webhooks, self.limits).by_name()

    def routes(self) -> list[web.RouteDef]:
        return [web.route("*", PREFIX + "/{path:.*}", self._call)]

    def state(self) -> dict[str, Any]:
        return picture(self.world, self.webhooks, self.delegator, self.bulk)

    def acts(self) -> Mapping[str, Callable[..., Any]]:
        return self._acts

    async def act(self, name: str, params: Mapping[str, Any]) -> Any:
        try:
            return await super().act(name, params)
        except ActError:
            raise
        except (ValueError, AttributeError) as error:
            raise ActError(f"act {name}: {type(error).__name__}: {error}") from error

    async def started(self, base_url: str) -> None:
        await super().started(base_url)
        self.outbox.start()
        await self.agenda.start()

    async def stopped(self) -> None:
        await self.agenda.stop()
        await self.outbox.stop()
        await super().stopped()

    async def _call(self, request: web.Request) -> web.Response:
        path = request.rel_url.raw_path.removeprefix(PREFIX)
        parts = tuple(unquote(part) for part in path.split("/") if part)
        headers = {name.lower(): value for name, value in request.headers.items()}
        limits: dict[str, str] = {}
        try:
            reply = self._answer(request, parts, headers, await request.read(), limits)
        except ApiError as error:
            reply = Reply(error.status, error.body())
        response = web.Response(status=reply.status, body=reply.encoded(), headers={**limits, **reply.headers})
        if reply.body is not None:
            response.headers["Content-Type"] = reply.media
        return response

    def _answer(
        self, request: web.Request, parts: tuple[str, ...], headers: Mapping[str, str], body: bytes,
        limits: dict[str, str],
    ) -> Reply:  # fmt: skip
        """Key, right, quota, then the work. limits: filled with the headers of the scope. Raises ApiError."""
        label, token = self.label(request), headers.get("x-access-token", "")
        if not token or (self.faults.faults and self.faults.draw("expired_token", label)):
            raise unauthorized()
        self.keys.known(token)
        route, args = self.router.find(request.method, parts)
        self.keys.check(token, route.scope)
        limits.update(self.limits.count(route.scope))
        if refusal := self.limits.exceeded(route.scope):
            raise refusal
        return route.handler(Call(request.method, label, args, dict(request.query), headers, body))

    def _operation(self, method: str, parts: tuple[str, ...], body: bytes) -> Reply:
        """One operation of a bulk request, with the rights of who sent the request."""
        try:
            route, args = self.router.find(method, parts)
            return route.handler(Call(method, f"{method} /{'/'.join(parts)}", args, {}, {}, body, in_bulk=True))
        except ApiError as error:
            return Reply(error.status, error.body())

    def _nudge(self, url: str, body: Json) -> None:
        self.agenda.after(0, partial(self.outbox.post, url, body, seconds=CALLBACK_SECONDS))
