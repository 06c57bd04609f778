"""What the token itself is, so that whoever holds it can look before asking for more."""

from crossdock.api.v1.entrance import Anyone, room
from crossdock.api.v1.problems import problems
from crossdock.api.v1.shapes import GrantShape, Told
from crossdock.decide.scopes import Scope

TAGS = {"token": "The token that calls."}
router = room("token")


class Me(Told):
    """actor: as the audit trail names what is done with this token. grants: what is left of its own and its owner's."""

    token: str
    actor: str
    scopes: list[Scope]
    grants: list[GrantShape]


@router.get("/me", operation_id="showToken", summary="Who am I?", responses=problems())
async def me(bearer: Anyone) -> Me:
    grants = [GrantShape.model_validate(one) for one in bearer.person.grants]
    return Me(token=bearer.token, actor=bearer.person.name, scopes=sorted(bearer.scopes), grants=grants)
