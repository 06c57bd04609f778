"""Who is told of what, when and how: channels, rules, quiet hours, digests."""

import re
from datetime import time, timedelta
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field, field_validator, model_validator

from crossdock.cases.kind import Desk, Severity
from crossdock.cases.kinds import KINDS
from crossdock.decide.alerting import Quiet, Rule, Step, Watch
from crossdock.decide.hours import Hours
from crossdock.ports.config import Secret, Settings, Url
from crossdock.settings.names import Slug

MAIL = ("mailto", "mailtos")
OWN_HOST = (
    *MAIL, "json", "jsons", "xml", "xmls", "form", "forms", "gotify", "gotifys", "mmost", "mmosts", "ntfy", "ntfys",
    "rocket", "rockets", "workflows",
)  # fmt: skip
SERVICES = ("discord", "gchat", "opsgenie", "pagerduty", "pover", "slack", "tgram", "wxteams", "zulip")
SCHEMES = (*OWN_HOST, *SERVICES)
"""What a channel may be: those that name a host of their own, and services whose host Apprise knows."""
REFUSED_WORDS = frozenset(
    {"template", "attach", "pgp", "pgpkey", "pgppub", "pgpprv", "pgpmode", "wkd", "inline", "redirect", "verify"}
)
"""What an Apprise address may not ask for: files of this machine, documents from elsewhere, redirects, blind trust."""
_CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d\Z")
_HOST = re.compile(r"[A-Za-z0-9:]([A-Za-z0-9.:-]*[A-Za-z0-9:])?\Z")
Day = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
DAYS: tuple[Day, ...] = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def _clock(text: str) -> str:
    if not _CLOCK.match(text):
        raise ValueError("must be a time of day, like 22:00")
    return text


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"must name a time zone, like Europe/London; there is no {name!r}") from None
    return name


def _host(name: str) -> str:
    if not _HOST.match(name):
        raise ValueError("must be the name or address of a host, without a scheme, a port or a path")
    return name.lower()


def _kind(code: str) -> str:
    if code not in KINDS:
        raise ValueError(f"there is no kind of case {code!r}")
    return code


Clock = Annotated[str, AfterValidator(_clock)]
Zone = Annotated[str, AfterValidator(_zone)]
Host = Annotated[str, AfterValidator(_host)]
KindName = Annotated[str, AfterValidator(_kind)]


class HoursSettings(Settings):
    """From one time of day to another; past midnight when `until` is not later than `begin`."""

    begin: Clock = Field("09:00", description="time of day they begin, like 22:00")
    until: Clock = Field("18:00", description="time of day they end, like 07:00")
    time_zone: Zone = Field("UTC", description="whose clock: a zone like Europe/London")
    days: tuple[Day, ...] = Field(DAYS, min_length=1, description="days on which they begin")

    def hours(self) -> Hours:
        return Hours(
            start=_time(self.begin), end=_time(self.until), zone=ZoneInfo(self.time_zone), days=_days(self.days)
        )


class QuietSettings(HoursSettings):
    """Hours in which nobody is disturbed. What is held back is said in one message when they end."""

    unless: Severity = Field(Severity.URGENT, description="what is at least so severe is said all the same")

    def quiet(self) -> Quiet:
        return Quiet(hours=self.hours(), unless=self.unless)


class StepSettings(Settings):
    """Whom else to tell when nobody answered."""

    after_minutes: float = Field(gt=0, le=60 * 24 * 14, description="minutes since it was first told")
    channels: tuple[Slug, ...] = Field((), description="channels that are told then")
    desk: bool = Field(default=False, description="and whoever the desk concerned names for escalation, by e-mail")

    @model_validator(mode="after")
    def _somebody(self) -> Self:
        if not self.channels and not self.desk:
            raise ValueError("tells nobody: name channels, or set desk")
        return self


class RuleSettings(Settings):
    """What is worth telling, and whom."""

    watch: Watch = Field(
        Watch.CASES, description="what is looked at; `outcome-unknown` is an order that was sent and not answered"
    )
    kinds: tuple[KindName, ...] = Field((), description="cases: only of these kinds; empty for all")
    desks: tuple[Desk, ...] = Field((), description="cases: only of these desks; empty for all")
    pairings: tuple[Slug, ...] = Field((), description="only of these pairings; empty for all")
    systems: tuple[Slug, ...] = Field((), description="budget: only of these systems; empty for all")
    feeds: tuple[str, ...] = Field(
        (), description="lag: only of these lists, as `crossdock status` names them; silence: orders, despatches"
    )
    severity: Severity = Field(Severity.LOW, description="cases: at least so severe; of all else, how severe it is")
    older_than_minutes: float = Field(0, ge=0, description="cases: open for at least so long")
    at_least: int = Field(1, ge=1, description="told once there are so many; over when less than half are left")
    over_minutes: float = Field(
        30, gt=0, le=60 * 24 * 7,
        description="lag, silence: minutes without; outcome-unknown: minutes since it was sent; worker-gone: minutes "
        "since it was seen; sign-ins: the window",
    )  # fmt: skip
    during: HoursSettings | None = Field(None, description="silence: only these hours count; all when left out")
    group: Literal["kind", "desk", "pairing", "all"] = Field(
        "kind", description="cases: what is one incident; a kind in a pairing, a desk, a pairing, or everything"
    )
    channels: tuple[Slug, ...] = Field((), description="names of the channels that are told")
    desk: bool = Field(default=False, description="tell the people of the desk concerned as well, by e-mail")
    gather_seconds: float = Field(
        60, ge=0, le=86_400,
        description="what comes within this time is one message, and what comes back within it was never over",
    )  # fmt: skip
    repeat_minutes: float = Field(0, ge=0, description="say it again while it stands unanswered; 0 for never")
    quiet: Slug | None = Field(None, description="name of the quiet hours that hold it back")
    escalate: tuple[StepSettings, ...] = Field(
        (), description="whom to tell when nobody answers: entries with after_minutes, channels and desk"
    )

    @model_validator(mode="after")
    def _somebody(self) -> Self:
        if not self.channels and not self.desk:
            raise ValueError("tells nobody: name channels, or set desk")
        return self

    def rule(self, name: str, quiet: Quiet | None) -> Rule:
        return Rule(
            name=name, watch=self.watch, channels=self.channels, desk=self.desk, least=self.at_least,
            gather=timedelta(seconds=self.gather_seconds), repeat=timedelta(minutes=self.repeat_minutes), quiet=quiet,
            steps=tuple(
                Step(after=timedelta(minutes=one.after_minutes), channels=one.channels, desk=one.desk)
                for one in sorted(self.escalate, key=lambda one: one.after_minutes)
            ),
        )  # fmt: skip


class DigestSettings(Settings):
    """The morning paper of a desk: what is open, overdue, at stake, what was closed yesterday and by whom, lags."""

    at: Clock = Field("08:00", description="time of day, like 08:00")
    time_zone: Zone = Field("UTC", description="whose clock: a zone like Europe/London")
    days: tuple[Day, ...] = Field(DAYS[:5], min_length=1, description="days on which it is sent")
    channels: tuple[Slug, ...] = Field((), description="channels that carry it")
    desk: bool = Field(default=True, description="send it to the people of the desk, by e-mail")

    @model_validator(mode="after")
    def _somebody(self) -> Self:
        if not self.channels and not self.desk:
            raise ValueError("is sent to nobody: name channels, or set desk")
        return self

    def clock(self) -> tuple[time, ZoneInfo, frozenset[int]]:
        return _time(self.at), ZoneInfo(self.time_zone), _days(self.days)


class AlertSettings(Settings):
    """Who is told of what, when and how. Nothing is sent unless it is written here."""

    channels: dict[Slug, Secret] = Field(
        default_factory=dict,
        description="name → its Apprise address, a secret: ${NAME} or file:PATH; one of " + ", ".join(SCHEMES),
    )
    hosts: tuple[Host, ...] = Field(
        (), description="hosts that channels with a host of their own (webhooks, mail servers) may speak to"
    )
    private_hosts: tuple[Host, ...] = Field(
        (), description="of these, hosts whose address may be private or this machine's; link-local never is"
    )
    desk_mail: Slug | None = Field(
        None, description="the mail channel that carries messages to the people of a desk, in place of its recipients"
    )
    link: Url | None = Field(None, description="where people reach the console: messages link to it")
    attempts: int = Field(6, ge=1, le=20, description="how often one message is tried before a person looks")
    retry_seconds: float = Field(
        30, ge=0, le=3600, description="after the first failure; each wait after it is twice as long"
    )
    quiet: dict[Slug, QuietSettings] = Field(default_factory=dict, description="quiet hours, each under a name")
    rules: dict[Slug, RuleSettings] = Field(default_factory=dict, description="what is worth telling, and whom")
    digests: dict[Desk, DigestSettings] = Field(
        default_factory=dict, description="the daily digest of each desk: " + ", ".join(Desk)
    )

    @field_validator("channels")
    @classmethod
    def _speakable(cls, channels: dict[str, Secret]) -> dict[str, Secret]:
        for name, url in channels.items():
            if problem := address_problem(url.get_secret_value()):
                raise ValueError(f"{name}: {problem}")
        return channels

    @model_validator(mode="after")
    def _names_are_there(self) -> Self:
        if alone := [one for one in self.private_hosts if one not in self.hosts]:
            raise ValueError(f"private_hosts: {alone[0]} must stand in hosts too")
        for rule, one in self.rules.items():
            if one.quiet is not None and one.quiet not in self.quiet:
                raise ValueError(f"rules.{rule}: there are no quiet hours named {one.quiet}")
        for place, used in self._used():
            if used not in self.channels:
                raise ValueError(f"{place}: there is no channel named {used}")
        if self.desk_mail is None and (place := self._needs_mail()):
            raise ValueError(f"{place}: desk needs desk_mail, the name of a mail channel")
        if self.desk_mail is not None and not is_mail(self.channels[self.desk_mail]):
            raise ValueError(f"desk_mail: {self.desk_mail} is no mail channel (mailto or mailtos)")
        return self

    def _used(self) -> list[tuple[str, str]]:
        """Every channel that is named, with the place that names it."""
        found = [("desk_mail", self.desk_mail)] if self.desk_mail is not None else []
        for name, rule in self.rules.items():
            found += [(f"rules.{name}", one) for one in rule.channels]
            found += [(f"rules.{name}.escalate", one) for step in rule.escalate for one in step.channels]
        return found + [(f"digests.{desk}", one) for desk, digest in self.digests.items() for one in digest.channels]

    def _needs_mail(self) -> str:
        """The first place that tells the people of a desk; "" for none."""
        rules = [name for name, one in self.rules.items() if one.desk or any(step.desk for step in one.escalate)]
        digests = [str(desk) for desk, one in self.digests.items() if one.desk]
        places = [*(f"rules.{one}" for one in rules), *(f"digests.{one}" for one in digests)]
        return places[0] if places else ""

    def as_rules(self) -> tuple[Rule, ...]:
        return tuple(
            one.rule(name, self.quiet[one.quiet].quiet() if one.quiet is not None else None)
            for name, one in self.rules.items()
        )


def address_problem(url: str) -> str:
    """Why nothing can be sent there, without a word of the address itself; "" when it can."""
    scheme, there, rest = url.partition("://")
    if not there or scheme.lower() not in SCHEMES:
        return f"its address must begin with one of {', '.join(f'{one}://' for one in SCHEMES)}"
    if any(one.isspace() or not one.isprintable() for one in url):
        return "its address holds a space or a character that cannot be seen"
    words = {one.partition("=")[0].lower() for one in rest.partition("?")[2].split("&")}
    if taken := sorted(words & REFUSED_WORDS):
        return f"its address may not say {', '.join(taken)}"
    try:
        host = urlsplit(url).hostname
    except ValueError:
        host = None
    return "" if host or scheme.lower() in SERVICES else "its address names no host"


def scheme_of(url: Secret) -> str:
    return url.get_secret_value().partition("://")[0].lower()


def is_mail(url: Secret) -> bool:
    return scheme_of(url) in MAIL


def _time(text: str) -> time:
    return time.fromisoformat(text)


def _days(names: tuple[Day, ...]) -> frozenset[int]:
    return frozenset(DAYS.index(one) for one in names)
