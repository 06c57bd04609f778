"""What is due: products are judged, laid out for the ERP, confirmed by reading it, and released in the PIM.

Every step is one effect, safe to repeat at any instant. What is laid out is laid out before it is noted: after a crash
in between it is judged again, and comes to the same document, which is out already. What the ERP holds is believed
only when it was read there.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from crossdock.cases.kind import Finding
from crossdock.cases.kinds import ITEM_INVALID_FOR_ERP, ITEM_NOT_ON_SALE
from crossdock.decide.catalogue import (
    Convert,
    Fit,
    Judgement,
    LeftOut,
    ModelFacts,
    ProductFacts,
    Template,
    Unfit,
    judge_model,
    judge_product,
    template_codes,
)
from crossdock.decide.confirming import is_readable, unconfirmed
from crossdock.decide.structure_change import Change
from crossdock.flows.catalogue import is_ready
from crossdock.flows.catalogue_telling import KEPT, due_for, tell
from crossdock.flows.pairing import CataloguePairing, Result
from crossdock.flows.structure_change import begin, go_on
from crossdock.model.faults import RemoteFault
from crossdock.model.item_document import ItemDocument
from crossdock.model.product_state import ProductMove, ProductState
from crossdock.ports.catalogue_memory import ProductFile, ProductMoved, Shapes
from crossdock.ports.channel import ItemChannel

BATCH = 200
FAULT_SECONDS = 30.0
OUT = "stock-item"
S = ProductState


async def settle(pairing: CataloguePairing) -> Result:
    """Everything that is due. Raises what a remote system raised; what it stopped is due again in a while."""
    if not await is_ready(pairing):
        return {"skipped": "the PIM's and the ERP's lists have not been read yet"}
    counts: Result = {"judged": 0, "laid_out": 0, "held": 0, "confirmed": 0, "told": 0}
    await pairing.products.let_ready_go()
    while True:
        shapes: Shapes | None = None
        while files := await pairing.products.due([S.CAPTURED, S.READY], BATCH):
            shapes = shapes or await pairing.products.shapes()
            counts["judged"] += len(files)
            await _judge(pairing, files, shapes, counts)
        await go_on(pairing)
        while files := await pairing.products.due([S.PUT_OUT], BATCH):
            await _confirm(pairing, files, counts)
        if not await pairing.products.let_ready_go():  # a template was confirmed: its items are next
            break
    await go_on(pairing)
    counts["told"] += await tell(pairing)
    return counts


async def _judge(pairing: CataloguePairing, files: Sequence[ProductFile], shapes: Shapes, counts: Result) -> None:
    try:
        await _take_on(pairing, await _ask_for_missing(pairing, files), shapes, counts)
    except RemoteFault:
        await pairing.products.look_later([file.id for file in files], FAULT_SECONDS)
        raise


async def _take_on(pairing: CataloguePairing, files: Sequence[ProductFile], shapes: Shapes, counts: Result) -> None:
    maps = (await pairing.reference.maps()).attribute
    fit: list[tuple[ProductFile, ItemDocument]] = []
    unfit: dict[tuple[tuple[str, str], ...], tuple[tuple[Finding, ...], list[ProductFile]]] = {}
    for file in files:
        match judge(pairing, file, shapes, maps):
            case Fit(document=document, replaces=replaces):
                if replaces:
                    await _begin_replacing(pairing, file, replaces)
                fit.append((file, document))
            case Convert(document=document):
                await begin(pairing, file, document)
            case LeftOut(reason=reason):
                left = ProductMoved(file=file, move=ProductMove.LEAVE_OUT, detail={"reason": reason})
                await pairing.products.move([left])
            case Unfit(findings=findings):
                key = tuple(sorted((one.kind.code, one.subject) for one in findings))
                unfit.setdefault(key, (findings, []))[1].append(file)
    for findings, held in unfit.values():
        counts["held"] += await _hold(pairing, held, findings)
    counts["laid_out"] += await _lay_out(pairing, fit)


def judge(pairing: CataloguePairing, file: ProductFile, shapes: Shapes, maps: Mapping[str, str]) -> Judgement:
    """What the rules say of this product with today's facts. Pure: the rehearsal calls it too."""
    policy, axes = pairing.policy, shapes.axes.get(file.family_variant, ())
    if file.model is not None:
        if file.model.parent:
            return LeftOut(reason="a level between a model and its variants")
        facts = ModelFacts(
            axes=axes, item=file.item, taken_item=file.taken_item, known_id=file.item_id, known_code=file.item_code,
            maps=maps, paths=shapes.paths(file.model.categories), sku_alive=file.sku_alive,
        )  # fmt: skip
        return _sayable(pairing, file, judge_model(file.model, facts, policy, ref=file.ref))
    if file.product is None:
        raise ValueError(f"{file.kind} {file.key} cannot be read yet")
    template = None
    if file.root:
        code = file.template_code or template_codes(file.root, policy)[0]
        template = Template(model=file.root, code=code, item_id=file.template_id, axes=axes)
    known = ProductFacts(
        item=file.item, known_id=file.item_id, known_code=file.item_code, maps=maps,
        paths=shapes.paths(file.product.categories), template=template, twin=file.twin,
    )  # fmt: skip
    family = file.product.family
    asking = policy.asking(family, shapes.required.get(family, ()))
    return _sayable(pairing, file, judge_product(file.product, known, asking, ref=file.ref))


def _sayable(pairing: CataloguePairing, file: ProductFile, judged: Judgement) -> Judgement:
    """What the ERP's channel cannot hold is told now, by name, and not laid out to be left out there."""
    channel = pairing.of_erp(ItemChannel)
    if channel is None or not isinstance(judged, Fit | Convert):
        return judged
    fault = channel.item_problem(judged.document)
    if fault is None:
        return judged
    problem = f"{fault.place.rpartition('.')[2]}: {fault.problem}"
    return Unfit(findings=(ITEM_INVALID_FOR_ERP.about(file.code or file.key, sku=file.code, problem=problem),))


async def _ask_for_missing(pairing: CataloguePairing, files: Sequence[ProductFile]) -> Sequence[ProductFile]:
    """Before an item is made, the ERP is asked by name: what it holds already keeps what the ERP owns."""
    codes: set[str] = set()
    for file in files:
        if file.model is not None and not file.model.parent and not file.item_id:
            codes.update(template_codes(file.code, pairing.policy))
        elif file.product is not None and file.item is None and file.code:
            codes.add(file.code)
    if not codes:
        return files
    found = await pairing.erp.find_items(sorted(codes))
    if not found:
        return files
    await pairing.reference.store_items(found)
    return await pairing.products.load([file.id for file in files])


async def _begin_replacing(pairing: CataloguePairing, file: ProductFile, old_code: str) -> None:
    old = await pairing.erp.find_items([old_code])
    for one in old:
        if not one.discontinued:
            change = Change(kind="replace", old_code=one.code, old_id=one.item_id, model=file.code)
            await pairing.products.begin_change(file.id, change)


async def _hold(pairing: CataloguePairing, files: Sequence[ProductFile], findings: Sequence[Finding]) -> int:
    reasons = "; ".join(one.cause for one in findings)
    moves = [
        ProductMoved(
            file=file, move=ProductMove.HOLD, due=due_for(pairing, file, "waiting", reasons),
            detail={"cases": [f"{one.kind.code}: {one.subject}" for one in findings]},
        )
        for file in files
    ]  # fmt: skip
    return await pairing.products.hold(moves, findings)


async def _lay_out(pairing: CataloguePairing, fit: Sequence[tuple[ProductFile, ItemDocument]]) -> int:
    """Templates before their items, items that changed after they were confirmed, and new ones.

    What the ERP holds as it is said needs no laying out. Without a door nothing can be laid out: a person is told, and
    whatever they make by hand is found.
    """
    out: list[tuple[ProductFile, ItemDocument]] = []
    for file, document in fit:
        if document.family is not None and not document.family.item_id:
            if file.state is S.CAPTURED:
                due = due_for(pairing, file, "waiting for its family", "")
                await pairing.products.move([ProductMoved(file=file, move=ProductMove.PASS, due=due, wanted=document)])
            else:
                await pairing.products.look_later([file.id], None)
        elif is_known(pairing, file, document):
            await _confirmed(pairing, file, document)
        else:
            out.append((file, document))
    if not out:
        return 0
    if pairing.outbox is None or not has_door(pairing):
        return await _no_door(pairing, out)
    # What was said before and is not so in the ERP is said again, at a new place in the row.
    for again in (False, True):
        said = {document.ref: document for file, document in out if (file.wanted == document) is again}
        if said:
            await pairing.outbox.replace(OUT, said, again=again)
    moves = [
        ProductMoved(
            file=file, move=ProductMove.LAY_OUT, wanted=document, look_in_seconds=0.0,
            due=due_for(pairing, file, "sent to the ERP", ""), detail={"item": document.code},
        )
        for file, document in out
    ]  # fmt: skip
    moved = await pairing.products.move(moves)
    await _let_go(pairing, [file for (file, _), did in zip(out, moved, strict=True) if did], "it is fit now")
    return sum(moved)


def is_known(pairing: CataloguePairing, file: ProductFile, document: ItemDocument) -> bool:
    """The ERP holds it just so: it was confirmed like this, or looks like it in all that can be read and said."""
    if file.item is None or unconfirmed(document, file.item):
        return False
    if file.wanted is None or not has_door(pairing):
        return is_readable(document) or not has_door(pairing)
    return replace(file.wanted, birth=None, item_id=document.item_id) == document


def has_door(pairing: CataloguePairing) -> bool:
    """Whether the ERP fetches stock items from us."""
    return pairing.outbox is not None and pairing.of_erp(ItemChannel) is not None


def is_held_without_door(pairing: CataloguePairing, file: ProductFile, judged: Judgement) -> bool:
    """Fit, and nobody to take it: a person makes or changes it in the ERP."""
    return not has_door(pairing) and isinstance(judged, Fit) and not is_known(pairing, file, judged.document)


async def _no_door(pairing: CataloguePairing, out: Sequence[tuple[ProductFile, ItemDocument]]) -> int:
    """One cause, one case: nobody fetches items here."""
    missing = (
        f"{pairing.erp_name} fetches no stock items from Crossdock, so they are made and changed there by hand; "
        "each goes on once it is found there"
    )
    finding = ITEM_NOT_ON_SALE.about(
        f"{pairing.erp_name} items", sku="What is new or changed in the PIM", missing=missing
    )
    await _hold(pairing, [file for file, _ in out], [finding])
    return 0


async def _let_go(pairing: CataloguePairing, files: Sequence[ProductFile], reason: str) -> None:
    for kind in ("product", "model"):
        if ids := [file.id for file in files if file.kind == kind]:
            await pairing.cases.let_go(kind, ids, reason=reason, actor="crossdock", keep=KEPT)


async def _confirm(pairing: CataloguePairing, files: Sequence[ProductFile], counts: Result) -> None:
    """Ask the ERP by name. Templates are asked for with their items: some ERPs show an item only inside its family."""
    codes = {file.wanted.code for file in files if file.wanted is not None}
    codes |= {file.wanted.family.code for file in files if file.wanted is not None and file.wanted.family is not None}
    try:
        found = await pairing.erp.find_items(sorted(codes))
    except RemoteFault:
        await pairing.products.look_later([file.id for file in files], FAULT_SECONDS)
        raise
    await pairing.reference.store_items(found)
    there = {one.code.casefold(): one for one in found}
    for file in files:
        if file.wanted is None:
            raise ValueError(f"{file.kind} {file.key} is laid out and nobody knows as what")
        item = there.get(file.wanted.code.casefold())
        if item is not None and not unconfirmed(file.wanted, item):
            document = replace(file.wanted, birth=None, item_id=item.item_id)
            # Fetched again from the beginning, it must not give the item back the tax it was born with.
            if pairing.outbox is not None and document != file.wanted:
                await pairing.outbox.replace(OUT, {document.ref: document})
            counts["confirmed"] += await _confirmed(pairing, replace(file, item=item), document)
        else:
            await _not_yet(pairing, file, unconfirmed(file.wanted, item))


async def _confirmed(pairing: CataloguePairing, file: ProductFile, document: ItemDocument) -> bool:
    assert file.item is not None
    move = ProductMoved(
        file=file, move=ProductMove.CONFIRM, wanted=document, item_id=file.item.item_id, item_code=file.item.code,
        due=due_for(pairing, file, "in the ERP", "", confirmed=True),
        detail={"item": file.item.code, "key": file.item.item_id},
    )  # fmt: skip
    (done,) = await pairing.products.move([move])
    if done:
        await _let_go(pairing, [file], "the ERP holds it as it was laid out")
        if file.kind == "model":
            await _end_with_template(pairing, file)
        if model := file.code if file.kind == "model" else file.root:
            await pairing.products.hurry_changes(model)
    return done


async def _end_with_template(pairing: CataloguePairing, file: ProductFile) -> None:
    """Nobody is told of a template: it is never sold."""
    (now,) = await pairing.products.load([file.id])
    if now.state is S.CONFIRMED:
        await pairing.products.move([ProductMoved(file=now, move=ProductMove.TELL)])


async def _not_yet(pairing: CataloguePairing, file: ProductFile, missing: Mapping[str, tuple[str, str]]) -> None:
    """It may simply not have been fetched yet; after a while somebody must see why."""
    await pairing.products.look_later([file.id], pairing.confirm_every_seconds)
    now = pairing.clock.now()
    if file.put_out_at is None or now - file.put_out_at < timedelta(seconds=pairing.confirm_within_seconds):
        return
    if "stock item" in missing:
        subject, sku = f"{pairing.erp_name} confirmation", f"What was laid out for {pairing.erp_name}"
        text = f"{pairing.erp_name} does not show it yet; see whether it fetches, and what it says of what it fetched"
    else:
        told = "; ".join(f"{name} shall be {ours!r} and is {theirs!r}" for name, (ours, theirs) in missing.items())
        subject, sku, text = file.code, file.code, f"the ERP does not hold it as it was laid out: {told}"
    finding = ITEM_NOT_ON_SALE.about(subject, sku=sku, missing=text)
    await pairing.cases.raise_case(finding, record=file.kind, record_id=file.id, ref=file.code)
