"""Several cases at once: chosen in the queue, taken, put off, or settled by one remedy that each of them rehearses."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from crossdock.console.address import KEY_MAX
from crossdock.console.cases import mine_to_settle, wish_of
from crossdock.console.entrance import Form, Me, menu
from crossdock.console.handling import read_hours
from crossdock.console.render import page
from crossdock.flows.wish import RemedyRefused
from crossdock.ports.case_book import CaseRow
from crossdock.wiring import handling
from crossdock.wiring.case_file import Way, ways
from crossdock.wiring.installation import Installation
from crossdock.wiring.people import SignedIn
from crossdock.wiring.settling import Settler, settler

router = APIRouter()
MOST = 100
CHOICE = "case-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One chosen case and what is said of it. went: False for a refusal."""

    case: CaseRow
    text: str
    went: bool = True


@router.post("/cases/together")
async def choose(request: Request, me: Me, form: Form) -> Response:
    """What can be done with all of them."""
    chosen = await _chosen(request, me, form)
    return page(request, "together.html", chosen=chosen, common=_common(chosen), **menu(me, "cases"))


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
    return await _each(request, me, form, lambda at: at.rehearse, done=False)


@router.post("/cases/together/settle")
async def settle(request: Request, me: Me, form: Form) -> Response:
    """One after the other: a refusal of one stops none of its neighbours."""
    return await _each(request, me, form, lambda at: at.apply, done=True)


async def _each(
    request: Request, me: SignedIn, form: dict[str, str], deed: Callable[[Settler], Any], *, done: bool
) -> Response:
    here: Installation = request.app.state.here
    chosen = await _chosen(request, me, form)
    wish = wish_of(me, {name: form[name] for name in ("remedy", "reason") if name in form})
    if wish.remedy not in {one.remedy for one in _common(chosen)}:
        raise RemedyRefused("These cases have no such remedy in common.")
    said = []
    for case in chosen:
        try:
            at = settler(here, case.pairing)
            if at is None:
                raise RemedyRefused(f"The settings no longer have the pairing {case.pairing}.")
            said.append(Said(case=case, text=str(await deed(at)(case, wish))))
        except RemedyRefused as refusal:
            said.append(Said(case=case, text=str(refusal), went=False))
    return page(request, "together_said.html", said=said, wish=wish, done=done, **menu(me, "cases"))


async def _chosen(request: Request, me: SignedIn, form: dict[str, str]) -> Sequence[CaseRow]:
    """The cases ticked that this person may settle. Raises RemedyRefused when there is none, or too many."""
    numbers = sorted(int(name[len(CHOICE) :]) for name in form if name.startswith(CHOICE) and _is_key(name))
    if len(numbers) > MOST:
        raise RemedyRefused(f"At most {MOST} at once.")
    found = [await mine_to_settle(request, me, number) for number in numbers]
    chosen = [one for one in found if one is not None and one.state == "open"]
    if not chosen:
        raise RemedyRefused("Choose cases first: tick them in the list.")
    return chosen


def _is_key(name: str) -> bool:
    text = name[len(CHOICE) :]
    return text.isascii() and text.isdigit() and int(text) <= KEY_MAX


def _common(chosen: Sequence[CaseRow]) -> Sequence[Way]:
    """Remedies that all of them offer and that need nothing but a reason."""
    first, *others = [{way.remedy: way for way in ways(one.kind) if not way.params} for one in chosen]
    return [way for remedy, way in first.items() if all(remedy in other for other in others)]
