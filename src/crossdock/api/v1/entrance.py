"""Who comes in: a token, looked at before anything of the body is read, and what its scopes name."""

from collections.abc import Callable, Coroutine
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response, Security
from fastapi.routing import APIRoute
from fastapi.security import HTTPBearer, SecurityScopes
from starlette.types import Message, Receive

from crossdock.api.v1.problems import HEADERS, Refusal
from crossdock.decide.map_file import BYTES_MAX
from crossdock.decide.scopes import Bearer, Scope
from crossdock.wiring.installation import Installation
from crossdock.wiring.tokens import Tokens, WrongToken

BODY_MAX = 64 * 1024
FILE_MAX = 3 * BYTES_MAX + BODY_MAX  # JSON writes a letter of two bytes in six
REALM = 'Bearer realm="crossdock"'
Handler = Callable[[Request], Coroutine[Any, Any, Response]]

scheme = HTTPBearer(
    scheme_name="token", auto_error=False, bearerFormat="xdk_…", description="Made by `crossdock tokens add`."
)


class Door(APIRoute):
    """Nothing of a request is read before its token is known, and no more of it than a body may hold."""

    body_max = BODY_MAX

    def get_route_handler(self) -> Handler:
        inside = super().get_route_handler()

        async def handle(request: Request) -> Response:
            request.scope["bearer"] = await _bearer(request)
            if self.body_field is not None:
                _check_type(request)
            response = await inside(Request(request.scope, _bounded(request, self.body_max)))
            response.headers.update(HEADERS)
            return response

        return handle


class FileDoor(Door):
    """For a body that holds a file."""

    body_max = FILE_MAX


def room(*tags: str, door: type[Door] = Door) -> APIRouter:
    return APIRouter(route_class=door, tags=list(tags))


async def _entered(request: Request, scopes: SecurityScopes, _: Annotated[Any, Security(scheme)]) -> Bearer:
    """Raises Refusal: for a token without the scope that the operation needs."""
    bearer: Bearer = request.scope["bearer"]
    for scope in scopes.scopes:
        if scope not in bearer.scopes:
            challenge = f'{REALM}, error="insufficient_scope", scope="{scope}"'
            detail = f"The token {bearer.token} has not the scope {scope}."
            raise Refusal(403, detail, headers={"WWW-Authenticate": challenge})
    return bearer


def _here(request: Request) -> Installation:
    found: Installation = request.app.state.here
    return found


Here = Annotated[Installation, Depends(_here)]
Anyone = Annotated[Bearer, Security(_entered)]
Reader = Annotated[Bearer, Security(_entered, scopes=[Scope.READ])]
Settler = Annotated[Bearer, Security(_entered, scopes=[Scope.CASES_SETTLE])]
Mapper = Annotated[Bearer, Security(_entered, scopes=[Scope.MAPPINGS_WRITE])]
Runner = Annotated[Bearer, Security(_entered, scopes=[Scope.FLOWS_RUN])]
Reconciler = Annotated[Bearer, Security(_entered, scopes=[Scope.RECONCILE])]
Prober = Annotated[Bearer, Security(_entered, scopes=[Scope.PROBE])]
Auditor = Annotated[Bearer, Security(_entered, scopes=[Scope.AUDIT_READ])]
Admin = Annotated[Bearer, Security(_entered, scopes=[Scope.ADMIN])]


async def _bearer(request: Request) -> Bearer:
    """Raises Refusal."""
    here: Installation = request.app.state.here
    kind, _, secret = request.headers.get("authorization", "").partition(" ")
    if kind.lower() != "bearer" or not secret:
        raise Refusal(401, "Send a token: `Authorization: Bearer xdk_…`.", headers={"WWW-Authenticate": REALM})
    try:
        address = request.client.host if request.client else ""
        return await Tokens(here.pool, here.tenant).who(secret.strip(), address=address)
    except WrongToken as wrong:
        if wrong.retry_after_seconds is not None:
            raise Refusal(429, headers={"Retry-After": str(wrong.retry_after_seconds)}) from None
        challenge = f'{REALM}, error="invalid_token"'
        raise Refusal(401, f"{str(wrong).capitalize()}.", headers={"WWW-Authenticate": challenge}) from None


def _check_type(request: Request) -> None:
    """A body says that it is JSON; a form of some page, which a browser sends unasked, does not."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise Refusal(415, f"Send the body as application/json, not as {kind or 'nothing that is named'}.")


def _bounded(request: Request, most: int) -> Receive:
    """Raises Refusal: as soon as more came than a body may hold, whatever its length was said to be."""
    length = request.headers.get("content-length", "")
    if length.isdecimal() and int(length) > most:
        raise _too_long(most)
    size = 0

    async def receive() -> Message:
        nonlocal size
        message = await request.receive()
        size += len(message.get("body", b""))
        if size > most:
            raise _too_long(most)
        return message

    return receive


def _too_long(most: int) -> Refusal:
    return Refusal(413, f"A body holds at most {most} bytes here.")
