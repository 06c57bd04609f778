"""The live connection to wair.ai: every capability in one object, each done by the small part that knows how."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime

from crossdock.connectors.wair.config import WairSettings
from crossdock.connectors.wair.native_batch import Batches
from crossdock.connectors.wair.native_client import NativeApi
from crossdock.connectors.wair.native_proposals import NativeProposals
from crossdock.connectors.wair.native_sink import NativeSink
from crossdock.connectors.wair.native_speech import Speech
from crossdock.connectors.wair.probe import counted, line
from crossdock.model.retail import StockGoal, TransferProposal
from crossdock.ports.runtime import Clock, Gate
from crossdock.ports.systems import Document, ProbeLine


class WairAi(NativeSink):
    """One tenant of wair.ai. Makes no call before it is asked something."""

    def __init__(self, settings: WairSettings, *, gate: Gate, clock: Clock) -> None:
        self._api = NativeApi(settings, gate=gate, clock=clock)
        tongue = Speech(
            settings.fields, settings.id_table(), settings.transfer_types,
            negative_return_price=settings.return_price == "negative",
        )  # fmt: skip
        self._proposals = NativeProposals(self._api, tongue)
        super().__init__(settings, tongue, Batches(self._api))

    def read_transfer_proposals(
        self, confirmed_since: datetime | None
    ) -> AsyncIterator[Sequence[Document[TransferProposal]]]:
        return self._proposals.transfers(confirmed_since)

    def read_stock_goals(self) -> AsyncIterator[Sequence[Document[StockGoal]]]:
        return self._proposals.goals()

    async def probe(self) -> Sequence[ProbeLine]:
        """Sign in, then one page of each list of recommendations, which is all that can be read there."""
        signed_in = await line("sign-in", self._sign_in)
        if signed_in.problem or signed_in.denied:
            return [signed_in]
        return [
            signed_in,
            await line("transfer proposals", lambda: self._look("transfer proposals", "transfer_proposals")),
            await line("stock goals", lambda: self._look("stock goals", "stock_goals")),
        ]

    async def close(self) -> None:
        await self._api.close()

    async def _sign_in(self) -> ProbeLine:
        await self._api.sign_in()
        return ProbeLine(what="sign-in (wair.ai)", read=1)

    async def _look(self, what: str, dataset: str) -> ProbeLine:
        return counted(what, await self._proposals.first_page(dataset))
