"""The simulator's settings: what SCAYLE's public pages leave open or leave to the tenant."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any, get_args, get_origin, get_type_hints

from crossdock.sandbox.kernel import ActError

TWO_HOURS = 7200.0
RATE_LIMITS: Mapping[str, int] = {
    "productRead": 1000, "productWrite": 1000, "stocksRead": 2500, "stocksWrite": 2500, "pricesRead": 2500,
    "pricesWrite": 300, "ordersRead": 1000, "ordersWrite": 300, "fulfillmentWrite": 300, "reservationsWrite": 2500,
    "customersRead": 300, "customersWrite": 300, "vouchersRead": 300, "vouchersWrite": 300, "globalRead": 1000,
    "globalWrite": 300,
}  # fmt: skip
CHOICES: Mapping[str, frozenset[str]] = {
    "calculator": frozenset({"v1", "deprecated"}),
    "shipping_tax": frozenset({"country", "weighted"}),
    "equal_changed_at": frozenset({"applied", "ignored"}),
    "stock_shows": frozenset({"stored", "sellable"}),
    "bulk_error_status": frozenset({"processed", "failed"}),
    "delegation_without_url": frozenset({"delegated", "confirmed"}),
    "repeats": frozenset({"accepted", "refused"}),
    "webhook_envelope": frozenset({"usual", "typed", "locale", "nested", "mixed"}),
    "webhook_payload": frozenset({"full", "thin"}),
    "custom_data_put": frozenset({"replace", "merge"}),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Knobs:
    """What each setting does when nobody says otherwise.

    access_token: an API key with every right. access_tokens: further keys → the scopes they have (`ordersRead`; write
    implies read). rate_limits: scope → calls a window, over the published table; 0 lifts the limit, and with it the
    headers. rate_limit_status: answered beyond the limit. rate_window_seconds: the minute a limit is counted over.
    limit_max: largest `limit` of a list. order_filters: names of `filters[...]` the order list heeds; the others are
    passed over. tenant: its key.

    companies: legal entities; with two or more the fulfilment calls need X-Company-Id. partner_skus: sold by the
    second merchant, `partner`. eur_per_gbp: what EUR prices are made with. sale_every: one variant in so many is on
    sale, 0 for none. initial_stock: of every variant, or "estate" for what the warehouse has.

    calculator: tax per line then added up (v1), or added up then taxed (deprecated). shipping_tax: the country's rate,
    or the basket's rates weighted by net. extra_fields: fields nobody documents are sprinkled into orders.
    empty_maps_as_lists: an empty map is `[]`. shipped_item_status: of a unit sent. full_invoicing: an order whose
    units have all gone becomes invoiced. custom_data_put: replace or merge. equal_changed_at: a stock write with the
    time of the last one. stock_shows: what stock reads show, the stored figure or that less what is blocked. repeats:
    a shipment or return sent again is done again, or refused. known_carriers_only: a shipment by an unknown carrier is
    refused.

    speed: how many times faster than real the waits below pass. processing_seconds: from 204 to its effect; 0 is at
    once. bulk_seconds: until a complete bulk request is worked off. bulk_operations_max: in one call.
    bulk_running_max: unfinished operations. bulk_error_status: status of an operation answered with an error.

    delegation_url, cancellation_url: of the merchant `default`; "" for none. delegation_auth: `user:password` put into
    both. delegation_without_url: what becomes of an order nobody can be told of. delegation_delay_seconds: from
    confirmation. delegation_timeout_seconds: without an answer, a try has failed. delegation_retry_seconds: waits
    after a failed attempt; then the order is aborted. cancellation_retry_seconds: the same for cancellation requests;
    then the request lapses. forced_shipped_seconds: from delegation until an order counts as shipped.

    webhook_envelope: `usual` nests item events and types the others; `mixed` takes the three forms in turn.
    webhook_payload: the whole order, or its id and status. webhook_timeout_seconds: for an answer.
    webhook_retry_seconds: waits after failed deliveries. webhook_suspend_after: failures in a row.
    webhook_suspend_seconds: how long. webhook_max_suspensions: then disabled. old_spellings: the events are called
    `order-canceled` and `order-item-canceled`.
    """

    access_token: str = "sandbox-token"  # noqa: S105 the made-up shop's
    access_tokens: Mapping[str, list[str]] = field(default_factory=dict)
    rate_limits: Mapping[str, int] = field(default_factory=dict)
    rate_limit_status: int = 429
    rate_window_seconds: float = 60
    limit_max: int = 100
    order_filters: tuple[str, ...] = ()
    tenant: str = "harbour"
    companies: int = 1
    partner_skus: tuple[str, ...] = ()
    eur_per_gbp: Decimal = Decimal("1.17")
    sale_every: int = 8
    initial_stock: int | str = "estate"
    calculator: str = "v1"
    shipping_tax: str = "country"
    extra_fields: bool = True
    empty_maps_as_lists: bool = True
    shipped_item_status: str = "delivered"
    full_invoicing: bool = True
    custom_data_put: str = "replace"
    equal_changed_at: str = "applied"
    stock_shows: str = "stored"
    repeats: str = "accepted"
    known_carriers_only: bool = True
    speed: float = 1.0
    processing_seconds: float = 0.2
    bulk_seconds: float = 0.1
    bulk_operations_max: int = 1000
    bulk_running_max: int = 100_000
    bulk_error_status: str = "processed"
    delegation_url: str = ""
    cancellation_url: str = ""
    delegation_auth: str = ""
    delegation_without_url: str = "delegated"
    delegation_delay_seconds: float = 60
    delegation_timeout_seconds: float = 15
    delegation_retry_seconds: tuple[float, ...] = (180.0, 300.0, *(TWO_HOURS,) * 23)
    cancellation_retry_seconds: tuple[float, ...] = (60.0, 300.0, 1800.0, TWO_HOURS)
    forced_shipped_seconds: float = 14 * 86_400
    webhook_envelope: str = "usual"
    webhook_payload: str = "full"
    webhook_timeout_seconds: float = 5
    webhook_retry_seconds: tuple[float, ...] = (1.0, 4.0, 16.0, 64.0)
    webhook_suspend_after: int = 10
    webhook_suspend_seconds: float = 300
    webhook_max_suspensions: int = 3
    old_spellings: bool = False

    @classmethod
    def read(cls, settings: Mapping[str, Any]) -> "Knobs":
        """Raises ActError on a setting nobody knows, or a value it cannot have."""
        hints = get_type_hints(cls)
        if unknown := set(settings) - set(hints):
            raise ActError(f"scayle settings: unknown {sorted(unknown)}; known {sorted(hints)}")
        knobs = cls(**{name: _fit(name, hints[name], value) for name, value in settings.items()})
        if knobs.speed <= 0 or knobs.companies < 1 or knobs.limit_max < 1:
            raise ActError("scayle settings: speed must be above 0, companies and limit_max at least 1")
        if isinstance(knobs.initial_stock, str) and knobs.initial_stock != "estate":
            raise ActError(f"scayle settings: initial_stock is {knobs.initial_stock!r}; it takes a number or 'estate'")
        return knobs


def _fit(name: str, hint: Any, value: Any) -> Any:
    """The value as its setting holds it: JSON has neither tuples nor decimals."""
    if name in CHOICES and value not in CHOICES[name]:
        raise ActError(f"scayle settings: {name} is {value!r}; it must be one of {sorted(CHOICES[name])}")
    origin = get_origin(hint)
    if origin is tuple and isinstance(value, list | tuple):
        inner = get_args(hint)[0]
        return tuple(_fit(name, inner, one) for one in value)
    if hint is Decimal:
        return _decimal(name, value)
    plain: Mapping[Any, tuple[type, ...]] = {float: (int, float), bool: (bool,), int: (int,), str: (str,)}
    mapping = (Mapping,) if origin is Mapping else (int, str)
    if not isinstance(value, plain.get(hint, mapping)) or (isinstance(value, bool) and hint is not bool):
        raise ActError(f"scayle settings: {name} cannot be {value!r}; it takes {getattr(hint, '__name__', hint)}")
    return value


def _decimal(name: str, value: Any) -> Decimal:
    try:
        return Decimal(str(value))
    except InvalidOperation:
        raise ActError(f"scayle settings: {name} cannot be {value!r}; it takes a decimal") from None
