"""What no single setting can see: whether a pairing names systems that are there, can do its flows, and own its fields.

Works on the settings as written, so that a mistake elsewhere in a pairing hides none of these.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from crossdock.ports.systems import System
from crossdock.settings.check_locations import check_locations, check_shared_places
from crossdock.settings.companies import check_companies
from crossdock.settings.pairing import Flow, Pairing, pairing_kind
from crossdock.settings.problem import Place
from crossdock.settings.words import listed, nearest

Complaint = tuple[Place, str, str]  # where in the pairing, message, fix


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """What a flow asks of each side, by the names of the capability Protocols. writes: the object, and the side it is
    written into; "" for a flow that only looks. of: the kinds of pairing that have it, by the role of their far
    side. after: the flow whose work it goes on with."""

    storefront: tuple[str, ...] = ()
    erp: tuple[str, ...] = ()
    pim: tuple[str, ...] = ()
    retail_stock: tuple[str, ...] = ()
    writes: tuple[str, str] = ("", "")
    of: tuple[str, ...] = field(default=("storefront",))
    after: Flow | None = None

    def lacking(self, role: str, system: System) -> list[str]:
        return [name for name in getattr(self, role) if name not in system.capabilities]

    def is_possible(self, sides: Mapping[str, System]) -> bool:
        """Whether the systems of a pairing can do it. A side that is not known is taken to be able to."""
        far = next((role for role in sides if role != "erp"), None)
        fits = far is None or far in self.of
        return fits and not any(self.lacking(role, system) for role, system in sides.items())


ORDERS = Needs(
    storefront=("OrderSource", "StockSink"), erp=("OrderSink", "ItemSource", "AccountSource"), writes=("order", "erp")
)
NEEDS: Mapping[Flow, Needs] = {
    Flow.ORDER_ENTRY: ORDERS,
    # What shoppers took since the ERP counted is part of what may be shown, so stock publication reads orders too.
    Flow.STOCK_PUBLICATION: Needs(
        storefront=("StockSink", "OrderSource"), erp=("StockSource",), writes=("stock", "storefront")
    ),
    # What a price is for, the storefront's units and the ERP's items say.
    Flow.PRICE_PUBLICATION: Needs(
        storefront=("PriceSink", "StockSink"), erp=("PriceSource", "ItemSource"), writes=("price", "storefront")
    ),
    Flow.PRODUCT_INTRODUCTION: Needs(
        storefront=("SaleSwitch", "StockSink"), erp=("ItemSource",), writes=("item", "storefront")
    ),
    Flow.RECONCILIATION: Needs(storefront=("OrderSource",), erp=("OrderSink", "FulfilmentSource")),
    Flow.DESPATCH: Needs(storefront=("DespatchSink",), erp=("FulfilmentSource",), writes=("despatch", "storefront")),
    Flow.ACCOUNT_MATCHING: Needs(
        storefront=("CompanySource",), erp=("AccountSource",), writes=("account", "storefront")
    ),
    # Whose account a company's is, account matching says; what is shown of an order is what stands in its cases.
    Flow.ACCOUNT_STATUS: Needs(
        storefront=("CompanySource", "AccountStatusSink"), erp=("AccountSource",), writes=("status", "storefront")
    ),
    Flow.ORDER_STATE: Needs(
        storefront=("OrderSource", "OrderStateSink"), erp=("OrderSink",), writes=("status", "storefront")
    ),
    Flow.RETAIL_STOCK_INTAKE: Needs(
        retail_stock=("RetailStockSource",), erp=("ItemSource",), writes=("store_stock", "erp"), of=("retail_stock",)
    ),
    Flow.RETAIL_DESPATCH: Needs(
        retail_stock=("RetailDespatchSource",), erp=("ItemSource",), writes=("despatch", "erp"), of=("retail_stock",)
    ),
    Flow.RETAIL_FEED: Needs(
        retail_stock=("RetailItemSink",), erp=("ItemSource",), writes=("item", "retail_stock"), of=("retail_stock",)
    ),
    Flow.COMPLETENESS: replace(ORDERS, writes=("", "")),  # it counts what order entry takes
    # An ERP that fetches no items, or tells no stock by code, is told of at start-up: its work becomes cases.
    Flow.CATALOGUE: Needs(
        pim=("ProductSource", "ProductModelSource", "StructureSource", "ProductSink"),
        erp=("ItemSource",),
        of=("pim",),
        writes=("product", "erp"),
    ),
    Flow.ORDER_CHANGE: Needs(
        storefront=("OrderSource", "StockSink"),
        erp=("OrderSink", "ItemSource", "AccountSource", "FulfilmentSource"),
        writes=("order", "erp"),
        after=Flow.ORDER_ENTRY,
    ),
    Flow.REFUND: Needs(
        storefront=("OrderSource", "StockSink", "ReturnSource"),
        erp=("OrderSink", "ItemSource", "AccountSource", "FulfilmentSource"),
        writes=("refund", "erp"),
        after=Flow.ORDER_ENTRY,
    ),
}


def sides_of(pairing: Mapping[str, Any], systems: Mapping[str, System]) -> dict[str, System]:
    """Role → the system a pairing names for it, as far as it names one that is there and plays that role."""
    named = {role: systems.get(str(pairing.get(role))) for role in pairing_kind(pairing).ROLES}
    return {role: system for role, system in named.items() if system is not None and system.role == role}


def possible_flows(sides: Mapping[str, System]) -> list[Flow]:
    """The flows that the systems of both sides can do."""
    return [flow for flow in Flow if NEEDS[flow].is_possible(sides)]


def check_pairing(
    pairing: Mapping[str, Any], systems: Mapping[str, System], names: Sequence[str] | None
) -> Iterator[Complaint]:
    """Every such mistake in one pairing. systems: those of known kind. names: all there are, None if unread."""
    sides = sides_of(pairing, systems)
    if names is not None:
        yield from _check_names(pairing, systems, names)
    yield from _check_flows(pairing, sides)
    yield from _check_extras(pairing, sides)
    yield from _check_owners(pairing, sides)
    yield from check_locations(pairing, sides, flows_of(pairing, sides))
    orders = pairing.get("orders")
    for place, message, fix in check_companies(orders if isinstance(orders, Mapping) else {}):
        yield ("orders", *place), message, fix


ONCE = {
    Flow.ORDER_ENTRY: "orders",
    Flow.STOCK_PUBLICATION: "stock levels",
    Flow.PRODUCT_INTRODUCTION: "products on sale",
}
"""What only one pairing may do for a storefront: laws L1 and L4 would be anybody's guess with two, and what one ERP
does not hold the other one may."""


def check_together(pairings: Mapping[str, Mapping[str, Any]], systems: Mapping[str, System]) -> Iterator[Complaint]:
    """What no single pairing can see: two that enter one storefront's orders into two ERPs, or show it two stocks."""
    first: dict[tuple[Flow, str], str] = {}
    for name, pairing in pairings.items():
        for flow in flows_of(pairing, sides_of(pairing, systems)):
            shop = pairing.get("storefront")
            if flow not in ONCE or not isinstance(shop, str):
                continue
            if (other := first.setdefault((flow, shop), name)) != name:
                said = f"would do {flow} for {shop}, whose {ONCE[flow]} are in the hands of pairing {other}"
                yield (name, "flows"), said, f"List its flows without {flow}, or give it a storefront of its own."
    yield from check_shared_places(pairings)


def _check_names(
    pairing: Mapping[str, Any], systems: Mapping[str, System], names: Sequence[str]
) -> Iterator[Complaint]:
    for role in pairing_kind(pairing).ROLES:
        name = pairing.get(role)
        if not isinstance(name, str):
            continue
        fitting = [one for one, system in systems.items() if system.role == role]
        if name not in names:
            likely = nearest(name, names) or (fitting[0] if len(fitting) == 1 else None)
            fix = f'Did you mean "{likely}"?' if likely else f"Systems are: {listed(names)}."
            yield (role,), f'names the system "{name}", which is not under systems', fix
        elif name in systems and systems[name].role != role:
            fix = f"Systems with that role are: {listed(fitting)}."
            yield (role,), f'names "{name}", whose role is {systems[name].role}', fix


def _check_flows(pairing: Mapping[str, Any], sides: Mapping[str, System]) -> Iterator[Complaint]:
    """A flow that is asked for, twice or of a system that cannot do it."""
    written, roles = pairing.get("flows"), pairing_kind(pairing).ROLES
    if written is None and len(sides) == len(roles) and not possible_flows(sides):
        kinds = " and ".join(sides[role].kind for role in roles)
        yield (), f"has no flow that both {kinds} can do", "Pair other systems."
    for at, name in _words(written):
        if name not in list(Flow):
            continue
        if (at, name) != next(one for one in _words(written) if one[1] == name):
            yield ("flows", at), f"names {name} twice", "Keep one of them."
            continue
        if len(sides) == len(roles) and roles[0] not in NEEDS[Flow(name)].of:
            said = f"{name} is nothing that a {roles[0]} and an {roles[1]} do together"
            yield ("flows", at), said, f"Leave it out. These systems can do: {listed(possible_flows(sides))}."
            continue
        if (first := NEEDS[Flow(name)].after) is not None and first not in flows_of(pairing, sides):
            said = f"{name} is about orders that {first} took, and that is not among them"
            yield ("flows", at), said, f"List {first} too, or leave {name} out."
            continue
        for role, system in sides.items():
            if lacking := NEEDS[Flow(name)].lacking(role, system):
                can = listed(possible_flows(sides))
                said = f"{name} needs {listed(lacking)}, which {system.kind} cannot do"
                yield ("flows", at), said, f"Leave it out. These systems can do: {can}."


def _check_extras(pairing: Mapping[str, Any], sides: Mapping[str, System]) -> Iterator[Complaint]:
    """Settings that ask for one more capability than their flow does."""
    if pairing_kind(pairing) is not Pairing:
        return
    flows = flows_of(pairing, sides)
    if "order-entry" not in flows:
        if "completeness" in flows:
            said = "completeness counts the orders that order-entry takes, and this pairing takes none"
            yield ("flows",), said, "Leave completeness out, or put order-entry beside it."
        return
    orders = pairing.get("orders")
    orders = orders if isinstance(orders, Mapping) else {}
    shop, erp = sides.get("storefront"), sides.get("erp")
    if shop and "OrderAcknowledger" not in shop.capabilities and str(pairing.get("acknowledge")).lower() not in _NO:
        yield ("acknowledge",), f"{shop.kind} cannot be told an order's number", "Write acknowledge: false."
    accounts = pairing.get("accounts")
    wants_new = isinstance(accounts, Mapping) and accounts.get("new") == "create"
    if erp and "AccountSink" not in erp.capabilities and wants_new:
        yield ("accounts", "new"), f"{erp.kind} opens no accounts through us", "Write new: review."
    if erp and "PriceSource" not in erp.capabilities and orders.get("price_check") not in (None, "off"):
        yield ("orders", "price_check"), f"{erp.kind} does not list its prices", "Write price_check: off."


def _check_owners(pairing: Mapping[str, Any], sides: Mapping[str, System]) -> Iterator[Complaint]:
    """Law L8: nothing is written into the side that owns it."""
    written, kind = pairing.get("owners"), pairing_kind(pairing)
    written = written if isinstance(written, Mapping) else {}
    owners = kind.model_fields["owners"].annotation
    told = set()
    for flow in flows_of(pairing, sides):
        thing, into = NEEDS[flow].writes
        if owners is None or thing not in owners.model_fields:
            continue
        owner = written.get(thing, owners.model_fields[thing].default)
        if owner == into and thing not in told:
            told.add(thing)
            others = listed(one for one in flows_of(pairing, sides) if NEEDS[one].writes != (thing, into))
            other = next(role for role in kind.ROLES if role != into)
            said = f"the {owner} owns the {thing}, and {flow} would write it there"
            yield ("owners", thing), said, f"Write {thing}: {other}, or keep only these flows: {others}."


def _check_item_owner(pairing: Mapping[str, Any], sides: Mapping[str, System]) -> Iterator[Complaint]:
    """Law L8: cost, stock, tax and nominal codes are the ERP's, whatever anybody writes."""
    owners = pairing.get("owners")
    if Flow.CATALOGUE in flows_of(pairing, sides) and isinstance(owners, Mapping) and owners.get("item") == "pim":
        said = f"{Flow.CATALOGUE} never writes cost, stock, tax and nominal codes of an item from a PIM"
        yield ("owners", "item"), said, "Write item: erp."


def flows_of(pairing: Mapping[str, Any], sides: Mapping[str, System]) -> list[Flow]:
    """The flows a pairing asks for; all that are possible when it does not say."""
    if pairing.get("flows") is None:
        far = pairing_kind(pairing).ROLES[0]
        return [flow for flow in possible_flows(sides) if far in NEEDS[flow].of]
    return list(dict.fromkeys(Flow(name) for _, name in _words(pairing["flows"]) if name in list(Flow)))


_NO = ("false", "no", "off", "n", "f", "0")


def _words(written: Any) -> list[tuple[int, str]]:
    return [(at, one) for at, one in enumerate(written) if isinstance(one, str)] if isinstance(written, list) else []
