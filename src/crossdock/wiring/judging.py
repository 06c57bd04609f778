"""The laws judged after a run: what the simulators hold, against what the database says."""

import asyncio
import dataclasses
from collections.abc import Mapping, Set
from typing import Any

import aiohttp

from crossdock.sandbox.goods_laws import check_catalogue, check_shelves
from crossdock.sandbox.laws import Verdict, check_laws
from crossdock.sandbox.views import State, in_one_shape
from crossdock.settings.pairing import RetailPairing
from crossdock.settings.tree import Project
from crossdock.store.audit import verify
from crossdock.store.database import open_database
from crossdock.store.runs import read_book
from crossdock.wiring.installation import database_url

COUNTED = frozenset({"SOAP ImportStockStatus"})
"""Calls by which a pairing of shops tells the ERP what it counted: no pairing that sells makes them."""
TIMEOUT = aiohttp.ClientTimeout(total=60)


class NoSandbox(Exception):
    """A configured system does not answer as a simulator; the text names it."""


async def judge_laws(project: Project) -> dict[str, dict[str, Verdict]]:
    """Pairing → law → verdict. Raises NoSandbox, DatabaseUnavailable."""
    states = await _read_states(project)
    async with open_database(database_url(project), project.data_dir, pool_max=4) as pool:
        book = await read_book(pool, project.tenant)
        audit = dataclasses.asdict(await verify(pool, project.tenant))
    shapes = {name: in_one_shape(project.systems[name].kind, state) for name, state in states.items()}
    judged = judge_sales(project, shapes, {**book, "audit": audit})
    return {**judged, **judge_goods(project, states, book)}


def judge_sales(
    project: Project, shapes: Mapping[str, State], book: Mapping[str, Any]
) -> dict[str, dict[str, Verdict]]:
    """The pairings that sell, each by what is its own. shapes: by system, in the one shape."""
    return {
        name: check_laws(shapes[one.storefront], _own(project, name, shapes), book_of(book, name))
        for name, one in project.sales.items()
    }


def _own(project: Project, name: str, shapes: Mapping[str, State]) -> State:
    """The ERP as one pairing should see it: the site it sells from, without what other storefronts sold, and without
    what a pairing of shops writes there."""
    mine = project.sales[name]
    erp, site = shapes[mine.erp], getattr(project.systems[mine.erp], "site", "")
    sold = {order["identifier"] for order in shapes[mine.storefront]["orders"]}
    others = {
        order["identifier"]
        for other in project.sales.values()
        if other.erp == mine.erp and other.storefront != mine.storefront
        for order in shapes[other.storefront]["orders"]
    } - sold
    codes = {order["code"] for order in erp["orders"] if order["associated_ref"] in others}
    channel = erp.get("channel", {})
    of_shops = COUNTED if any(one.erp == mine.erp for one in project.retail.values()) else frozenset()
    return {
        **erp,
        "stock": [row for row in erp["stock"] if not site or row.get("site", site) == site],
        "orders": [order for order in erp["orders"] if order["associated_ref"] not in others],
        "channel": {**channel, "returns": [one for one in channel.get("returns", ()) if not _is_of(one, codes)]},
        "calls": {label: count for label, count in erp["calls"].items() if label not in of_shops},
    }


def _is_of(note: Mapping[str, Any], codes: Set[str]) -> bool:
    """Whether a credit note is of one of these orders."""
    return any(line["source_order"] in codes for line in note["lines"])


def judge_goods(project: Project, states: Mapping[str, Any], book: Mapping[str, Any]) -> dict[str, dict[str, Verdict]]:
    """The pairings that sell nothing. states: by system."""
    described = {
        name: check_catalogue(states[one.pim], states[one.erp], book_of(book, name))
        for name, one in project.catalogues.items()
    }
    counted = {
        name: check_shelves(states[one.retail_stock], states[one.erp], book_of(book, name), _counted_by_shops(one))
        for name, one in project.retail.items()
        if "levels" in states[one.retail_stock]  # a sizing service holds no shelves
    }
    return {**described, **counted}


def _counted_by_shops(pairing: RetailPairing) -> dict[str, str]:
    return {code: one.site for code, one in pairing.locations.items() if one.owner == "retail"}


def book_of(book: Mapping[str, Any], pairing: str) -> dict[str, Any]:
    """The rows of one pairing; what belongs to no pairing, like the audit trail, stays."""
    return {
        part: [row for row in rows if row["pairing"] == pairing] if isinstance(rows, list) else rows
        for part, rows in book.items()
    }


async def _read_states(project: Project) -> dict[str, Any]:
    names = {side for one in project.pairings.values() for side in one.systems()}
    async with aiohttp.ClientSession(timeout=TIMEOUT) as session:
        read = [_read_state(session, name, project.systems[name].base_url) for name in sorted(names)]
        return dict(await asyncio.gather(*read))


async def _read_state(session: aiohttp.ClientSession, name: str, base_url: str) -> tuple[str, Any]:
    url = f"{base_url}/_sandbox/state"
    try:
        async with session.get(url) as answer:
            if answer.status != 200:
                raise NoSandbox(
                    f"{name} is no simulator: GET {url} answered {answer.status}. Laws are judged on those."
                )
            return name, await answer.json()
    except (aiohttp.ClientError, TimeoutError) as error:
        said = str(error) or type(error).__name__
        raise NoSandbox(
            f"{name} does not answer: {said}. Start `crossdock sandbox serve` with these settings."
        ) from error
