"""The settings of the WAIR simulator: what its public documentation leaves open, and what an environment configures."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import tzinfo
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from crossdock.sandbox.kernel import ActError

CHOICES: Mapping[str, tuple[str, ...]] = {
    "initial": ("empty", "estate"),
    "full_load": ("replace", "upsert"),
    "unclosed_batch": ("discard", "keep", "refuse"),
    "rows_visible": ("at_stop", "at_once"),
    "outside_batch": ("refuse", "accept"),
    "stop_without_batch": ("accept", "refuse"),
    "over_limit": ("refuse", "accept"),
    "limit_over": ("clamp", "refuse"),
    "limit_echo": ("zero", "asked"),
    "output": ("transfers", "stock_targets", "both"),
    "leaves_list": ("uploaded", "shipped", "received", "never"),
    "bodies": ("lenient", "strict"),
    "error_shape": ("problem", "text"),
}
POSITIVE = ("token_seconds", "limit_max", "limit_default")


@dataclass(frozen=True, slots=True, kw_only=True)
class Knobs:
    """The simulator's settings, with what each does when nobody says otherwise.

    username, password, tenant: what is mailed when an environment is created. token_seconds: `expiresIn`.
    missing_tenant_status: answer to a call without X-Tenant.
    initial: `estate` when the merchant's items and locations were uploaded long ago.

    Uploads. full_load: what `fullLoad=true` does: `replace` removes what the finished series did not name, `upsert`
    does nothing. rows_visible: uploaded rows count from `Batch/stop` on, or at once. unclosed_batch: what `Batch/start`
    does about a batch still open: drop what it staged, go on with it, or answer 400. outside_batch: an upload without a
    batch is answered 400, or taken. stop_without_batch: likewise for a stop. over_limit: a call with more rows than
    recommended is answered 400, or taken. call_limits: dataset path → rows per call, in place of the published ones.
    bodies: where a body is only partly published, `lenient` takes the spellings in `datasets` and asks for keys and
    figures only; `strict` takes the first spelling and asks for every published field. rows_keys: dataset path → name
    of the array in the body.

    Recommendations. output: WAIR gives an ERP transfers or stock targets. limit_max: rows of a page at most;
    limit_default: when nobody says or says 0. limit_over: more is cut to the maximum without a word, or answered 400.
    limit_echo: `limit` in the reply to transfers is 0, as in the published example, or what was asked.
    confirmed_time_zone: of FromConfirmedDateTime when it names none. leaves_list: when a transfer is no longer open:
    once the ERP uploaded one with its referenceId, once that is shipped, once received, or only by an act.
    processed_per_read: so many of the oldest open transfers are processed by others after each page read.
    transfer_types: kind → spelling of `transferType`; only `Redistribution` is published.
    error_shape: body of a 400 or 500: a problem object or a text.
    """

    username: str = "crossdock"
    password: str = "sandbox-password"  # noqa: S105 the made-up merchant's
    tenant: str = "harbour-pine"
    token_seconds: float = 3600
    missing_tenant_status: int = 400
    initial: str = "empty"
    full_load: str = "replace"
    rows_visible: str = "at_stop"
    unclosed_batch: str = "discard"
    outside_batch: str = "refuse"
    stop_without_batch: str = "accept"
    over_limit: str = "refuse"
    call_limits: Mapping[str, int] | None = None
    bodies: str = "lenient"
    rows_keys: Mapping[str, str] | None = None
    output: str = "both"
    limit_max: int = 500
    limit_default: int = 500
    limit_over: str = "clamp"
    limit_echo: str = "zero"
    confirmed_time_zone: str = "UTC"
    leaves_list: str = "uploaded"
    processed_per_read: int = 0
    transfer_types: Mapping[str, str] | None = None
    error_shape: str = "problem"

    @classmethod
    def read(cls, settings: Mapping[str, Any]) -> "Knobs":
        """Raises ActError on a setting nobody knows, or a value it does not take."""
        if unknown := set(settings) - set(cls.__dataclass_fields__):
            raise ActError(f"wair settings: unknown {sorted(unknown)}; known {sorted(cls.__dataclass_fields__)}")
        knobs = cls(**settings)
        for name, choices in CHOICES.items():
            if getattr(knobs, name) not in choices:
                raise ActError(f"wair settings: {name} must be one of {list(choices)}, not {getattr(knobs, name)!r}")
        for name in POSITIVE:
            if not isinstance(getattr(knobs, name), int | float) or getattr(knobs, name) <= 0:
                raise ActError(f"wair settings: {name} must be a number above 0, not {getattr(knobs, name)!r}")
        knobs.zone()
        return knobs

    def zone(self) -> tzinfo:
        try:
            return ZoneInfo(self.confirmed_time_zone)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ActError(
                f"wair settings: confirmed_time_zone {self.confirmed_time_zone!r} is no time zone"
            ) from error

    def transfer_type(self, kind: str) -> str:
        return {**TRANSFER_TYPES, **(self.transfer_types or {})}[kind]


TRANSFER_TYPES: Mapping[str, str] = {
    "redistribution": "Redistribution",
    "replenishment": "Replenishment",
    "initial_distribution": "InitialDistribution",
}
