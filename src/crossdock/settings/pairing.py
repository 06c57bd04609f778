"""A pairing: two systems in their roles, who owns what, and the rules between them."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from enum import StrEnum
from typing import Any, ClassVar, Literal

from pydantic import Field, field_validator

from crossdock.decide.policy import OrderPolicy, StockPolicy
from crossdock.decide.retail_policy import RetailPolicy
from crossdock.model.code_map import CodeMaps
from crossdock.ports.config import Settings
from crossdock.settings.catalogue import CatalogueCadence, CatalogueSettings
from crossdock.settings.completeness import CompletenessSettings
from crossdock.settings.items import ItemSettings
from crossdock.settings.maps import MapSettings
from crossdock.settings.names import Slug
from crossdock.settings.orders import OrderSettings
from crossdock.settings.prices import PriceSettings
from crossdock.settings.promotions import PromotionSettings
from crossdock.settings.reconciliation import ReconciliationSettings
from crossdock.settings.refunds import RefundSettings
from crossdock.settings.retail import (
    FeedSettings,
    IntakeSettings,
    LocationSettings,
    RetailCadence,
    RetailDespatchSettings,
)
from crossdock.settings.stock import StockSettings


class Flow(StrEnum):
    """What a pairing can do."""

    ORDER_ENTRY = "order-entry"
    STOCK_PUBLICATION = "stock-publication"
    DESPATCH = "despatch"
    ACCOUNT_MATCHING = "account-matching"
    ACCOUNT_STATUS = "account-status"
    ORDER_STATE = "order-state"
    RETAIL_STOCK_INTAKE = "retail-stock-intake"
    RETAIL_DESPATCH = "retail-despatch"
    RETAIL_FEED = "retail-feed"
    COMPLETENESS = "completeness"
    PRICE_PUBLICATION = "price-publication"
    PRODUCT_INTRODUCTION = "product-introduction"
    CATALOGUE = "catalogue-to-erp"
    RECONCILIATION = "reconciliation"
    ORDER_CHANGE = "order-change"
    REFUND = "refund"


RETAIL = (Flow.RETAIL_STOCK_INTAKE, Flow.RETAIL_DESPATCH, Flow.RETAIL_FEED)
CATALOGUE = (Flow.CATALOGUE,)
SALES = tuple(flow for flow in Flow if flow not in (*RETAIL, *CATALOGUE))
Side = Literal["storefront", "erp"]


class AnyPairing(Settings):
    """Two systems and what they do together. ROLES: the roles it binds, the one that tells its kind first; each is a
    setting that names a system. Every kind has `flows`."""

    ROLES: ClassVar[tuple[str, ...]] = ()

    def systems(self) -> tuple[str, ...]:
        """The systems it binds, by their names under systems, the far side first."""
        return tuple(getattr(self, role) for role in self.ROLES)

    def runs(self) -> tuple[Flow, ...]:
        """The flows it was asked to do."""
        return tuple(getattr(self, "flows", ()))


class Owners(Settings):
    """Which side owns each object. A flow that would write it into that side is refused at start-up."""

    stock: Side = Field("erp", description="who counts the stock")
    price: Side = Field("erp", description="who sets the prices")
    item: Side = Field("erp", description="who says which items may be sold")
    order: Side = Field("storefront", description="where orders are placed")
    account: Side = Field("erp", description="who holds the customer accounts")
    despatch: Side = Field("erp", description="who knows what left the warehouse")
    refund: Side = Field("storefront", description="where goods are sent back to, and money is given back")
    status: Side = Field("erp", description="who knows whether an order goes on, and how an account stands")


class Cadence(Settings):
    """How often each list is looked at. Webhooks only make it sooner."""

    orders_every_seconds: float = Field(60, gt=0, description="between two looks for new orders")
    despatch_every_seconds: float = Field(120, gt=0, description="between two looks for what left the warehouse")
    changes_every_seconds: float = Field(30, gt=0, description="between two looks for cancellations we are asked for")
    returns_every_seconds: float = Field(300, gt=0, description="between two looks for goods that came back")
    recheck_every_seconds: float = Field(300, gt=0, description="between two looks at an order that waits in a case")
    items_every_seconds: float = Field(300, gt=0, description="between two looks for changed stock items")
    accounts_every_seconds: float = Field(300, gt=0, description="between two looks for changed accounts")
    status_every_seconds: float = Field(
        15, gt=0, description="between two looks for what the storefront shall show of orders and accounts"
    )
    companies_every_seconds: float = Field(60, gt=0, description="between two looks for changed storefront companies")
    companies_full_every_seconds: float = Field(
        86_400, gt=0, description="between two reads of every storefront company"
    )
    prices_every_seconds: float = Field(
        3600, gt=0, description="between two reads of the price lists, which are then published"
    )
    offers_every_seconds: float = Field(900, gt=0, description="between two looks at which products may be sold")
    targets_every_seconds: float = Field(
        900, gt=0, description="between two reads of what the storefront sells, by unit"
    )
    completeness_every_seconds: float = Field(
        3600, gt=0, description="between two counts of which ids are accounted for on both sides"
    )
    silence_every_seconds: float = Field(300, gt=0, description="between two looks for feeds that went quiet")
    overlap_seconds: float = Field(300, ge=0, description="how far each look for orders reaches back before the last")
    storefront_settle_seconds: float = Field(
        10, ge=0, description='how long after telling the storefront "not there" proves nothing'
    )


class AccountSettings(Settings):
    """How a storefront company finds its ERP account. None is ever made for one that finds none, but by a person."""

    link_by: Literal["external_id", "review"] = Field(
        "external_id",
        description="external_id: by the account code the storefront holds; review: a person links each company",
    )
    new: Literal["review", "create"] = Field(
        "review",
        description="review: accounts are opened in the ERP by hand; create: a named person may have one opened there "
        "from the case",
    )
    proven_for_seconds: float = Field(
        0,
        ge=0,
        description="how long the ERP's word on whose an account code is counts; 0: asked before each order",
    )


class Pairing(AnyPairing):
    """Binds a storefront to an ERP."""

    ROLES: ClassVar[tuple[str, ...]] = ("storefront", "erp")

    storefront: Slug = Field(description="the system that sells, by its name under systems")
    erp: Slug = Field(description="the system that accounts, by its name under systems")
    flows: tuple[Flow, ...] = Field(SALES, min_length=1, description="what to do: all that both systems can, or a list")
    acknowledge: bool = Field(default=True, description="tell the storefront each order's number in the ERP")
    owners: Owners = Field(default_factory=Owners, description="which side owns each object")
    orders: OrderSettings = Field(description="how orders are checked and posted")
    promotions: PromotionSettings = Field(
        default_factory=PromotionSettings, description="what the storefront's promotions become in the ERP"
    )
    stock: StockSettings = Field(default_factory=StockSettings, description="what is shown of the stock, and when")
    prices: PriceSettings = Field(default_factory=PriceSettings, description="what is shown of the price lists")
    items: ItemSettings = Field(default_factory=ItemSettings, description="which products are put on sale")
    cadence: Cadence = Field(default_factory=Cadence, description="how often to look")
    completeness: CompletenessSettings = Field(
        default_factory=CompletenessSettings, description="how what never arrived is found"
    )
    accounts: AccountSettings = Field(default_factory=AccountSettings, description="how buyers find their account")
    reconciliation: ReconciliationSettings = Field(
        default_factory=ReconciliationSettings, description="what both sides are compared on, and when"
    )
    refunds: RefundSettings = Field(default_factory=RefundSettings, description="how refunds become credit notes")
    maps: MapSettings = Field(default_factory=MapSettings, description="storefront codes and their ERP codes")

    def order_policy(self, price_decimals: int, *, shown_decimals: int = 6) -> OrderPolicy:
        """How orders are decided. price_decimals, shown_decimals: how many a unit price may have in the ERP, and in the
        storefront."""
        promotions, published = self.promotions, Flow.PRICE_PUBLICATION in self.flows
        return replace(
            self.orders.policy(price_decimals),
            stacked_max=promotions.stacked_max,
            share_max=promotions.share_max,
            published=self.prices.policy(shown_decimals) if published else None,
        )

    def stock_policy(self, asked: Decimal = Decimal(0)) -> StockPolicy:
        """What may be shown of the stock. asked: the buffer the storefront wants where none is written."""
        return self.stock.policy(asked)

    def code_maps(self) -> CodeMaps:
        """The short lists, as decisions take them."""
        return replace(self.maps.code_maps(), promotion=self.promotions.rules())


class CatalogueOwners(Settings):
    """Which side owns each object. A flow that would write it into that side is refused at start-up."""

    product: Literal["pim", "erp"] = Field("pim", description="who says what a product is, and makes its SKU")
    item: Literal["pim", "erp"] = Field("erp", description="who owns cost, stock, tax and nominal codes of an item")


class CataloguePairing(AnyPairing):
    """Binds a PIM to an ERP."""

    ROLES: ClassVar[tuple[str, ...]] = ("pim", "erp")

    pim: Slug = Field(description="the system that describes, by its name under systems")
    erp: Slug = Field(description="the system that accounts, by its name under systems")
    flows: tuple[Flow, ...] = Field(
        CATALOGUE, min_length=1, description="what to do: all that both systems can, or a list"
    )
    owners: CatalogueOwners = Field(default_factory=CatalogueOwners, description="which side owns each object")
    catalogue: CatalogueSettings = Field(
        default_factory=CatalogueSettings, description="what of the PIM goes into the ERP, and how"
    )
    cadence: CatalogueCadence = Field(default_factory=CatalogueCadence, description="how often to look")
    maps: MapSettings = Field(default_factory=MapSettings, description="the PIM's codes and their ERP codes")


class RetailOwners(Settings):
    """Which side owns each object. A flow that would write it into that side is refused at start-up."""

    store_stock: Literal["retail_stock", "erp"] = Field("retail_stock", description="who counts the stock of shops")
    warehouse_stock: Literal["retail_stock", "erp"] = Field("erp", description="who counts the stock of warehouses")
    item: Literal["retail_stock", "erp"] = Field("erp", description="who owns the stock items")
    despatch: Literal["retail_stock", "erp"] = Field("retail_stock", description="who knows what left the shops")


class RetailPairing(AnyPairing):
    """Binds a retail stock system to an ERP."""

    ROLES: ClassVar[tuple[str, ...]] = ("retail_stock", "erp")

    retail_stock: Slug = Field(description="the system that counts in shops, by its name under systems")
    erp: Slug = Field(description="the system that accounts, by its name under systems")
    flows: tuple[Flow, ...] = Field(
        RETAIL, min_length=1, description="what to do: all that both systems can, or a list"
    )
    owners: RetailOwners = Field(default_factory=RetailOwners, description="which side owns each object")
    locations: dict[str, LocationSettings] = Field(
        default_factory=dict, description="every place with stock, by the retail system's code; each has one owner"
    )
    non_commercial_classes: tuple[str, ...] = Field(
        (), description="company classes of the ERP that are no trade (tests, transfers): counted and listed, left out"
    )
    intake: IntakeSettings = Field(default_factory=IntakeSettings, description="shop stock into the ERP")
    despatch: RetailDespatchSettings = Field(
        default_factory=RetailDespatchSettings, description="what left the shops, booked on the ERP's orders"
    )
    feed: FeedSettings = Field(default_factory=FeedSettings, description="what the shops are told of the ERP")
    cadence: RetailCadence = Field(default_factory=RetailCadence, description="how often to look")
    maps: MapSettings = Field(default_factory=MapSettings, description="couriers and other codes of both sides")

    @field_validator("locations")
    @classmethod
    def _one_owner_each(cls, given: dict[str, LocationSettings]) -> dict[str, LocationSettings]:
        """A place told twice, under two spellings or at one site of the ERP, has two owners: neither side could know
        whose figure stands there."""
        seen: dict[tuple[str, str], str] = {}
        for code, one in given.items():
            for what, name in (("location", code), ("site", one.site)):
                other = seen.setdefault((what, name.strip().casefold()), code)
                if other != code:
                    raise ValueError(f"{other} and {code} are one {what} told twice ({name}), and it has one owner")
        return given

    def policy(self) -> RetailPolicy:
        """Whose word counts where, and how late it may be."""
        places = {code: one.place(code) for code, one in self.locations.items()}
        return RetailPolicy(
            places=places, intake=self.intake.policy(), despatch=self.despatch.policy(),
            feed=self.feed.policy(), non_commercial=frozenset(one.casefold() for one in self.non_commercial_classes),
        )  # fmt: skip


PAIRINGS: tuple[type[AnyPairing], ...] = (Pairing, CataloguePairing, RetailPairing)
"""Every kind of pairing. Settings are of the first kind whose own role they name; of the first when they name none."""


def pairing_kind(written: Mapping[str, Any]) -> type[AnyPairing]:
    """Which kind of pairing these settings are."""
    return next((kind for kind in PAIRINGS if kind.ROLES[0] in written), PAIRINGS[0])
