"""How a pairing checks and posts orders."""

from dataclasses import fields
from decimal import Decimal
from typing import Literal, Self

from pydantic import Field, model_validator

from crossdock.decide.policy import PENNY, Authority, OrderPolicy
from crossdock.ports.config import Settings
from crossdock.settings.companies import CompanySettings, Country
from crossdock.settings.names import Currency, Moment


class OrderSettings(Settings):
    """Order entry. Tax codes named here are the storefront's; `maps.tax` says what the ERP calls them."""

    currencies: tuple[Currency, ...] = Field(min_length=1, description="the currencies orders may be in")
    start_from: Moment | None = Field(None, description="orders placed before then are not taken; without it, all are")
    authority: Authority = Field(Authority.STOREFRONT, description="whose order total counts")
    tolerance: Decimal = Field(
        Decimal(0), ge=0, description="how far two order totals may be apart, in the order's currency"
    )
    tolerance_per_line: Decimal | None = Field(
        None,
        ge=0,
        description="how much more the ERP's own total may be off for each line; without it 0.01 where it counts, "
        "nothing where the storefront's does",
    )
    rounding: Literal["half-up", "half-even", "down"] = Field(
        "half-up", description="how net lines and tax are rounded"
    )
    prices: Literal["net", "gross"] = Field(
        "net", description="what unit prices are posted as; gross where shoppers pay gross prices"
    )
    tax_rounding: Literal["per-line", "per-order"] = Field(
        "per-line", description="where the ERP rounds tax: on each line, or once per tax code"
    )
    tax_tolerance: Decimal = Field(PENNY, ge=0, description="how far the tax of one line may be apart")
    default_tax_code: str = Field(
        "", description="the tax code of lines that name none; without it they wait in a case"
    )
    shipping_tax_code: str = Field("", description="the tax code of carriage that names none")
    credit: Literal["ignore", "hold"] = Field(
        "ignore", description="hold: orders beyond the credit limit wait in a case"
    )
    price_check: Literal["off", "hold"] = Field(
        "off", description="hold: lines not priced as the ERP's price lists say wait in a case"
    )
    price_lists: tuple[str, ...] = Field((), description="the ERP price lists that price_check compares with")
    price_tolerance: Decimal = Field(Decimal(0), ge=0, description="how far a price per stock unit may be apart")
    zero_price: Literal["hold", "allow"] = Field("hold", description="hold: lines sold at nothing wait in a case")
    require_delivery_address: bool = Field(
        default=True, description="an order without a delivery address waits in a case"
    )
    unit_source: Literal["map", "storefront"] = Field(
        "map", description="who says what a unit holds: maps.unit alone, or the storefront where maps.unit is silent"
    )
    unit_mode: Literal["unit_code", "unit_sku"] = Field(
        "unit_code",
        description="unit_code: a unit is so many of the SKU's one stock code; unit_sku: every unit of a SKU has a "
        "stock code of its own, by unit_skus or by maps.sku under SKU/unit, and is counted in that",
    )
    unit_skus: dict[str, str] = Field(
        default_factory=dict,
        description='for unit_sku: unit → the stock code of a SKU in it, where maps.sku names none: "{sku}-CASE"',
    )
    whole_stock_units: bool = Field(default=True, description="the ERP counts stock in whole units only")
    site: str = Field("", description="the ERP site orders are placed at")
    sales_source: str = Field("", description="the ERP's sales source of these orders")
    company_class: str = Field("", description="the ERP's company class of these buyers")
    dispatch_country: Country | None = Field(
        None,
        description="where goods leave from; with it, tax codes of orders delivered abroad are those mapped for that "
        "country, or for EU or EXPORT, and not those of home",
    )
    companies: tuple[CompanySettings, ...] = Field(
        (), description="the company map, by country of delivery and currency; empty: all orders belong to one company"
    )
    attempts_max: int = Field(5, ge=1, le=100, description="sends without a usable answer before a person looks")

    @model_validator(mode="after")
    def _something_to_compare_with(self) -> Self:
        if self.price_check != "off" and not self.price_lists:
            raise ValueError("price_check needs price_lists to compare with")
        return self

    @model_validator(mode="after")
    def _a_code_for_each_unit(self) -> Self:
        if self.unit_skus and self.unit_mode != "unit_sku":
            raise ValueError("unit_skus are stock codes of units, which unit_mode: unit_sku says there are")
        for unit, code in self.unit_skus.items():
            if "{sku}" not in code:
                raise ValueError(f"unit_skus: {unit}: {code!r} must hold {{sku}}, or every SKU had one stock code")
        return self

    def policy(self, price_decimals: int) -> OrderPolicy:
        """price_decimals: how many a unit price may have in the ERP."""
        shared = {one.name for one in fields(OrderPolicy)} & set(OrderSettings.model_fields) - {
            "currencies", "companies", "dispatch_country", "tolerance_per_line"
        }  # fmt: skip
        usual = PENNY if self.authority is Authority.ERP else Decimal(0)
        return OrderPolicy(
            currencies=frozenset(self.currencies),
            price_decimals=price_decimals,
            dispatch_country=self.dispatch_country or "",
            tolerance_per_line=usual if self.tolerance_per_line is None else self.tolerance_per_line,
            companies=tuple(one.company() for one in self.companies),
            **{name: getattr(self, name) for name in shared},
        )

    def house_accounts(self) -> list[str]:
        """Codes of the ERP accounts that the company map puts buyers on."""
        return sorted({code for one in self.companies for code in (one.account, one.guest_account) if code})
