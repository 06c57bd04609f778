"""How a reader asked to see products: reducers and opt-ins, read from the query and checked."""

from collections.abc import Mapping
from dataclasses import dataclass

from crossdock.sandbox.akeneo.errors import invalid
from crossdock.sandbox.akeneo.model import Pim

API = "/api/rest/v1"


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """How a reader wants to see: base is the PIM's URL; None for a reducer that was not asked for."""

    base: str
    by_identifier: bool = False
    attributes: frozenset[str] | None = None
    locales: frozenset[str] | None = None
    scope: str | None = None
    flags: frozenset[str] = frozenset()

    @property
    def path(self) -> str:
        return "products" if self.by_identifier else "products-uuid"


FLAGS = (
    "with_attribute_options", "with_quality_scores", "with_completenesses", "with_root_parent",
    "with_workflow_execution_statuses", "with_asset_share_links", "with_enabled_assets_only", "convert_measurements",
)  # fmt: skip
SAAS_FLAGS = frozenset({"with_root_parent", "with_workflow_execution_statuses", "with_asset_share_links"})


def view_of(pim: Pim, params: Mapping[str, str], base: str, *, by_identifier: bool = False) -> View:
    """Raises the 422 for a reducer that names what is not there."""
    scope = params.get("scope") or None
    if scope is not None and scope not in pim.table("channels"):
        raise invalid(f'Scope "{scope}" does not exist.')
    attributes = _codes(params.get("attributes"))
    if attributes is not None:
        _refuse("Attribute", [code for code in attributes if pim.attribute(code) is None], "do{} not exist.")
    locales = _codes(params.get("locales"))
    if locales is not None:
        wrong = [code for code in locales if not pim.locale_active(code)]
        _refuse("Locale", wrong, "do{} not exist or {} not activated.")
        if scope is not None:
            outside = [code for code in locales if code not in pim.table("channels")[scope]["locales"]]
            _refuse("Locale", outside, f'{{}} not activated for the scope "{scope}".', verb="be")
    flags = frozenset(name for name in FLAGS if params.get(name) == "true" and (pim.saas or name not in SAAS_FLAGS))
    return View(
        base=base, by_identifier=by_identifier, scope=scope, flags=flags,
        attributes=frozenset(attributes) if attributes is not None else None,
        locales=frozenset(locales) if locales is not None else None,
    )  # fmt: skip


def _codes(text: str | None) -> list[str] | None:
    return [code.strip() for code in text.split(",") if code.strip()] if text else None


def _refuse(noun: str, codes: list[str], ending: str, *, verb: str = "do") -> None:
    if not codes:
        return
    one = len(codes) == 1
    words = ("is" if one else "are",) if verb == "be" else ("es" if one else "", "is" if one else "are")
    raise invalid(f'{noun}{"" if one else "s"} "{", ".join(codes)}" {ending.format(*words)}')
