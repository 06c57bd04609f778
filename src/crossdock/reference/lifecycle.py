"""The life of an order as a page: drawn from the table of moves."""

from collections.abc import Mapping

from crossdock.model.lifecycle import IN_FLIGHT, MOVES, Move, OrderState
from crossdock.model.order_change import CHANGE_MOVES, ChangeState
from crossdock.model.refund import REFUND_MOVES, RefundState
from crossdock.reference.markdown import codes, page, table

S, M = OrderState, Move

STATES: Mapping[OrderState, str] = {
    S.UNREADABLE: "It came and could not be read. The document is kept as it came, and a `schema-surprise` case says "
    "what is wrong with it.",
    S.CAPTURED: "Ours now; it will be looked at.",
    S.WAITING: "In at least one open case. A person, or a cause that goes away, sets it free.",
    S.POSTING: "Sent to the ERP, or about to be; the answer is not in yet. It is looked up before anything is sent "
    "again.",
    S.POSTED: "The ERP has it.",
    S.PART_DESPATCHED: "Some of its goods have left the warehouse.",
    S.DESPATCHED: "All of its goods have left.",
    S.WITHDRAWN: "Cancelled or closed at the storefront before it was posted. It never reached the ERP.",
    S.CANCELLED: "Cancelled in the ERP after it was posted.",
    S.SET_ASIDE: "A named person took it out, with a reason.",
}

WHEN: Mapping[Move, str] = {
    M.READ_AGAIN: "the storefront's document changed, or a re-check looks anew",
    M.HOLD: "something stands against it; it joins one or more cases",
    M.RELEASE: "nothing stands against it any more",
    M.SEND: "all checks passed; recorded before the call is made",
    M.SEND_AGAIN: "looked up, not there, and the ERP has had its time to settle",
    M.ACCEPT: "the ERP took it, or was found to have it",
    M.REFUSE: "the ERP certainly did not take it, and says why",
    M.TURN_AWAY: "the call certainly never got there: no connection, or `not now`",
    M.DESPATCH_PART: "the ERP says that some goods left",
    M.DESPATCH_ALL: "the ERP says that all goods left",
    M.WITHDRAW: "the storefront cancelled or closed it before it was posted",
    M.ADOPT: "a person found it in the ERP and gave its number there",
    M.CANCEL: "the ERP says that it is cancelled there, or took our word for it",
    M.AMEND: "the ERP took a change of it",
    M.SET_ASIDE: "a person took it out, with a reason",
}

C = ChangeState

CHANGES: Mapping[ChangeState, str] = {
    C.ASKED: "Somebody wants it. Where the order stands in the ERP is read next.",
    C.SENDING: "Sent to the ERP, or about to be; of what was done in the ERP: being told to the storefront. Looked up "
    "before it is sent again.",
    C.FOLLOWING: "Granted before the order was sent. The order is not sent until the storefront's document shows it.",
    C.WAITING: "In a case: `order-changed-after-posting`, or the same cases a new order would wait in.",
    C.ANSWERING: "Decided. Whoever asked is told next, or the storefront's order shows why not.",
    C.APPLIED: "Made, and told.",
    C.REFUSED: "Not made, and told. Where the floor had begun, a `change-refused-picking` case holds it.",
    C.MOOT: "There was nothing to do, or a named person took it as it is.",
}

R = RefundState

REFUNDS: Mapping[RefundState, str] = {
    R.UNREADABLE: "It came and could not be read; a `schema-surprise` case says what is wrong with it. Returns are "
    "read from there on again until it can be.",
    R.FOUND: "Goods came back. What was posted of them and what left the warehouse is looked at next.",
    R.SENDING: "What its credit note comes to is settled, for ever; it is sent, or about to be. The ERP looks it up "
    "before it makes another.",
    R.LAID_OUT: "The ERP fetches it from us, by its own reference, which it takes once.",
    R.WAITING: "In a `refund-unmatched` case.",
    R.CREDITED: "The ERP has its credit note, took it, or fetched it; or a person made it and gave its number.",
    R.DROPPED: "Nothing to credit: its order is from before this pairing took any, or the document is readable by now "
    "and stands under its own name.",
}

REFUSED = (
    "The storefront refused it, or six tries had no usable answer; a `despatch-incomplete` case says why. Later "
    "despatches of the same order wait behind it."
)


def lifecycle_page() -> str:
    ends = [state for state in OrderState if not any(begin is state for begin, _ in MOVES)]
    return page(
        "The life of an order",
        "Every order stands in exactly one state. Only the moves below exist; any other is refused by the code. Each "
        "move is made by one statement that also writes its entry in the audit trail, and only on the version of the "
        "order it was decided on, so two workers cannot both make it.",
        _diagram(ends),
        "## States",
        table(["state", "means"], [(f"`{state}`", STATES[state]) for state in OrderState]),
        f"In flight are {codes(state for state in OrderState if state in IN_FLIGHT)}: captured and not known to be in "
        "the ERP. What they want is taken off the stock that is shown (see "
        "[stock arithmetic](../why/stock-arithmetic.md)).",
        "## Moves",
        table(
            ["move", "from", "to", "when"],
            [(f"`{move}`", codes(_begins(move)), codes(_leads(move)), WHEN[move]) for move in Move],
        ),
        "## Changes",
        "A wish to cancel or amend an order that was taken already is a record of its own, decided by where the order "
        "stands in the ERP (law L6). Its moves are fenced as those of orders are.",
        _change_diagram(),
        table(["state", "means"], [(f"`{state}`", CHANGES[state]) for state in ChangeState]),
        "## Refunds",
        "Goods that came back are a record of their own for each return, with one credit note (law L5). What it comes "
        "to is the share of what was posted (law L3), reckoned with the order's other credit notes locked.",
        _refund_diagram(),
        table(["state", "means"], [(f"`{state}`", REFUNDS[state]) for state in RefundState]),
        "## Despatches",
        "A despatch note is a record of its own, found in the ERP once and told to the storefront once, in the order "
        "in which they were found.",
        table(
            ["state", "means"],
            [
                ("`found`", "The ERP says these goods left. It will be told."),
                ("`sending`", "Being told. After a crash it is looked up at the storefront first."),
                ("`waiting`", REFUSED),
                ("`published`", "The storefront shows it."),
                ("`dropped`", "A named person took it that the storefront is not told."),
            ],
        ),
    )  # fmt: skip


def _diagram(ends: list[OrderState]) -> str:
    arrows = ["```mermaid", "stateDiagram-v2"]
    arrows += [f"    [*] --> {state}: capture" for state in (S.CAPTURED, S.UNREADABLE)]
    arrows += [f"    {begin} --> {end}: {move}" for (begin, move), end in MOVES.items()]
    arrows += [f"    {state} --> [*]" for state in ends]
    return "\n".join([*arrows, "```"])


def _change_diagram() -> str:
    arrows = ["```mermaid", "stateDiagram-v2", f"    [*] --> {C.ASKED}"]
    arrows += [f"    {begin} --> {end}: {move}" for (begin, move), end in CHANGE_MOVES.items()]
    return "\n".join([*arrows, "```"])


def _refund_diagram() -> str:
    arrows = ["```mermaid", "stateDiagram-v2", *(f"    [*] --> {state}" for state in (R.FOUND, R.UNREADABLE))]
    arrows += [f"    {begin} --> {end}: {move}" for (begin, move), end in REFUND_MOVES.items()]
    return "\n".join([*arrows, "```"])


def _begins(move: Move) -> list[OrderState]:
    return list(dict.fromkeys(begin for begin, one in MOVES if one is move))


def _leads(move: Move) -> list[OrderState]:
    return list(dict.fromkeys(end for (_, one), end in MOVES.items() if one is move))
