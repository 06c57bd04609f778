"""What the ERP's open orders have reserved, by item and site; or, in words, why nobody can tell."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from crossdock.decide.retail_feed import allocations
from crossdock.flows.pairing import RetailPairing
from crossdock.model.despatch import Fulfilment
from crossdock.model.erp_order import Allocation, ErpOrder
from crossdock.model.faults import DataFault
from crossdock.ports.erp_orders import ErpOrderSource, OpenOrderSource

LOOK_BACK = timedelta(days=365)
PORTION = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Reserved:
    """problem: why it cannot be told; "" when it can. Half of it would be no answer."""

    allocations: tuple[Allocation, ...] = ()
    problem: str = ""


async def read_reserved(pairing: RetailPairing) -> Reserved:
    source = pairing.of_erp(OpenOrderSource)
    if source is None:
        return Reserved(problem="nothing tells what its open orders have reserved")
    found = [one async for page in source.read_open_orders(pairing.clock.now() - LOOK_BACK) for one in page]
    if bad := [one for one in found if isinstance(one, DataFault)]:
        return Reserved(problem=f"an open order cannot be read: {bad[0]}")
    orders = [one for one in found if isinstance(one, Fulfilment)]
    only_site = _only_site(pairing)
    contents = {} if only_site else await contents_of(pairing, [one for one in orders if one.quantity_assigned])
    told: list[Allocation] = []
    for one in orders:
        order = contents.get(one.erp_code)
        if isinstance(order, DataFault):
            return Reserved(problem=f"order {one.erp_code} cannot be read: {order}")
        reserved = allocations(one, order, only_site=only_site)
        if isinstance(reserved, str):
            return Reserved(problem=reserved)
        told += reserved
    return Reserved(allocations=tuple(told))


def _only_site(pairing: RetailPairing) -> str:
    """The ERP's one site, where the pairing knows of no other: then an order need not say where it takes from."""
    sites = {place.site for place in pairing.policy.places.values()}
    return next(iter(sites)) if len(sites) == 1 else ""


async def contents_of(pairing: RetailPairing, orders: Sequence[Fulfilment]) -> Mapping[str, ErpOrder | DataFault]:
    """What these orders ask for: as it was read before, unless what they come to has changed since."""
    source = pairing.of_erp(ErpOrderSource)
    if source is None:
        return {}
    marks = {one.erp_code: f"{one.quantity_sold:f}/{one.gross_total}" for one in orders}
    found: dict[str, ErpOrder | DataFault] = dict(await pairing.sent.orders(marks))
    missing = [code for code in marks if code not in found]
    for start in range(0, len(missing), PORTION):
        told = await source.export_orders(missing[start : start + PORTION])
        fresh = {code: one for code, one in told.items() if isinstance(one, ErpOrder)}
        await pairing.sent.hold_orders(marks, fresh)
        found |= told
    return found
