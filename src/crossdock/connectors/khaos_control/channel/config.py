"""Settings of the channel. It is off until it has a user name."""

import re
from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from crossdock.model.despatch import Stage
from crossdock.ports.config import Secret, Settings, Url

Call = Literal["orders", "order-status", "stock", "stock-status", "returns", "provided-stock", "price-lists"]
CALLS: tuple[Call, ...] = (
    "orders", "order-status", "stock", "stock-status", "returns", "provided-stock", "price-lists",
)  # fmt: skip
ItemMode = Literal["Abort", "ImportAndHold", "Skip"]
_REFERENCE = re.compile(r"(ID|Code|Name)=.+\Z")


def _reference(text: str) -> str:
    if text and not _REFERENCE.match(text):
        raise ValueError("must be ID=…, Code=… or Name=…, such as Name=Trade")
    return text


def _by_name_or_id(text: str) -> str:
    if text.startswith("Code="):
        raise ValueError("cannot be matched by Code; write ID=… or Name=…")
    return _reference(text)


Reference = Annotated[str, AfterValidator(_reference)]
"""How something in Khaos Control is named: `ID=5`, `Code=GBP` or `Name=Trade`."""


class ProvidedStock(Settings):
    """What a stock item that Khaos Control fetches from us is given, besides what it is."""

    stock_type1: Reference = Field("", description="StockType1 of items put out, such as Name=Groceries; required then")
    stock_type2: Reference = Field("", description="StockType2 of items put out; required then")
    tax_rates: dict[Decimal, Reference] = Field(
        default_factory=dict, description="an item's tax percent → its TaxRate, such as 20: Code=1"
    )
    commodity_code_field: str = Field(
        "", description="user-defined field that holds an item's commodity code; the channel has no other place for it"
    )
    country_field: str = Field("", description="user-defined field that holds an item's country of origin")


class ChannelSettings(Settings):
    """The generic channel by which Khaos Control calls us."""

    username: str = Field("", description="the channel's user name in Khaos Control; empty switches the channel off")
    password: Secret = Field(Secret(""), description="the channel's password")
    denied_status: Literal[400, 401] = Field(
        400, description="answer to a wrong password; the vendor documents only 400, its demo sends 401"
    )
    public_url: Url | None = Field(
        None, description="the channel's address as Khaos Control sees it, up to and with the pairing; behind a proxy"
    )
    calls: tuple[Call, ...] = Field(CALLS, description="which addresses are offered")
    format: Literal["JSON", "XML"] = Field("JSON", description="form of what we put out and ask to be sent")
    frequency_minutes: int = Field(15, ge=1, description="how often orders and returns shall be fetched")
    page: int = Field(1000, ge=1, le=1000, description="most documents per download")
    api_version: int = Field(1000, description="ApiVersion of every download; the vendor's demo sends 10000")

    create_new: Literal["Never", "IfNoMatch", "Always"] = Field(
        "Never", description="whether an order may make a customer account"
    )
    match_company_on: tuple[str, ...] = Field(("CompanyCode",), min_length=1, description="how a customer is found")
    match_address_on: tuple[str, ...] = Field(("Address1", "Postcode"), min_length=1, description="and an address")
    match_contact_on: tuple[str, ...] = Field(("Surname",), min_length=1, description="and a contact")
    company_class: Reference = Field("", description="CompanyClass of orders that name none; required by the channel")
    site: Reference = Field("", description="Site of orders that name none; required by the channel")
    sales_source: Annotated[str, AfterValidator(_by_name_or_id)] = Field(
        "", description="SalesSource of orders that name none; required by the channel"
    )
    brand: Annotated[str, AfterValidator(_by_name_or_id)] = Field("", description="Brand of orders and returns")
    mapping: Literal["StockCode", "OtherRef", "Barcode", "WebCode", "Automatic"] = Field(
        "StockCode", description="what a line's SKU is"
    )
    whole_quantities: bool = Field(default=True, description="refuse fractions of a unit, as the vendor asks")
    discontinued_items: ItemMode = Field("Abort", description="what becomes of an order with a discontinued item")
    run_to_zero_items: ItemMode = Field("Abort", description="and of one with a run-to-zero item that is out")
    import_as_unconfirmed: bool = Field(default=False, description="import orders as unconfirmed")

    return_reasons: dict[str, Reference] = Field(
        default_factory=dict, description="why goods came back, in the shop's words → ReturnReason"
    )
    return_reason: Reference = Field("", description="ReturnReason of any other reason; required by the channel")
    process_returns: bool = Field(default=False, description="have returns processed as soon as they are in")
    provided: ProvidedStock = Field(default_factory=ProvidedStock, description="stock items that are fetched from us")

    sites: dict[int, str] = Field(default_factory=dict, description="SiteID of a stock status → the site's name")
    shipment_stages: dict[str, Stage] = Field(
        default_factory=dict, description="further words of a shipment's status, such as those of a later version"
    )
    price_list_currency: str = Field("GBP", pattern="^[A-Z]{3}$", description="price lists do not say theirs")
    price_value: Literal["amount", "percent"] = Field(
        "amount", description="PriceValue of a discount or mark-up: what it came to, or its per cent"
    )
    price_lists_net: bool | None = Field(None, description="of price lists that do not say whether they are net")

    @model_validator(mode="after")
    def _sense(self) -> Self:
        if "CompanyCode" in self.match_company_on and len(self.match_company_on) > 1:
            raise ValueError("match_company_on: CompanyCode must be the only one")
        if self.username and not self.password.get_secret_value():
            raise ValueError("password: the channel needs one")
        return self
