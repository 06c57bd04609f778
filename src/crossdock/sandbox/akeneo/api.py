"""The REST API: which route a call belongs to, who may make it, and every refusal in Akeneo's own words."""

import asyncio
import re
from collections.abc import Mapping

from crossdock.sandbox.akeneo.asset_api import AssetApi
from crossdock.sandbox.akeneo.auth import Auth
from crossdock.sandbox.akeneo.desk import Caller, Desk, Route
from crossdock.sandbox.akeneo.errors import PimError, plain
from crossdock.sandbox.akeneo.limits import Limits
from crossdock.sandbox.akeneo.media_api import MediaApi
from crossdock.sandbox.akeneo.model import SYSTEM
from crossdock.sandbox.akeneo.models_api import ModelApi
from crossdock.sandbox.akeneo.nested_api import NestedApi
from crossdock.sandbox.akeneo.products_api import ProductDoor
from crossdock.sandbox.akeneo.structure_api import StructureApi
from crossdock.sandbox.akeneo.structure_writer import StructureWriter
from crossdock.sandbox.akeneo.wire import Call, Reply, check_accept, json_reply, refusal

TOO_LARGE = b"<html><head><title>403 Forbidden</title></head><body><h1>403 Forbidden</h1></body></html>"


class Api:
    """Answers calls below `/api/rest/v1`."""

    def __init__(self, desk: Desk, auth: Auth, limits: Limits) -> None:
        self.desk, self.auth, self.limits = desk, auth, limits
        writer = StructureWriter(desk.pim)
        self.assets = AssetApi(desk)
        routes = [
            Route("GET", "system-information", self._system),
            *ProductDoor(desk, by_identifier=False).routes(), *ProductDoor(desk, by_identifier=True).routes(),
            *ModelApi(desk).routes(), *NestedApi(desk, writer).routes(), *StructureApi(desk, writer).routes(),
            *MediaApi(desk).routes(), *self.assets.routes(),
        ]  # fmt: skip
        self.structure = writer
        self.routes = [(re.compile(one.pattern), one) for one in routes]

    async def answer(self, call: Call) -> Reply:
        try:
            if not call.tail:
                return self._index(call)
            return await self._admitted(call)
        except PimError as error:
            reply = refusal(error)
            if error.status == 429 and self.desk.pim.knobs.bare_429:
                reply.body = None
            return reply

    def _index(self, call: Call) -> Reply:
        """The list of routes: the one page of the API that needs no token."""
        named = {
            f"{one.method} {one.pattern}": {"route": f"/api/rest/v1/{_readable(one.pattern)}", "methods": [one.method]}
            for _, one in self.routes
        }
        return json_reply({"host": call.base, "authentication": {"token": "/api/oauth/v1/token"}, "routes": named})

    async def _admitted(self, call: Call) -> Reply:
        caller = self.auth.caller(call.headers.get("Authorization", ""))
        if (faults := self.desk.faults()).faults and faults.draw("expired_token", call.label):
            self.auth.forget(call.headers.get("Authorization", ""))
            raise plain(401, "The access token provided is invalid.")
        largest = self.desk.pim.knobs.payload_max_bytes
        if largest is not None and len(call.body) > largest:
            return Reply(403, TOO_LARGE, media_type="text/html")
        route, found = self._route(call)
        self.limits.count(options=route.options_rate)
        async with self.limits.slot(caller.code):
            if self.desk.pim.knobs.call_seconds:
                await asyncio.sleep(self.desk.pim.knobs.call_seconds)
            return self._done(route, call, caller, found)

    def _done(self, route: Route, call: Call, caller: Caller, found: Mapping[str, str]) -> Reply:
        if any("[" in name for name in call.params):
            raise plain(400, "Bracket syntax is not supported in query parameters.")
        pim = self.desk.pim
        pim.author = caller.author
        try:
            return route.handle(call, caller, found)
        finally:
            pim.author = SYSTEM

    def _route(self, call: Call) -> tuple[Route, Mapping[str, str]]:
        """404 without any route, 405 without one for the method."""
        allowed = []
        for pattern, route in self.routes:
            match = pattern.fullmatch(call.tail)
            if match is None:
                continue
            if route.method == call.method:
                return route, match.groupdict()
            allowed.append(route.method)
        where = f'No route found for "{call.method} {call.base}/api/rest/v1/{call.tail}"'
        if not allowed:
            raise plain(404, where)
        allow = ", ".join(dict.fromkeys(allowed))
        raise PimError(405, {"message": f"{where}: Method Not Allowed (Allow: {allow})"}, {"Allow": allow})

    def _system(self, call: Call, _: Caller, __: Mapping[str, str]) -> Reply:
        check_accept(call)
        pim = self.desk.pim
        return json_reply({"version": pim.version, "edition": pim.edition_name})


def _readable(pattern: str) -> str:
    return re.sub(r"\(\?P<(\w+)>[^)]*\)", r"{\1}", pattern)
