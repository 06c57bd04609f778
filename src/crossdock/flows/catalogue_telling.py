"""Back to the PIM: where each product stands and why; and, once the ERP has confirmed it, that it may be sold.

Told is only what shall be so. What the ERP does not hold is switched off, whoever switches it on, and switched on once
the ERP has confirmed it. Of everything else the PIM's own people decide.
"""

from collections.abc import Sequence

from crossdock.cases.kind import Finding
from crossdock.cases.kinds import ITEM_NOT_ON_SALE, RECONCILIATION_DIFFERENCE
from crossdock.flows.pairing import CataloguePairing
from crossdock.model.catalogue import AttributeValue, ProductChange
from crossdock.model.faults import Accepted, Refused, RemoteFault, Unknown
from crossdock.model.product_state import ProductMove, ProductState
from crossdock.ports.catalogue_memory import ProductFile, ProductMoved, Told

REASONS_MAX = 1000
FAULT_SECONDS = 30.0
KEPT = (RECONCILIATION_DIFFERENCE.code,)  # only a comparison settles what a comparison found


def due_for(
    pairing: CataloguePairing, file: ProductFile, status: str, reasons: str, *, confirmed: bool = False
) -> Told:
    """What the PIM shall show now."""
    policy = pairing.policy
    enabled = None
    if policy.hold_back and confirmed and file.due.enabled is False:
        enabled = True
    elif policy.hold_back and not confirmed and file.item is None:
        enabled = False
    return Told(
        enabled=enabled,
        status=status if policy.status_attribute else "",
        reasons=reasons[:REASONS_MAX] if policy.reasons_attribute else "",
    )


async def tell(pairing: CataloguePairing) -> int:
    """Write whatever the PIM does not show as it shall. Returns how many it shows now."""
    done = 0
    size = pairing.pim.product_batch_max
    while files := await pairing.products.to_tell(size):
        silent = [file for file in files if not _change(pairing, file)]
        done += await _released(pairing, silent)
        spoken = [file for file in files if _change(pairing, file)]
        if spoken:
            done += await _write(pairing, spoken)
    return done


async def _write(pairing: CataloguePairing, files: Sequence[ProductFile]) -> int:
    changes = [change for file in files if (change := _change(pairing, file)) is not None]
    try:
        outcomes = await pairing.pim.write_products(changes)
    except RemoteFault:
        await pairing.products.tell_later([file.id for file in files], FAULT_SECONDS)
        raise
    heard = []
    for file, outcome in zip(files, outcomes, strict=True):
        match outcome:
            case Accepted():
                heard.append(file)
            case Refused(text=text, evidence=evidence):
                await pairing.products.tell_later([file.id], pairing.recheck_every_seconds)
                await pairing.cases.raise_case(
                    _refused(pairing, text), record="product", record_id=file.id, ref=file.code, evidence=evidence
                )
            case Unknown():  # what shall be so is safe to say again
                await pairing.products.tell_later([file.id], pairing.confirm_every_seconds)
    return await _released(pairing, heard)


async def _released(pairing: CataloguePairing, files: Sequence[ProductFile]) -> int:
    """The PIM shows it: note that, and with it that what the ERP confirmed may be sold."""
    done = 0
    for file in files:
        if not await pairing.products.told(file):
            continue
        done += 1
        if file.state is ProductState.CONFIRMED:
            due = Told(status=file.due.status, reasons=file.due.reasons)
            await pairing.products.move([ProductMoved(file=file, move=ProductMove.TELL, due=due)])
            await pairing.cases.let_go("product", [file.id], reason="it may be sold", actor="crossdock", keep=KEPT)
        elif file.state is not ProductState.WAITING:
            finding = _refused(pairing, "")
            await pairing.cases.settle(
                finding.kind.code, finding.subject, record="product", record_id=file.id, reason="the PIM was told"
            )
    return done


def _refused(pairing: CataloguePairing, text: str) -> Finding:
    """One cause, one case: as a rule it is the same attribute, or the same right, for every product."""
    sku, subject = f"What {pairing.pim_name} is told of products", f"{pairing.pim_name} refuses"
    return ITEM_NOT_ON_SALE.about(subject, sku=sku, missing=f"it refuses to show where they stand: {text}")


def _change(pairing: CataloguePairing, file: ProductFile) -> ProductChange | None:
    """What is to be written; None when the PIM shows it already."""
    policy, due, told = pairing.policy, file.due, file.told
    values = [
        AttributeValue(attribute=attribute, data=said or None)
        for attribute, said, before in (
            (policy.status_attribute, due.status, told.status),
            (policy.reasons_attribute, due.reasons, told.reasons),
        )
        if attribute and said != before
    ]
    enabled = due.enabled if due.enabled != told.enabled else None
    if enabled is None and not values:
        return None
    return ProductChange(key=file.key, sku=file.code, enabled=enabled, values=tuple(values))
