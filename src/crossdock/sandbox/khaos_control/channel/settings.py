"""How one generic channel is set up: what is typed in its screen, and what no vendor document settles."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from decimal import Decimal
from typing import Any

from crossdock.sandbox.kernel import ActError
from crossdock.sandbox.khaos_control.channel.calls import CALLS, LEVELS, ORDERS, PRICES, STATUSES, STOCK

BY_CONFIG = -1
"""As an interval: what the configuration file gives as Frequency."""

XML_ROOTS: Mapping[str, str] = {
    STOCK: "StockItems", LEVELS: "StockStatuses", STATUSES: "OrderStatuses", PRICES: "PriceLists",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelSettings:
    """The generic channel.

    url: of the configuration file; none, and the channel is not set up. config_format: json, xml, or auto by what it
    begins with; the calls themselves are in the Format the file gives each. calls: which are on. intervals: call →
    seconds between two, 0 for only when told to, -1 for the Frequency of the file. retry_seconds: the same for what
    was not answered with 200; every round of a call sends that again in any case. retry_ceiling: sendings of one
    upload before it is given up, 0 for never. config_hours: how long the file is kept. start: the continuation sent
    on first contact. order_pages: downloads made in one round. stock_page, level_page, status_page: entries in one
    post. stock_mode, level_mode, status_mode: all, or changes only. empty_level_posts: a round of levels without a
    change posts none of them. send_order: in which order what waits is sent again. specific_ids: `each` reference in
    double quotes, the `whole` list in one pair, or `bare`; specific_ids_header: as spelt. order_status, stock_name,
    line_web_ref: which of two spellings is sent. stock_prices: an `object` with Net or Gross, or a `number`.
    xml_roots: call → root element. package_courier: its name or code. status_sku: our stock code, or what came as_sent.
    status_components: components of a pack are shipment items too. shipping_stages: an order is Shipping while an
    invoice is in one. stage_words: stage id → word, for further stages. overlapping_bands: quantity bands unsorted,
    sharing their ends, as in the vendor's examples. rounding_limit: pounds by which GrossTotal may correct an order.
    value_discount_per: a line's ValueDiscount is off the `line` or each `unit`. whole_quantities: fractions are
    refused. account_classes: new customers of these pay on account. return_reasons: name → goes back to stock.
    return_stock_moves: when a return is processed or issued. log_text: characters of a body kept in the log.
    """

    url: str = ""
    user: str = "khaos"
    password: str = "khaos"  # noqa: S105 - a stand-in has no secret
    config_format: str = "auto"
    calls: tuple[str, ...] = tuple(CALLS)
    intervals: Mapping[str, float] = field(default_factory=dict)
    retry_seconds: float = 0
    retry_ceiling: int = 0
    config_hours: float = 24
    timeout_seconds: float = 60
    channel_id: str = "HPTSIMC00000001"
    start: str = "2024-01-01 09:00:00Z"
    order_pages: int = 1

    stock_page: int = 100
    level_page: int = 100
    status_page: int = 100
    stock_mode: str = "changes"
    level_mode: str = "changes"
    status_mode: str = "changes"
    empty_level_posts: bool = True
    send_order: str = "oldest_first"

    specific_ids: str = "each"
    specific_ids_header: str = "SpecificIDs"
    order_status: str = "Status"
    stock_name: str = "ShortDescription"
    line_web_ref: str = "WebsiteItemRef"
    stock_prices: str = "object"
    xml_roots: Mapping[str, str] = field(default_factory=lambda: dict(XML_ROOTS))

    package_courier: str = "name"
    status_sku: str = "stock_code"
    status_components: bool = True
    shipping_stages: tuple[int, ...] = (12, 13, 14, 15, 20, 16)
    stage_words: Mapping[int, str] = field(default_factory=dict)
    overlapping_bands: bool = True

    rounding_limit: Decimal = Decimal("0.05")
    value_discount_per: str = "line"
    whole_quantities: bool = True
    account_classes: tuple[str, ...] = ("Trade",)
    return_reasons: Mapping[str, bool] = field(
        default_factory=lambda: {"Unwanted": True, "Wrong item": True, "Faulty": False, "Damaged": False}
    )
    return_stock_moves: str = "processed"
    log_text: int = 200_000

    @classmethod
    def parse(cls, raw: Mapping[str, Any]) -> "ChannelSettings":
        """Raises ActError: on a name or a value that the channel does not have."""
        known = {one.name for one in fields(cls)}
        if unknown := set(raw) - known:
            raise ActError(f"khaos_control channel: unknown {sorted(unknown)}; known are {sorted(known)}")
        try:
            values = {name: _READERS.get(name, _as_given)(value) for name, value in raw.items()}
        except (TypeError, ValueError, ArithmeticError, AttributeError) as error:
            raise ActError(f"khaos_control channel: {error}") from error
        for name, allowed in _CHOICES.items():
            if name in values and values[name] not in allowed:
                raise ActError(f"khaos_control channel: {name} must be one of {allowed}, was {values[name]!r}")
        for name in ("calls", "intervals", "xml_roots"):
            if strange := set(values.get(name, ())) - set(CALLS):
                raise ActError(f"khaos_control channel: {name} has {sorted(strange)}; calls are {list(CALLS)}")
        for name in ("order_pages", "stock_page", "level_page", "status_page"):
            if values.get(name, 1) < 1:
                raise ActError(f"khaos_control channel: {name} must be 1 or more, was {values[name]}")
        return cls(**values)

    def interval(self, call: str) -> float:
        return self.intervals.get(call, 0) if call in self.calls else 0

    def public(self) -> dict[str, Any]:
        """As plain JSON, without the password."""
        plain = asdict(self) | {"rounding_limit": str(self.rounding_limit)}
        del plain["password"]
        return plain


_ALL = ("changes", "all")
_CHOICES: Mapping[str, tuple[str, ...]] = {
    "config_format": ("auto", "json", "xml"),
    "stock_mode": _ALL,
    "level_mode": _ALL,
    "status_mode": _ALL,
    "send_order": ("oldest_first", "newest_first"),
    "specific_ids": ("each", "whole", "bare"),
    "specific_ids_header": ("SpecificIDs", "Specificids"),
    "order_status": ("Status", "OrderStatus"),
    "stock_name": ("ShortDescription", "StockDescription"),
    "line_web_ref": ("WebsiteItemRef", "WebItemRef"),
    "stock_prices": ("object", "number"),
    "package_courier": ("name", "code"),
    "status_sku": ("stock_code", "as_sent"),
    "value_discount_per": ("line", "unit"),
    "return_stock_moves": ("processed", "issued"),
}


def _as_given(value: Any) -> Any:
    return value


def _intervals(value: Mapping[str, Any]) -> dict[str, float]:
    seconds = {call: float(one) for call, one in value.items()}
    for call, one in seconds.items():
        if one < 0 and (one != BY_CONFIG or call not in (ORDERS, "CReturnDownload")):
            raise ValueError(f"intervals: {call} takes seconds, 0 for never by itself, was {one:g}")
    return seconds


_READERS: Mapping[str, Any] = {
    "url": str,
    "calls": tuple,
    "intervals": _intervals,
    "retry_seconds": float,
    "retry_ceiling": int,
    "config_hours": float,
    "timeout_seconds": float,
    "order_pages": int,
    "stock_page": int,
    "level_page": int,
    "status_page": int,
    "xml_roots": lambda value: {**XML_ROOTS, **value},
    "shipping_stages": tuple,
    "stage_words": lambda value: {int(stage): str(word) for stage, word in value.items()},
    "rounding_limit": lambda value: Decimal(str(value)),
    "account_classes": tuple,
    "return_reasons": lambda value: {str(name): bool(restock) for name, restock in value.items()},
    "log_text": int,
}
