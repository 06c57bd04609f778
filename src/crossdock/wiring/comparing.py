"""Runs of reconciliation on somebody's wish, and what earlier ones found."""

from collections.abc import Sequence

from crossdock.flows.pairing import Pairing
from crossdock.flows.reconciliation import RECONCILERS, reconcile
from crossdock.model.reconciliation import PERIODIC, Period, Run, Subject
from crossdock.ports.reconciliation import Tell
from crossdock.reports.pack import Compared


def possible(pairing: Pairing) -> list[Subject]:
    """What the pairing reconciles each night and its systems can tell. Money looks at every order too."""
    asked = pairing.reconciliation_policy.subjects
    can = [one for one in asked if not lacking(pairing, one)]
    return [one for one in can if one is not Subject.ORDERS or Subject.MONEY not in can]


def lacking(pairing: Pairing, subject: Subject) -> list[str]:
    """What its systems cannot do that the subject needs, in words."""
    return RECONCILERS[subject].lacking(pairing)


async def compare(
    pairing: Pairing, subjects: Sequence[Subject], period: Period, *, actor: str, tell: Tell
) -> list[Compared]:
    """One run each. Raises Busy, RemoteFault: what was done by then stands, and the next time goes on from there."""
    done = []
    for subject in subjects:
        run = await reconcile(pairing, subject, period if subject in PERIODIC else None, actor=actor, tell=tell)
        done.append(await found_by(pairing, run))
    return done


async def found_by(pairing: Pairing, run: Run) -> Compared:
    book = pairing.reconciliations
    return Compared(run=run, differences=await book.differences(run.id), columns=await book.columns(run.id))
