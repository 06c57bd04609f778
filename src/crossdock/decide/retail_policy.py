"""What a retail pairing decides by: whose word counts at each place, and how late it may be."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from crossdock.decide.retail_feed import ItemTerms
from crossdock.model.retail import Location
from crossdock.model.stock import Basis


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One location. owner: the side whose figures count; they are written to the other side, never back (law L8).
    site: its name in the ERP."""

    location: Location
    owner: Literal["retail", "erp"]
    site: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IntakePolicy:
    """As the settings of the same names, in seconds. target_share: percent."""

    pace_seconds: float = 5.0
    batch_max: int = 500
    overlap_seconds: float = 120.0
    full_every_seconds: float = 3600.0
    target_seconds: float = 300.0
    target_share: int = 95
    window_seconds: float = 900.0
    stale_after_seconds: float = 900.0
    drift_every_seconds: float = 86_400.0
    attempts_max: int = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class RetailDespatchPolicy:
    """As the settings of the same names. order_ref: whose number of an order the shops tell."""

    order_ref: Literal["erp", "ours"] = "erp"
    overlap_seconds: float = 600.0
    look_back_days: float = 30.0
    settle_seconds: float = 30.0
    attempts_max: int = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedPolicy:
    """As the settings of the same names. basis: by which the retail system is told of stock. consumer_classes: company
    classes, casefolded, whose orders are sales to consumers."""

    basis: Basis = Basis.ON_HAND
    items: ItemTerms = field(default_factory=ItemTerms)
    commitments: bool = True
    consumer_classes: frozenset[str] = frozenset()
    sales_days: float = 60.0
    full_every_seconds: float = 86_400.0


@dataclass(frozen=True, slots=True, kw_only=True)
class RetailPolicy:
    """places: by location code. non_commercial: company classes of the ERP, casefolded, that are no trade."""

    places: Mapping[str, Place] = field(default_factory=dict)
    intake: IntakePolicy = field(default_factory=IntakePolicy)
    despatch: RetailDespatchPolicy = field(default_factory=RetailDespatchPolicy)
    feed: FeedPolicy = field(default_factory=FeedPolicy)
    non_commercial: frozenset[str] = frozenset()

    def owned_by(self, owner: Literal["retail", "erp"]) -> Mapping[str, Place]:
        """Those of the places where this side's figures count."""
        return {code: place for code, place in self.places.items() if place.owner == owner}
