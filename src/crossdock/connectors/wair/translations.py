"""Wire documents understood and said without a connection: bytes → canonical values, canonical values → bytes.

Each kind is read in both tongues, wair.ai's own and the retail-stock bridge's, told apart record by record; ids are
taken for codes. Written is the bridge's, which loses nothing.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from crossdock.connectors.bridge import Problem, Wire, dumps, fault_of, loads, read_event, read_problem, take
from crossdock.connectors.wair import mapping_goods as goods
from crossdock.connectors.wair import mapping_stock as stock
from crossdock.connectors.wair import wire
from crossdock.connectors.wair.events import to_webhook_event
from crossdock.connectors.wair.fields import DATASETS, ROWS
from crossdock.connectors.wair.native_faults import Refusal, read_refusal
from crossdock.connectors.wair.native_speech import Speech
from crossdock.model.faults import DataFault
from crossdock.model.retail import RetailStock
from crossdock.ports.systems import Translation, WebhookEvent

W = TypeVar("W", bound=Wire)
NATIVE = Speech()
WRAPPERS = ("data", *dict.fromkeys(dataset.names[ROWS] for dataset in DATASETS.values()))
VALIDATION = 400  # the one refusal of wair.ai whose page speaks of a body


@dataclass(frozen=True, slots=True)
class Kind(Generic[W]):
    """key: the member that only the bridge's record has. native_key: the one that only wair.ai's has, "" for none."""

    model: type[W]
    to: Callable[[W, str], Any]
    key: str
    native_key: str = ""
    native: Callable[[Any, str], Any] | None = None

    def read(self, raw: bytes) -> Sequence[Any]:
        """Every record; all that is wrong with any of them in one fault."""
        found: list[Any] = []
        problems: list[tuple[str, str]] = []
        for place, record in records(raw):
            try:
                found.append(self.one(record, place))
            except DataFault as fault:
                problems.append((fault.place, fault.problem))
        if problems:
            raise fault_of(problems)
        return found

    def one(self, record: Any, place: str) -> Any:
        known = record if isinstance(record, dict) else {}
        if self.native is not None and self.key not in known and self.native_key in known:
            return self.native(record, place)
        return self.to(take(self.model, record, place), place)


def records(raw: bytes) -> list[tuple[str, Any]]:
    """(place, record) of one record, of a list of them, or of a page, a query's answer or an upload that holds one."""
    document = _json(raw)
    if isinstance(document, list):
        return [(f"[{at}]", record) for at, record in enumerate(document)]
    for wrapper in WRAPPERS:
        if isinstance(document, dict) and wrapper in document:
            if not isinstance(document[wrapper], list):
                raise DataFault(wrapper, "must be a list")
            return [(f"{wrapper}[{at}]", record) for at, record in enumerate(document[wrapper])]
    return [("document", document)]


def read_events(raw: bytes) -> Sequence[WebhookEvent]:
    """The body of one event. Its signature is checked, and its key known, where its headers are."""
    return [to_webhook_event(read_event(raw))]


def read_errors(raw: bytes) -> Sequence[Problem | Refusal]:
    """A bridge's problem, or whatever wair.ai says: its pages do not show the form of a refusal."""
    body = _json(raw)
    if not isinstance(body, dict):
        raise DataFault("document", "must be a JSON object")
    status = body.get("status")
    known = status if isinstance(status, int) and not isinstance(status, bool) else None
    if isinstance(body.get("code"), str):
        return [read_problem(raw, known or 0)]
    refusal = read_refusal(raw, known or VALIDATION)
    if refusal.text.endswith("without a reason"):
        raise DataFault("document", "is no refusal; it says nothing that a person could read")
    return [refusal]


def _level_row(level: RetailStock) -> Mapping[str, Any]:
    """What only a live system tells is assumed: it is published when it occurred, and told whole."""
    return stock.level_row(level, now=level.occurred_at)


def _writer(to_row: Callable[[Any], Mapping[str, Any]]) -> Callable[[Any], bytes]:
    """One value is one record; several are the body of a batch."""

    def write(value: Any) -> bytes:
        if isinstance(value, list | tuple):
            return dumps({"data": [to_row(one) for one in value]})
        return dumps(to_row(value))

    return write


def _json(raw: bytes) -> Any:
    try:
        return loads(raw)
    except ValueError as error:
        raise DataFault("document", f"is no whole JSON document: {error}") from error


LEVEL = Kind(wire.LevelRow, stock.to_level, "location_code", "locationId", NATIVE.to_stock)
ITEM = Kind(wire.ItemRow, goods.to_item, "sku", "itemId", NATIVE.to_item)
LOCATION = Kind(wire.LocationRow, stock.to_location, "location_code", "locationId", NATIVE.to_location)
COMMITMENT = Kind(wire.CommitmentRow, stock.to_commitment, "location_code", "locationId", NATIVE.to_commitment)
SALE = Kind(wire.SaleRow, goods.to_sale, "location_code", "locationId", NATIVE.to_sale)
TRANSFER = Kind(wire.TransferRow, goods.to_transfer, "transfer_id", "fromLocationId", NATIVE.to_transfer)
PROPOSAL = Kind(wire.ProposalRow, goods.to_proposal, "reference_id", "referenceId", NATIVE.to_proposal)
GOAL = Kind(wire.GoalRow, goods.to_goal, "location_code", "locationId", NATIVE.to_goal)
MOVEMENT = Kind(wire.MovementRow, stock.to_movement, "movement_id")
DESPATCH = Kind(wire.DespatchRow, goods.to_despatch, "dispatch_id")

TRANSLATIONS: Mapping[str, Translation] = {
    "stock-level": Translation(read=LEVEL.read, write=_writer(_level_row)),
    "stock-item": Translation(read=ITEM.read, write=_writer(goods.item_row)),
    "location": Translation(read=LOCATION.read, write=_writer(stock.location_row)),
    "commitment": Translation(read=COMMITMENT.read, write=_writer(stock.commitment_row)),
    "sale": Translation(read=SALE.read, write=_writer(goods.sale_row)),
    "transfer": Translation(read=TRANSFER.read, write=_writer(goods.transfer_row)),
    "transfer-proposal": Translation(read=PROPOSAL.read),
    "stock-goal": Translation(read=GOAL.read),
    "stock-movement": Translation(read=MOVEMENT.read),
    "retail-despatch": Translation(read=DESPATCH.read),
    "despatch": Translation(read=DESPATCH.read),
    "event": Translation(read=read_events),
    "error": Translation(read=read_errors),
}
