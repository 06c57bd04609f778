"""How refunds become credit notes."""

from datetime import timedelta
from typing import Literal, Self

from pydantic import Field, model_validator

from crossdock.decide.refund import RefundPolicy
from crossdock.ports.config import Settings


class RefundSettings(Settings):
    """Goods that came back. What they are worth is what was posted of them, whatever happened to prices since."""

    carriage: Literal["never", "when-all-returned"] = Field(
        "never", description="whether an order's carriage is given back, with the credit note that completes its return"
    )
    carriage_code: str = Field("", description="the ERP's stock code that carriage is credited under")
    fetch_hours: float = Field(
        24, gt=0, description="how long an ERP that fetches returns may take before a person looks"
    )

    @model_validator(mode="after")
    def _a_code_for_carriage(self) -> Self:
        if self.carriage != "never" and not self.carriage_code.strip():
            raise ValueError(f"carriage: {self.carriage} needs carriage_code, the stock code it is credited under")
        return self

    def policy(self) -> RefundPolicy:
        within = timedelta(hours=self.fetch_hours)
        return RefundPolicy(carriage=self.carriage, carriage_code=self.carriage_code.strip(), fetched_within=within)
