"""What WAIR recommends: transfers between locations, stock targets, product texts.

WAIR does not remember what was fetched: every open transfer is listed again, to every reader, until it is no longer
open; the rows behind it then move up (docs.wair.ai, GET /Recommendations/transfers).
"""

import random
import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from crossdock.sandbox.wair.knobs import Knobs
from crossdock.sandbox.wair.reading import moment
from crossdock.sandbox.wair.stock import moved_lines
from crossdock.sandbox.wair.store import Upload
from crossdock.sandbox.wair.wire import Call, Json, invalid

PROPOSED, OPEN, PROCESSED, WITHDRAWN = "proposed", "open", "processed", "withdrawn"
PREFIXES = {"redistribution": "RD", "replenishment": "RP", "initial_distribution": "ID"}
DISPATCH_DAYS = 7


@dataclass(slots=True)
class Transfer:
    """One recommended transfer of one SKU. Only `open` ones are listed. by: who closed it."""

    reference_id: str
    kind: str
    from_location: str
    to_location: str
    sku_id: str
    quantity: Decimal
    batch_id: str
    batch_description: str
    planned_dispatch_on: str
    status: str = PROPOSED
    confirmed_at: datetime | None = None
    by: str = ""


@dataclass(slots=True)
class Recommendations:
    """glns: location id → GLN, for the rows. texts: product descriptions, newest last."""

    knobs: Knobs
    clock: Callable[[], datetime]
    random: random.Random
    glns: Callable[[], dict[str, str]]
    transfers: dict[str, Transfer] = field(default_factory=dict)
    targets: dict[tuple[str, str], Json] = field(default_factory=dict)
    texts: list[Json] = field(default_factory=list)

    def new_id(self) -> str:
        return str(uuid.UUID(int=self.random.getrandbits(128), version=4))

    def propose(
        self, kind: str, moves: Sequence[tuple[str, str, str, Decimal]], description: str = ""
    ) -> list[Transfer]:
        """One approval batch. moves: (from location, to location, SKU, quantity)."""
        day = self.clock().date()
        batch, title = self.new_id().upper(), description or f"{self.knobs.transfer_type(kind)} {day:%Y%m%d}"
        planned = (day + timedelta(days=DISPATCH_DAYS)).isoformat()
        made = [
            Transfer(f"{PREFIXES[kind]}_{self.new_id()}", kind, start, end, sku, quantity, batch, title, planned)
            for start, end, sku, quantity in moves
        ]
        self.transfers.update({one.reference_id: one for one in made})
        return made

    def confirm(self, transfers: Iterable[Transfer]) -> None:
        for one in transfers:
            one.status, one.confirmed_at = OPEN, self.clock()

    def close(self, transfers: Iterable[Transfer], status: str, by: str) -> None:
        for one in transfers:
            one.status, one.by = status, by

    def open(self) -> list[Transfer]:
        """In the order they were confirmed."""
        found = [one for one in self.transfers.values() if one.status == OPEN]
        return sorted(found, key=lambda one: str(one.confirmed_at))

    def uploaded(self, upload: Upload) -> None:
        """The ERP told of transfers: those that carry a referenceId of ours may no longer be open."""
        if upload.dataset.path != "Transfers" or self.knobs.leaves_list == "never":
            return
        for transfer in upload.rows:
            for line in moved_lines(transfer) or [transfer]:
                ours = self.transfers.get(line.get("referenceId") or transfer.get("referenceId") or "")
                if ours is not None and ours.status == OPEN and self._done(line):
                    self.close([ours], PROCESSED, "upload")

    def _done(self, line: Json) -> bool:
        moved = {"shipped": "quantityShipped", "received": "quantityReceived"}.get(self.knobs.leaves_list)
        if moved is None:
            return True
        return bool((line.get(moved) or Decimal(0)) >= line.get("quantity", Decimal(0)))

    def list_transfers(self, call: Call) -> list[Json]:
        """Every open row that the filter lets through. Raises Refused."""
        since = self._since(call, "FromConfirmedDateTime")
        open_ = [one for one in self.open() if since is None or (one.confirmed_at and one.confirmed_at >= since)]
        glns = self.glns()
        return [self._row(one, glns) for one in open_]

    def _since(self, call: Call, name: str) -> datetime | None:
        given = call.query.get(name.lower(), "")
        if not given:
            return None
        since = moment(given, self.knobs.zone())
        if since is None:
            raise invalid({name: [f"The value '{given}' is not valid for {name}."]})
        return since

    def _row(self, one: Transfer, glns: dict[str, str]) -> Json:
        return {
            "fromLocationId": one.from_location,
            "toLocationId": one.to_location,
            "skuId": one.sku_id,
            "quantity": one.quantity,
            "referenceId": one.reference_id,
            "approvalBatchId": one.batch_id,
            "fromLocationGLN": glns.get(one.from_location),
            "toLocationGLN": glns.get(one.to_location),
            "transferType": self.knobs.transfer_type(one.kind),
            "approvalBatchDescription": one.batch_description,
            "plannedDispatchDate": one.planned_dispatch_on,
        }

    def list_targets(self) -> list[Json]:
        return [dict(row) for _, row in sorted(self.targets.items())]

    def list_texts(self, call: Call) -> list[Json]:
        """Confirmed product texts. Raises Refused."""
        since = self._since(call, "ConfirmedDateTime")
        wanted = {name: call.query.get(name.lower(), "") for name in ("itemId", "styleId")}
        return [
            row
            for row in self.texts
            if row["confirmedDateTime"] and all(not value or row[name] == value for name, value in wanted.items())
            and (since is None or _at(row["confirmedDateTime"]) >= since)
        ]  # fmt: skip


def _at(text: Any) -> datetime:
    read = moment(text)
    if read is None:
        raise ValueError(f"{text!r} is no date and time")
    return read
