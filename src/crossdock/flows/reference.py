"""Reference data: what the ERP holds and where the storefront shows it, swept into our memory on a schedule.

Decisions read the memory, never the network, so that an order costs one remote call and not ten. What is missing from
the memory is asked for once more by name before anybody is told it does not exist.
"""

from collections.abc import Sequence
from datetime import timedelta

from crossdock.flows.pairing import Ground, Pairing, Result
from crossdock.model.account import Account
from crossdock.ports.systems import AccountSource, ItemSource

OVERLAP = timedelta(hours=2)  # a wall clock without zone repeats an hour each autumn


async def refresh_items(pairing: Ground) -> Result:
    """Stock items changed since the last whole read."""
    began, source = pairing.clock.now(), pairing.of_erp(ItemSource)
    if source is None:
        return {"skipped": f"{pairing.erp_name} lists no items"}
    since = await pairing.reference.watermark("items")
    counts = {"items": 0, "unreadable": 0}
    async for page in source.read_items(None if since is None else since - OVERLAP):
        counts["items"] += await pairing.reference.store_items([one.value for one in page if one.value is not None])
        counts["unreadable"] += sum(1 for one in page if one.value is None)
    if counts["items"]:
        await pairing.reference.share_out()
    await pairing.reference.move_watermark("items", began)
    return counts


async def refresh_accounts(pairing: Ground) -> Result:
    """Accounts changed since the last whole read: new ones, and those put on stop or let go."""
    began, source = pairing.clock.now(), pairing.of_erp(AccountSource)
    if source is None:
        return {"skipped": f"{pairing.erp_name} lists no accounts"}
    since = await pairing.reference.watermark("accounts")
    counts = {"accounts": 0, "unreadable": 0}
    async for page in source.read_accounts(None if since is None else since - OVERLAP):
        counts["accounts"] += await pairing.reference.store_accounts(
            [one.value for one in page if one.value is not None], as_of=began
        )
        counts["unreadable"] += sum(1 for one in page if one.value is None)
    await pairing.reference.move_watermark("accounts", began)
    return counts


async def find_accounts(pairing: Pairing, codes: Sequence[str]) -> Sequence[Account]:
    """Those of the codes that the ERP holds now, asked by name and remembered."""
    asked_at = pairing.clock.now()
    found = await pairing.erp.find_accounts(codes)
    await pairing.reference.store_accounts(found, as_of=asked_at)
    return found


async def refresh_targets(pairing: Pairing) -> Result:
    """Every place the storefront can show a level, and what one unit there holds."""
    began = pairing.clock.now()
    targets = drifted = 0
    async for page in pairing.storefront.read_stock_targets():
        targets += await pairing.reference.store_targets(page, seen_at=began)
        drifted += await pairing.reference.note_shown(page, at=began)
    # Only a read that came to its end may say that something is gone.
    await pairing.reference.forget_targets(not_seen_since=began)
    await pairing.reference.share_out()
    await pairing.reference.move_watermark("targets", began)
    return {"targets": targets, "drifted": drifted}


async def is_ready(pairing: Pairing) -> bool:
    """Whether each list this pairing sweeps was read to its end once: before that, unknown proves nothing."""
    if pairing.recent.is_ready:
        return True
    for feed in pairing.feeds:
        if await pairing.reference.watermark(feed) is None:
            return False
    pairing.recent.is_ready = True
    return True
