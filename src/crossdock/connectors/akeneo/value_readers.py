"""One value of each type, from the wire: text, Decimal, bool, a tuple or a mapping, exact.

Amounts come as text, whole numbers or fractions; days with midnight of the server's zone behind them; media as codes
with links. Source: Akeneo REST API, "The values" (concepts/products), "Media files", "Asset Manager";
pim-community-dev, end-to-end tests.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal
from urllib.parse import quote

from crossdock.connectors.akeneo.value_types import How

NUMBER = re.compile(r"[+-]?\d{1,40}(\.\d{1,40})?([eE][+-]?\d{1,2})?")
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
API_PATH = "/api/rest/v1/"


class Wrong(Exception):
    """A value that is not what its type holds. place: inside the value's data, such as `[0].amount`."""

    def __init__(self, problem: str, place: str = "") -> None:
        super().__init__(problem)
        self.problem = problem
        self.place = place


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One value as it came. links: its `_links`; linked: its `linked_data`."""

    data: Any
    kind: str = ""
    links: Mapping[str, Any] = field(default_factory=dict)
    linked: Any = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Media:
    """mode: media values are their download address, or their code. base_url: where from; "" leaves links alone."""

    mode: Literal["url", "code"] = "url"
    base_url: str = ""


def amount(data: Any, place: str = "") -> Decimal:
    """A number as text, whole number or fraction, exact. Raises Wrong."""
    if isinstance(data, str) and NUMBER.fullmatch(data):
        return Decimal(data)
    if isinstance(data, int | Decimal) and not isinstance(data, bool):
        return Decimal(data)
    raise Wrong(f'must be a number, such as "12.5000"; was {data!r:.80}', place)


def _text(cell: Cell, _: Media) -> str:
    if not isinstance(cell.data, str):
        raise Wrong(f"must be text; was {cell.data!r:.80}")
    return cell.data


def _number(cell: Cell, _: Media) -> Decimal:
    return amount(cell.data)


def _boolean(cell: Cell, _: Media) -> bool:
    if not isinstance(cell.data, bool):
        raise Wrong(f"must be true or false; was {cell.data!r:.80}")
    return cell.data


def _date(cell: Cell, media: Media) -> str:
    """A day. It comes with midnight of the server's zone behind it, which is no part of it."""
    text = _text(cell, media)
    try:
        if not DAY.match(text):
            raise ValueError
        return datetime.fromisoformat(text).date().isoformat()
    except ValueError:
        raise Wrong(f'must be a day, such as "2026-03-02"; was {text!r:.80}') from None


def _measure(cell: Cell, _: Media) -> Mapping[str, Any]:
    data = cell.data
    if not isinstance(data, dict):
        raise Wrong(f'must be {{"amount", "unit"}}; was {data!r:.80}')
    unit = data.get("unit")
    if not isinstance(unit, str) or not unit:
        raise Wrong(f"must be the code of a unit; was {unit!r:.80}", ".unit")
    return {"amount": amount(data.get("amount"), ".amount"), "unit": unit}


def _prices(cell: Cell, _: Media) -> tuple[Mapping[str, Any], ...]:
    if not isinstance(cell.data, list):
        raise Wrong(f'must be a list of {{"amount", "currency"}}; was {cell.data!r:.80}')
    return tuple(_price(one, f"[{at}]") for at, one in enumerate(cell.data))


def _price(one: Any, place: str) -> Mapping[str, Any]:
    if not isinstance(one, dict):
        raise Wrong(f'must be {{"amount", "currency"}}; was {one!r:.80}', place)
    currency = one.get("currency")
    if not isinstance(currency, str) or not currency:
        raise Wrong(f"must be the code of a currency; was {currency!r:.80}", f"{place}.currency")
    return {"amount": amount(one.get("amount"), f"{place}.amount"), "currency": currency}


def _codes(cell: Cell, _: Media) -> tuple[str, ...]:
    if not isinstance(cell.data, list):
        raise Wrong(f"must be a list of codes; was {cell.data!r:.80}")
    for at, one in enumerate(cell.data):
        if not isinstance(one, str):
            raise Wrong(f"must be a code; was {one!r:.80}", f"[{at}]")
    return tuple(cell.data)


def _media(cell: Cell, media: Media) -> str:
    """The address it is fetched from, ours whatever host the link names: a proxy may stand between."""
    code = _text(cell, media)
    if media.mode == "code":
        return code
    for name in ("share_link", "download"):  # public before private
        if href := _href(cell.links.get(name)):
            return rehosted(href, media.base_url)
    return f"{media.base_url}{API_PATH}media-files/{quote(code)}/download" if media.base_url else code


def _link(cell: Cell, media: Media) -> str:
    """A link to a medium elsewhere: whole where the PIM says so, else the part it holds."""
    whole = cell.linked.get("full_url") if isinstance(cell.linked, dict) else None
    return whole if isinstance(whole, str) and whole and media.mode == "url" else _text(cell, media)


def _assets(cell: Cell, media: Media) -> tuple[Any, ...]:
    """Codes of assets, each with its public addresses where the PIM gave any: `{"code", "urls"}`."""
    codes = _codes(cell, media)
    shared = cell.linked if isinstance(cell.linked, dict) else {}
    found = {code: _shared(shared.get(code)) for code in codes}
    return tuple({"code": code, "urls": found[code]} if found[code] else code for code in codes)


def _shared(entry: Any) -> tuple[str, ...]:
    shares = entry.get("share_links") if isinstance(entry, dict) else None
    hrefs = [_href((one.get("_links") or {}).get("self")) for one in shares or () if isinstance(one, dict)]
    return tuple(href for href in hrefs if href)


def _table(cell: Cell, _: Media) -> Any:
    if not isinstance(cell.data, list) or not all(isinstance(row, dict) for row in cell.data):
        raise Wrong(f"must be a list of rows; was {cell.data!r:.80}")
    return exact(cell.data)


def _plain(cell: Cell, _: Media) -> Any:
    return exact(cell.data)


READERS: Mapping[How, Callable[[Cell, Media], Any]] = {
    "text": _text,
    "number": _number,
    "boolean": _boolean,
    "date": _date,
    "measure": _measure,
    "prices": _prices,
    "code": _text,
    "codes": _codes,
    "media": _media,
    "link": _link,
    "assets": _assets,
    "table": _table,
    "plain": _plain,
}


def exact(data: Any) -> Any:
    """As it is, with every number a Decimal and every list a tuple."""
    if isinstance(data, dict):
        return {key: exact(value) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return tuple(exact(value) for value in data)
    return Decimal(data) if isinstance(data, int) and not isinstance(data, bool) else data


def rehosted(href: str, base_url: str) -> str:
    """The same path at our base URL. A link that is not the API's own stays as it is."""
    at = href.find(API_PATH)
    return f"{base_url}{href[at:]}" if base_url and at >= 0 else href


def _href(link: Any) -> str:
    href = link.get("href") if isinstance(link, dict) else None
    return href if isinstance(href, str) else ""
