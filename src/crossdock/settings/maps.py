"""What the storefront calls something → what the ERP calls it, as far as it is known when Crossdock starts.

More are added from cases while it runs; those are kept in the database.
"""

from decimal import Decimal

from pydantic import Field

from crossdock.model.code_map import CodeMaps, TaxCode
from crossdock.ports.config import Settings
from crossdock.settings.names import Exact


class TaxCodeSettings(Settings):
    """The ERP's tax code and its rate."""

    code: str = Field(min_length=1, description="the ERP's tax code")
    percent: Decimal = Field(ge=0, le=100, description="the percentage it stands for")


class MapSettings(Settings):
    """Storefront code → ERP code, known from the start."""

    tax: dict[str, TaxCodeSettings] = Field(
        default_factory=dict,
        description='storefront tax code; abroad "DE/code", "EU/code" or "EXPORT/code" → the ERP code and its percent',
    )
    unit: dict[str, Exact] = Field(
        default_factory=dict, description='unit, or "SKU/unit" for one item → stock units in one: 12, 0.5 or "1/3"'
    )
    shipping: dict[str, str] = Field(default_factory=dict, description="storefront shipping method → ERP courier code")
    payment_term: dict[str, str] = Field(
        default_factory=dict, description='storefront payment term → ERP payment code; "" puts no payment on the order'
    )
    courier: dict[str, str] = Field(
        default_factory=dict,
        description="ERP courier → carrier the storefront shows; with none here the ERP's words pass through",
    )
    price_list: dict[str, str] = Field(default_factory=dict, description="ERP price list → the storefront's price list")
    attribute: dict[str, str] = Field(
        default_factory=dict, description='"ATTRIBUTE/value" of the PIM → the ERP\'s code for that value'
    )
    company: dict[str, str] = Field(
        default_factory=dict, description='"COUNTRY/CURRENCY" → name of the entry of orders.companies that takes it'
    )
    sku: dict[str, str] = Field(
        default_factory=dict,
        description="storefront SKU → ERP stock code, where they differ; SKU/unit where each unit has its own",
    )

    def code_maps(self) -> CodeMaps:
        """The short lists; `sku` is not one of them."""
        return CodeMaps(
            tax={name: TaxCode(code=one.code, percent=one.percent) for name, one in self.tax.items()},
            unit=dict(self.unit),
            shipping=dict(self.shipping),
            payment_term=dict(self.payment_term),
            courier=dict(self.courier),
            price_list=dict(self.price_list),
            attribute=dict(self.attribute),
            company=dict(self.company),
        )
