"""Where an order stands, and what it waits for, in plain words."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from crossdock.model.lifecycle import OrderState

S = OrderState


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What the words are made of. open_cases: (id, desk, cause) of each. unfinished: despatches by key and state."""

    state: OrderState
    now: datetime
    erp_ref: str = ""
    attempts: int = 0
    sent_at: datetime | None = None
    look_at: datetime | None = None
    is_acknowledged: bool = False
    acknowledge_problem: str = ""
    shown_problem: str = ""
    open_cases: Sequence[tuple[int, str, str]] = ()
    unfinished: Sequence[tuple[str, str]] = ()


def where_it_stands(it: Standing) -> tuple[str, ...]:
    """The first sentence says where, each further one what is still to happen or who must act."""
    return (_where(it), *_waits_for(it))


def _where(it: Standing) -> str:
    match it.state:
        case S.UNREADABLE:
            return "It was stored as it came, and cannot be read."
        case S.CAPTURED:
            return f"It is captured and {_next_look(it)}."
        case S.WAITING:
            return "It waits for a person."
        case S.POSTING:
            times = "once" if it.attempts == 1 else f"{it.attempts} times"
            return f"It was sent to the ERP {times} and the answer is not known; {_next_look(it)}."
        case S.POSTED:
            return f"The ERP has it as {it.erp_ref}; nothing of it has left yet."
        case S.PART_DESPATCHED:
            return f"The ERP has it as {it.erp_ref}; part of it has left."
        case S.DESPATCHED:
            return f"All of it has left; the ERP has it as {it.erp_ref}."
        case S.WITHDRAWN:
            return "It was cancelled or closed at the storefront before it was posted."
        case S.CANCELLED:
            return f"It was cancelled in the ERP, where it is {it.erp_ref}."
        case _:
            return "A person set it aside; the timeline says who and why."


def _next_look(it: Standing) -> str:
    if it.look_at is None:
        return "is not looked at again by itself"
    seconds = (it.look_at - it.now).total_seconds()
    if seconds < -60:
        return f"should have been looked at {-seconds / 60:.0f} min ago: see whether a worker runs"
    return f"is looked at again within {max(seconds, 1):.0f} s"


def _waits_for(it: Standing) -> Iterator[str]:
    for case_id, desk, cause in it.open_cases:
        yield f"Case {case_id} ({desk}): {cause}"
    if it.state is S.WAITING and not it.open_cases:
        yield "No open case says why, which is a defect of Crossdock: please report it."
    if it.erp_ref and it.acknowledge_problem:
        yield f"The storefront would not take its ERP number: {it.acknowledge_problem}"
    if it.shown_problem:
        yield f"The storefront would not show why it waits: {it.shown_problem}"
    elif it.erp_ref and not it.is_acknowledged:
        yield "The storefront has not been told its ERP number yet."
    for key, state in it.unfinished:
        yield f"Despatch {key} has not been told to the storefront yet ({state})."
