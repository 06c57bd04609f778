"""What a pairing reconciles, and when."""

from datetime import time
from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, Field

from crossdock.decide.reconciling import ReconciliationPolicy
from crossdock.model.faults import InvalidValue
from crossdock.model.reconciliation import Subject, zone_of
from crossdock.ports.config import Settings


def _zone(name: str) -> str:
    try:
        zone_of(name)
    except InvalidValue as error:
        raise ValueError(str(error)) from error
    return name


class ReconciliationSettings(Settings):
    """Full compares of both sides, and of the money of a period."""

    objects: tuple[Subject, ...] = Field(
        tuple(Subject), min_length=1, description="what is compared each night: all that both systems tell, or a list"
    )
    at: time = Field(time(2, 30), description="when the nightly run begins, by the clock of timezone")
    timezone: Annotated[str, AfterValidator(_zone)] = Field(
        "Europe/London", description="the merchant's calendar: which day, and so which period, a document belongs to"
    )
    settle_seconds: float = Field(900, ge=0, description="records younger than this are left alone")
    look_back_days: int = Field(
        92, ge=0, description="how far before a period its invoices, credit notes and refunds are read"
    )
    grace_days: int = Field(5, ge=0, description="how long an invoice or a credit note may take before it is missing")
    rounding_allowed: Decimal = Field(
        Decimal(0), ge=0, description="how far rounding may part two documents without a case, in their currency"
    )

    def policy(self) -> ReconciliationPolicy:
        return ReconciliationPolicy(
            subjects=self.objects, at=self.at, zone=self.timezone, settle_seconds=self.settle_seconds,
            look_back_days=self.look_back_days, grace_days=self.grace_days, rounding_allowed=self.rounding_allowed,
        )  # fmt: skip
