"""What is done with a case short of settling it: taken, put off, talked about."""

from typing import Annotated

from pydantic import Field, StringConstraints

from crossdock.api.v1.cases import mine, to_see
from crossdock.api.v1.entrance import Here, Settler, room
from crossdock.api.v1.problems import problems
from crossdock.api.v1.shapes import Given, Key, Moment, Words
from crossdock.wiring import handling

TAGS: dict[str, str] = {}
router = room("cases")
Text = Annotated[str, StringConstraints(max_length=2_000, pattern=r"^[^\x00]*$")]


class AssignWish(Given):
    to: Words = Field(description='Who takes it, by name; "" for nobody.', examples=["mary"])


class SnoozeWish(Given):
    until: Moment = Field(description="At most 14 days from now.", examples=["2026-11-02T09:00:00Z"])
    reason: Text = Field(description="Why it can wait.", examples=["the supplier answers on Monday"])


class CommentWish(Given):
    text: Text = Field(examples=["asked the supplier"])


@router.post(
    "/cases/{case_id}/assign", operation_id="assignCase", summary="Say who takes a case", status_code=204,
    description="One who settles it.", responses=problems(404, 409, 413, 415),
)  # fmt: skip
async def assign(here: Here, bearer: Settler, case_id: Key, wish: AssignWish) -> None:
    found = await mine(here, bearer, case_id)
    await handling.assign(here.pool, here.tenant, found, to=wish.to.strip(), actor=bearer.person.name)


@router.post(
    "/cases/{case_id}/snooze", operation_id="snoozeCase", summary="Put a case off", status_code=204,
    description="It comes back by itself.", responses=problems(404, 409, 413, 415),
)  # fmt: skip
async def snooze(here: Here, bearer: Settler, case_id: Key, wish: SnoozeWish) -> None:
    found = await mine(here, bearer, case_id)
    await handling.snooze(
        here.pool, here.tenant, found, until=wish.until, reason=wish.reason, actor=bearer.person.name
    )  # fmt: skip


@router.post(
    "/cases/{case_id}/wake", operation_id="wakeCase", summary="Take a case back into its queue", status_code=204,
    responses=problems(404, 409),
)  # fmt: skip
async def wake(here: Here, bearer: Settler, case_id: Key) -> None:
    found = await mine(here, bearer, case_id)
    await handling.wake(here.pool, here.tenant, found, actor=bearer.person.name)


@router.post(
    "/cases/{case_id}/comment", operation_id="commentCase", summary="Say something to a case", status_code=204,
    description="Into its history, of a closed one too. Whoever may see it may say something.",
    responses=problems(404, 413, 415),
)  # fmt: skip
async def comment(here: Here, bearer: Settler, case_id: Key, wish: CommentWish) -> None:
    found = await to_see(here, bearer, case_id)
    await handling.comment(here.pool, here.tenant, found, text=wish.text, actor=bearer.person.name)
