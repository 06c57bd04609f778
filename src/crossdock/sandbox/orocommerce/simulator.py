"""OroCommerce, as its back-office API shows it: a server that remembers."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from typing import Any, ClassVar

import orjson
from aiohttp import web

from crossdock.sandbox.estate import STANDARD, TAX_PERCENT
from crossdock.sandbox.kernel import Simulator
from crossdock.sandbox.orocommerce.acts import Acts
from crossdock.sandbox.orocommerce.api import Api
from crossdock.sandbox.orocommerce.auth import Auth, TokenError
from crossdock.sandbox.orocommerce.batch import Batches
from crossdock.sandbox.orocommerce.checkout import Checkout
from crossdock.sandbox.orocommerce.errors import not_accessible
from crossdock.sandbox.orocommerce.loading import load
from crossdock.sandbox.orocommerce.saver import Saver
from crossdock.sandbox.orocommerce.shop import Knobs, Shop
from crossdock.sandbox.orocommerce.state import picture
from crossdock.sandbox.orocommerce.webhooks import Dispatcher
from crossdock.sandbox.orocommerce.wire import Call, refusal

PREFIX = "/admin/api"


class OroCommerceSimulator(Simulator):
    """See `shop.Knobs` for the settings, `acts.Acts` for the acts and `state.picture` for the state."""

    kind: ClassVar[str] = "orocommerce"
    default_port: ClassVar[int] = 8801
    sheets: ClassVar[tuple[type, ...]] = (Knobs,)
    labels: ClassVar[str] = (
        "`METHOD /path`, such as `POST /admin/api/ordershippingtrackings`; a webhook is `WEBHOOK topic`"
    )
    troubles: ClassVar[frozenset[str]] = frozenset(
        {"short_list", "duplicate_row", "expired_token", "duplicate_webhook", "reorder_webhooks", "lose_webhook"}
    )
    scene: ClassVar[tuple[Mapping[str, Any], str, Mapping[str, Any]]] = (
        {"initial_stock": 9},
        "place_orders",
        {"count": 1},
    )
    served: ClassVar[Mapping[str, Any]] = {"initial_stock": "estate"}  # something to sell before anybody feeds it

    def load(self) -> None:
        self._cancel_work()
        knobs = Knobs.read(self.settings)
        rates = {code: percent / 100 for code, percent in TAX_PERCENT.items()}
        self.shop = Shop(knobs, clock=self.now, seed=self.seed, rates=rates, shipping_tax=STANDARD)
        load(self.shop, self.estate)
        self.saver = Saver(self.shop)
        if not hasattr(self, "dispatcher"):
            self.dispatcher = Dispatcher(lambda: self.faults)
        self.dispatcher.bind(self.shop, self.saver.delete)
        self.shop.store.listener = self.dispatcher.committed
        self.auth = Auth(self.shop)
        self.api = Api(self.shop, self.saver, Batches(self.shop, self.saver, self._spawn), self.faults)
        self._acts = Acts(Checkout(self.shop, self.saver, self.estate), self.dispatcher).by_name()

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/oauth2-token", self._token),
            web.route("*", PREFIX + "/{path:.*}", self._call),
        ]

    def state(self) -> dict[str, Any]:
        return picture(self.shop, self.dispatcher)

    def acts(self) -> Mapping[str, Callable[..., Any]]:
        return self._acts

    async def started(self, base_url: str) -> None:
        await super().started(base_url)
        await self.dispatcher.start()

    async def stopped(self) -> None:
        self._cancel_work()
        await self.dispatcher.stop()
        await super().stopped()

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._work.add(task)
        task.add_done_callback(self._work.discard)

    def _cancel_work(self) -> None:
        """End the batches still running; they belong to a shop that is about to go."""
        for task in getattr(self, "_work", ()):
            task.cancel()
        self._work: set[asyncio.Task[None]] = set()

    async def _token(self, request: web.Request) -> web.Response:
        headers, body = request.headers, await request.read()
        try:
            answer = self.auth.token(headers.get("Content-Type", ""), headers.get("Authorization", ""), body)
        except TokenError as error:
            refused = {"Content-Type": "application/json"}
            return web.Response(status=error.status, body=orjson.dumps(error.body), headers=refused)
        headers_out = {"Content-Type": "application/json; charset=UTF-8"}
        return web.Response(body=orjson.dumps(answer), headers=headers_out)

    async def _call(self, request: web.Request) -> web.Response:
        body = await request.read()
        label = self.label(request)
        token = request.headers.get("Authorization", "") or _token_in_body(request, body)
        if not self._admits(token, label):
            return web.Response(status=401, headers={"WWW-Authenticate": "Bearer"})
        parts = tuple(part for part in request.match_info["path"].split("/") if part)
        base = f"{request.scheme}://{request.host}{PREFIX}"
        call = Call(request.method, parts, request.rel_url.raw_query_string, request.headers, body, base, label)
        if self.shop.knobs.api_enabled:
            reply = self.api.answer(call)
        else:
            reply = refusal(not_accessible(), json_api=True)
        response = web.Response(status=reply.status, body=reply.body, headers=reply.headers)
        if reply.body:
            response.headers["Content-Type"] = reply.media
        return response

    def _admits(self, token: str, label: str) -> bool:
        if not self.auth.allows(token):
            return False
        if self.faults.faults and self.faults.draw("expired_token", label):
            self.auth.expire(token)
            return False
        return True


def _token_in_body(request: web.Request, body: bytes) -> str:
    """A JSON:API body may carry `access_token` at its top; the URL may not."""
    if b'"access_token"' not in body or request.content_type != "application/vnd.api+json":
        return ""
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError:
        return ""
    given = document.get("access_token") if isinstance(document, dict) else None
    return f"Bearer {given}" if isinstance(given, str) else ""
