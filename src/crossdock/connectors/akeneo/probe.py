"""The look that tells whether a PIM can be worked with: sign in, then one page of each readable record."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from crossdock.connectors.akeneo import mapping_structure as structure
from crossdock.connectors.akeneo.client import quoted
from crossdock.connectors.akeneo.faults import Denied
from crossdock.connectors.akeneo.mapping import key_in, to_product, to_product_model
from crossdock.connectors.akeneo.paging import SEARCH_AFTER, page_in
from crossdock.connectors.akeneo.session import Session
from crossdock.connectors.akeneo.source import documents
from crossdock.connectors.akeneo.source_structure import document
from crossdock.model.faults import RemoteFault
from crossdock.ports.systems import Document, ProbeLine

ROWS = 10
SELECTS = ("pim_catalog_simpleselect", "pim_catalog_multiselect")
OPEN_TO_ALL = frozenset({401, 403, 404})  # what a PIM may say instead of its version


class Probe:
    """One look. Makes lines, never a traceback."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def lines(self) -> Sequence[ProbeLine]:
        """A sign-in that fails ends it."""
        signed_in = await _line("sign-in", self._sign_in)
        if signed_in.problem or signed_in.denied:
            return [signed_in]
        families: list[Any] = []
        attributes: list[Any] = []
        return [
            signed_in,
            await _line("products", self._products),
            await _line("product models", self._models),
            await self._structure("families", "families", structure.to_family, families),
            await self._below("family variants", families, "families/{}/variants", structure.to_family_variant),
            await self._structure("categories", "categories", structure.to_category),
            await self._structure("attributes", "attributes", structure.to_attribute, attributes),
            await self._below("attribute options", [row for row in attributes if _is_select(row)],
                              "attributes/{}/options", structure.to_attribute_option),
        ]  # fmt: skip

    async def _sign_in(self) -> ProbeLine:
        await self._session.api.sign_in()
        by = await self._session.by()
        said = await self._version()
        return ProbeLine(what=f"sign-in (Akeneo{said}, products by {by})", read=1)

    async def _version(self) -> str:
        """Its own words, where it says them: releases before 6.0 do not know the address."""
        try:
            answer = await self._session.api.read("system-information", expect=OPEN_TO_ALL)
        except Denied:
            return ""
        body = answer.body if isinstance(answer.body, dict) else {}
        said = (str(body[name]) for name in ("edition", "version") if isinstance(body.get(name), str))
        return "".join(f" {one:.40}" for one in said)

    async def _products(self) -> ProbeLine:
        rows = await self._rows(await self._session.products_path(), **SEARCH_AFTER)
        found = list(documents(rows, await self._session.reading(rows), to_product))
        line = _counted("products", found)
        if line.problem or not found or any(one.value and one.value.sku for one in found):
            return line
        attribute = self._session.settings.sku_attribute
        problem = f"none of them has a SKU in the attribute {attribute!r}; check sku_attribute"
        return ProbeLine(what="products", read=line.read, unreadable=line.unreadable, problem=problem)

    async def _models(self) -> ProbeLine:
        rows = await self._rows("product-models", **SEARCH_AFTER)
        reading = await self._session.reading(rows, products=False)
        return _counted("product models", list(documents(rows, reading, to_product_model)))

    async def _structure(
        self, what: str, path: str, read: Callable[[Any], Any], keep: list[Any] | None = None
    ) -> ProbeLine:
        async def look() -> ProbeLine:
            rows = await self._rows(path)
            if keep is not None:
                keep.extend(rows)
            return _counted(what, [document(row, read) for row in rows])

        return await _line(what, look)

    async def _below(self, what: str, above: list[Any], path: str, read: Callable[[Any], Any]) -> ProbeLine:
        """Of the first record above, if there is one."""
        code = next(filter(None, (key_in(row, "code") for row in above)), "")
        if not code:
            return ProbeLine(what=what)
        return await self._structure(what, path.format(quoted(code)), read)

    async def _rows(self, path: str, **query: str) -> list[Any]:
        answer = await self._session.api.read(path, {**query, "limit": str(ROWS)})
        return page_in(answer.body, path).rows


def _is_select(row: Any) -> bool:
    return isinstance(row, dict) and row.get("type") in SELECTS


def _counted(what: str, found: Sequence[Document[Any]]) -> ProbeLine:
    faults = [one for one in found if one.fault is not None]
    problem = f"{faults[0].ref or 'a record without a key'}: {faults[0].fault}" if faults else ""
    return ProbeLine(what=what, read=len(found), unreadable=len(faults), problem=problem)


async def _line(what: str, look: Callable[[], Awaitable[ProbeLine]]) -> ProbeLine:
    try:
        return await look()
    except Denied as denied:
        return ProbeLine(what=what, denied=str(denied))
    except RemoteFault as fault:
        return ProbeLine(what=what, problem=str(fault))
