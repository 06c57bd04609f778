"""Orders that wait, shown as waiting in the storefront with the reason in plain words, and released again.

What stands in an order's open cases is compared with what the storefront was last told; each change is told once. It
runs beside order entry and never holds it up.
"""

from crossdock.decide.standing import words_of
from crossdock.flows.pairing import Pairing, Result
from crossdock.model.faults import Accepted, Refused
from crossdock.ports.accounts import OrderStanding, OrderStateSink
from crossdock.ports.standing_book import ShownOrder

PAGE = 200
ATTEMPTS_MAX = 5
NOBODY_SAYS = f"written {ATTEMPTS_MAX} times, and nobody can say whether it was heard"


async def show_order_states(pairing: Pairing) -> Result:
    """Raises ConfigFault for a field that the storefront drops whatever is written: one case, not silence."""
    sink = pairing.of_storefront(OrderStateSink)
    assert sink is not None  # the settings do not let this flow run without
    counts, last = {"waiting": 0, "released": 0, "not_shown": 0}, 0
    while page := await pairing.standing.orders(PAGE, after_id=last):
        last = page[-1].id
        standings = [
            OrderStanding(storefront_id=one.storefront_id, order_ref=one.order_ref, waits_for=words_of(one.waits))
            for one in page
        ]
        settled: list[tuple[ShownOrder, str, str]] = []
        unsure: list[ShownOrder] = []
        for one, told, outcome in zip(page, standings, await sink.write_order_states(standings), strict=True):
            match outcome:
                case Accepted():
                    counts["waiting" if told.waits_for else "released"] += 1
                    settled.append((one, told.waits_for, ""))
                    continue
                case Refused(code=code, text=text):  # closed or deleted over there: nobody reads it any more
                    settled.append((one, told.waits_for, f"{code}: {text}"[:300]))
                case _ if one.attempts + 1 >= ATTEMPTS_MAX:
                    settled.append((one, told.waits_for, NOBODY_SAYS))
                case _:
                    unsure.append(one)
            counts["not_shown"] += 1
        await pairing.standing.order_shown(settled)
        await pairing.standing.order_unsure(unsure)
    return counts
