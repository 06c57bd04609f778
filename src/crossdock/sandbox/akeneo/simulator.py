"""Akeneo PIM, as its REST API, its event systems and its editors show it: a server that remembers."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, ClassVar
from urllib.parse import parse_qsl

import orjson
from aiohttp import web

from crossdock.sandbox.akeneo.acts import acts_of
from crossdock.sandbox.akeneo.api import Api
from crossdock.sandbox.akeneo.auth import AppTokenError, Auth
from crossdock.sandbox.akeneo.courier import Courier
from crossdock.sandbox.akeneo.desk import Desk
from crossdock.sandbox.akeneo.errors import PimError
from crossdock.sandbox.akeneo.index import SearchIndex
from crossdock.sandbox.akeneo.knobs import Knobs
from crossdock.sandbox.akeneo.legacy_events import LegacyEvents
from crossdock.sandbox.akeneo.limits import Limits
from crossdock.sandbox.akeneo.loading import load
from crossdock.sandbox.akeneo.model import Pim
from crossdock.sandbox.akeneo.office import Office
from crossdock.sandbox.akeneo.platform import Platform
from crossdock.sandbox.akeneo.platform_api import PlatformApi
from crossdock.sandbox.akeneo.state import picture
from crossdock.sandbox.akeneo.wire import Call, Part, Reply, refusal
from crossdock.sandbox.kernel import Simulator

REST = "/api/rest/v1"
PLATFORM = "/api/v1"


class AkeneoSimulator(Simulator):
    """See `knobs.Knobs` for the settings, `acts.acts_of` for the acts and `state.picture` for the state."""

    kind: ClassVar[str] = "akeneo"
    default_port: ClassVar[int] = 8804
    sheets: ClassVar[tuple[type, ...]] = (Knobs,)
    labels: ClassVar[str] = "`METHOD /path`, such as `PATCH /api/rest/v1/products`; an event is `EVENT type`"
    troubles: ClassVar[frozenset[str]] = frozenset(
        {"short_list", "duplicate_row", "expired_token", "duplicate_webhook", "reorder_webhooks", "lose_webhook"}
    )
    scene: ClassVar[tuple[Mapping[str, Any], str, Mapping[str, Any]]] = ({}, "", {})

    def now(self) -> datetime:
        """Also counts the time an act let pass, which outlives a change of faults."""
        return super().now() + self._passed

    def load(self) -> None:
        self._passed = timedelta()
        pim = Pim(Knobs.read(self.settings), clock=self.now, seed=self.seed)
        pim.base_url = self.base_url
        load(pim, self.estate)
        if not hasattr(self, "couriers"):
            self.couriers = (Courier(self.now), Courier(self.now))
        for courier in self.couriers:
            courier.forget()
        index = SearchIndex(pim)
        index.rebuild()
        legacy = LegacyEvents(pim, self.couriers[0], lambda: self.faults)
        platform = Platform(pim, self.couriers[1], lambda: self.faults)
        platform.maker.remember()
        pim.listeners += [index.heard, legacy.heard, platform.heard]
        auth, limits = Auth(pim), Limits(pim)
        self.pim = pim
        self.api = Api(Desk(pim, index, lambda: self.faults), auth, limits)
        self.platform_api = PlatformApi(pim, platform, auth)
        self.office = Office(
            pim=pim, index=index, desk=self.api.desk, structure=self.api.structure, assets=self.api.assets, auth=auth,
            limits=limits, legacy=legacy, platform=platform, platform_api=self.platform_api, pass_time=self._pass_time,
        )  # fmt: skip
        self._acts = acts_of(self.office)

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/api/oauth/v1/token", self._token), web.post("/connect/apps/v1/oauth2/token", self._app_token),
            web.get("/share/{family}/{attribute}/{code:.+}", self._share),
            web.route("*", REST, self._rest), web.route("*", REST + "/{tail:.*}", self._rest),
            web.route("*", "/api/rest/{tail:.*}", self._no_version),
            web.route("*", PLATFORM + "/{tail:.*}", self._platform),
        ]  # fmt: skip

    def state(self) -> dict[str, Any]:
        return picture(self.office)

    def acts(self) -> Mapping[str, Callable[..., Any]]:
        return self._acts

    async def started(self, base_url: str) -> None:
        await super().started(base_url)
        self.pim.base_url = base_url
        for courier in self.couriers:
            await courier.start()

    async def stopped(self) -> None:
        for courier in self.couriers:
            await courier.stop()
        await super().stopped()

    def _pass_time(self, seconds: float) -> None:
        self._passed += timedelta(seconds=seconds)
        for courier in self.couriers:
            courier.nudge()

    async def _token(self, request: web.Request) -> web.StreamResponse:
        headers, body = request.headers, await request.read()
        try:
            answer = self.office.auth.token(headers.get("Content-Type", ""), headers.get("Authorization", ""), body)
        except PimError as error:
            return _response(refusal(error))
        return _response(Reply(200, orjson.dumps(answer), {"Cache-Control": "no-store, private"}))

    async def _app_token(self, request: web.Request) -> web.StreamResponse:
        fields = dict(parse_qsl((await request.read()).decode("utf-8", "replace")))
        try:
            return _response(Reply(200, orjson.dumps(self.office.auth.app_token(fields))))
        except AppTokenError as error:
            return _response(Reply(400, orjson.dumps(error.body)))

    async def _rest(self, request: web.Request) -> web.StreamResponse:
        """A slash sent as %2F never finds its route."""
        if "%2f" in request.rel_url.raw_path.lower():
            return await self._no_version(request)
        call = await self._call(request)
        reply = await self.api.answer(call)
        return await _cut(request, reply) if reply.cut else _response(reply)

    async def _no_version(self, request: web.Request) -> web.StreamResponse:
        where = f"{request.scheme}://{request.host}{request.rel_url.raw_path}"
        message = f'No route found for "{request.method} {where}"'
        return _response(Reply(404, orjson.dumps({"code": 404, "message": message})))

    async def _platform(self, request: web.Request) -> web.StreamResponse:
        try:
            return _response(self.platform_api.answer(await self._call(request)))
        except PimError as error:
            return _response(refusal(error))

    async def _share(self, request: web.Request) -> web.StreamResponse:
        """A public address: no token."""
        found = request.match_info
        kept = self.api.assets.shared(found["family"], found["attribute"], found["code"])
        if kept is None:
            return web.Response(status=404)
        return web.Response(body=kept.content, content_type=kept.media_type)

    async def _call(self, request: web.Request) -> Call:
        form: Mapping[str, Part] = {}
        body = b""
        if request.content_type == "multipart/form-data":
            form = await _form(request)
        else:
            body = await request.read()
        return Call(
            method=request.method, tail=request.match_info.get("tail", "").rstrip("/"), params=dict(request.query),
            headers=request.headers, body=body, base=f"{request.scheme}://{request.host}",
            label=self.label(request), form=form,
        )  # fmt: skip


async def _form(request: web.Request) -> Mapping[str, Part]:
    parts = {}
    for name, field in (await request.post()).items():
        if isinstance(field, web.FileField):
            parts[name] = Part(field.filename, field.content_type, field.file.read())
        else:
            content = field.encode() if isinstance(field, str) else bytes(field)
            parts[name] = Part("", "text/plain", content)
    return parts


def _response(reply: Reply) -> web.Response:
    response = web.Response(status=reply.status, body=reply.body, headers=reply.headers)
    if reply.body is not None:
        response.headers["Content-Type"] = reply.media_type
    return response


async def _cut(request: web.Request, reply: Reply) -> web.StreamResponse:
    """Sends what there is and breaks off: chunks without the last one."""
    response = web.StreamResponse(status=reply.status, headers={"Content-Type": reply.media_type})
    response.enable_chunked_encoding()
    await response.prepare(request)
    await response.write(reply.body or b"")
    if request.transport is not None:
        request.transport.close()
    return response
