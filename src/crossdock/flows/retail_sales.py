"""Sales out: what end consumers bought through the ERP, once it has left; demand without what is no trade.

Orders of companies whose class is no trade are left out, counted and listed, and so are those of trade customers: a
retail system plans by what consumers take.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import timedelta

from crossdock.cases.kind import Finding
from crossdock.cases.kinds import STOCK_WRITE_REJECTED
from crossdock.decide.retail_feed import sales
from crossdock.flows.company_classes import classes_of, trade_only
from crossdock.flows.open_orders import contents_of
from crossdock.flows.pairing import Result, RetailPairing
from crossdock.flows.telling import Kind, tell
from crossdock.model.despatch import Fulfilment
from crossdock.model.erp_order import ErpOrder
from crossdock.model.faults import DataFault
from crossdock.model.retail import RetailSale
from crossdock.ports.erp_orders import ErpOrderSource
from crossdock.ports.retail import RetailSaleSink

FLOW = "retail-sales"
UNTOLD = "sale "  # records that cases hold
PORTION = 200


async def tell_sales(pairing: RetailPairing) -> Result:
    """Orders placed in the stretch of time looked back on that have wholly left and were not told yet."""
    sink, source = pairing.of_retail(RetailSaleSink), pairing.of_erp(ErpOrderSource)
    if sink is None or source is None or not pairing.policy.feed.consumer_classes:
        return {"skipped": "nobody has said whose orders are sales to consumers" if sink and source else "not possible"}
    since = pairing.clock.now() - timedelta(days=pairing.policy.feed.sales_days)
    found = [one async for page in source.read_order_states(since) for one in page]
    orders = [one for one in found if isinstance(one, Fulfilment) and one.complete and not one.cancelled]
    trade, left_out = await trade_only(pairing, orders)
    consumers, others = await _consumers(pairing, trade)
    result: Result = {
        "told": 0, "same": 0, "left_out": left_out, "not_consumers": others,
        "unreadable": sum(1 for one in found if isinstance(one, DataFault)),
    }  # fmt: skip
    for start in range(0, len(consumers), PORTION):
        await _tell(pairing, sink, consumers[start : start + PORTION], result)
    return result


async def _consumers(
    pairing: RetailPairing, orders: Sequence[Fulfilment]
) -> tuple[list[Fulfilment], Mapping[str, int]]:
    """(orders of end consumers, company class → how many others)."""
    classes = await classes_of(pairing, [one.account_code for one in orders])
    kept, others = [], Counter[str]()
    for one in orders:
        name = classes.get(one.account_code.casefold(), "")
        if name.casefold() in pairing.policy.feed.consumer_classes:
            kept.append(one)
        else:
            others[name or "unknown"] += 1
    return kept, dict(sorted(others.items()))


async def _tell(pairing: RetailPairing, sink: RetailSaleSink, orders: Sequence[Fulfilment], result: Result) -> None:
    contents = await contents_of(pairing, orders)
    taxes = await pairing.sent.leaves(
        [line.stock_code for one in contents.values() if isinstance(one, ErpOrder) for line in one.lines]
    )
    sites = {place.site.casefold(): code for code, place in pairing.policy.places.items()}
    values: dict[str, RetailSale] = {}
    untold = await pairing.cases.open_records(STOCK_WRITE_REJECTED.code, UNTOLD)
    for one in orders:
        order, record = contents.get(one.erp_code), f"{UNTOLD}{one.erp_code}"
        if order is None:
            continue
        told = str(order) if isinstance(order, DataFault) else sales(order, location_of=sites, tax_percent=taxes)
        if isinstance(told, str):
            finding = STOCK_WRITE_REJECTED.about(
                f"sale {one.erp_code}", sku=f"order {one.erp_code}", unit="sales", reason=told
            )
            await pairing.cases.raise_case(finding, record=record, ref=one.erp_code)
            continue
        if record in untold:
            await pairing.cases.let_go(record, [0], reason="it can be told now", actor="crossdock")
        values |= {f"{sale.key}/{sale.line_no}": sale for sale in told}
    kind = Kind(name="sale", write=sink.write_sales, finding=lambda sale, text: _refused(pairing, sale, text))
    await tell(pairing, kind, values, result)


def _refused(pairing: RetailPairing, sale: RetailSale, text: str) -> Finding:
    subject = f"{pairing.retail_name}: {text}"[:200]
    return STOCK_WRITE_REJECTED.about(subject, sku=sale.sku, unit=f"sale {sale.key}/{sale.line_no}", reason=text)
