"""What cases of a catalogue pairing hold, products and models: how each is looked at again, and what a remedy does."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from crossdock.cases.kind import Remedy
from crossdock.cases.kinds import ITEM_NOT_ON_SALE, RECONCILIATION_DIFFERENCE, STRUCTURE_CHANGE_BLOCKED
from crossdock.decide.catalogue import Unfit
from crossdock.flows.catalogue_items import is_held_without_door, judge
from crossdock.flows.catalogue_telling import due_for
from crossdock.flows.held_records import RecordKind
from crossdock.flows.pairing import CataloguePairing
from crossdock.flows.structure_change import can_be_vouched_for
from crossdock.flows.wish import RemedyRefused, Wish
from crossdock.model.product_state import ProductMove, ProductState
from crossdock.ports.case_book import CaseRow, Held
from crossdock.ports.catalogue_memory import ProductFile, ProductMoved, Shapes

S = ProductState
GO_ON = "go on to the ERP"
OVER = frozenset({S.RELEASED, S.REPLACED, S.SET_ASIDE, S.LEFT_OUT})


@dataclass(frozen=True, slots=True)
class _Ground:
    shapes: Shapes
    maps: Mapping[str, str]


async def _ground(pairing: CataloguePairing) -> _Ground:
    return _Ground(await pairing.products.shapes(), (await pairing.reference.maps()).attribute)


async def recheck(pairing: CataloguePairing, one: Held, actor: str) -> None:
    """Judged with what is known now. What is settled elsewhere (a telling, a confirmation, a step) is made due."""
    files = await pairing.products.load([one.record_id])
    if not files:
        return
    (file,) = files
    if (change := await pairing.products.change_of(file.id)) is not None:
        await pairing.products.look_at_change(change.id, 0.0)
    elif file.state is S.WAITING:
        await _judge_again(pairing, file, actor)
    elif file.state is S.PUT_OUT:
        await pairing.products.look_later([file.id], 0.0)
    elif file.state is S.CONFIRMED:
        await pairing.products.tell_later([file.id], 0.0)
    elif file.state in OVER or (file.state is S.GONE and (file.item is None or file.item.discontinued)):
        await pairing.products.tell_later([file.id], 0.0)
        if file.told_all:
            await pairing.cases.let_go(file.kind, [file.id], reason="it is settled", actor=actor)


async def _judge_again(pairing: CataloguePairing, file: ProductFile, actor: str) -> None:
    ground = await _ground(pairing)
    judged = judge(pairing, file, ground.shapes, ground.maps)
    if isinstance(judged, Unfit):
        reasons = "; ".join(one.cause for one in judged.findings)
        due = due_for(pairing, file, "waiting", reasons)
        await pairing.products.hold([ProductMoved(file=file, move=ProductMove.HOLD, due=due)], judged.findings)
        return
    if is_held_without_door(pairing, file, judged):
        return
    again = ProductMoved(
        file=file, move=ProductMove.LOOK_AGAIN, look_in_seconds=0.0, actor=actor, detail={"reason": "its cause is gone"}
    )
    if (await pairing.products.move([again]))[0]:
        await pairing.cases.let_go(file.kind, [file.id], reason="its cause is gone", actor=actor)


async def foresee(pairing: CataloguePairing, case: CaseRow, held: Sequence[Held], wish: Wish) -> Mapping[str, int]:
    """As words after "would" → how many. Raises RemedyRefused."""
    files = await pairing.products.load([one.record_id for one in held])
    match wish.remedy:
        case Remedy.SET_ASIDE:
            return {"be taken out, until it changes in the PIM": sum(1 for one in files if one.state in _CAN_LEAVE)}
        case Remedy.APPLY:
            return await _foresee_apply(pairing, files)
        case Remedy.SEND_AGAIN:
            return {"be made in the ERP anew": sum(1 for one in files if _is_lost(one))}
        case Remedy.ACCEPT:
            return {"be left as it is": len(files)}
    ground = await _ground(pairing)
    maps = dict(ground.maps)
    if wish.remedy is Remedy.MAP_CODE:
        _check_map(pairing, case, wish)
        maps[case.subject] = wish.params["code"].strip()
    would: Counter[str] = Counter()
    for file in files:
        would.update(_would(pairing, file, _Ground(ground.shapes, maps)))
    return would


def _would(pairing: CataloguePairing, file: ProductFile, ground: _Ground) -> list[str]:
    if file.state is not S.WAITING:
        return ["be looked at again"]
    judged = judge(pairing, file, ground.shapes, ground.maps)
    if isinstance(judged, Unfit):
        return sorted({f"wait for {one.kind.code}" for one in judged.findings})
    return [f"wait for {ITEM_NOT_ON_SALE.code}" if is_held_without_door(pairing, file, judged) else GO_ON]


def _check_map(pairing: CataloguePairing, case: CaseRow, wish: Wish) -> None:
    if case.kind != "attribute-unmapped":
        raise RemedyRefused("a product of the PIM is mapped to no other item: correct it in the PIM, then retry")
    attribute = case.subject.partition("/")[0]
    if attribute != pairing.policy.tax_attribute:
        return
    try:
        percent = Decimal(wish.params["code"].strip())
        if not 0 <= percent <= 100:
            raise InvalidOperation
    except InvalidOperation:
        said = (
            f"{attribute} says the tax of a new item: code must be its percent, such as 20, was {wish.params['code']!r}"
        )
        raise RemedyRefused(said) from None


async def _foresee_apply(pairing: CataloguePairing, files: Sequence[ProductFile]) -> Mapping[str, int]:
    for file in files:
        if problem := await can_be_vouched_for(pairing, file):
            raise RemedyRefused(problem)
    return {"go on from the step it has reached": len(files)}


_CAN_LEAVE = frozenset({S.WAITING, S.UNREADABLE, S.CONVERTING, S.RELEASED, S.CONFIRMED, S.PUT_OUT})


async def set_aside(pairing: CataloguePairing, case: CaseRow, held: Sequence[Held], wish: Wish) -> None:
    """A named person takes it out. What it has in the ERP stays there as it is."""
    for file in await pairing.products.load([one.record_id for one in held]):
        await pairing.products.end_change(file.id, reason=wish.reason, actor=wish.actor)
        if file.state in (S.WAITING, S.UNREADABLE):
            out = ProductMoved(
                file=file, move=ProductMove.SET_ASIDE, actor=wish.actor, detail={"reason": wish.reason},
                due=due_for(pairing, file, "set aside", wish.reason),
            )  # fmt: skip
            await pairing.products.move([out])
        elif file.state is S.CONVERTING:
            await pairing.products.hold(
                [ProductMoved(file=file, move=ProductMove.HOLD, actor=wish.actor)],
                [STRUCTURE_CHANGE_BLOCKED.about(file.code, sku=file.code, problem=f"given up: {wish.reason}")],
            )
            (waiting,) = await pairing.products.load([file.id])
            out = ProductMoved(
                file=waiting, move=ProductMove.SET_ASIDE, actor=wish.actor, detail={"reason": wish.reason}
            )
            await pairing.products.move([out])
        await pairing.cases.let_go(file.kind, [file.id], reason=wish.reason, actor=wish.actor)


async def vouch(pairing: CataloguePairing, case: CaseRow, held: Sequence[Held], wish: Wish) -> None:
    """A named person answers for what the ERP does not tell; the change goes on from its step."""
    for one in held:
        await pairing.products.waive_change(one.record_id, reason=wish.reason, actor=wish.actor)


async def send_again(pairing: CataloguePairing, case: CaseRow, held: Sequence[Held], wish: Wish) -> None:
    """A person's word that the ERP certainly has it no more: it is a new item now."""
    for file in await pairing.products.load([one.record_id for one in held]):
        if _is_lost(file):
            await pairing.products.forget_item(file, reason=wish.reason, actor=wish.actor)


async def accept(pairing: CataloguePairing, case: CaseRow, held: Sequence[Held], wish: Wish) -> None:
    """The difference stays, until either side changes."""
    for one in held:
        await pairing.products.accept(one.record_id, case.facts["theirs"], reason=wish.reason, actor=wish.actor)
        await pairing.cases.settle(
            RECONCILIATION_DIFFERENCE.code, case.subject, record=one.record, record_id=one.record_id, reason=wish.reason
        )


def _is_lost(file: ProductFile) -> bool:
    return file.state is S.WAITING and bool(file.item_id) and file.item is None


_ROW: RecordKind[CataloguePairing] = RecordKind(
    recheck=recheck,
    foresee=foresee,
    settle={
        Remedy.SET_ASIDE: set_aside, Remedy.APPLY: vouch, Remedy.SEND_AGAIN: send_again, Remedy.ACCEPT: accept,
    },
)  # fmt: skip
RECORDS: Mapping[str, RecordKind[CataloguePairing]] = {"product": _ROW, "model": _ROW}
