"""The money of a period: orders, ERP orders, invoices, credit notes and refunds, to the coin, each read from its owner.

Steps are remembered one by one, pages of orders and questions to the ERP too. A list that was not read whole is
unknown, and nothing is called missing because of it.
"""

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from crossdock.cases.kinds import READ_INCOMPLETE
from crossdock.decide.money_causes import CASE_KIND, CAUSES
from crossdock.decide.money_match import MoneyTerms, match
from crossdock.decide.money_papers import erp_paper, ledger_paper, no_erp_paper, order_paper, refund_paper
from crossdock.decide.money_period import in_period
from crossdock.flows.differences import accepted
from crossdock.flows.pairing import Pairing
from crossdock.model.after_sale import SalesReturn
from crossdock.model.faults import DataFault, InvalidValue, ReadIncomplete, Unsupported
from crossdock.model.reconciliation import Difference, MoneyDifference, PaperKind, Period, StagedPaper
from crossdock.model.sales_order import SalesOrder
from crossdock.ports.after_sale import LedgerSource, ReturnSource
from crossdock.ports.reconciliation import ReconciliationRun, Tell, UnreadOrder
from crossdock.ports.systems import Document

CHUNK = 100
DONE, UNTOLD = "done", "not told"
UNKNOWN = "unknown "
LEDGER, RETURNS = "invoices and credit notes", "refunds"


async def reconcile_money(pairing: Pairing, run: ReconciliationRun, tell: Tell) -> None:
    await _Month(pairing, run, tell, with_papers=True).go()


async def reconcile_orders(pairing: Pairing, run: ReconciliationRun, tell: Tell) -> None:
    """Storefront, our book and the ERP: whether each order is there, and comes to the same."""
    await _Month(pairing, run, tell, with_papers=False).go()


class _Month:
    """One run. with_papers: invoices, credit notes and refunds too."""

    def __init__(self, pairing: Pairing, run: ReconciliationRun, tell: Tell, *, with_papers: bool) -> None:
        if run.run.period is None:
            raise InvalidValue(f"{run.run.subject} is reconciled by a period")
        self.pairing, self.run, self.tell = pairing, run, tell
        self.period: Period = run.run.period
        self.policy = pairing.reconciliation_policy
        self.ledger = pairing.of_erp(LedgerSource) if with_papers else None
        self.returns = pairing.of_storefront(ReturnSource) if with_papers else None
        self.with_papers = with_papers
        self.carriage: Mapping[str, Decimal] = {}  # of the refunds on the page that is read

    @property
    def progress(self) -> Mapping[str, str]:
        return self.run.run.progress

    @property
    def settled_before(self) -> datetime:
        """Younger records are left alone."""
        return self.pairing.clock.now() - timedelta(seconds=self.policy.settle_seconds)

    @property
    def papers_since(self) -> datetime:
        return self.period.begins - timedelta(days=self.policy.look_back_days)

    async def go(self) -> None:
        await self._read_orders()
        await self._read_list(RETURNS, self._read_returns if self.returns else None, self._refund, PaperKind.REFUND)
        await self.run.note({}, theirs_at=self.pairing.clock.now())
        kinds = PaperKind.INVOICE, PaperKind.CREDIT_NOTE
        await self._read_list(LEDGER, self.ledger.read_ledger if self.ledger else None, ledger_paper, *kinds)
        await self._take_our_own()
        await self.run.put_together()
        await self._ask_erp()
        self.tell("comparing", 0)
        known = {"ledger_known": (LEDGER, self.ledger), "refunds_known": (RETURNS, self.returns)}
        counts = {name: int(self._is_told(*what) and self._is_whole(what[0])) for name, what in known.items()}
        await self.run.store(self._differences(), counts=counts, unknowns=self._unknowns(), with_columns=True)

    # the storefront

    async def _read_orders(self) -> None:
        """Oldest change first, so that a run taken up goes on at the change it had stored."""
        state = self.progress.get("orders")
        if state == DONE:
            return
        await self.run.note({}, ours_at=self.pairing.clock.now())
        since = self.period.begins if state is None else datetime.fromisoformat(state)
        read = await self.run.count_orders()
        async for page in self.pairing.storefront.read_orders(since):
            papers = [paper for one in page if one.value is not None and (paper := self._order(one.value)) is not None]
            changes = [one.updated_at for one in page if one.updated_at is not None]
            progress = {"orders": max(changes).isoformat()} if changes else {}
            await self.run.put_papers(papers, progress={**progress, **_unreadable("order", page)})
            read += len(papers)
            self.tell("orders", read)
        await self.run.note({"orders": DONE})

    def _order(self, order: SalesOrder) -> StagedPaper | None:
        """None for one of another period, or from before this pairing began."""
        start = self.pairing.start_from
        if not self.period.holds(self.period.day_of(order.placed_at)) or (start and order.placed_at < start):
            return None
        staged = order_paper(order, self.period)
        return _as(staged, "recent") if order.placed_at >= self.settled_before else staged

    async def _read_returns(self, since: datetime | None) -> AsyncIterator[Sequence[Document[Any]]]:
        """Without the older ones that come with them."""
        assert self.returns is not None  # asked by whoever calls
        async for page in self.returns.read_returns(since):
            ours = [one for one in page if not _is_older(one.value, since)]
            self.carriage = await self.pairing.refunds.carriage([one.ref for one in ours])
            yield ours

    def _refund(self, returned: Any) -> StagedPaper | None:
        """With the carriage that goes back with it: the storefront tells of goods."""
        return refund_paper(returned, self.period, carriage=self.carriage.get(returned.ref, Decimal(0)))

    # lists

    async def _read_list(
        self,
        what: str,
        read: Callable[[datetime | None], AsyncIterator[Sequence[Document[Any]]]] | None,
        make: Callable[[Any], StagedPaper | None],
        *kinds: PaperKind,
    ) -> None:
        """Read anew from its beginning when it was not read to its end: such lists come in no promised order."""
        if read is None or what in self.progress:
            return
        await self.run.forget_papers([*kinds])
        count = 0
        try:
            async for page in read(self.papers_since):
                made = [(one, make(one.value)) for one in page if one.value is not None]
                untold = {f"{UNKNOWN}{what} {one.ref}": f"{one.ref}: an amount or a day is not told"
                          for one, paper in made if paper is None}  # fmt: skip
                papers = [paper for _, paper in made if paper is not None]
                await self.run.put_papers(papers, progress={**untold, **_unreadable(what, page)})
                count += len(page)
                self.tell(what, count)
        except Unsupported:  # this server of the kind has no such list
            await self.run.note({what: UNTOLD})
            return
        except ReadIncomplete as fault:
            await self._incomplete(what, fault)
            return
        await self.run.note({what: DONE})
        await self.pairing.cases.let_go(f"reconciliation {what}", [0], reason="it was read whole", actor="crossdock")

    async def _incomplete(self, what: str, fault: ReadIncomplete) -> None:
        """What came is kept and shown; nothing is called missing for what did not come."""
        pairing = self.pairing
        system = pairing.storefront_name if what == RETURNS else pairing.erp_name
        finding = READ_INCOMPLETE.about(f"{system} {what}", what=what, system=system, problem=str(fault))
        await pairing.cases.raise_case(finding, record=f"reconciliation {what}", ref=what, evidence=fault.evidence)
        await self.run.note({what: "incomplete", f"{UNKNOWN}{what}": f"{what} were not read whole: {fault}"})

    # our own book

    async def _take_our_own(self) -> None:
        """Orders that the papers speak of, as we last read them. One of this period that the storefront's list did not
        bring is asked for by its key before it is called gone."""
        after = ""
        while chunk := await self.run.unread_orders(placed_before=self.settled_before, after=after):
            files = {file.id: file for file in await self.pairing.orders.load_many([one.id for one in chunk])}
            papers, unknown = [], {}
            for one in chunk:
                order = files[one.id].order
                if order is None:
                    continue
                try:
                    papers.append(await self._as_it_is(one, order))
                except DataFault as fault:
                    unknown[f"{UNKNOWN}order {one.ref}"] = f"order {one.ref}: {fault}"
                    papers.append(_as(order_paper(order, self.period), "recent"))
            await self.run.put_papers(papers, progress=unknown)
            after = chunk[-1].ref

    async def _as_it_is(self, one: UnreadOrder, order: SalesOrder) -> StagedPaper:
        if not one.placed:
            return order_paper(order, self.period)
        there = await self.pairing.storefront.find_storefront_order(one.storefront_id)
        if there is None:
            return _as(order_paper(order, self.period), "gone")
        if there.value is None:
            raise there.fault or DataFault("document", "it says nothing")
        return order_paper(there.value, self.period)

    # the ERP

    async def _ask_erp(self) -> None:
        whole, asked = await self.run.count_orders(), 0
        while wanted := await self.run.unasked(CHUNK):
            stands = await self.pairing.erp.read_fulfilments([ref for ref, _, _ in wanted])
            papers = []
            for ref, currency, day in wanted:
                stand = stands.get(ref)
                if stand is None:  # before "missing", once more by name
                    try:
                        stand = await self.pairing.erp.find_order(ref)
                    except DataFault as fault:
                        stand = fault
                match stand:
                    case None:
                        papers.append(no_erp_paper(ref, "absent", "", currency=currency, day=day))
                    case DataFault():
                        papers.append(no_erp_paper(ref, "unreadable", str(stand), currency=currency, day=day))
                    case _:
                        papers.append(erp_paper(ref, stand, currency=currency, day=day))
            await self.run.put_papers(papers)
            asked += len(papers)
            self.tell("ERP orders", asked, whole)

    # what came of it

    def _terms(self) -> MoneyTerms:
        orders, policy = self.pairing.order_policy, self.policy
        return MoneyTerms(
            today=self.period.day_of(self.pairing.clock.now()), tolerance=orders.tolerance,
            tax_tolerance=orders.tax_tolerance, rounding_allowed=policy.rounding_allowed, grace_days=policy.grace_days,
            ledger_told=self._is_told(LEDGER, self.ledger), refunds_told=self._is_told(RETURNS, self.returns),
            ledger_whole=self._is_whole(LEDGER), refunds_whole=self._is_whole(RETURNS),
        )  # fmt: skip

    def _is_told(self, what: str, source: object | None) -> bool:
        return source is not None and self.progress.get(what) != UNTOLD

    def _is_whole(self, what: str) -> bool:
        return not any(name.startswith(f"{UNKNOWN}{what}") for name in self.progress)

    def _unknowns(self) -> list[str]:
        found = [text for name, text in sorted(self.progress.items()) if name.startswith(UNKNOWN)]
        sides = (LEDGER, self.ledger, self.pairing.erp_name), (RETURNS, self.returns, self.pairing.storefront_name)
        untold = [
            f"{what}: {system} does not tell them" for what, source, system in sides if not self._is_told(what, source)
        ]
        return [*found, *untold] if self.with_papers else found

    async def _differences(self) -> AsyncGenerator[Difference, None]:
        terms, waivers = self._terms(), await self.pairing.reconciliations.waivers()
        reach = (self.papers_since).date()
        async for dossier in self.run.dossiers(ledger_told=terms.ledger_told, in_reach_from=reach):
            for one in in_period(dossier, match(dossier, terms), self.period, terms):
                yield accepted(_kept(one), waivers)


def _is_older(returned: SalesReturn | None, since: datetime | None) -> bool:
    moment = None if returned is None else returned.received_at
    return moment is not None and since is not None and moment < since


def _as(staged: StagedPaper, state: str) -> StagedPaper:
    return StagedPaper(kind=staged.kind, ref=staged.ref, paper=staged.paper, state=state)


def _unreadable(what: str, page: Sequence[Document[Any]]) -> dict[str, str]:
    return {
        f"{UNKNOWN}{what} {one.ref}": f"{what} {one.label or one.ref}: {one.fault or 'it says nothing'}"
        for one in page
        if one.value is None
    }


def _kept(one: MoneyDifference) -> Difference:
    """With the case it stands in, or who accepted it there."""
    is_ours = one.case_kind == CASE_KIND
    case_subject = one.subject if is_ours else one.ref
    return Difference(
        link=one.link, cause=one.cause, subject=one.subject, ref=one.ref, document=one.document, what=one.what,
        ours=one.ours, theirs=one.theirs, likely=CAUSES[one.cause].words, day=one.day, currency=one.currency,
        company=one.company, account=one.account, gap=one.gap, value=one.value, note=one.note, case_kind=one.case_kind,
        case_subject=case_subject if one.case_kind else "", raises=is_ours, waiver=one.waiver,
    )  # fmt: skip
