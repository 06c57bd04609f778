"""The HTTP application: `/hooks/{system}` takes hints from the systems, `/channels/…` answers those that call us,
`/api/v1` is for programs, `/healthz` and `/readyz` answer probes, `/metrics` whoever may read it; `/` and below is the
console."""

from typing import Annotated

from fastapi import Depends, FastAPI, Request, Response
from fastapi.responses import PlainTextResponse

from crossdock.api.channels import answer
from crossdock.api.hooks import Refused, Trickle, read_body, take
from crossdock.api.metrics import add_health, add_metrics
from crossdock.api.v1.app import PREFIX, make_api
from crossdock.api.watching import Watching
from crossdock.console.app import add_console
from crossdock.wiring.installation import Installation


def create_app(here: Installation) -> FastAPI:
    # An address with a slash too many is not there: a redirect would be made of whatever host the request names.
    app = FastAPI(title="Crossdock", openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False)
    trickle = Trickle()

    @app.exception_handler(Refused)
    async def refused(_: Request, refusal: Exception) -> Response:
        assert isinstance(refusal, Refused)
        return PlainTextResponse(str(refusal) + "\n", refusal.status)

    @app.post("/hooks/{system}", status_code=204)
    async def hook(system: str, request: Request, raw: Annotated[bytes, Depends(read_body)]) -> Response:
        """Stored before it is answered: after the 204 the event is ours, after anything else it is theirs to repeat."""
        await take(here, system, request.headers, raw, trickle=trickle)
        return Response(status_code=204)

    @app.api_route("/channels/{channel}/{pairing}/{tail:path}", methods=["GET", "HEAD", "POST", "PUT", "DELETE"])
    async def channel(channel: str, pairing: str, tail: str, request: Request) -> Response:
        """Answered by the connector of the system that calls, in that system's own form."""
        return await answer(here, channel, pairing, tail, request)

    add_health(app, here)
    add_metrics(app, here)
    app.mount(PREFIX, make_api(here))
    add_console(app, here)
    app.add_middleware(Watching)  # the last one added is the outermost
    return app
