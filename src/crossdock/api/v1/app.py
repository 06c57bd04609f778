"""`/api/v1` as an application of its own: its addresses, its description, its one form of refusal."""

from typing import Any

import asyncpg
import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.openapi.utils import get_openapi
from starlette.exceptions import HTTPException
from starlette.routing import compile_path

from crossdock.api.v1 import (
    accounts,
    alerts,
    audit,
    cases,
    evidence,
    handbook,
    handling,
    map_files,
    mappings,
    me,
    orders,
    overview,
    people,
    reconciliation,
    settings,
    stock,
    systems,
    together,
    tokens,
    views,
)
from crossdock.api.v1.problems import Flaw, Problem, Refusal, answer
from crossdock.flows.wish import CaseClosed, RemedyRefused
from crossdock.model.faults import InvalidValue, RemoteFault
from crossdock.wiring.alerts import AlertRefused, NoSuchAlert
from crossdock.wiring.case_rights import NotYours
from crossdock.wiring.compare_asked import StartRefused
from crossdock.wiring.desks import ContactRefused
from crossdock.wiring.installation import Installation
from crossdock.wiring.map_changes import MapsChanged
from crossdock.wiring.people import NoSuchPerson, PersonRefused
from crossdock.wiring.probing import ProbeRefused
from crossdock.wiring.schedules import NoSuchFlow
from crossdock.wiring.settling import PairingGone
from crossdock.wiring.tokens import NoSuchToken

log = structlog.get_logger()

PREFIX = "/api/v1"
ROOMS = (
    me,
    overview,
    together,  # before the cases: its addresses look like theirs
    handling,
    cases,
    views,
    orders,
    stock,
    accounts,
    mappings,
    map_files,
    systems,
    alerts,
    reconciliation,
    audit,
    evidence,
    handbook,
    settings,
    people,
    tokens,
)
LOST = (asyncpg.PostgresConnectionError, asyncpg.InterfaceError, asyncpg.CannotConnectNowError, OSError, TimeoutError)
ABOUT = """\
Everything the console shows and does, for programs. Send a token of `crossdock tokens add` with each call:
`Authorization: Bearer xdk_…`. The cookie of the console opens nothing here.

A token sees and does what its scopes, its own roles and its owner's roles all allow. Sums and figures are decimal
strings; currencies are ISO 4217; times are ISO 8601 with their zone. Lists come in pages: follow `next` until it is
null. Every refusal is `application/problem+json`. Names that nobody knows, in a body or an address, are refused."""


def make_api(here: Installation | None) -> FastAPI:
    """here: None for the description alone."""
    api = FastAPI(title="Crossdock", docs_url=None, redoc_url=None, root_path_in_servers=False, redirect_slashes=False)
    api.state.here = here
    for one in ROOMS:
        api.include_router(one.router)
    _refuse(api)
    api.openapi = lambda: _described(api)  # type: ignore[method-assign]
    return api


def _described(api: FastAPI) -> dict[str, Any]:
    if api.openapi_schema is None:
        made = get_openapi(
            title="Crossdock", version="1", description=ABOUT, routes=api.routes, servers=[{"url": PREFIX}],
            tags=[{"name": name, "description": about} for one in ROOMS for name, about in one.TAGS.items()],
        )  # fmt: skip
        problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}", mode="serialization")
        made["components"]["schemas"].update({**problem.pop("$defs"), "Problem": problem})
        api.openapi_schema = made
    return api.openapi_schema


def _refuse(api: FastAPI) -> None:
    @api.exception_handler(HTTPException)
    async def refused(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        if error.status_code == 405:
            return answer(405, headers={"Allow": ", ".join(_methods(api, request.url.path))})
        status = 422 if error.status_code == 400 else error.status_code  # FastAPI's, for a body that is no text at all
        flaws = error.errors if isinstance(error, Refusal) else None
        return answer(status, _plain(error), headers=error.headers, errors=flaws)

    @api.exception_handler(RequestValidationError)
    async def unreadable(_: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        flaws = [Flaw(where=".".join(map(str, one["loc"])), problem=one["msg"]) for one in error.errors()]
        return answer(422, "What was sent cannot be taken.", errors=flaws)

    @api.exception_handler(RemedyRefused)
    async def remedy_refused(_: Request, error: Exception) -> Response:
        return answer(422, str(error))

    @api.exception_handler(NoSuchPerson)
    @api.exception_handler(NoSuchToken)
    @api.exception_handler(NoSuchFlow)
    @api.exception_handler(NoSuchAlert)
    async def not_there(_: Request, error: Exception) -> Response:
        return answer(404, str(error))

    @api.exception_handler(InvalidValue)
    @api.exception_handler(ContactRefused)
    async def no_such_value(_: Request, error: Exception) -> Response:
        return answer(422, str(error))

    @api.exception_handler(NotYours)
    async def not_yours(_: Request, error: Exception) -> Response:
        return answer(403, str(error))

    @api.exception_handler(CaseClosed)
    @api.exception_handler(PairingGone)
    @api.exception_handler(MapsChanged)
    @api.exception_handler(StartRefused)
    @api.exception_handler(AlertRefused)
    @api.exception_handler(ProbeRefused)
    @api.exception_handler(PersonRefused)
    async def stands_otherwise(_: Request, error: Exception) -> Response:
        return answer(409, str(error))

    @api.exception_handler(RemoteFault)
    async def away(_: Request, error: Exception) -> Response:
        return answer(502, f"Another system had to be asked: {error}. Look again before you repeat.")

    for lost in LOST:

        @api.exception_handler(lost)
        async def lost_it(_: Request, error: Exception) -> Response:
            log.warning("api without database", problem=f"{type(error).__name__}: {error}")
            return answer(503, headers={"Retry-After": "5"})

    @api.exception_handler(Exception)
    async def defect(_: Request, __: Exception) -> Response:
        return answer(500)


def _methods(api: FastAPI, path: str) -> list[str]:
    """Those there are at this address. The framework names those of the first function there alone."""
    told = _described(api)["paths"].items()
    at = [methods for one, methods in told if compile_path(one)[0].match(path.removeprefix(PREFIX))]
    return sorted({method.upper() for methods in at for method in methods}) or ["GET"]  # GET: of the description itself


def _plain(error: HTTPException) -> str:
    """The framework's own words, for an address or a method that is not there, say less than ours."""
    return str(error.detail) if isinstance(error, Refusal) else ""
