"""What stands between a pairing and its orders: each gap with the orders it would stop and their value, worst first."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from crossdock.cases.kind import CaseKind, Finding
from crossdock.decide.vat import vat_number

EXAMPLES_MAX = 5
NOISE = re.compile(r"[^A-Z0-9]")
TAX_REFERENCE_LEAST = 7  # shorter ones are "n/a" and the like

SETTINGS: Mapping[str, str] = {
    "stock-code-unknown": "maps.sku.{subject}: ERP-CODE",
    "item-invalid-for-erp": "maps.sku.{subject}: ERP-CODE",
    "unit-unmapped": "maps.unit.{subject}: STOCK-UNITS",
    "unit-quantity-conflict": "maps.unit.{subject}: STOCK-UNITS",
    "tax-code-unmapped": "maps.tax.{subject}: {{code: ERP-CODE, percent: PERCENT}}",
    "shipping-method-unmapped": "maps.shipping.{subject}: ERP-COURIER",
    "payment-term-unmapped": "maps.payment_term.{subject}: ERP-CODE",
    "carrier-unmapped": "maps.courier.{subject}: CARRIER",
    "price-list-unmapped": "maps.price_list.{subject}: STOREFRONT-LIST",
    "company-unmapped": "maps.company.{subject}: NAME",
    "currency-unmapped": "orders.currencies: [{subject}]",
}
"""Kind of gap → the line of the pairing's settings that closes it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """kind: of the case it would be, or `duplicate` for what is there twice. orders: recent ones it would stop, with
    their value by currency. records: what else it concerns, where that is counted. setting: the line that closes it,
    "" when none does. remedy: what to do, in words."""

    kind: str
    subject: str
    cause: str
    desk: str
    orders: int = 0
    value: Mapping[str, Decimal] = field(default_factory=dict)
    records: int = 0
    examples: tuple[str, ...] = ()
    setting: str = ""
    remedy: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stopped:
    """An order and every finding that would stop it."""

    ref: str
    total: Decimal
    currency: str
    findings: Sequence[Finding]


@dataclass(slots=True, kw_only=True)
class _Sum:
    finding: Finding
    orders: dict[str, tuple[Decimal, str]] = field(default_factory=dict)
    records: int = 0


def find_gaps(
    stopped: Iterable[Stopped], others: Iterable[tuple[Finding, int]], *, pairing: str, extra: Iterable[Gap] = ()
) -> tuple[Gap, ...]:
    """others: what no order met, each with how many records it concerns. extra: gaps that are no cases.

    Findings about one order each, like a total that does not agree, are one gap a kind. Most orders come first, then
    most value, then most records.
    """
    sums: dict[tuple[str, str], _Sum] = {}
    for order in stopped:
        for finding in order.findings:
            subject = "" if finding.subject == order.ref else finding.subject
            found = sums.setdefault((finding.kind.code, subject), _Sum(finding=finding))
            found.orders[order.ref] = (order.total, order.currency)
    for finding, records in others:
        sums.setdefault((finding.kind.code, finding.subject), _Sum(finding=finding)).records += records
    gaps = [*(_gap(key[1], one, pairing) for key, one in sums.items()), *extra]
    return tuple(sorted(gaps, key=_worst_first))


def _worst_first(gap: Gap) -> tuple[int, Decimal, int, str, str]:
    return -gap.orders, -sum(gap.value.values(), Decimal(0)), -gap.records, gap.kind, gap.subject


def _gap(subject: str, one: _Sum, pairing: str) -> Gap:
    kind, value = one.finding.kind, dict[str, Decimal]()
    for total, currency in one.orders.values():
        value[currency] = value.get(currency, Decimal(0)) + total
    return Gap(
        kind=kind.code,
        subject=subject,
        cause=one.finding.cause if subject else f"{len(one.orders)} orders, such as: {one.finding.cause}",
        desk=str(kind.desk),
        orders=len(one.orders),
        value=value,
        records=one.records,
        examples=tuple(list(one.orders)[:EXAMPLES_MAX]),
        setting=setting_of(kind, subject, pairing) if subject else "",
        remedy=kind.remedy.format_map(_Facts(one.finding.facts)),
    )


class _Facts(dict[str, str]):
    """Facts, and … for one that a remedy speaks of and a finding does not give."""

    def __missing__(self, name: str) -> str:
        return "…"


def setting_of(kind: CaseKind, subject: str, pairing: str) -> str:
    """The line of crossdock.yaml that closes a gap of this kind; "" where none does."""
    line = SETTINGS.get(kind.code)
    return "" if line is None else f"pairings.{pairing}.{line.format(subject=subject)}"


def twice(what: str, groups: Iterable[Sequence[str]], *, desk: str, remedy: str) -> list[Gap]:
    """Gaps for what is there more than once. groups: the names that are meant to be one."""
    return [
        Gap(
            kind="duplicate", subject=names[0], desk=desk, records=len(names), remedy=remedy,
            cause=f"{what}: {', '.join(names[:EXAMPLES_MAX])}{' …' if len(names) > EXAMPLES_MAX else ''}.",
        )
        for names in groups
    ]  # fmt: skip


def tax_key(reference: str) -> str:
    """What two VAT numbers that are the same have in common; "" for what is no number."""
    bare = NOISE.sub("", reference.upper())
    known = vat_number(reference)
    return known or (bare if len(bare) >= TAX_REFERENCE_LEAST and any(mark.isdigit() for mark in bare) else "")
