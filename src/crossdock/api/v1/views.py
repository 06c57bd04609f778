"""Views that a person keeps of the console's lists: listed, kept, dropped."""

from typing import Annotated, Literal

from fastapi import Query
from pydantic import Field, StringConstraints

from crossdock.api.v1.entrance import Here, Reader, Settler, room
from crossdock.api.v1.problems import Refusal, problems
from crossdock.api.v1.shapes import Given, Key, Told
from crossdock.decide.scopes import Bearer
from crossdock.wiring import handling

TAGS = {"views": "Views that the token's owner keeps of the console's lists. A token of nobody keeps none."}
router = room("views")
NOT_THERE = "There is no such view, or it is somebody else's."
NOBODYS = "Views are a person's, and this token is nobody's: make one with `crossdock tokens add --person`."
Place = Literal["cases", "orders"]


class ViewFilter(Given):
    place: Place


class View(Told):
    """query: what stands after the question mark of the list."""

    id: int
    name: str
    query: str


class Views(Told):
    items: list[View]


class ViewWish(Given):
    place: Place
    name: Annotated[
        str, StringConstraints(min_length=1, max_length=handling.NAME_MAX, pattern=r"^[^\x00-\x1f\x7f]*$")
    ] = Field(examples=["overdue"])
    query: Annotated[str, StringConstraints(max_length=handling.QUERY_MAX)] = Field(
        "", description="What stands after the question mark of the list.", examples=["desk=data&severity=high"]
    )


@router.get("/views", operation_id="listViews", summary="The owner's views of a list", responses=problems())
async def views(here: Here, bearer: Reader, wanted: Annotated[ViewFilter, Query()]) -> Views:
    rows = await handling.views(here.pool, here.tenant, _owner(bearer), wanted.place)
    return Views(items=[View.model_validate(row) for row in rows])


@router.post(
    "/views", operation_id="keepView", summary="Keep a view", status_code=204,
    description="One of that name is replaced. At most 50.", responses=problems(413, 415),
)  # fmt: skip
async def keep(here: Here, bearer: Settler, wanted: ViewWish) -> None:
    await handling.save_view(
        here.pool, here.tenant, _owner(bearer), place=wanted.place, name=wanted.name, query=wanted.query
    )


@router.delete(
    "/views/{view_id}", operation_id="dropView", summary="Drop a view", status_code=204, responses=problems(404)
)
async def drop(here: Here, bearer: Settler, view_id: Key) -> None:
    if not await handling.drop_view(here.pool, here.tenant, _owner(bearer), view_id):
        raise Refusal(404, NOT_THERE)


def _owner(bearer: Bearer) -> int:
    """Raises Refusal."""
    if not bearer.person.id:
        raise Refusal(403, NOBODYS)
    return bearer.person.id
