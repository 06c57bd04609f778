"""Settings of one WAIR: wair.ai's own interface, or a retail-stock bridge beside whatever holds the shops' stock.

What nobody has published is a setting here: names of fields, ids, time zone, what a full load replaces.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, field_validator, model_validator

from crossdock.connectors.bridge import BridgeSettings
from crossdock.connectors.bridge.config import AuthScheme
from crossdock.connectors.wair.fields import DATASETS, names_of
from crossdock.connectors.wair.ids import IdTable, load_id_file
from crossdock.ports.config import Budget, FileName, Settings

Profile = Literal["wair-ai", "retail-stock"]
Owner = Literal["retail", "erp"]


class LocationOwner(Settings):
    owner: Owner = Field(description="who may say how much is there: the retail system, or the ERP")


class Chunks(Settings):
    """Rows of one call. The limits are those that WAIR recommends; for locations and commitments it names none."""

    items: int = Field(25_000, ge=1, le=25_000, description="items in one call")
    locations: int = Field(25_000, ge=1, le=25_000, description="locations in one call")
    stock: int = Field(50_000, ge=1, le=50_000, description="stock levels in one call")
    commitments: int = Field(50_000, ge=1, le=50_000, description="commitments in one call")
    sales: int = Field(10_000, ge=1, le=10_000, description="sales in one call")
    transfers: int = Field(10_000, ge=1, le=10_000, description="transfers in one call")


class WairSettings(BridgeSettings):
    """How to reach one WAIR For Retail, whichever of the two it is."""

    kind: str = Field("wair", pattern="^wair$", description="which connector speaks to it")
    profile: Profile = Field("wair-ai", description="what answers at base_url: wair.ai, or a retail-stock bridge")
    auth: AuthScheme = Field(
        "none", description="how calls are signed in; profile wair-ai has password_token and no other"
    )
    timeout_seconds: float = Field(120.0, gt=0, description="longest wait for an answer; an upload may be large")
    budget: Budget = Field(
        default_factory=lambda: Budget(requests_per_second=5.0, concurrency=2),
        description="rate, concurrency and circuit breaker",
    )
    tenant: str = Field("", description="wair-ai: name of the tenant, sent with every call")
    api_prefix: str = Field("/api/v1", pattern="^(/[^/?#]+)*$", description="wair-ai: what all paths begin with")
    chunks: Chunks = Field(default_factory=Chunks, description="wair-ai: most rows of one call")
    fields: Mapping[str, Mapping[str, str]] = Field(
        default_factory=dict,
        description="wair-ai: names of fields that differ from ours: dataset, our name, theirs; empty leaves it out",
    )
    transfer_types: Mapping[str, str] = Field(
        default_factory=lambda: {"Redistribution": "redistribution"},
        description="wair-ai: words for kinds of recommended transfers; another word is passed on as it is",
    )
    confirmed_time_zone: str = Field("UTC", description="wair-ai: zone of FromConfirmedDateTime, which has none")
    proposal_overlap_seconds: float = Field(
        86_400.0, ge=0, description="wair-ai: how far before the last look recommendations are asked for again"
    )
    proposal_unfiltered_seconds: float = Field(
        86_400.0, ge=0, description="wair-ai: at least this often recommendations are read without a time filter"
    )
    proposal_passes_max: int = Field(
        5, ge=2, le=50, description="wair-ai: how often a list that moves is read before the reading is given up"
    )
    commitment_scope: Literal["all", "named"] = Field(
        "all", description="wair-ai: whether a full load replaces every location's commitments, or those it names"
    )
    return_price: Literal["negative", "positive"] = Field(
        "negative", description="wair-ai: the sign of the price of what was returned"
    )
    ids: Literal["code", "mapped"] = Field(
        "code", description="wair-ai: whether ids over there are our codes, or stand in location_ids and sku_ids"
    )
    location_ids: Mapping[str, str] = Field(default_factory=dict, description="wair-ai: location code to id there")
    sku_ids: Mapping[str, str] = Field(default_factory=dict, description="wair-ai: stock code to id there")
    sku_id_file: FileName | None = Field(None, description="wair-ai: CSV file of code,id, besides sku_ids")
    locations: Mapping[str, LocationOwner] = Field(
        default_factory=dict, description="who owns the stock of each location; one that is not named is the ERP's"
    )
    untold_allocated: Literal["zero", "refuse"] = Field(
        "zero", description="retail-stock: what is sent where nobody tells how much of a level is allocated"
    )
    batch_max: int = Field(
        500, ge=1, description="retail-stock: most rows of one call, where the bridge names no limit of its own"
    )

    @model_validator(mode="before")
    @classmethod
    def _as_wair_signs_in(cls, given: Any) -> Any:
        """wair.ai has one way of signing in; only what a tenant's own gateway does otherwise need be said."""
        if not isinstance(given, dict) or given.get("profile", "wair-ai") != "wair-ai":
            return given
        prefix = given.get("api_prefix", "/api/v1")
        usual = {
            "auth": "password_token",
            "token_url": f"{prefix}/Token",
            "token_field": "accessToken",
            "token_lifetime_field": "expiresIn",
            "page_size": 500,
        }
        tenant = {"X-Tenant": given["tenant"]} if given.get("tenant") else {}
        return {**usual, **given, "static_headers": {**tenant, **(given.get("static_headers") or {})}}

    @field_validator("locations", "location_ids", "sku_ids", mode="before")
    @classmethod
    def _each_once(cls, given: Any) -> Any:
        """So that no location has two owners under two spellings of its code."""
        if isinstance(given, dict):
            seen: dict[str, str] = {}
            for code in given:
                known = seen.setdefault(str(code).strip().casefold(), str(code))
                if known != str(code):
                    raise ValueError(f"{known!r} and {code!r} are one code, told twice; keep one of them")
        return given

    @field_validator("fields")
    @classmethod
    def _fields_there_are(cls, given: Mapping[str, Mapping[str, str]]) -> Mapping[str, Mapping[str, str]]:
        for dataset, names in given.items():
            if dataset not in DATASETS:
                raise ValueError(f"there is no dataset {dataset!r}; there is {', '.join(DATASETS)}")
            names_of(dataset, names)
        return given

    @field_validator("confirmed_time_zone")
    @classmethod
    def _zone_there_is(cls, given: str) -> str:
        try:
            ZoneInfo(given)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError(f"{given!r} is no time zone such as Europe/London") from error
        return given

    @model_validator(mode="after")
    def _hangs_together(self) -> Self:
        if self.profile == "wair-ai" and not self.tenant:
            raise ValueError("profile wair-ai needs tenant")
        if self.profile == "wair-ai" and self.auth != "password_token":
            raise ValueError(f"profile wair-ai signs in with password_token, not with {self.auth}; leave auth out")
        if self.profile == "wair-ai" and self.webhook_secrets:
            raise ValueError("profile wair-ai has no events; leave webhook_secrets out")
        if self.ids == "code" and (self.location_ids or self.sku_ids or self.sku_id_file):
            raise ValueError("location_ids, sku_ids and sku_id_file need ids: mapped")
        if self.profile == "wair-ai" and self.ids == "mapped":
            self.id_table()
            if lacking := sorted(self.locations.keys() - self.location_ids.keys()):
                raise ValueError(f"location_ids lacks {', '.join(lacking)}")
        return self

    def id_table(self) -> IdTable:
        """Raises ValueError: two codes with one id, or a file that cannot be read."""
        if self.ids == "code":
            return IdTable()
        filed = load_id_file(self.sku_id_file) if self.sku_id_file else {}
        return IdTable.of(locations=self.location_ids, skus={**filed, **self.sku_ids})

    def owner_of(self, location: str) -> Owner | None:
        """None: not told."""
        told = self.locations.get(location)
        return told.owner if told is not None else None

    def secrets(self) -> Iterator[str]:
        """The tenant's name is none: it may be a word that stands everywhere."""
        for secret in super().secrets():
            if secret != self.tenant:
                yield secret
