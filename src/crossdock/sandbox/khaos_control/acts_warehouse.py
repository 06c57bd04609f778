"""The warehouse: picking, holding, despatching, and the stages in between."""

from typing import Any

from crossdock.sandbox.kernel import ActError
from crossdock.sandbox.khaos_control import despatching, fulfilment
from crossdock.sandbox.khaos_control.desk import Desk, explained
from crossdock.sandbox.khaos_control.model import (
    AWAITING_DATE,
    AWAITING_STOCK,
    ISSUE,
    MANUAL_HOLD,
    PICKING,
    RELEASED,
    STAGING,
    Invoice,
    Order,
)
from crossdock.sandbox.khaos_control.view import invoice_state, order_state

MANDATORY_STAGES = frozenset({RELEASED, STAGING, ISSUE, AWAITING_DATE, AWAITING_STOCK})


class WarehouseActs(Desk):
    def despatch(
        self,
        ref: str,
        lines: list[dict[str, Any]] | None = None,
        boxes: int = 1,
        courier: str = "",
        consignment: str = "",
    ) -> dict[str, Any]:
        """Send what is assigned, or [{sku, quantity}] of it: every stage, boxes, issue. ref: ours or the order code."""
        return despatching.despatch(
            self.store, self.find_order(ref), lines=lines, boxes=boxes, courier=courier, consignment=consignment
        )

    def despatch_some(
        self, seed: int = 0, share: float = 1.0, partial_share: float = 0.0, boxes: int = 1
    ) -> list[dict[str, Any]]:
        """Despatch a share of the open orders, a share of those in part."""
        return despatching.despatch_some(
            self.store, seed=seed, share=share, partial_share=partial_share, boxes=boxes
        )  # fmt: skip

    def stage(self, ref: str, stage_id: int, invoice: int = 0) -> dict[str, Any]:
        """Move one invoice of an order to any stage, known or not; 70 issues it. invoice: its place, from 0."""
        order = self.find_order(ref)
        chosen = self._invoice(order, invoice)
        with explained():
            fulfilment.move(self.store, order, chosen, int(stage_id))
        return invoice_state(chosen)

    def pick(self, ref: str) -> dict[str, Any]:
        """Begin picking everything assigned of an order: stage 12."""
        return self._move_open(ref, PICKING)

    def hold(self, ref: str) -> dict[str, Any]:
        """Stop an order by hand: stage 19."""
        return self._move_open(ref, MANUAL_HOLD)

    def release(self, ref: str) -> dict[str, Any]:
        """Let a held order go: stage 9."""
        return self._move_open(ref, RELEASED)

    def rename_invoice(self, ref: str, code: str, invoice: int = 0) -> dict[str, Any]:
        """Give an invoice another code; codes are no stable keys."""
        order = self.find_order(ref)
        chosen = self._invoice(order, invoice)
        chosen.code = code
        self.store.touch(order)
        return invoice_state(chosen)

    def disable_stage(self, stage_id: int) -> dict[str, Any]:
        """Take a stage out of this site's path; the mandatory ones stay."""
        if stage_id in MANDATORY_STAGES:
            raise ActError(f"stage {stage_id} cannot be disabled; {sorted(MANDATORY_STAGES)} are mandatory")
        self.store.disabled_stages.add(int(stage_id))
        return {"disabled_stages": sorted(self.store.disabled_stages)}

    def _invoice(self, order: Order, index: int) -> Invoice:
        if not 0 <= index < len(order.invoices):
            raise ActError(f"{order.code} has {len(order.invoices)} invoices; {index} is none of them (from 0)")
        return order.invoices[index]

    def _move_open(self, ref: str, stage: int) -> dict[str, Any]:
        order = self.find_order(ref)
        chosen = [one for one in order.invoices if one.open]
        if not chosen:
            raise ActError(f"{order.code} has no invoice with stock assigned that is not yet issued")
        for invoice in chosen:
            fulfilment.move(self.store, order, invoice, stage)
        return order_state(self.store, order)
