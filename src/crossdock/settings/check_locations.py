"""Law L8, place by place: each location has one owner, the same one wherever it is told, in one pairing alone."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from crossdock.ports.systems import System
from crossdock.settings.pairing import Flow, RetailPairing, pairing_kind
from crossdock.settings.problem import Place

OWNED_BY: Mapping[Flow, str] = {Flow.RETAIL_STOCK_INTAKE: "retail"}
"""Whose places a flow works for."""


def check_locations(
    pairing: Mapping[str, Any], sides: Mapping[str, System], flows: Iterable[Flow]
) -> Iterator[tuple[Place, str, str]]:
    """The owner told to the pairing is the one the system is told, and each flow has places to work for."""
    if pairing_kind(pairing) is not RetailPairing:
        return
    owners, far = {_key(code): one.get("owner") for code, one in _places(pairing)}, sides.get("retail_stock")
    for code, claimed in (far.claimed if far is not None else {}).items():
        if (told := owners.get(_key(code), claimed)) != claimed:
            said = f"says that {told} owns it, and {pairing['retail_stock']} is told that {claimed} does"
            yield ("locations", code, "owner"), said, "Give the location one owner, the same in both."
    told_owners = {one.get("owner") for _, one in _places(pairing)}
    for flow in flows:
        if (owner := OWNED_BY.get(flow)) is not None and owner not in told_owners:
            said = f"{flow} has nothing to do: no location is owned by {owner}"
            yield ("locations",), said, f"Name each under locations, with owner: {owner} and its site in the ERP."


def check_shared_places(pairings: Mapping[str, Mapping[str, Any]]) -> Iterator[tuple[Place, str, str]]:
    """Two pairings that count into one site of an ERP would each undo what the other did."""
    first: dict[tuple[str, str], str] = {}
    for name, pairing in pairings.items():
        for code, one in _places(pairing) if pairing_kind(pairing) is RetailPairing else ():
            if not isinstance(one.get("site"), str):
                continue
            site = (str(pairing.get("erp")), _key(one["site"]))
            if (other := first.setdefault(site, name)) != name:
                said = f"is the site of a location of pairing {other} too, and a place has one owner"
                yield (name, "locations", code, "site"), said, "Name it in one of the two pairings only."


def _places(pairing: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    written = pairing.get("locations")
    entries = written.items() if isinstance(written, Mapping) else ()
    return [(str(code), one) for code, one in entries if isinstance(one, Mapping)]


def _key(code: object) -> str:
    return str(code).strip().casefold()
