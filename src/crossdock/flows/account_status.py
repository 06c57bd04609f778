"""How each linked account stands, shown in the storefront: credit limit, balance, on stop, price list.

Only what changed since it was last shown is written, absolutely, so that a reply that was lost is written again.
"""

from crossdock.flows.pairing import Pairing, Result
from crossdock.model.faults import Accepted, Refused
from crossdock.ports.accounts import AccountStatusSink
from crossdock.ports.standing_book import ShownAccount

PAGE = 500
ATTEMPTS_MAX = 5
NOBODY_SAYS = f"written {ATTEMPTS_MAX} times, and nobody can say whether it was heard"


async def show_accounts(pairing: Pairing) -> Result:
    """Raises ConfigFault for a field that the storefront drops whatever is written: one case, not silence."""
    sink = pairing.of_storefront(AccountStatusSink)
    assert sink is not None  # the settings do not let this flow run without
    counts, last = {"compared": 0, "shown": 0, "not_shown": 0}, 0
    at, shape = pairing.clock.now(), sink.account_status_shape
    while page := await pairing.standing.accounts(PAGE, after_id=last, shape=shape):
        last = page[-1].id
        counts["compared"] += len(page)
        same = [(one, "") for one in page if one.status == one.shown]
        await pairing.standing.account_shown(same, at=at, shape=shape)
        if due := [one for one in page if one.status != one.shown]:
            outcomes = await sink.write_account_status([one.status for one in due])
            settled: list[tuple[ShownAccount, str]] = []
            unsure: list[ShownAccount] = []
            for one, outcome in zip(due, outcomes, strict=True):
                match outcome:
                    case Accepted():
                        settled.append((one, ""))
                    case Refused(code=code, text=text):
                        settled.append((one, f"{code}: {text}"[:300]))
                    case _ if one.attempts + 1 >= ATTEMPTS_MAX:
                        settled.append((one, NOBODY_SAYS))
                    case _:
                        unsure.append(one)
            await pairing.standing.account_shown(settled, at=at, shape=shape)
            await pairing.standing.account_unsure(unsure)
            heard = sum(1 for _, why in settled if not why)
            counts["shown"] += heard
            counts["not_shown"] += len(due) - heard
    return counts
