"""Settings of one Akeneo PIM. Each says what it changes; the reference page is made from these words."""

from collections.abc import Mapping
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, Field, model_validator

from crossdock.connectors.akeneo.value_types import How
from crossdock.ports.config import REPLAY_SECONDS_MAX, Budget, Secret, SystemSettings

PAGE_MAX = 100  # both of a list and of a bulk write; 101 is refused
Code = Annotated[str, Field(min_length=1)]


def _known_zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError("must be a time zone such as UTC or Europe/Paris")
    return name


class AkeneoSettings(SystemSettings):
    """How to reach one PIM, which attribute is the SKU, and how its values are read."""

    kind: str = Field("akeneo", pattern="^akeneo$", description="which connector speaks to it")
    auth: Literal["connection", "app"] = Field(
        "connection",
        description="connection: client id, secret, user and password of a connection; app: the app's static token",
    )
    client_id: str = Field("", description="client id of the connection or app; events it caused itself are told by it")
    client_secret: Secret | None = Field(None, description="secret of the connection")
    username: str = Field("", description="user the PIM made for the connection")
    password: Secret | None = Field(None, description="that user's password")
    app_token: Secret | None = Field(None, description="access token of the app; it never expires")
    product_by: Literal["uuid", "identifier", "auto"] = Field(
        "auto", description="address products by uuid (7.0 and later) or by identifier; auto asks the PIM once"
    )
    sku_attribute: Code = Field("sku", description="attribute that holds the SKU; as a rule the main identifier")
    name_attribute: str = Field("name", description="attribute that holds a product's name; empty for none")
    locales: tuple[Code, ...] = Field(
        (), description="read values of these locales only, the first is preferred for names; empty for all"
    )
    channel: str = Field("", description="read values of this channel only; empty for all")
    page_size: int = Field(PAGE_MAX, ge=1, le=PAGE_MAX, description="records asked for in one page")
    write_batch: int = Field(PAGE_MAX, ge=1, le=PAGE_MAX, description="products in one bulk write")
    short_pages: Literal["refuse", "follow"] = Field(
        "refuse",
        description="a page that names a next one and is not full: refuse the read (rows are missing), or follow it "
        "(where permissions thin out pages)",
    )
    overlap_seconds: float = Field(
        300.0, ge=0, description="how far before the wanted moment a reading of changes begins, because indexes lag"
    )
    server_timezone: Annotated[str, AfterValidator(_known_zone)] = Field(
        "UTC", description="time zone of the PIM's server, in which its date filters are meant (SaaS: UTC)"
    )
    follow_models: bool = Field(
        default=False,
        description="with changes, also read every variant of each changed product model: for releases whose index "
        "does not move variants with their model",
    )
    share_links: bool = Field(
        default=False, description="ask for public links of assets with each product (SaaS, where sharing is on)"
    )
    media: Literal["url", "code"] = Field(
        "url", description="a media value is its download address (it needs the token) or its code"
    )
    read_as: Mapping[Code, How] = Field(
        default_factory=dict, description="how values of an attribute type are read, beside the types known anyway"
    )
    types_max_age_seconds: float = Field(
        900.0, gt=0, description="how long the attributes' types are remembered where values do not name them"
    )
    create_missing_options: bool = Field(
        default=False, description="let a product write make select options that do not exist (SaaS)"
    )
    update_parent_values: bool = Field(
        default=False,
        description="write products one by one and let a variant's write reach values its models own (SaaS, 2026)",
    )
    event_secret: Secret | None = Field(None, description="secret of the event subscription; without it none is taken")
    event_secret_secondary: Secret | None = Field(None, description="the other secret while one is being replaced")
    status_secret: Secret | None = Field(None, description="secret of the subscriber's status notifications")
    event_max_age_seconds: float = Field(
        300.0,
        gt=0,
        le=REPLAY_SECONDS_MAX,
        description="a legacy event, or a notification, signed longer ago is turned away",
    )
    platform_event_max_age_seconds: float = Field(
        3600.0,
        gt=0,
        le=REPLAY_SECONDS_MAX,
        description="an Event Platform event older than this is turned away; retries take 35 minutes",
    )
    skip_own_events: bool = Field(
        default=True, description="take no product from an event that this connection or app caused itself"
    )
    connection_code: str = Field("", description="code of the connection; own events may be told by it")
    budget: Budget = Field(
        default_factory=lambda: Budget(requests_per_second=20.0, concurrency=4),
        description="rate, concurrency and circuit breaker; 4 calls at once a connection, 10 and 100 a second a PIM",
    )

    @model_validator(mode="after")
    def _credentials_are_whole(self) -> Self:
        if self.auth == "app" and self.app_token is None:
            raise ValueError("auth app needs app_token")
        if self.auth == "connection" and not (
            self.client_id and self.client_secret and self.username and self.password
        ):
            raise ValueError("auth connection needs client_id, client_secret, username and password")
        if self.event_secret_secondary is not None and self.event_secret is None:
            raise ValueError("event_secret_secondary needs event_secret")
        return self

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.server_timezone)

    @property
    def blamed(self) -> str:
        """The setting to look at when the PIM says that these credentials may not."""
        return "app_token" if self.auth == "app" else "username"
