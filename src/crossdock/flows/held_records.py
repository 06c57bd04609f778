"""What cases hold besides orders: how each kind of record is looked at again, and what a person's remedy does to it.

A flow whose records stand in cases adds a row to RECORDS. A kind without one speaks for itself at its flow's next run.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from crossdock.cases.kind import Remedy
from crossdock.flows import arrival_remedies as arrival
from crossdock.flows import refund_remedies
from crossdock.flows.change_remedies import SETTLE, foresee_change, recheck_change
from crossdock.flows.differences import (
    RECORD,
    accept_differences,
    compare_again,
    foresee_difference,
    recheck_difference,
)
from crossdock.flows.held_companies import foresee_companies, recheck_company, set_aside_companies
from crossdock.flows.never_arrived import HINT, NUMBER
from crossdock.flows.pairing import Ground, Pairing
from crossdock.flows.price_publication import foresee_list, publish_again, speak_for_itself
from crossdock.flows.product_introduction import foresee_offers, leave_as_it_is, look_again
from crossdock.flows.refund_remedies import foresee_refund, recheck_refund
from crossdock.flows.silence import RECORD as FEED
from crossdock.flows.wish import Wish
from crossdock.ports.case_book import CaseRow, Held

G = TypeVar("G", bound=Ground)
Recheck = Callable[[G, Held, str], Awaitable[None]]
Settle = Callable[[G, CaseRow, Sequence[Held], Wish], Awaitable[None]]
Foresee = Callable[[G, CaseRow, Sequence[Held], Wish], Awaitable[Mapping[str, int]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordKind(Generic[G]):
    """recheck: bring one record as far as it will go, and let it go from the case when its cause is gone; safe to
    repeat. The text is the actor. settle: what a remedy does to those that a case holds. foresee: the same told
    beforehand, as words after "would" → how many; raises RemedyRefused when it cannot be done. Changes nothing.
    """

    recheck: Recheck[G]
    settle: Mapping[Remedy, Settle[G]] = field(default_factory=dict)
    foresee: Foresee[G] | None = None


async def recheck_despatch(pairing: Pairing, one: Held, actor: str) -> None:
    """It goes back to be told again; the case closes when the storefront has heard it."""
    file = await pairing.despatches.load(one.record_id)
    if file is None:
        return
    if file.state == "waiting":
        await pairing.despatches.move(file, "found", look_in_seconds=0.0, actor=actor)
    elif file.state in ("published", "dropped"):
        await pairing.cases.let_go("despatch", [one.record_id], reason="it is settled", actor=actor)


async def drop_despatches(pairing: Pairing, case: CaseRow, held: Sequence[Held], wish: Wish) -> None:
    """The storefront will not be told, and a named person takes that as it is."""
    for one in held:
        file = await pairing.despatches.load(one.record_id)
        if file is not None and file.state == "waiting":
            await pairing.despatches.move(file, "dropped", detail={"reason": wish.reason}, actor=wish.actor)


PUBLISH = dict.fromkeys((Remedy.MAP_CODE, Remedy.RETRY), publish_again)
RECORDS: Mapping[str, RecordKind[Pairing]] = {
    "company": RecordKind(
        recheck=recheck_company, settle={Remedy.SET_ASIDE: set_aside_companies}, foresee=foresee_companies
    ),
    "despatch": RecordKind(recheck=recheck_despatch, settle={Remedy.ACCEPT: drop_despatches}),
    NUMBER: RecordKind(
        recheck=arrival.recheck_number, settle={Remedy.ACCEPT: arrival.accept_numbers}, foresee=arrival.foresee_missing
    ),
    HINT: RecordKind(
        recheck=arrival.recheck_hint, settle={Remedy.ACCEPT: arrival.accept_hints}, foresee=arrival.foresee_missing
    ),
    FEED: RecordKind(recheck=arrival.recheck_feed, settle={Remedy.ACCEPT: arrival.accept_silence}),
    "price-list": RecordKind(recheck=speak_for_itself, settle=PUBLISH, foresee=foresee_list),
    "price": RecordKind(recheck=speak_for_itself, settle=PUBLISH),
    "offer": RecordKind(
        recheck=speak_for_itself,
        foresee=foresee_offers,
        settle={Remedy.RETRY: look_again, Remedy.SET_ASIDE: leave_as_it_is},
    ),
    "offer run": RecordKind(recheck=speak_for_itself, foresee=foresee_offers, settle={Remedy.RETRY: look_again}),
    RECORD: RecordKind(
        recheck=recheck_difference,
        foresee=foresee_difference,
        settle={
            Remedy.ACCEPT: accept_differences,
            Remedy.SET_ASIDE: accept_differences,
            Remedy.RETRY: compare_again,
            Remedy.MAP_CODE: compare_again,
            Remedy.LINK_ACCOUNT: compare_again,
        },
    ),
    "refund": RecordKind(recheck=recheck_refund, settle=refund_remedies.SETTLE, foresee=foresee_refund),
    "change": RecordKind(recheck=recheck_change, settle=SETTLE, foresee=foresee_change),
}
"""By the name of the record that cases hold."""


def by_kind(held: Sequence[Held], records: Mapping[str, Any] = RECORDS) -> Mapping[str, Sequence[Held]]:
    """Those of the records that have a row in the table, by their kind."""
    return {name: found for name in records if (found := [one for one in held if one.record == name])}
