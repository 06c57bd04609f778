"""What a pairing shows of the stock, and when."""

from decimal import Decimal
from typing import Annotated, Self

from pydantic import Field, model_validator

from crossdock.decide.policy import StockPolicy
from crossdock.model.stock import Basis
from crossdock.ports.config import Settings

Units = Annotated[Decimal, Field(ge=0)]


class StockSettings(Settings):
    """Stock publication. Buffers are in the ERP's stock units."""

    figure: Basis = Field(
        Basis.AVAILABLE, description="which of the ERP's figures is shown; one of another kind never is"
    )
    site: str = Field("", description="the ERP site whose figures are shown; empty for what the ERP gives")
    buffer: Units | None = Field(
        None,
        description="stock units of every item that are never shown; without it what the storefront asks for, or 0",
    )
    buffers: dict[str, Units] = Field(
        default_factory=dict, description="SKU → its own buffer, in place of the general one"
    )
    stale_after_seconds: float = Field(
        3600, gt=0, description="figures older than this may only lower what is shown, never raise it"
    )
    unlimited_shown: Units = Field(Decimal(9999), description="what is shown of an item that is not stock controlled")
    shared: bool = Field(
        default=True,
        description="units of an item, and packs with it, show a share of its stock each; false: each shows it all",
    )
    every_seconds: float = Field(60, gt=0, description="between two looks for changed figures")
    full_every_seconds: float = Field(3600, gt=0, description="between two reads of every figure")

    @model_validator(mode="after")
    def _fresh_in_time(self) -> Self:
        if self.stale_after_seconds <= self.every_seconds:
            raise ValueError(
                "stale_after_seconds must be longer than every_seconds, or figures are stale before the next ones come"
            )
        return self

    def policy(self, asked: Decimal = Decimal(0)) -> StockPolicy:
        """asked: the buffer that holds where none is written."""
        return StockPolicy(
            buffer=asked if self.buffer is None else self.buffer,
            buffers=dict(self.buffers),
            stale_seconds=self.stale_after_seconds,
            unlimited_shown=self.unlimited_shown,
            shared=self.shared,
        )
