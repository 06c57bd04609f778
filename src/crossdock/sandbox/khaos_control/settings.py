"""How one Khaos Control installation is set up: what differs from site to site, or what no vendor document settles."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from decimal import Decimal
from typing import Any

from crossdock.sandbox.kernel import ActError
from crossdock.sandbox.khaos_control.channel.settings import ChannelSettings

OPTIONAL_OPERATIONS = (
    "AmendOrder",
    "CancelOrder",
    "ExportOrders",
    "ExportDeletedEntries",
    "ImportStockStatus",
    "ImportDespatches",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceListSetup:
    """One list per company class. discount: percent off the sell price; break_: the same from `break_quantity` on."""

    discount: Decimal
    break_quantity: int
    break_discount: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """code: the customer code in the executable's name. optional_operations: "optional development" switched on.

    locked_company, missing_po, discontinued_items, run_to_zero_items, amount_mismatch: what an order that breaks the
    rule meets. amount_tolerance: pounds between ORDER_AMOUNT and Khaos Control's own total. delivery_charge: net
    pounds it invents for an order that brings none. future_days: beyond it a delivery date waits in stage 17.
    stage_path: stages walked on the way to issue. quantity_sent: what QTY_SENT says of an invoice not yet issued.
    null_date: how an order status writes "no date". omitted_flag: what an omitted boolean parameter means.
    status_dates: which date DateFrom and DateTo of an order status look at. all_sites: what SiteID -1 means.
    variants: "nested" in the parent's SCS, or "flat" items. tax_codes: order line TAX_RATE → percent. imported_level:
    what LEVEL of ImportStockStatus counts, all that is "on_hand" or only what is "available". more_sites:
    sites besides the merchant's warehouses, such as its shops, with nothing in them. ledger_folder: where the act
    export_ledger writes invoices and credit notes. channel: the generic channel, which is not set up without a `url`.
    """

    code: str = "KHAOSHPT"
    auth: str = "none"
    username: str = "crossdock"
    password: str = "crossdock"  # noqa: S105 - a stand-in has no secret
    optional_operations: tuple[str, ...] = ()

    locked_company: str = "skip"
    missing_po: str = "skip"
    discontinued_items: str = "skip"
    run_to_zero_items: str = "skip"
    amount_mismatch: str = "hold"
    amount_tolerance: Decimal = Decimal("0.02")
    create_customers: bool = True
    import_unconfirmed: bool = False
    credit_limit: Decimal | None = None

    system_currency: str = "GBP"
    currencies: tuple[str, ...] = ("GBP", "EUR", "USD")
    tax_codes: Mapping[int, Decimal] = field(default_factory=lambda: {1: Decimal(20), 2: Decimal(0), 4: Decimal(5)})
    delivery_charge: Decimal = Decimal("4.95")
    company_classes: tuple[str, ...] = ("Trade", "Retail", "Unknown")
    sale_sources: tuple[str, ...] = ("Web", "Website", "OroCommerce", "Phone")
    brands: tuple[str, ...] = ("Harbour & Pine",)
    free_item_reasons: tuple[str, ...] = ("Promotion", "Sample")

    future_days: int = 14
    stage_path: tuple[int, ...] = (9, 10, 11, 12, 13, 14, 15, 20, 16)
    disabled_stages: tuple[int, ...] = (20,)
    editable_stages: tuple[int, ...] = (9, 10, 11, 17, 18, 19, 21)
    unprinted_code: str = "???"

    quantity_sent: str = "assigned"
    null_date: str = "30/12/1899"
    omitted_flag: bool = False
    status_dates: str = "created"

    all_sites: str = "sum"
    newer_levels: bool = True
    variants: str = "nested"
    prices_net: bool = True

    price_lists: Mapping[str, PriceListSetup] = field(
        default_factory=lambda: {
            "Trade": PriceListSetup(discount=Decimal(10), break_quantity=10, break_discount=Decimal(15))
        }
    )
    price_lists_net: bool = True
    price_wrapper: bool = False
    price_attribute: str = "PricelistNet"
    imported_level: str = "on_hand"
    more_sites: tuple[str, ...] = ()
    ledger_folder: str = ""

    channel: ChannelSettings = field(default_factory=ChannelSettings)

    @classmethod
    def parse(cls, raw: Mapping[str, Any]) -> "Settings":
        """Raises ActError: on a name or a value that this simulator does not have."""
        known = {one.name for one in fields(cls)}
        if unknown := set(raw) - known:
            raise ActError(f"khaos_control settings: unknown {sorted(unknown)}; known are {sorted(known)}")
        try:
            values = {name: _READERS.get(name, _as_given)(value) for name, value in raw.items()}
        except ActError:
            raise
        except (TypeError, ValueError, ArithmeticError, AttributeError) as error:
            raise ActError(f"khaos_control settings: {error}") from error
        for name, allowed in _CHOICES.items():
            if name in values and values[name] not in allowed:
                raise ActError(f"khaos_control settings: {name} must be one of {allowed}, was {values[name]!r}")
        if strange := set(values.get("optional_operations", ())) - set(OPTIONAL_OPERATIONS):
            raise ActError(f"khaos_control settings: optional_operations has {sorted(strange)}, not an optional one")
        return cls(**values)


_OUTCOMES = ("skip", "hold", "import")
_CHOICES: Mapping[str, tuple[str, ...]] = {
    "auth": ("none", "http_basic", "soap_header"),
    "locked_company": _OUTCOMES,
    "missing_po": _OUTCOMES,
    "discontinued_items": _OUTCOMES,
    "run_to_zero_items": _OUTCOMES,
    "amount_mismatch": _OUTCOMES,
    "quantity_sent": ("assigned", "issued"),
    "null_date": ("30/12/1899", ""),
    "status_dates": ("created", "changed"),
    "all_sites": ("sum", "default_site", "rows"),
    "variants": ("nested", "flat"),
    "price_attribute": ("PricelistNet", "PriceListNet"),
    "imported_level": ("on_hand", "available"),
}


def _as_given(value: Any) -> Any:
    return value


def _decimal(value: Any) -> Decimal:
    return Decimal(str(value))


def _price_lists(value: Mapping[str, Mapping[str, Any]]) -> dict[str, PriceListSetup]:
    return {
        name: PriceListSetup(
            discount=_decimal(one["discount"]),
            break_quantity=int(one.get("break_quantity", 10)),
            break_discount=_decimal(one.get("break_discount", one["discount"])),
        )
        for name, one in value.items()
    }


_READERS: Mapping[str, Any] = {
    "optional_operations": tuple,
    "currencies": tuple,
    "company_classes": tuple,
    "sale_sources": tuple,
    "brands": tuple,
    "free_item_reasons": tuple,
    "stage_path": tuple,
    "more_sites": tuple,
    "disabled_stages": tuple,
    "editable_stages": tuple,
    "amount_tolerance": _decimal,
    "delivery_charge": _decimal,
    "credit_limit": lambda value: None if value is None else _decimal(value),
    "tax_codes": lambda value: {int(code): _decimal(percent) for code, percent in value.items()},
    "price_lists": _price_lists,
    "channel": ChannelSettings.parse,
}
