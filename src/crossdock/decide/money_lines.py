"""How one difference about money is written down, and what counts as rounding."""

from decimal import Decimal

from crossdock.decide.money_causes import CASE_KIND, CAUSES
from crossdock.decide.words import amount
from crossdock.model.money import minor_units, step_of
from crossdock.model.reconciliation import Amounts, Dossier, Link, MoneyDifference, Paper, Waiver

ROUNDED = ("vat-rounding", "rounding")


def rounding_of(gap: Amounts, lines: int, currency: str) -> str:
    """The name of the rounding that explains a gap: at most a coin a line; "" when none does."""
    most = step_of(minor_units(currency)) * max(lines, 1)
    if any(part is not None and abs(part) > most for part in (gap.gross, gap.net, gap.tax)):
        return ""
    return "vat-rounding" if gap.net == 0 else "rounding"


class Pen:
    """Writes the differences of one dossier. rounding_allowed: how far rounding may part two papers without a case."""

    def __init__(self, dossier: Dossier, rounding_allowed: Decimal) -> None:
        self._dossier = dossier
        self._rounding_allowed = rounding_allowed

    def write(
        self,
        link: Link,
        cause: str,
        gap: Amounts,
        sides: tuple[Amounts | str, Amounts | str],
        *,
        paper: Paper | None = None,
        what: str = "order",
        value: Decimal | None = None,
        note: str = "",
        company: str = "",
    ) -> MoneyDifference:
        """sides: what is here, and what is there. paper: the root, and `what` it is; the order when there is no other.
        value: at stake, where the gap does not tell. company: where the gap falls, if not in the order's."""
        dossier = self._dossier
        root = paper or dossier.order
        ours, theirs = (one if isinstance(one, str) else amount(one.gross, root.currency) for one in sides)
        case_kind, waiver = self._case(cause, gap)
        name = f"{what} {root.number}" + ("" if root.number == dossier.ref else f" of order {dossier.ref}")
        return MoneyDifference(
            link=link, cause=cause, subject=f"{cause} {root.number}", ref=dossier.ref, document=root.number, what=name,
            day=root.day, currency=root.currency, gap=gap, value=abs(gap.gross) if value is None else value,
            ours=ours, theirs=theirs, company=company or dossier.company, account=root.account or dossier.account,
            note=note, case_kind=case_kind, waiver=waiver,
        )  # fmt: skip

    def _case(self, name: str, gap: Amounts) -> tuple[str, Waiver | None]:
        """The kind of case a difference stands in ("" for none), and who accepted it."""
        cause, dossier = CAUSES[name], self._dossier
        if not cause.to_settle or (name in ROUNDED and self._is_allowed(gap)):
            return "", None
        for kind in cause.covered:
            if kind in dossier.waived:
                return "", dossier.waived[kind]
        return next((kind for kind in cause.covered if kind in dossier.covered), CASE_KIND), None

    def _is_allowed(self, gap: Amounts) -> bool:
        return max(abs(part) for part in (gap.gross, gap.net, gap.tax) if part is not None) <= self._rounding_allowed
