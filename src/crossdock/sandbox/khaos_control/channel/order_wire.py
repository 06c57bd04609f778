"""SalesOrder as it is downloaded (kcc-web-services README, order download). Lengths are those of its tables."""

from typing import Annotated, Any, Literal

from pydantic import AliasChoices, BeforeValidator, Field, model_validator

from crossdock.sandbox.khaos_control.channel.wire import (
    Flag,
    Moment,
    Needed,
    Needed35,
    Number,
    OptionalPrice,
    OptionalReference,
    Price,
    Reference,
    Text,
    Text10,
    Text20,
    Text25,
    Text30,
    Text35,
    Text50,
    Text100,
    Wire,
)

Mapping = Literal["StockCode", "OtherRef", "Barcode", "WebCode", "Automatic"]
OnTrouble = Literal["Abort", "ImportAndHold", "Skip"]
MatchField = Literal[
    "Address1", "Address2", "Address3", "Town", "Postcode", "Surname", "Forename", "Telephone", "Email",
    "CompanyCode", "UseDeliveryAddress",
]  # fmt: skip
AddressField = Literal["Address1", "Address2", "Address3", "Town", "Postcode"]
ContactField = Literal["Surname", "Forename", "Telephone", "Email"]


class Customer(Wire):
    create_new: Literal["IfNoMatch", "Always", "Never"]
    company_class: Reference
    currency: Reference
    other_ref: Text50 = ""
    web_user: Text50 = ""
    company_type: OptionalReference = None
    company_name: Text50 = ""
    website_url: Text50 = ""
    source_code: OptionalReference = None
    mailing_status: OptionalReference = None
    tax_reference: Text20 = ""
    urn: Annotated[Text10 | None, Field(alias="URN", min_length=1)] = None
    tax_exempt: Flag | None = None


class Address(Wire):
    line1: Needed35
    line2: Text35 = ""
    line3: Text35 = ""
    town: Needed35
    county: Text35 = ""
    postcode: Text10 = ""
    country: Reference
    email: Text100 = ""
    telephone: Text25 = ""
    fax: Text25 = ""
    organisation: Text50 = ""
    show_company_name: Flag | None = None


class Contact(Wire):
    title: Text20 = ""
    forename: Text50 = ""
    surname: Text50 = ""
    email: Text100 = ""
    mobile: Text30 = ""
    date_of_birth: Text = ""
    opt_in_newsletter: Flag | None = None

    @model_validator(mode="after")
    def _named(self) -> "Contact":
        if not self.forename and not self.surname:
            raise ValueError("Forename or Surname is required")
        return self


class LockableDate(Wire):
    date: Moment
    locked: Flag | None = None


class Header(Wire):
    associated_ref: Annotated[Needed, Field(max_length=50)]
    order_date: Moment
    site: Reference
    sales_source: Reference
    discount_codes: list[Any]
    courier: OptionalReference = None
    courier_group: OptionalReference = None
    brand: OptionalReference = None
    order_note: Text = ""
    invoice_note: Text = ""
    delivery_date: LockableDate | None = None
    required_date: Moment | None = None
    po_number: Text = Field("", alias="PONumber")
    delivery_charge: OptionalPrice = None
    delivery_tax_amount: Number | None = None
    remainder_on_account: Flag = False
    calc_method: Number | None = None
    value_discount: Number | None = None
    gross_total: Number | None = None
    custom_data: Text = ""
    currency: OptionalReference = None


class AlternateMapping(Wire):
    mapping: Mapping
    mapping_item: Text = ""


class StockDescription(Wire):
    source: Literal["Explicit", "StockDesc", "WebCategories"] = "StockDesc"
    parameter: Text = ""


class OrderItem(Wire):
    sku: Needed = Field(alias="SKU")
    mapping: Mapping
    quantity: Number
    unit_price: Price
    extended_description: list[Any]
    stock_description: StockDescription | None = Field(
        None, validation_alias=AliasChoices("StockDescription", "OrderItemDescription")
    )
    import_ref: Text = ""
    web_item_ref: Text = Field("", validation_alias=AliasChoices("WebItemRef", "WebsiteItemRef"))
    site: OptionalReference = None
    free_item_reason: OptionalReference = None
    percent_discount: Number | None = None
    value_discount: Number | None = None
    mapping_item: Text = ""
    alternate_mapping: tuple[AlternateMapping, ...] = ()


class Card(Wire):
    card_type: Text25
    is_preauth: Flag
    auth_code: Text = ""


class Payment(Wire):
    """One of the kinds below, each by its presence alone."""

    amount: Number
    cash: Any = None
    cheque: Any = None
    bacs: Any = Field(None, alias="BACS")
    voucher: Any = None
    card: Card | None = None

    @model_validator(mode="after")
    def _one_kind(self) -> "Payment":
        kinds = (self.cash, self.cheque, self.bacs, self.voucher, self.card)
        if sum(kind is not None for kind in kinds) != 1:
            raise ValueError("exactly one of Cash, Cheque, BACS, Voucher and Card is required")
        if self.voucher is not None and not (isinstance(self.voucher, dict) and self.voucher.get("Reference")):
            raise ValueError("Voucher needs a Reference")
        return self


class SalesOrder(Wire):
    customer: Customer
    invoice_address: Address
    invoice_contact: Contact
    delivery_address: Address | None = None
    delivery_contact: Contact | None = None
    header: Header
    items: Annotated[tuple[OrderItem, ...], Field(min_length=1)]
    payments: tuple[Payment, ...] = ()


def _words(value: Any) -> Any:
    return value or ()


class OrderConfig(Wire):
    """How orders of this download find their customers, and what an item that cannot be sold does to them."""

    match_company_on: tuple[MatchField, ...]
    match_address_on: tuple[AddressField, ...]
    match_contact_on: tuple[ContactField, ...]
    discontinued_items: OnTrouble = "Abort"
    run_to_zero_error_items: OnTrouble = "Abort"
    import_as_unconfirmed: Flag = False

    @model_validator(mode="after")
    def _code_alone(self) -> "OrderConfig":
        if "CompanyCode" in self.match_company_on and len(self.match_company_on) > 1:
            raise ValueError("CompanyCode must be the only word of MatchCompanyOn")
        return self


class ReturnConfig(Wire):
    match_address_on: Annotated[tuple[AddressField, ...], BeforeValidator(_words)] = ()
    match_contact_on: Annotated[tuple[ContactField, ...], BeforeValidator(_words)] = ()
