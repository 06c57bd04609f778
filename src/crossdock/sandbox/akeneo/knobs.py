"""The simulator's settings: what a PIM's owner configures, and what the public documents leave open."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from crossdock.sandbox.kernel import ActError

SCOPES = (
    "read_products", "write_products", "delete_products", "read_catalog_structure", "write_catalog_structure",
    "read_attribute_options", "write_attribute_options", "read_categories", "write_categories",
    "read_channel_localization", "read_channel_settings", "write_channel_settings", "read_association_types",
    "write_association_types", "read_asset_families", "read_assets", "write_assets",
)  # fmt: skip
EDITIONS = {"saas": ("20261103041500", "Serenity"), "paas": ("7.0.96", "EE"), "ce": ("7.0.96", "CE")}
CHOICES: Mapping[str, tuple[Any, ...]] = {
    "edition": tuple(EDITIONS),
    "variant_levels": (1, 2),
    "over_limit": ("refuse", "queue"),
    "leftover_values": ("refuse", "drop"),
    "uuid_conversion_status": (201, 204),
    "api_author": ("client_id", "connection_code"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Knobs:
    """Each setting, with what it does when nobody says otherwise.

    edition: saas, paas or ce; only saas has the Event Platform and `attribute_type`, ce has no assets.
    server_timezone: zone of date filters and of dates in bodies. client_id, client_secret, username, password,
    connection_code: the connection. token_seconds, refresh_seconds: lifetimes of its tokens. app_*: the App, its
    scopes and its token, which never expires; app_code_seconds: life of an authorisation code.
    denied: role rights taken away, in the words of the 403 ("list products", "create or update products", …).
    web_api_access: the role's "Overall Web API access". owns_products: False makes every product write a draft.
    hidden_categories: products only in these are 404. hidden_attribute_groups, hidden_locales: values that vanish.
    variant_levels: levels of the Oslo family variant. index_delay_seconds: how long search lags behind writes.
    links_drop_search_locale: list links forget `search_locale`. empty_map_as_list: resources that answer [] for {}.
    call_seconds: how long a call occupies its slot. connection_calls, instance_calls: slots. over_limit: what happens
    to a call that finds none. calls_per_second, options_per_second: rates. retry_after: seconds told with a 429, null
    for no header. bare_429: no body. payload_max_bytes: bodies above it are 403 without JSON, null for no cap.
    leftover_values: what products-uuid does with own values of ancestor levels when a simple product gets a parent.
    uuid_conversion_status: what that answers. axes_max: variant axes per level.
    events_url, events_secret: the Events API subscription of the connection; an empty URL is none.
    events_timeout_seconds, events_per_hour: its limits. platform_timeout_seconds, platform_retry_minutes,
    platform_success_floor, platform_success_sample: delivery rules of the Event Platform; the share of successes is
    judged from that many deliveries on. activation_seconds: from subscribing to the first event. event_source,
    event_media_type: CloudEvents `source` and Content-Type. api_author: who `author` is for API changes.
    platform_allowed: the connection's Event Platform checkbox. asset_sharing: the asset family gives share links.
    """

    edition: str = "saas"
    server_timezone: str = "UTC"
    client_id: str = "crossdock"
    client_secret: str = "sandbox-secret"  # noqa: S105 the made-up merchant's
    username: str = "crossdock"
    password: str = "sandbox-password"  # noqa: S105
    connection_code: str = "crossdock"
    token_seconds: float = 3600
    refresh_seconds: float = 1_209_600
    app_client_id: str = "crossdock-app"
    app_client_secret: str = "sandbox-app-secret"  # noqa: S105
    app_token: str = "sandbox-app-token"  # noqa: S105
    app_scopes: tuple[str, ...] = SCOPES
    app_code_seconds: float = 30
    denied: tuple[str, ...] = ()
    web_api_access: bool = True
    owns_products: bool = True
    hidden_categories: tuple[str, ...] = ()
    hidden_attribute_groups: tuple[str, ...] = ()
    hidden_locales: tuple[str, ...] = ()
    variant_levels: int = 1
    index_delay_seconds: float = 0
    links_drop_search_locale: bool = True
    empty_map_as_list: tuple[str, ...] = ()
    call_seconds: float = 0
    connection_calls: int = 4
    instance_calls: int = 10
    over_limit: str = "refuse"
    calls_per_second: int = 100
    options_per_second: int = 3
    retry_after: float | None = 1
    bare_429: bool = False
    payload_max_bytes: int | None = None
    leftover_values: str = "refuse"
    uuid_conversion_status: int = 204
    axes_max: int = 5
    events_url: str = ""
    events_secret: str = "sandbox-events-secret"  # noqa: S105
    events_timeout_seconds: float = 0.5
    events_per_hour: int = 4000
    platform_allowed: bool = True
    platform_timeout_seconds: float = 5
    platform_retry_minutes: tuple[float, ...] = (5, 10, 20)
    platform_success_floor: float = 0.9
    platform_success_sample: int = 10
    activation_seconds: float = 0
    event_source: str = "akeneo-event-platform"
    event_media_type: str = "application/cloudevents+json"
    api_author: str = "client_id"
    asset_sharing: bool = True

    @classmethod
    def read(cls, settings: Mapping[str, Any]) -> "Knobs":
        """Raises ActError on a setting nobody knows, or a value that is none of those it takes."""
        known = {one.name: one for one in fields(cls)}
        if unknown := set(settings) - set(known):
            raise ActError(f"akeneo settings: unknown {sorted(unknown)}; known {sorted(known)}")
        taken = {name: _fitting(name, value, known[name].default) for name, value in settings.items()}
        return cls(**taken)


def _fitting(name: str, value: Any, usual: Any) -> Any:
    if name in CHOICES and value not in CHOICES[name]:
        raise ActError(f"akeneo settings: {name} must be one of {list(CHOICES[name])}, not {value!r}")
    if isinstance(usual, tuple):
        if not isinstance(value, list | tuple):
            raise ActError(f"akeneo settings: {name} must be a list, not {value!r}")
        return tuple(value)
    if value is None and name in ("retry_after", "payload_max_bytes"):
        return None
    if name == "server_timezone":
        _zone(value)
    kind = str if isinstance(usual, str) else bool if isinstance(usual, bool) else (int, float)
    number = not isinstance(usual, str | bool)
    if not isinstance(value, kind) or (number and isinstance(value, bool)):
        raise ActError(f"akeneo settings: {name} must be like {usual!r}, not {value!r}")
    return value


def _zone(value: Any) -> None:
    try:
        ZoneInfo(str(value))
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ActError(f"akeneo settings: server_timezone {value!r} is no time zone") from error
