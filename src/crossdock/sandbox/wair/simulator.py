"""WAIR, as its public API shows it: a planner that is told what happens and recommends what to move."""

import random
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from aiohttp import web

from crossdock.sandbox.kernel import Simulator
from crossdock.sandbox.wair.acts import Acts
from crossdock.sandbox.wair.api import Api
from crossdock.sandbox.wair.auth import Auth
from crossdock.sandbox.wair.knobs import Knobs
from crossdock.sandbox.wair.loading import load
from crossdock.sandbox.wair.recommendations import Recommendations
from crossdock.sandbox.wair.state import picture
from crossdock.sandbox.wair.store import Store
from crossdock.sandbox.wair.wire import Call, Json, Refused, answer, refusal

PREFIX = "/api/v1"
REFUSED_MAX = 1_000


class WairSimulator(Simulator):
    """See `knobs.Knobs` for the settings, `acts.Acts` for the acts and `state.picture` for the state."""

    kind: ClassVar[str] = "wair"
    default_port: ClassVar[int] = 8806
    served: ClassVar[Mapping[str, Any]] = {"initial": "estate"}  # something to recommend from the start
    sheets: ClassVar[tuple[type, ...]] = (Knobs,)
    labels: ClassVar[str] = "`METHOD /path`, such as `POST /api/v1/Stock`"
    troubles: ClassVar[frozenset[str]] = frozenset({"short_list", "duplicate_row", "expired_token"})
    scene: ClassVar[tuple[Mapping[str, Any], str, Mapping[str, Any]]] = ({"initial": "estate"}, "", {})

    def load(self) -> None:
        self.knobs = Knobs.read(self.settings)
        rng = random.Random(self.seed)
        store = Store(self.knobs, self.now)
        if self.knobs.initial == "estate":
            load(store, self.estate)
        recommendations = Recommendations(self.knobs, self.now, rng, lambda: _glns(store))
        store.uploaded = recommendations.uploaded
        self.auth = Auth(self.knobs, self.now, rng)
        self.api = Api(store, recommendations, lambda: self.faults)
        self.refused: list[Json] = []
        self._acts = Acts(store, recommendations, self.auth).by_name()

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/Token", self._token),
            web.post(PREFIX + "/Token", self._token),
            web.route("*", PREFIX + "/{path:.*}", self._call),
        ]

    def state(self) -> dict[str, Any]:
        return picture(self.api, self.auth, self.refused)

    def acts(self) -> Mapping[str, Callable[..., Any]]:
        return self._acts

    async def _token(self, request: web.Request) -> web.Response:
        body = await request.read()
        try:
            return answer(self.auth.token(request.headers, body))
        except Refused as refused:
            return self._refuse(request, refused)

    async def _call(self, request: web.Request) -> web.Response:
        body = await request.read()
        label = self.label(request)
        query = {name.lower(): value for name, value in request.query.items()}
        try:
            self.auth.admit(request.headers)
            if self.faults.faults and self.faults.draw("expired_token", label):
                self.auth.expire(request.headers)
                raise Refused(401, "Unauthorized")
            call = Call(request.method, request.match_info["path"], query, body, label)
            return answer(self.api.answer(call))
        except Refused as refused:
            return self._refuse(request, refused)

    def _refuse(self, request: web.Request, refused: Refused) -> web.Response:
        self.refused.append({"call": self.label(request), "status": refused.status, "errors": refused.errors})
        del self.refused[:-REFUSED_MAX]
        return refusal(refused, self.knobs.error_shape)


def _glns(store: Store) -> dict[str, str]:
    return {row["locationId"]: row["gln"] for row in store.rows("Locations") if row.get("gln")}
