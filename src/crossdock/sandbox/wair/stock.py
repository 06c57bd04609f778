"""Stock as WAIR holds it: mutations only. A level that is uploaded becomes the mutation that leads to it."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from crossdock.sandbox.wair.wire import Json

Place = tuple[str, str]  # location id, SKU id
ZERO = Decimal(0)


@dataclass(slots=True)
class Ledger:
    """mutations: id → row. on_hand: the sum of them. levels: how many were made from an uploaded level."""

    mutations: dict[str, Json] = field(default_factory=dict)
    on_hand: defaultdict[Place, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    levels: int = 0

    def put(self, row: Json) -> None:
        """A mutation by its id: one that is uploaded again replaces itself, and is not counted twice."""
        self.remove(row["stockMutationId"])
        self.mutations[row["stockMutationId"]] = row
        self.on_hand[row["locationId"], row["skuId"]] += row["quantity"]

    def remove(self, mutation_id: str) -> None:
        old = self.mutations.pop(mutation_id, None)
        if old is not None:
            self.on_hand[old["locationId"], old["skuId"]] -= old["quantity"]

    def level(self, row: Json, at: str) -> None:
        """Stock on hand of one SKU at one location, as counted now. Nothing is written when it is what we have."""
        place = row["locationId"], row["skuId"]
        change = row["quantity"] - self.on_hand[place]
        if not change:
            return
        self.levels += 1
        mutation = {"stockMutationId": f"LEVEL-{self.levels}", "locationId": place[0], "skuId": place[1]}
        self.put({**mutation, "quantity": change, "mutationDateTime": at})


@dataclass(slots=True)
class Figures:
    """One SKU at one location. available = on_hand − not_for_replenishment − to_ship + to_receive."""

    on_hand: Decimal = ZERO
    not_for_replenishment: Decimal = ZERO
    to_ship: Decimal = ZERO
    to_receive: Decimal = ZERO

    @property
    def available(self) -> Decimal:
        return self.on_hand - self.not_for_replenishment - self.to_ship + self.to_receive


def figures(ledger: Ledger, kept_back: Iterable[Json], transfers: Iterable[Json]) -> dict[Place, Figures]:
    """What WAIR works with: on hand, less what is kept back, plus and minus what open transfers still have to move."""
    found: defaultdict[Place, Figures] = defaultdict(Figures)
    for place, quantity in ledger.on_hand.items():
        found[place].on_hand = quantity
    for row in kept_back:
        found[row["locationId"], row["skuId"]].not_for_replenishment += row["quantity"]
    for transfer in transfers:
        if not transfer["open"]:
            continue
        for line in moved_lines(transfer):
            shipped, received = line.get("quantityShipped") or ZERO, line.get("quantityReceived") or ZERO
            found[transfer["fromLocationId"], line["skuId"]].to_ship += max(ZERO, line["quantity"] - shipped)
            found[transfer["toLocationId"], line["skuId"]].to_receive += max(ZERO, line["quantity"] - received)
    return dict(found)


def moved_lines(transfer: Json) -> list[Json]:
    """The lines of a transfer; one without any may name its single SKU itself."""
    lines: list[Json] = transfer.get("lines") or []
    if not lines and transfer.get("skuId") is not None and transfer.get("quantity") is not None:
        return [transfer]
    return lines
