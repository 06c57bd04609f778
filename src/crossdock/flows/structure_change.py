"""Changes of structure, step by step: what is true is read in the ERP, the next step follows from it, then it is noted.

A change is a row of its own with the step it has reached. Whoever dies between two calls loses nothing: the next look
reads the same facts and comes to the same step. What is laid out is absolute, and laid out again says nothing new.
"""

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal

from crossdock.cases.kinds import STRUCTURE_CHANGE_BLOCKED
from crossdock.decide.structure_change import Act, Advance, Blocked, Change, Seen, Step, Wait, next_step
from crossdock.flows.catalogue_telling import due_for
from crossdock.flows.pairing import CataloguePairing
from crossdock.model.faults import RemoteFault
from crossdock.model.item_document import Family, ItemDocument
from crossdock.model.product_state import ProductMove, ProductState
from crossdock.model.stock import StockFigure, StockItem
from crossdock.ports.catalogue_memory import ChangeFile, ProductFile, ProductMoved, Told
from crossdock.ports.channel import ItemChannel
from crossdock.ports.systems import StockFinder

OUT = "stock-item"
LIMIT = 50
FAULT_SECONDS = 30.0
THERE = frozenset({ProductState.CONFIRMED, ProductState.RELEASED})


async def begin(pairing: CataloguePairing, file: ProductFile, document: ItemDocument) -> None:
    """A plain item shall be one of a family. Its key and its stock are noted before anything is done."""
    found = await pairing.erp.find_items([file.code])
    await pairing.reference.store_items(found)
    old = next((one for one in found if one.code.casefold() == file.code.casefold()), None)
    if old is None or old.parent_code:  # not as we remembered it: judged anew, with what was read now
        await pairing.products.look_later([file.id], FAULT_SECONDS if old is None else 0.0)
        return
    change = Change(
        kind="link", old_code=old.code, old_id=old.item_id, model=file.root, stock=await _stock(pairing, old.code)
    )
    await pairing.products.begin_change(file.id, change)
    await pairing.products.move(
        [ProductMoved(file=file, move=ProductMove.CONVERT, wanted=document, detail={"model": file.root})]
    )


async def go_on(pairing: CataloguePairing) -> int:
    """Bring every change that is due as far as it will go. Returns how many steps were made."""
    steps = 0
    while changes := await pairing.products.changes_due(LIMIT):
        for one in changes:
            try:
                steps += await _go_on(pairing, one)
            except RemoteFault:
                await pairing.products.look_at_change(one.id, FAULT_SECONDS)
                raise
    return steps


async def _go_on(pairing: CataloguePairing, one: ChangeFile) -> int:
    (file,) = await pairing.products.load([one.record_id])
    if reason := _pointless(one.change, file):
        await pairing.products.end_change(file.id, reason=reason, actor="crossdock")
        await pairing.cases.settle(
            STRUCTURE_CHANGE_BLOCKED.code, one.change.old_code, record=file.kind, record_id=file.id, reason=reason
        )
        return 0
    seen = await _look(pairing, one.change, file)
    match next_step(one.change, seen, pairing.policy):
        case Wait(why=why):
            await pairing.products.look_at_change(one.id, pairing.confirm_every_seconds)
            if pairing.clock.now() - one.began_at > timedelta(seconds=pairing.confirm_within_seconds):
                await _blocked(pairing, one, file, why)
            return 0
        case Blocked(problems=problems):
            await pairing.products.look_at_change(one.id, pairing.recheck_every_seconds)
            await _blocked(pairing, one, file, "; ".join(problems))
            return 0
        case Act(what=what, to=to):
            if problem := await _act(pairing, one.change, file, seen, what):
                await pairing.products.look_at_change(one.id, pairing.recheck_every_seconds)
                await _blocked(pairing, one, file, problem)
                return 0
            return int(await pairing.products.step(one, to, look_in_seconds=0.0))
        case Advance(to=Step.DONE):
            return await _done(pairing, one, file, seen)
        case Advance(to=to):
            return int(await pairing.products.step(one, to, look_in_seconds=0.0))


async def can_be_vouched_for(pairing: CataloguePairing, file: ProductFile) -> str:
    """Why a person's word is not enough to go on; "" when it is. Reads the ERP, changes nothing."""
    one = await pairing.products.change_of(file.id)
    if one is None:
        return f"{file.code}: no change of its place is under way"
    found = next_step(one.change, await _look(pairing, one.change, file), pairing.policy)
    if isinstance(found, Blocked) and not found.can_vouch:
        return f"{'; '.join(found.problems)}: nobody's word makes that good, so see to it first"
    return ""


def _pointless(change: Change, file: ProductFile) -> str:
    """Why there is nothing to change any more; "" while there is."""
    if file.state in (ProductState.GONE, ProductState.SET_ASIDE, ProductState.LEFT_OUT):
        return f"it is {file.state.value.replace('_', ' ')} in the PIM"
    if change.kind == "link" and file.root != change.model:
        return f"the PIM has it below {file.root or 'no model'} now"
    return ""


async def _look(pairing: CataloguePairing, change: Change, file: ProductFile) -> Seen:
    """Everything the next step hangs on, read now."""
    if change.kind == "link":
        template = file.template_code if file.template_state in THERE else ""
    else:
        template = file.item_code if file.state in THERE else ""
    found = await pairing.erp.find_items(list(dict.fromkeys(filter(None, (change.old_code, template)))))
    await pairing.reference.store_items(found)
    old = next((one for one in found if one.code.casefold() == change.old_code.casefold()), None)
    seen = Seen(old=old, stock=await _stock(pairing, change.old_code), template_code=template)
    if change.kind == "link":
        return seen
    children = await pairing.products.children(change.model)
    return Seen(
        old=old, stock=seen.stock, template_code=template, items=children.confirmed, waiting=children.waiting,
        orders=await pairing.products.open_orders(change.old_code),
    )  # fmt: skip


async def _stock(pairing: CataloguePairing, code: str) -> Mapping[str, Decimal] | None:
    """By site; None when the ERP tells none, tells it badly, or does not count it."""
    finder = pairing.of_erp(StockFinder)
    if finder is None:
        return None
    figures = await finder.find_stock([code])
    counted = [one for one in figures if isinstance(one, StockFigure) and not one.unlimited]
    return {one.site: one.quantity for one in counted} if counted and len(counted) == len(figures) else None


async def _act(pairing: CataloguePairing, change: Change, file: ProductFile, seen: Seen, what: str) -> str:
    """Lay it out. Returns why it cannot be: then a person does it by hand, and it is found done."""
    channel = pairing.of_erp(ItemChannel)
    if pairing.outbox is None or channel is None:
        by_hand = f"put {change.old_code} below {seen.template_code}" if what == "link" else f"retire {change.old_code}"
        return f"{pairing.erp_name} fetches no stock items from Crossdock; {by_hand} there by hand"
    if what == "link":
        if file.wanted is None or file.wanted.family is None:
            raise ValueError(f"{file.code} shall be linked and nobody knows as what")
        document = _linked(file, change)
    else:
        document = ItemDocument(
            ref=f"retired-{change.old_id}", code=change.old_code, item_id=change.old_id, retired=True
        )
    if fault := channel.item_problem(document):
        return f"{fault.place}: {fault.problem}"
    await pairing.outbox.replace(OUT, {document.ref: document})
    return ""


def _linked(file: ProductFile, change: Change) -> ItemDocument:
    """The item as it was judged, below its template as the ERP knows it by now."""
    assert file.wanted is not None
    assert file.wanted.family is not None
    family = Family(code=file.template_code, item_id=file.template_id, values=file.wanted.family.values)
    said = file.wanted
    return ItemDocument(
        ref=said.ref, code=said.code, item_id=change.old_id, texts=said.texts, measures=said.measures,
        custom=said.custom, family=family,
    )  # fmt: skip


async def _done(pairing: CataloguePairing, one: ChangeFile, file: ProductFile, seen: Seen) -> int:
    """Read back as it should be. The product goes on before the change ends: after a crash in between, it ends then."""
    change = one.change
    if change.kind == "link" and file.state is ProductState.CONVERTING:
        await _confirm_linked(pairing, file, change)
    elif change.kind == "replace":
        await _replaced(pairing, change, seen.old)
    done = await pairing.products.step(one, Step.DONE, look_in_seconds=None)
    await pairing.cases.settle(
        STRUCTURE_CHANGE_BLOCKED.code, change.old_code, record=file.kind, record_id=file.id,
        reason="the change is made, and the ERP shows it",
    )  # fmt: skip
    return int(done)


async def _confirm_linked(pairing: CataloguePairing, file: ProductFile, change: Change) -> None:
    move = ProductMoved(
        file=file, move=ProductMove.CONFIRM, wanted=_linked(file, change), item_id=change.old_id,
        item_code=change.old_code, due=due_for(pairing, file, "in the ERP", "", confirmed=True),
        detail={"item": change.old_code, "below": file.template_code},
    )  # fmt: skip
    await pairing.products.move([move])


async def _replaced(pairing: CataloguePairing, change: Change, old: StockItem | None) -> None:
    """The old product, if the PIM has it still, is switched off there."""
    file = await pairing.products.find_record("product", change.old_code)
    if file is None or file.state in (ProductState.REPLACED, ProductState.GONE):
        return
    due = Told(
        enabled=False if pairing.policy.hold_back else None,
        status="replaced" if pairing.policy.status_attribute else "",
        reasons=f"its place is taken by the variants of {change.model}" if pairing.policy.reasons_attribute else "",
    )
    move = ProductMoved(file=file, move=ProductMove.REPLACE, due=due, detail={"model": change.model})
    await pairing.products.move([move])
    await pairing.cases.let_go("product", [file.id], reason="others took its place", actor="crossdock")


async def _blocked(pairing: CataloguePairing, one: ChangeFile, file: ProductFile, problem: str) -> None:
    code = one.change.old_code
    finding = STRUCTURE_CHANGE_BLOCKED.about(code, sku=code, problem=problem, step=one.change.step)
    await pairing.cases.raise_case(finding, record=file.kind, record_id=file.id, ref=file.code)
