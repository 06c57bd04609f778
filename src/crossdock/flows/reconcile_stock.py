"""Stock drift: what the ERP's figures let the storefront show against what it shows, less what is under way."""

from collections import Counter
from collections.abc import AsyncGenerator

from crossdock.cases.kinds import STOCK_DRIFT
from crossdock.decide.stock_drift import Place, Verdict, judge
from crossdock.decide.words import plain
from crossdock.flows.capture import capture_orders
from crossdock.flows.differences import accepted
from crossdock.flows.pairing import Pairing
from crossdock.flows.stock_figures import COUNTED, read_figures
from crossdock.flows.taking_turns import once_free
from crossdock.model.reconciliation import Difference
from crossdock.ports.reconciliation import ReconciliationRun, Tell
from crossdock.ports.runtime import calling
from crossdock.ports.stock_book import StockRun

LIKELY = "somebody changed it at the storefront, or a write never arrived"
NAMED_MAX = 20  # SKUs that a text names


async def reconcile_stock(pairing: Pairing, run: ReconciliationRun, tell: Tell) -> None:
    await _read_shown(pairing, run, tell)
    async with once_free(pairing.stock.run, "stock publication") as figures:
        tell("stock figures", 0)
        at = pairing.clock.now()
        if (problem := await read_figures(pairing, figures, whole=True)) is not None:
            calling.set(pairing.erp_name)
            raise problem
        await run.note({}, ours_at=at)
        if "order-entry" in pairing.flows:
            await capture_orders(pairing)
        tell("comparing", 0)
        found = _Found(pairing)
        await run.store(found.differences(figures, run.run.id), counts=found.counts, unknowns=found.unknowns)


async def _read_shown(pairing: Pairing, run: ReconciliationRun, tell: Tell) -> None:
    if "theirs" in run.run.progress:
        return
    await run.forget_side("theirs")
    at, read = pairing.clock.now(), 0
    async for page in pairing.storefront.read_stock_targets():
        shown = [(one.ref, "" if one.shown is None else plain(one.shown), f"{one.unit} {one.sku}") for one in page]
        await run.put_side("theirs", shown)
        read += len(page)
        tell("levels shown", read)
    await run.end_side("theirs", at=at)


class _Found:
    """counts, unknowns: filled while the differences are read."""

    def __init__(self, pairing: Pairing) -> None:
        self._pairing = pairing
        self.counts: Counter[str] = Counter()
        self.unknowns: list[str] = []

    async def differences(self, figures: StockRun, run_id: int) -> AsyncGenerator[Difference, None]:
        pairing, waivers = self._pairing, await self._pairing.reconciliations.waivers()
        figures_from = await pairing.reference.watermark(COUNTED) or await pairing.reference.now()
        unknown: dict[str, None] = {}
        places = figures.places(
            run_id, basis=str(pairing.stock_basis), policy=pairing.stock_policy, figures_from=figures_from,
            site=pairing.stock_site,
        )  # fmt: skip
        async for page in places:
            for place in page:
                verdict = self._verdict(place)
                self.counts[verdict.replace(" ", "_")] += 1
                if verdict is Verdict.UNKNOWN:
                    unknown[place.sku] = None
                elif verdict in (Verdict.DRIFT, Verdict.GONE):
                    yield accepted(self._difference(place, verdict), waivers)
        if unknown:
            named = ", ".join(list(unknown)[:NAMED_MAX]) + (", …" if len(unknown) > NAMED_MAX else "")
            self.unknowns.append(
                f"{len(unknown)} SKUs: no figure in the ERP, or no level told by the storefront: {named}"
            )

    def _verdict(self, place: Place) -> Verdict:
        return judge(
            place, now=self._pairing.clock.now(), settle_seconds=self._pairing.reconciliation_policy.settle_seconds,
            publishes="stock-publication" in self._pairing.flows,
        )  # fmt: skip

    def _difference(self, place: Place, verdict: Verdict) -> Difference:
        subject, location = f"{place.sku}/{place.unit}", self._pairing.storefront_name
        is_drift = verdict is Verdict.DRIFT
        told = "nothing" if place.told is None else plain(place.told)
        return Difference(
            link="stock", cause=STOCK_DRIFT.code if is_drift else "place-gone", subject=subject, ref=subject,
            document=place.ref, what=f"stock of {place.sku} ({place.unit})",
            ours="unknown" if place.should is None else plain(place.should),
            theirs="nothing" if place.shown is None else plain(place.shown),
            likely=LIKELY if is_drift else "the storefront no longer sells it",
            note=f"last told {told}" + (f" at {place.told_at:%Y-%m-%d %H:%M:%S %Z}" if place.told_at else ""),
            case_kind=STOCK_DRIFT.code if is_drift else "",
            case_subject=f"{location} {subject}" if is_drift else "", raises=is_drift,
            facts={"sku": f"{place.sku} ({place.unit})", "location": location},
        )  # fmt: skip
