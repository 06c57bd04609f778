"""One entry of a code map, as a person says it: what it must be given, what is kept of it, what is wrong with it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction

from crossdock.cases.kind import Desk
from crossdock.cases.kinds import KINDS
from crossdock.model.code_map import Becomes, MapKind

MAPS: Mapping[str, MapKind] = {
    "stock-code-unknown": MapKind.SKU,
    "item-invalid-for-erp": MapKind.SKU,
    "unit-unmapped": MapKind.UNIT,
    "unit-quantity-conflict": MapKind.UNIT,
    "tax-code-unmapped": MapKind.TAX,
    "shipping-method-unmapped": MapKind.SHIPPING,
    "payment-term-unmapped": MapKind.PAYMENT_TERM,
    "carrier-unmapped": MapKind.COURIER,
    "price-list-unmapped": MapKind.PRICE_LIST,
    "attribute-unmapped": MapKind.ATTRIBUTE,
    "company-unmapped": MapKind.COMPANY,
    "promotion-unmapped": MapKind.PROMOTION,
}
"""Kind of case → the map whose entry settles it."""

MAP_PARAMS: Mapping[MapKind, tuple[str, ...]] = {
    **dict.fromkeys(MapKind, ("code",)),
    MapKind.UNIT: ("units",),
    MapKind.TAX: ("code", "percent"),
    MapKind.PROMOTION: ("becomes",),
}
"""What an entry must be given. A promotion takes a `reason` besides: the ERP's word for why an item is free."""

KEY_MAX, WORD_MAX = 300, 300
NUMBER_MAX = 30
NEVER_EMPTY = frozenset({MapKind.SKU, MapKind.TAX})
FALLS_BACK = frozenset({MapKind.UNIT, MapKind.TAX})
"""Maps whose entry for `x` counts for `anything/x` too, where that has none of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MapChange:
    """What becomes of one entry. value: what it is to say, None to retire it. expected: number of the version that the
    person saw, 0 for none. by_file: it goes back to what the settings file says, and the file counts again."""

    kind: MapKind
    key: str
    value: Mapping[str, str] | None
    expected: int = 0
    by_file: bool = False


def desk_of(kind: MapKind) -> Desk:
    """Whose map it is: the desk that owns the cases it settles."""
    return next(KINDS[code].desk for code, one in MAPS.items() if one is kind)


def cases_of(kind: MapKind) -> tuple[str, ...]:
    """The kinds of case that an entry of this map settles."""
    return tuple(code for code, one in MAPS.items() if one is kind)


def map_value(kind: MapKind, params: Mapping[str, str]) -> dict[str, str]:
    """What an entry keeps. Only for what has no `value_problem`."""
    if kind is MapKind.UNIT:
        return {"units": str(Fraction(params["units"].strip()))}
    given = {name: params[name].strip() for name in MAP_PARAMS[kind]}
    return given | {"reason": params.get("reason", "").strip()} if kind is MapKind.PROMOTION else given


def value_problem(kind: MapKind, params: Mapping[str, str], *, companies: Collection[str] | None = None) -> str:
    """What is wrong with an entry, with the fix; "" when nothing is. companies: names of the company map's entries;
    None where nobody can tell."""
    if missing := [name for name in MAP_PARAMS[kind] if name not in params]:
        return f"{' and '.join(missing)} must be given"
    if long := [name for name, word in params.items() if len(word) > WORD_MAX or not word.isprintable()]:
        return f"{long[0]} must be plain text of at most {WORD_MAX} characters"
    match kind:
        case MapKind.UNIT:
            return _number_problem("units", params["units"], "12, 0.5 or 1/3", above_zero=True)
        case MapKind.TAX if number := _number_problem("percent", params["percent"], "20 or 17.5", above_zero=False):
            return number
        case MapKind.COMPANY if companies is not None and params["code"].strip() not in companies:
            names = ", ".join(companies) or "none"
            return f"the company map has no entry {params['code']!r}; its entries are: {names}"
        case MapKind.PROMOTION if params["becomes"].strip() not in list(Becomes):
            return f"becomes={params['becomes']!r} is none of: {', '.join(Becomes)}"
    return "code must not be empty" if kind in NEVER_EMPTY and not params["code"].strip() else ""


def key_problem(kind: MapKind, key: str) -> str:
    """What is wrong with the name of a new entry, with the fix; "" when nothing is."""
    if not key:
        return "key must not be empty: give the code that is to be mapped"
    if key != key.strip():
        return f"key {key!r} begins or ends with a blank: leave it out"
    if len(key) > KEY_MAX or not key.isprintable():
        return f"key must be plain text of at most {KEY_MAX} characters"
    country, slash, currency = key.partition("/")
    if kind is MapKind.COMPANY and not (country and slash and currency):
        return f"key {key!r} is no COUNTRY/CURRENCY, such as DE/EUR"
    return ""


def in_words(kind: MapKind, value: Mapping[str, str]) -> str:
    """What an entry says, on one line."""
    match kind:
        case MapKind.UNIT:
            return f"{value['units']} in stock units"
        case MapKind.TAX:
            return f"{value['code']} at {value['percent']} %"
        case MapKind.PROMOTION:
            return value["becomes"] + (f" ({value['reason']})" if value.get("reason") else "")
    return value["code"] or "(nothing)"


def tail_of(key: str) -> str:
    """The unit of `SKU/unit`, the tax code of `DE/19`; the whole where there is no more to it."""
    return key.rpartition("/")[2]


def _number_problem(name: str, written: str, examples: str, *, above_zero: bool) -> str:
    try:
        if len(written) > NUMBER_MAX or "e" in written.lower():  # 1e999999999 is a number that nobody can count with
            raise ValueError
        number = Fraction(written.strip()) if above_zero else Fraction(Decimal(written.strip()))
    except (ValueError, ZeroDivisionError, OverflowError, InvalidOperation):
        return f"{name}={written!r} is no number; write {examples}"
    if number < 0 or (above_zero and number == 0):
        return f"{name} must be {'above zero' if above_zero else 'zero or more'}, was {written}"
    return f"{name} must be 100 or less, was {written}" if number > 100 and not above_zero else ""
