"""Before "missing", ask once more by name: our memory of the ERP may simply be older than the order."""

from collections.abc import Sequence

from crossdock.cases.kind import Finding
from crossdock.cases.kinds import ACCOUNT_UNMATCHED, STOCK_CODE_UNKNOWN
from crossdock.flows.pairing import Pairing
from crossdock.flows.reference import find_accounts
from crossdock.model.faults import RemoteFault
from crossdock.ports.order_book import OrderFile


async def ask_for_missing(pairing: Pairing, file: OrderFile, findings: Sequence[Finding]) -> bool:
    """Ask the ERP for what these findings say it does not hold. True when it holds some of it after all."""
    now = pairing.clock.now()
    codes = [one.facts["stock_code"] for one in findings if one.kind is STOCK_CODE_UNKNOWN]
    skus = [code for code in codes if code and pairing.recent.is_due("item", code, now)]
    hint = file.order.account_hint if file.order is not None else ""
    wants_account = hint and any(one.kind is ACCOUNT_UNMATCHED for one in findings)
    learned = 0
    try:
        if skus:
            learned += await pairing.reference.store_items(await pairing.erp.find_items(skus))
        house = {one.facts["house"] for one in findings if one.kind is ACCOUNT_UNMATCHED and "house" in one.facts}
        if wanted := [code for code in sorted(house) if pairing.recent.is_due("account", code, now)]:
            learned += len(await find_accounts(pairing, wanted))
        if wants_account and pairing.recent.is_due("account", hint, now):
            learned += len(await find_accounts(pairing, [hint]))
    except RemoteFault:
        return False  # the case opens on what we know; the next re-check asks again
    return learned > 0
