"""What must be known to talk to one Khaos Control company database. One web-service executable is one company."""

import re
from pathlib import Path
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, model_validator

from crossdock.connectors.khaos_control.channel.config import ChannelSettings
from crossdock.connectors.khaos_control.ledger_file import Form
from crossdock.connectors.khaos_control.mapping_ledger import DateForm, LedgerRule
from crossdock.model.despatch import Stage
from crossdock.ports.config import Budget, Secret, Settings, SystemSettings

SkipClass = Literal["duplicate", "data", "other"]

SKIP_REASONS: dict[str, SkipClass] = {
    r"duplicate|already (been )?(imported|exists?|used)|used before": "duplicate",
    r"not found|unknown|discontinued|run to zero|invalid|missing|required|not set up|locked|on stop|PO number": "data",
}
"""The vendor publishes no wording, so the table is a setting; "other" is what matches nothing."""


def _pattern(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise ValueError(f"is no regular expression: {error}") from error
    return text


def _timezone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise ValueError(f"{name!r} is no time zone; Europe/London is") from error
    return name


def _path(text: str) -> str:
    return "/" + text.strip("/")


def _whole_path(text: str) -> str:
    if text and not Path(text).is_absolute():
        raise ValueError(f"{text!r} is no path from the root; /srv/ledger is")
    return text


def _days_pattern(text: str) -> str:
    if {"begins", "ends"} - set(re.compile(_pattern(text)).groupindex):
        raise ValueError("names no groups begins and ends: (?P<begins>...) and (?P<ends>...)")
    return text


class Lengths(Settings):
    """The longest text each field of an order takes, in characters."""

    order_ref: int = Field(50, ge=1, description="ASSOCIATED_REF")
    company_code: int = Field(10, ge=1, description="COMPANY_CODE")
    company_name: int = Field(50, ge=1, description="COMPANY_NAME and ORGANISATION")
    address_line: int = Field(35, ge=10, description="ADDRESS1 to ADDRESS3; longer ones are wrapped into the next")
    town: int = Field(35, ge=1, description="TOWN and COUNTY")
    postcode: int = Field(10, ge=1, description="POSTCODE")
    title: int = Field(20, ge=1, description="TITLE")
    name: int = Field(50, ge=1, description="FORENAME and SURNAME")
    telephone: int = Field(30, ge=1, description="TEL")
    email: int = Field(50, ge=1, description="EMAIL and WEB_USER")
    po_number: int = Field(30, ge=1, description="PO_NUMBER")
    notes: int = Field(2000, ge=1, description="ORDER_NOTE")
    stock_code: int = Field(50, ge=1, description="STOCK_CODE")


class Batches(Settings):
    """How many codes one call asks for. Nothing is documented; these are what the vendor's own clients use."""

    export_stock: int = Field(50, ge=1, le=1000, description="stock items per ExportStock")
    stock_status: int = Field(500, ge=1, le=5000, description="codes per ExportStockStatus")
    order_status: int = Field(50, ge=1, le=1000, description="orders per ExportOrderStatusEx")
    company: int = Field(200, ge=1, le=1000, description="companies per ExportCompany")


class OptionalOperations(Settings):
    """Operations that only some servers have. None is published; ask the vendor before switching one on."""

    amend_order: bool = Field(default=False, description="AmendOrder")
    cancel_order: bool = Field(default=False, description="CancelOrder")
    import_stock_status: bool = Field(default=False, description="ImportStockStatus")
    list_open_orders: bool = Field(
        default=False, description="ExportOrderStatusEx without codes lists every order in the stages asked for"
    )
    export_orders: bool = Field(default=False, description="ExportOrders, by code; needs list_open_orders too")
    book_despatch: str = Field(
        "", description="the operation that takes despatches from elsewhere, by the name agreed with the vendor"
    )


class LedgerFiles(Settings):
    """Invoices and credit notes as files, for no published operation tells them. Assumed: to be agreed."""

    folder: Annotated[str, AfterValidator(_whole_path)] = Field(
        "", description="where the files are dropped, from the root; empty: nothing tells invoices and credit notes"
    )
    name: Annotated[str, AfterValidator(_days_pattern)] = Field(
        r"ledger_(?P<begins>\d{4}-\d\d-\d\d)_(?P<ends>\d{4}-\d\d-\d\d)\.csv",
        description="the name of a file: everything issued on begins or later, and before ends",
    )
    encoding: Literal["utf-8", "cp1252"] = Field("utf-8", description="encoding of the files")
    delimiter: Literal[",", ";", "\t", "|"] = Field(",", description="what stands between two cells")
    dates: DateForm = Field("yyyy-mm-dd", description="how days are written in the files")
    credit_note_sign: Literal["positive", "negative"] = Field(
        "positive", description="the sign of amounts on credit notes"
    )
    stale_after_days: int = Field(2, ge=0, description="how many days the newest file may be behind")

    @property
    def form(self) -> Form:
        rule = LedgerRule(dates=self.dates, credit_notes=self.credit_note_sign)
        encoding = "utf-8-sig" if self.encoding == "utf-8" else self.encoding  # with a byte order mark or without
        return Form(name=re.compile(self.name), encoding=encoding, delimiter=self.delimiter, rule=rule)


class KhaosControlSettings(SystemSettings):
    """Settings of a `khaos_control` system."""

    exe: str = Field(min_length=1, description="the web-service executable in the URL, such as KhaosHPT.exe")
    wsdl_suffix: Annotated[str, AfterValidator(_path)] = Field("/wsdl/IKosWeb", description="where the WSDL is")
    endpoint_suffix: Annotated[str, AfterValidator(_path)] = Field("/soap/IKosWeb", description="where calls go")
    read_wsdl: bool = Field(default=True, description="take SOAP actions from the live WSDL when it can be read")
    soap_version: Literal["1.1", "1.2"] = Field("1.1", description="SOAP version")
    auth: Literal["none", "http_basic", "soap_header", "query"] = Field("none", description="how we say who we are")
    username: str = Field("", description="user name, unless auth is none")
    password: Secret = Field(Secret(""), description="password, unless auth is none")

    site: str = Field("", description="site orders and stock belong to, by name; empty for the default site")
    sales_source: str = Field("", description="SALES_SOURCE of orders that name none; exact case")
    brand: str = Field("", description="BRAND of every order; exact case")
    company_class: str = Field("", description="COMPANY_CLASS of orders that name none; exact case")
    wanted_by_element: Literal["REQUIRED_BY_DATE", "DELIVERY_DATE"] = Field(
        "REQUIRED_BY_DATE", description="where the customer's wanted date goes; a DELIVERY_DATE far off parks the order"
    )
    mapping_type: Literal[-1, 1, 2, 3, 5, 6, 7] = Field(
        1, description="what an order line's STOCK_CODE is: 1 stock code"
    )
    match_reference: int = Field(4, description="MappingType of ExportOrderStatusEx that means our reference")
    match_code: int = Field(3, description="MappingType of ExportOrderStatusEx that means their sales order code")
    order_status_flags: bool = Field(
        default=True, description="send the optional parameters of ExportOrderStatusEx (cancelled orders, tracking)"
    )
    price_decimals: int = Field(4, ge=0, le=8, description="decimals a unit price may have")
    settle_seconds: float = Field(120.0, ge=0, description='how long after a write "not found" proves nothing')
    skip_reasons: dict[Annotated[str, AfterValidator(_pattern)], SkipClass] = Field(
        default_factory=lambda: dict(SKIP_REASONS),
        description="SkipReason pattern → duplicate, data or other; first match wins",
    )
    refuse_over_length: bool = Field(
        default=True, description="refuse over-long text here; false sends it and lets Khaos judge"
    )
    lengths: Lengths = Field(default_factory=Lengths, description="longest text per field")

    stock_figure: Literal["available", "available_plus_build"] = Field(
        "available", description="LEVEL alone, or with what could be built from components now"
    )
    stock_date_types: tuple[Literal[-1, 0, 2], ...] = Field(
        (0, 2), min_length=1, description="dates that mark an item as changed: 0 revision, 2 movement, -1 either"
    )
    stages: dict[int, Stage] = Field(default_factory=dict, description="further invoice stage ids, such as sub-stages")
    price_list_type: str = Field("3", description="PriceListType of ExportPriceListEx")
    compressed: bool = Field(default=False, description="ask for items by ExportStockCompressed")
    batches: Batches = Field(default_factory=Batches, description="codes per call")
    export_timeout_seconds: float = Field(600.0, gt=0, description="longest wait for an export")
    home_currency: str = Field("GBP", min_length=3, max_length=3, description="currency of what names none")
    timezone: Annotated[str, AfterValidator(_timezone)] = Field("Europe/London", description="zone of their wall clock")
    overlap_hours: float = Field(2.0, ge=2, description="how far a changed-since window reaches back")
    budget: Budget = Field(
        default_factory=lambda: Budget(concurrency=1, requests_per_second=4),
        description="rate, concurrency and circuit breaker",
    )

    optional: OptionalOperations = Field(
        default_factory=OptionalOperations, description="operations that only some servers have"
    )
    ledger: LedgerFiles = Field(
        default_factory=LedgerFiles, description="invoices and credit notes from files that somebody exports"
    )
    channel: ChannelSettings = Field(
        default_factory=ChannelSettings, description="the generic channel, by which Khaos Control calls us"
    )

    @model_validator(mode="after")
    def _somebody(self) -> Self:
        if self.auth != "none" and not self.username:
            raise ValueError(f"username: auth {self.auth} needs one")
        return self

    @property
    def endpoint(self) -> str:
        """Path of every call, below the base URL."""
        return f"/{self.exe.strip('/')}{self.endpoint_suffix}"

    @property
    def wsdl(self) -> str:
        return f"/{self.exe.strip('/')}{self.wsdl_suffix}"
