"""How what never arrived is found."""

from datetime import timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, field_validator

from crossdock.decide.completeness import CompletenessPolicy
from crossdock.ports.config import Settings


class CompletenessSettings(Settings):
    """Completeness: the count of ids on both sides, holes in order numbers, and feeds that went quiet."""

    window_hours: float = Field(
        48, gt=0, le=24 * 366, description="how far each count reaches back at least; it never leaves time uncounted"
    )
    settle_seconds: float = Field(
        900, ge=0, description="what is younger than this may still be on its way, and is not called missing"
    )
    time_zone: str = Field(
        "UTC", description="the merchant's time zone, like Europe/London: nights and weekends are told by it"
    )
    history_weeks: int = Field(
        8, ge=4, le=52, description="weeks of the past that say what is usual; silence needs four of them"
    )
    silence_least: int = Field(
        5, ge=0, description="records that must be missing before a feed is called silent; 0 for never"
    )
    numbers: bool = Field(default=True, description="look for holes in the order numbers")

    @field_validator("time_zone")
    @classmethod
    def _is_there(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError(f"must name a time zone, like Europe/London; there is no {name!r}") from None
        return name

    def policy(self) -> CompletenessPolicy:
        """How completeness is judged."""
        return CompletenessPolicy(
            window=timedelta(hours=self.window_hours), settle=timedelta(seconds=self.settle_seconds),
            zone=ZoneInfo(self.time_zone), weeks=self.history_weeks, silence_least=self.silence_least,
            numbers=self.numbers,
        )  # fmt: skip
