"""How a retail stock system and an ERP work together: whose word counts where, how fast, how often."""

from typing import Literal

from pydantic import Field

from crossdock.decide.retail_feed import ItemTerms
from crossdock.decide.retail_policy import FeedPolicy, IntakePolicy, Place, RetailDespatchPolicy
from crossdock.model.retail import Location, LocationKind
from crossdock.model.stock import Basis
from crossdock.ports.config import Settings

Owner = Literal["retail", "erp"]


class LocationSettings(Settings):
    """One place with stock. It has one owner: that side's figures are written to the other, never back."""

    owner: Owner = Field(description="who says how much is there: the retail stock system, or the ERP")
    site: str = Field(min_length=1, description="what the ERP calls it: the name of its site there")
    kind: LocationKind | None = Field(
        None, description="what it is; left out, a store where the retail system counts and a warehouse elsewhere"
    )
    name: str = Field("", description="what people call it; empty for its code")
    gln: str = Field("", description="its global location number")
    street: str = Field("", description="street and number; a store is told to the retail system with its address only")
    town: str = Field("", description="town")
    postcode: str = Field("", description="postcode")
    country: str = Field("", description="country, two letters")

    def place(self, code: str) -> Place:
        kind = self.kind or (LocationKind.STORE if self.owner == "retail" else LocationKind.WAREHOUSE)
        address = {name: getattr(self, name) for name in ("gln", "street", "town", "postcode", "country")}
        location = Location(code=code, kind=kind, name=self.name, owner=self.owner, **address)
        return Place(location=location, owner=self.owner, site=self.site)


class IntakeSettings(Settings):
    """Figures of the shops into the ERP: gathered, the newest of each place and item alone, and booked in batches."""

    every_seconds: float = Field(60, gt=0, description="between two looks without an event; events make it sooner")
    pace_seconds: float = Field(
        5, gt=0, description="least time between two batches into the ERP, however many events there are"
    )
    batch_max: int = Field(500, ge=1, description="most figures of one batch into the ERP")
    overlap_seconds: float = Field(120, ge=0, description="how far each look reaches back before the last")
    full_every_seconds: float = Field(3600, gt=0, description="between two reads of every figure")
    target_seconds: float = Field(
        300, gt=0, description="how long a figure may take from the shelf to the ERP; beyond it there is a case"
    )
    target_share: int = Field(95, ge=1, le=100, description="of how many in a hundred that is asked")
    window_seconds: float = Field(900, ge=60, description="over how long that is judged")
    stale_after_seconds: float = Field(
        900, gt=0, description="when the last whole look is older, figures are lowered in the ERP and never raised"
    )
    drift_every_seconds: float = Field(
        86_400, gt=0, description="between two comparisons of both sides, shelf by shelf"
    )
    drift_again_seconds: float = Field(
        3600, gt=0, description="the same of places where the last comparison left a question open"
    )
    attempts_max: int = Field(6, ge=1, description="batches without a clear answer before a figure waits in a case")

    def policy(self) -> IntakePolicy:
        names = IntakePolicy.__dataclass_fields__
        return IntakePolicy(**{name: value for name, value in self.model_dump().items() if name in names})


class RetailDespatchSettings(Settings):
    """Despatches at the shops, booked on the ERP's orders."""

    order_ref: Literal["erp", "ours"] = Field(
        "erp", description="whose number of an order the shops tell: the ERP's own, or the reference we gave it"
    )
    every_seconds: float = Field(120, gt=0, description="between two looks without an event; events make it sooner")
    overlap_seconds: float = Field(600, ge=0, description="how far each look reaches back before the last")
    missed_every_seconds: float = Field(
        86_400, gt=0, description="between two sweeps for despatches that were missed: the ERP's open orders compared"
    )
    look_back_days: float = Field(30, gt=0, description="how far back that sweep reads what left the shops")
    settle_seconds: float = Field(30, gt=0, description="when a despatch whose booking got no answer is looked for")
    attempts_max: int = Field(6, ge=1, description="bookings without a clear answer before it waits in a case")

    def policy(self) -> RetailDespatchPolicy:
        names = RetailDespatchPolicy.__dataclass_fields__
        return RetailDespatchPolicy(**{name: value for name, value in self.model_dump().items() if name in names})


class FeedSettings(Settings):
    """What the retail system is told of the ERP: items, places, stock, promises, sales."""

    every_seconds: float = Field(900, gt=0, description="between two looks for items and places that changed")
    levels_every_seconds: float = Field(300, gt=0, description="between two looks for stock that changed")
    full_every_seconds: float = Field(86_400, gt=0, description="between two reads of every figure and every item")
    basis: Literal["on_hand", "available"] = Field(
        "on_hand", description="what it takes: what stands there, or what of it is still free to sell"
    )
    commitments: bool = Field(
        default=True, description="tell what open orders have reserved beside what stands there, where it takes that"
    )
    size_heading: str = Field("Size", min_length=1, description="the heading of a family's sizes in the ERP")
    colour_heading: str = Field("Colour", min_length=1, description="the heading of a family's colours in the ERP")
    one_size: str = Field("ONE", min_length=1, description="the size of an item that is of no family")
    consumer_classes: tuple[str, ...] = Field(
        (), description="company classes of the ERP whose orders are sales to consumers; none: no sales are told"
    )
    sales_every_seconds: float = Field(3600, gt=0, description="between two looks for orders that have left")
    sales_days: float = Field(60, gt=0, description="how far back that look reads orders")
    proposals_every_seconds: float = Field(900, gt=0, description="between two reads of recommended transfers")

    def policy(self) -> FeedPolicy:
        """What is told, and how."""
        terms = ItemTerms(
            size=self.size_heading.casefold(), colour=self.colour_heading.casefold(), one_size=self.one_size
        )
        return FeedPolicy(
            basis=Basis(self.basis), items=terms, commitments=self.commitments, sales_days=self.sales_days,
            consumer_classes=frozenset(one.casefold() for one in self.consumer_classes),
            full_every_seconds=self.full_every_seconds,
        )  # fmt: skip


class RetailCadence(Settings):
    """How often each list is looked at."""

    items_every_seconds: float = Field(300, gt=0, description="between two looks for changed stock items of the ERP")
    accounts_every_seconds: float = Field(900, gt=0, description="between two looks for changed accounts of the ERP")
    recheck_every_seconds: float = Field(300, gt=0, description="between two looks at what waits in a case")
