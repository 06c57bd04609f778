"""What a case kind is, and a finding: one record held by one root cause."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from string import Formatter


class Desk(StrEnum):
    """A team that owns cases. Settings map it to people."""

    DATA = "data"
    SALES_OPS = "sales-ops"
    FINANCE = "finance"
    ECOMMERCE = "ecommerce"
    OPERATIONS = "operations"
    INTEGRATION = "integration"


class Severity(StrEnum):
    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"
    URGENT = "urgent"


class Remedy(StrEnum):
    """What a person can do from the case."""

    MAP_CODE = "map-code"  # say which ERP code a storefront code is
    LINK_ACCOUNT = "link-account"  # tie the company to an ERP account
    OPEN_ACCOUNT = "open-account"  # have an account opened in the ERP, and tie the company to it
    ACCEPT = "accept"  # take the difference as it is, for the records held, with a reason
    RETRY = "retry"  # look again, with today's mappings and today's figures
    ADOPT = "adopt"  # it is in the ERP: this is its number there
    SEND_AGAIN = "send-again"  # it is certainly not in the ERP: send once more
    SET_ASIDE = "set-aside"  # take the record out, with a reason
    APPLY = "apply"  # make the change over there, for the records held, with a reason
    REFUSE = "refuse"  # the change is not made, and whoever asked is told why


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseKind:
    """code: stable for ever; docs, metrics and searches hang on it. cause: the plain words, with {facts} in them.

    remedy: what to do about it, in plain words. remedies: what can be done from the case. due_hours: time to act.
    """

    code: str
    desk: Desk
    severity: Severity
    due_hours: int
    cause: str
    remedy: str
    remedies: tuple[Remedy, ...]

    def about(self, subject: str, *, value: Decimal | None = None, **facts: object) -> "Finding":
        """A finding of this kind. subject: the root cause itself, the same for every record it holds."""
        return Finding(kind=self, subject=subject, facts={name: str(fact) for name, fact in facts.items()}, value=value)

    @property
    def fact_names(self) -> frozenset[str]:
        return frozenset(name for _, name, _, _ in Formatter().parse(self.cause) if name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One reason why one record cannot go on. facts: shown with the case; a finding must give all its cause names.

    value: what is at stake in this record, when the finding knows better than the record's own total.
    """

    kind: CaseKind
    subject: str
    facts: Mapping[str, str] = field(default_factory=dict)
    value: Decimal | None = None

    def __post_init__(self) -> None:
        if missing := self.kind.fact_names - set(self.facts):
            raise ValueError(f"{self.kind.code}: a finding must say {', '.join(sorted(missing))}")
        if not self.subject:
            raise ValueError(f"{self.kind.code}: a finding needs a subject")

    @property
    def cause(self) -> str:
        return self.kind.cause.format(**self.facts)
