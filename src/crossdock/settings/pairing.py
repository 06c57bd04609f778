"""A pairing: one storefront, one ERP, who owns what, and the rules between them."""

from enum import StrEnum
from typing import Literal

from pydantic import Field

from crossdock.decide.policy import OrderPolicy, StockPolicy
from crossdock.model.code_map import CodeMaps
from crossdock.ports.config import Settings
from crossdock.settings.maps import MapSettings
from crossdock.settings.names import Slug
from crossdock.settings.orders import OrderSettings
from crossdock.settings.stock import StockSettings


class Flow(StrEnum):
    """What a pairing can do."""

    ORDER_ENTRY = "order-entry"
    STOCK_PUBLICATION = "stock-publication"
    DESPATCH = "despatch"


Side = Literal["storefront", "erp"]


class Owners(Settings):
    """Which side owns each object. A flow that would write it into that side is refused at start-up."""

    stock: Side = Field("erp", description="who counts the stock")
    price: Side = Field("erp", description="who sets the prices")
    order: Side = Field("storefront", description="where orders are placed")
    account: Side = Field("erp", description="who holds the customer accounts")
    despatch: Side = Field("erp", description="who knows what left the warehouse")


class Cadence(Settings):
    """How often each list is looked at. Webhooks only make it sooner."""

    orders_every_seconds: float = Field(60, gt=0, description="between two looks for new orders")
    despatch_every_seconds: float = Field(120, gt=0, description="between two looks for what left the warehouse")
    recheck_every_seconds: float = Field(300, gt=0, description="between two looks at an order that waits in a case")
    items_every_seconds: float = Field(300, gt=0, description="between two looks for changed stock items")
    accounts_every_seconds: float = Field(300, gt=0, description="between two looks for changed accounts")
    prices_every_seconds: float = Field(3600, gt=0, description="between two reads of the price lists")
    targets_every_seconds: float = Field(
        900, gt=0, description="between two reads of what the storefront sells, by unit"
    )
    overlap_seconds: float = Field(300, ge=0, description="how far each look for orders reaches back before the last")
    storefront_settle_seconds: float = Field(
        10, ge=0, description='how long after telling the storefront "not there" proves nothing'
    )


class AccountSettings(Settings):
    """How a storefront company finds its ERP account. No account is ever made for one that finds none."""

    link_by: Literal["external_id", "review"] = Field(
        "external_id",
        description="external_id: by the account code the storefront holds; review: a person links each company",
    )


class Pairing(Settings):
    """Binds a storefront to an ERP."""

    storefront: Slug = Field(description="the system that sells, by its name under systems")
    erp: Slug = Field(description="the system that accounts, by its name under systems")
    flows: tuple[Flow, ...] = Field(
        tuple(Flow), min_length=1, description="what to do: all that both systems can, or a list"
    )
    acknowledge: bool = Field(default=True, description="tell the storefront each order's number in the ERP")
    owners: Owners = Field(default_factory=Owners, description="which side owns each object")
    orders: OrderSettings = Field(description="how orders are checked and posted")
    stock: StockSettings = Field(default_factory=StockSettings, description="what is shown of the stock, and when")
    cadence: Cadence = Field(default_factory=Cadence, description="how often to look")
    accounts: AccountSettings = Field(default_factory=AccountSettings, description="how buyers find their account")
    maps: MapSettings = Field(default_factory=MapSettings, description="storefront codes and their ERP codes")

    def systems(self) -> tuple[str, ...]:
        """The systems it binds, by their names under systems."""
        return (self.storefront, self.erp)

    def order_policy(self, price_decimals: int) -> OrderPolicy:
        """How orders are decided. price_decimals: how many a unit price may have in the ERP."""
        return self.orders.policy(price_decimals)

    def stock_policy(self) -> StockPolicy:
        """What may be shown of the stock."""
        return self.stock.policy()

    def code_maps(self) -> CodeMaps:
        """The short lists, as decisions take them."""
        return self.maps.code_maps()
