"""An account is what its immutable id says; orders go by its code. Before each order both are held against each other.

A code may be retyped, and given to another account, without a trail. So the ERP is asked who carries it now, and an
order whose account is another's by now goes back to be decided on the truth, before anything was sent.
"""

import contextlib

from crossdock.flows.pairing import Pairing
from crossdock.flows.reference import refresh_accounts
from crossdock.model.account import Account
from crossdock.model.faults import RemoteFault
from crossdock.model.resolved_order import ResolvedOrder

JUST_NOW_SECONDS = 2.0


class NotTheirAccount(Exception):
    """The code the order would go by is not, or no longer, that of its account. Nothing was sent."""


async def prove_account(pairing: Pairing, order: ResolvedOrder, known: Account | None) -> None:
    """known: the account as it was decided on, where that is remembered.

    Raises NotTheirAccount, with the memory put right; Transient and ConfigFault when the ERP cannot be asked.
    """
    if not order.account_id:
        return
    now = pairing.clock.now()
    seconds = pairing.proven_for_seconds
    if pairing.order_policy.credit == "hold":  # what it owes was asked for a moment ago, with the same answer
        seconds = max(seconds, JUST_NOW_SECONDS)
    if pairing.recent.is_proven(order.account_id, order.account_code, now, seconds):
        return
    fresh = await ask_account(pairing, order.account_code, known)
    if fresh is not None and fresh.account_id == order.account_id and _same_terms(fresh, known):
        pairing.recent.proved(order.account_id, order.account_code, now)
        return
    if (fresh is None or fresh.account_id != order.account_id) and pairing.recent.is_due("accounts", "sweep", now):
        with contextlib.suppress(RemoteFault):  # the sweep comes round by itself
            await refresh_accounts(pairing)  # it may be there under another code
    raise NotTheirAccount(order.account_code)


async def ask_account(pairing: Pairing, code: str, known: Account | None = None) -> Account | None:
    """Who carries this code in the ERP now; remembered when it is not what is `known`."""
    asked_at = pairing.clock.now()
    fresh = await pairing.find_account(code)
    if fresh is None:
        await pairing.reference.lose_code(code, as_of=asked_at)
    elif fresh != known:
        await pairing.reference.store_accounts([fresh], as_of=asked_at)
    return fresh


async def ask_what_it_owes(pairing: Pairing, order: ResolvedOrder) -> None:
    """The account as it is now, remembered with the moment, for its credit."""
    fresh = await ask_account(pairing, order.account_code)
    if fresh is not None and fresh.account_id == order.account_id and not fresh.on_stop:
        pairing.recent.proved(fresh.account_id, order.account_code, pairing.clock.now())


def _same_terms(fresh: Account, known: Account | None) -> bool:
    """Whether the decision stands; an account that is on stop by now takes no order."""
    if known is None:
        return not fresh.on_stop
    return (fresh.on_stop, fresh.po_required, fresh.currency) == (known.on_stop, known.po_required, known.currency)
