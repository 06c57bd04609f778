"""Several cases at once: chosen in the queue, taken, put off, or settled by one remedy that each of them rehearses."""

from collections.abc import Awaitable, Callable, Sequence

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from crossdock.console.address import KEY_MAX
from crossdock.console.cases import wish_of
from crossdock.console.entrance import Form, Me, menu
from crossdock.console.handling import read_hours
from crossdock.console.render import page
from crossdock.flows.wish import RemedyRefused, Wish
from crossdock.ports.case_book import CaseRow
from crossdock.wiring import handling
from crossdock.wiring.case_rights import case_to_settle
from crossdock.wiring.installation import Installation
from crossdock.wiring.people import SignedIn
from crossdock.wiring.together import MOST, Said, common_ways, rehearse_together, settle_together

router = APIRouter()
CHOICE = "case-"
Deed = Callable[[Installation, Sequence[CaseRow], Wish], Awaitable[Sequence[Said]]]


@router.post("/cases/together")
async def choose(request: Request, me: Me, form: Form) -> Response:
    """What can be done with all of them."""
    chosen = await _chosen(request, me, form)
    return page(request, "together.html", chosen=chosen, common=common_ways(chosen), **menu(me, "cases"))


@router.post("/cases/together/take")
async def take(request: Request, me: Me, form: Form) -> Response:
    here: Installation = request.app.state.here
    for one in await _chosen(request, me, form):
        await handling.assign(here.pool, here.tenant, one, to=me.person.name, actor=me.person.name)
    return RedirectResponse("/cases", 303)


@router.post("/cases/together/snooze")
async def snooze(request: Request, me: Me, form: Form) -> Response:
    here: Installation = request.app.state.here
    until, chosen = read_hours(form.get("hours", "")), await _chosen(request, me, form)
    for one in chosen:
        reason = form.get("reason", "")
        await handling.snooze(here.pool, here.tenant, one, until=until, reason=reason, actor=me.person.name)
    return RedirectResponse("/cases", 303)


@router.post("/cases/together/rehearse")
async def rehearse(request: Request, me: Me, form: Form) -> Response:
    """Each says for itself what would come of it; nothing is changed."""
    return await _said(request, me, form, rehearse_together, done=False)


@router.post("/cases/together/settle")
async def settle(request: Request, me: Me, form: Form) -> Response:
    return await _said(request, me, form, settle_together, done=True)


async def _said(request: Request, me: SignedIn, form: dict[str, str], deed: Deed, *, done: bool) -> Response:
    here: Installation = request.app.state.here
    chosen = await _chosen(request, me, form)
    wish = wish_of(me, {name: form[name] for name in ("remedy", "reason") if name in form})
    said = await deed(here, chosen, wish)
    return page(request, "together_said.html", said=said, wish=wish, done=done, **menu(me, "cases"))


async def _chosen(request: Request, me: SignedIn, form: dict[str, str]) -> Sequence[CaseRow]:
    """The cases ticked that this person may settle. Raises RemedyRefused when there is none, or too many; NotYours."""
    here: Installation = request.app.state.here
    numbers = sorted(int(name[len(CHOICE) :]) for name in form if name.startswith(CHOICE) and _is_key(name))
    if len(numbers) > MOST:
        raise RemedyRefused(f"At most {MOST} at once.")
    found = [await case_to_settle(here, me.person, number) for number in numbers]
    chosen = [one for one in found if one is not None and one.state == "open"]
    if not chosen:
        raise RemedyRefused("Choose cases first: tick them in the list.")
    return chosen


def _is_key(name: str) -> bool:
    text = name[len(CHOICE) :]
    return text.isascii() and text.isdigit() and int(text) <= KEY_MAX
