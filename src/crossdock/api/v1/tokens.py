"""Tokens: listed and revoked here; made on the command line alone, so that no token breeds others."""

from typing import Annotated

from fastapi import Query, Request

from crossdock.api.v1.entrance import Admin, Here, room
from crossdock.api.v1.problems import Refusal, problems
from crossdock.api.v1.shapes import PAGE, Given, GrantShape, Key, Limit, Moment, Next, NumberCursor, Told, next_page
from crossdock.decide.rights import may_administer
from crossdock.decide.scopes import Bearer, Scope
from crossdock.wiring.tokens import Tokens

TAGS = {"tokens": "What programs call with: listed and revoked. They are made by `crossdock tokens add`."}
router = room("tokens")
NOT_YOURS = "People and tokens are for administrators of everything."


class TokenFilter(Given):
    cursor: NumberCursor = None
    limit: Limit = PAGE


class TokenState(Told):
    """person: whose it is; "" for a service. grants: its own. used_at: to within five minutes."""

    id: int
    name: str
    person: str
    scopes: list[Scope]
    grants: list[GrantShape]
    made_by: str
    created_at: Moment
    expires_at: Moment | None
    used_at: Moment | None
    revoked_at: Moment | None


class TokenPage(Told):
    items: list[TokenState]
    next: Next


@router.get("/tokens", operation_id="listTokens", summary="All tokens, newest first", responses=problems())
async def tokens(request: Request, here: Here, bearer: Admin, wanted: Annotated[TokenFilter, Query()]) -> TokenPage:
    _check(bearer)
    before = int(wanted.cursor) if wanted.cursor else None
    rows = await Tokens(here.pool, here.tenant).list(before=before, limit=wanted.limit)
    last = rows[-1].id if len(rows) == wanted.limit else None
    return TokenPage(items=[TokenState.model_validate(row) for row in rows], next=next_page(request, last))


@router.delete(
    "/tokens/{token_id}", operation_id="revokeToken", summary="Revoke a token", status_code=204,
    description="The next call with it is refused.", responses=problems(404),
)  # fmt: skip
async def revoke(here: Here, bearer: Admin, token_id: Key) -> None:
    _check(bearer)
    await Tokens(here.pool, here.tenant).revoke_number(token_id, actor=bearer.person.name)


def _check(bearer: Bearer) -> None:
    if not may_administer(bearer.person):
        raise Refusal(403, NOT_YOURS)
