"""Mappings: every code map, listed, searched, and changed with the effect shown before it is saved."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from yarl import URL

from crossdock.console.address import KEY_MAX, Before, Position, Words, link
from crossdock.console.entrance import Forbidden, Form, Me, NotThere, menu
from crossdock.console.render import page
from crossdock.decide.mappings import MAP_PARAMS, MapChange, desk_of
from crossdock.decide.rights import may_settle
from crossdock.flows.wish import RemedyRefused
from crossdock.model.code_map import MapKind
from crossdock.store.mappings import MapState
from crossdock.store.sorting import ByNameOrAge
from crossdock.wiring import mappings as wiring
from crossdock.wiring.installation import Installation
from crossdock.wiring.map_changes import rehearse_changes, save_changes
from crossdock.wiring.overview import visible
from crossdock.wiring.people import SignedIn

router = APIRouter()
PAGE = 50
NOT_THERE = "There is no such mapping, or it belongs to a pairing that is not yours."
TITLES: Mapping[MapKind, str] = {
    MapKind.SKU: "Stock codes", MapKind.UNIT: "Units", MapKind.TAX: "Tax codes", MapKind.SHIPPING: "Shipping methods",
    MapKind.PAYMENT_TERM: "Payment terms", MapKind.COURIER: "Couriers", MapKind.PRICE_LIST: "Price lists",
    MapKind.ATTRIBUTE: "Attributes", MapKind.COMPANY: "Companies", MapKind.PROMOTION: "Promotions",
}  # fmt: skip
MEANS: Mapping[MapKind, str] = {
    MapKind.SKU: "storefront SKU → ERP stock code, where they differ",
    MapKind.UNIT: "unit, or SKU/unit for one item → stock units in one",
    MapKind.TAX: "storefront tax code, or COUNTRY/code → the ERP's tax code and its percent",
    MapKind.SHIPPING: "storefront shipping method → ERP courier",
    MapKind.PAYMENT_TERM: "storefront payment term → ERP payment code; empty puts no payment on the order",
    MapKind.COURIER: "ERP courier → carrier the storefront shows",
    MapKind.PRICE_LIST: "ERP price list → the storefront's price list",
    MapKind.ATTRIBUTE: "ATTRIBUTE/value of the PIM → the ERP's code for it",
    MapKind.COMPANY: "COUNTRY/CURRENCY → entry of the company map",
    MapKind.PROMOTION: "promotion, or mechanic → what it becomes in the ERP",
}


@router.get("/mappings")
async def entries(
    request: Request, me: Me, pairing: Words = "", kind: Words = "", q: Words = "",
    state: MapState = MapState.CURRENT, sort: ByNameOrAge = ByNameOrAge.A_TO_Z, after: Position = "",
) -> Response:  # fmt: skip
    here: Installation = request.app.state.here
    mine = visible(here, me.person)
    if pairing and pairing not in mine:
        return not_there(request)
    if not mine:
        return page(request, "mappings.html", pairings=(), **menu(me, "mappings"))
    pairing = pairing or mine[0]
    counts = await wiring.count_mappings(here, pairing)
    chosen = map_of(kind) if kind else next((one for one in MapKind if counts.get(one)), MapKind.SKU)
    found = await wiring.list_mappings(here, pairing, chosen, words=q, state=state, sort=sort, after=after, limit=PAGE)
    asked = {
        "pairing": pairing, "kind": chosen, "q": q, "state": "" if state is MapState.CURRENT else state,
        "sort": "" if sort is ByNameOrAge.A_TO_Z else sort,
    }  # fmt: skip
    return page(
        request, "mappings.html", pairings=mine, pairing=pairing, counts=counts, q=q, state=state, sort=sort,
        rows=found.rows, following=found.following, link=partial(link, "/mappings", asked),
        beside=wiring.settings_beside(here, pairing, chosen), **_about(me, pairing, chosen), **menu(me, "mappings"),
    )  # fmt: skip


@router.get("/mappings/entry")
async def entry(
    request: Request, me: Me, pairing: Words, kind: Words, key: Words = "", before: Before = None
) -> Response:
    """One entry and its versions; without a key, the form for a new one."""
    here: Installation = request.app.state.here
    if pairing not in visible(here, me.person):
        return not_there(request)
    chosen = map_of(kind)
    found = await wiring.read_mapping(here, pairing, chosen, key, before=before, limit=PAGE)
    if key and not found.versions and before is None:
        return not_there(request)
    return page(
        request, "mapping.html", one=found, pairing=pairing, **_about(me, pairing, chosen), **menu(me, "mappings")
    )


@router.post("/mappings/rehearse")
async def rehearse(request: Request, me: Me, form: Form) -> Response:
    """What the change would do; nothing is changed."""
    here: Installation = request.app.state.here
    pairing, kind = mine(here, me, form)
    change = _change(here, pairing, kind, form)
    if not form.get("why", "").strip():
        raise RemedyRefused("say why: it is what the next person will read")
    found = await rehearse_changes(here, pairing, [change], actor=me.person.name)
    return page(
        request, "mapping_rehearsed.html", change=change, effect=found, form=form, pairing=pairing,
        back=_address(pairing, kind, change.key), **_about(me, pairing, kind), **menu(me, "mappings"),
    )  # fmt: skip


@router.post("/mappings/save")
async def save(request: Request, me: Me, form: Form) -> Response:
    here: Installation = request.app.state.here
    pairing, kind = mine(here, me, form)
    change = _change(here, pairing, kind, form)
    await save_changes(here, pairing, [change], actor=me.person.name, reason=form.get("why", ""))
    return RedirectResponse(_address(pairing, kind, change.key), 303)


def mine(here: Installation, me: SignedIn, form: Mapping[str, str]) -> tuple[str, MapKind]:
    """The pairing and the map that a form speaks of. Raises NotThere, Forbidden."""
    pairing, kind = form.get("pairing", ""), map_of(form.get("kind", ""))
    if pairing not in visible(here, me.person):
        raise NotThere(NOT_THERE)
    if not may_settle(me.person, desk=desk_of(kind), pairing=pairing):
        raise Forbidden(f"{TITLES[kind]} of {pairing} are changed by operators of the {desk_of(kind)} desk.")
    return pairing, kind


def map_of(word: str) -> MapKind:
    if word not in list(MapKind):
        raise RemedyRefused(f"there is no map {word!r}; there is {', '.join(MapKind)}")
    return MapKind(word)


def not_there(request: Request) -> Response:
    return page(request, "refused.html", 404, title="Not there", text=NOT_THERE)


def _change(here: Installation, pairing: str, kind: MapKind, form: Mapping[str, str]) -> MapChange:
    key, seen = form.get("key", ""), form.get("expected", "0")
    if not seen.isdecimal() or int(seen) > KEY_MAX:
        raise RemedyRefused("the form does not say which version was seen; open the mapping again")
    if form.get("deed") == "retire":
        return wiring.retire_entry(here, pairing, kind, key, expected=int(seen))
    params = {name: form[name] for name in MAP_PARAMS[kind] if name in form}
    if kind is MapKind.PROMOTION:
        params["reason"] = form.get("word", "")
    return wiring.change_entry(here, pairing, kind, key, params, expected=int(seen))


def _about(me: SignedIn, pairing: str, kind: MapKind) -> dict[str, Any]:
    """What every page of a map says of it."""
    desk = desk_of(kind)
    return {
        "kind": kind, "title": TITLES[kind], "means": MEANS[kind], "titles": TITLES, "desk": desk,
        "params": MAP_PARAMS[kind], "may": may_settle(me.person, desk=desk, pairing=pairing),
    }  # fmt: skip


def _address(pairing: str, kind: MapKind, key: str) -> str:
    return str(URL("/mappings/entry").with_query(pairing=pairing, kind=str(kind), key=key))
