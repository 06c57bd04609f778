"""Systems: what each is, can do and is used for, and how it answers; no secret is shown."""

from datetime import UTC, datetime
from typing import Any

from fastapi import APIRouter, Request, Response
from yarl import URL

from crossdock.console.entrance import Me, menu
from crossdock.console.overview import known, visible
from crossdock.console.render import page
from crossdock.store.runs import read_status
from crossdock.wiring.installation import Installation

router = APIRouter()


@router.get("/systems")
async def systems(request: Request, me: Me) -> Response:
    here: Installation = request.app.state.here
    mine = visible(here, me.person)
    found = await read_status(here.pool, here.tenant)
    budgets = {one["system"]: one for one in found["budgets"]}
    names = dict.fromkeys(name for pairing in mine for name in here.project.pairings[pairing].systems())
    rows = [_system(here, name, mine, budgets.get(name)) for name in names]
    marks = [one for one in found["watermarks"] if one["pairing"] in mine]
    return page(request, "systems.html", rows=rows, marks=marks, **menu(me, "systems"))


def _system(here: Installation, name: str, mine: list[str], budget: Any) -> dict[str, Any]:
    kind, now = here.kind_of(name), datetime.now(UTC)
    stopped = known(budget["open_until"]) if budget else None
    told = known(budget["blocked_until"]) if budget else None
    return {
        "name": name,
        "title": kind.title,
        "role": kind.role,
        "address": str(URL(str(here.project.systems[name].base_url)).with_user(None)),
        "pairings": [one for one in mine if name in here.project.pairings[one].systems()],
        "capabilities": sorted(str(one) for one in kind.capabilities),
        "failures": budget["failures"] if budget else 0,
        "calls_left": round(budget["tokens"]) if budget else None,
        "stopped": stopped if stopped and stopped > now else None,
        "told_to_wait": told if told and told > now else None,
    }
