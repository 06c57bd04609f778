"""Channels and rules of the settings in plain words: what is looked at, who is told, when it is quiet."""

from collections.abc import Sequence
from dataclasses import dataclass

from crossdock.cases.kind import Severity
from crossdock.decide.alerting import Watch
from crossdock.settings.alerts import DAYS, AlertSettings, HoursSettings, RuleSettings, scheme_of

CARRIERS = {
    "mailto": "e-mail", "mailtos": "e-mail", "slack": "Slack", "discord": "Discord", "workflows": "Microsoft Teams",
    "gchat": "Google Chat", "wxteams": "Webex", "tgram": "Telegram", "pagerduty": "PagerDuty", "opsgenie": "Opsgenie",
    "pover": "Pushover", "zulip": "Zulip", "json": "webhook (JSON)", "jsons": "webhook (JSON)", "xml": "webhook (XML)",
    "xmls": "webhook (XML)", "form": "webhook (form)", "forms": "webhook (form)", "gotify": "Gotify",
    "gotifys": "Gotify", "mmost": "Mattermost", "mmosts": "Mattermost", "ntfy": "ntfy", "ntfys": "ntfy",
    "rocket": "Rocket.Chat", "rockets": "Rocket.Chat",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """Where it leads is a secret, and not here."""

    name: str
    carrier: str
    used_by: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlainRule:
    """when, tells, then: sentences."""

    name: str
    when: str
    tells: str
    then: Sequence[str]


def channels_of(settings: AlertSettings) -> Sequence[Channel]:
    return [
        Channel(name=name, carrier=CARRIERS[scheme_of(url)], used_by=_users(settings, name))
        for name, url in settings.channels.items()
    ]


def plain_rules(settings: AlertSettings) -> Sequence[PlainRule]:
    return [
        PlainRule(
            name=name, when=_when(one), tells=f"Tells {_whom(one.channels, one.desk)}.", then=_then(settings, one)
        )
        for name, one in settings.rules.items()
    ]


def _users(settings: AlertSettings, channel: str) -> Sequence[str]:
    rules = [
        f"rule {name}" for name, one in settings.rules.items()
        if channel in one.channels or any(channel in step.channels for step in one.escalate)
    ]  # fmt: skip
    digests = [f"digest of {desk}" for desk, one in settings.digests.items() if channel in one.channels]
    return [*rules, *digests, *(["mail to desks"] if settings.desk_mail == channel else [])]


def _when(rule: RuleSettings) -> str:
    where = f" of {_listed(rule.pairings)}" if rule.pairings else ""
    minutes = f"{rule.over_minutes:g} min"
    match rule.watch:
        case Watch.CASES:
            return _cases(rule)
        case Watch.LAG:
            what = _listed(rule.feeds) if rule.feeds else "any list"
            return f"When {what}{where} was not read to its end for {minutes}."
        case Watch.SILENCE:
            during = f", counting only {_hours(rule.during)}" if rule.during else ""
            return f"When no {_listed(rule.feeds or ('orders',))}{where} came for {minutes}{during}."
        case Watch.BUDGET:
            what = _listed(rule.systems) if rule.systems else "a system"
            return f"When {what} does not answer, tells us to wait, or its call budget is used up."
        case Watch.SIGN_INS:
            return f"When {rule.at_least} sign-ins failed within {minutes}."
        case Watch.OUTCOME_UNKNOWN:
            return f"When an order{where} was sent more than {minutes} ago and nobody can say whether the ERP has it."
        case Watch.WORKER_GONE:
            return f"When a worker was not seen for {minutes} and did not stop of its own will."


def _cases(rule: RuleSettings) -> str:
    what = _listed(rule.kinds) if rule.kinds else "any kind"
    parts = [f"When {rule.at_least} or more cases" if rule.at_least > 1 else "When a case", f"of {what}"]
    parts += [f"at the {_listed(rule.desks)} desk"] if rule.desks else []
    parts += [f"in {_listed(rule.pairings)}"] if rule.pairings else []
    parts += [f"that {'are' if rule.at_least > 1 else 'is'} at least {rule.severity}"] * (rule.severity != Severity.LOW)
    parts += [f"open for {rule.older_than_minutes:g} min"] if rule.older_than_minutes else []
    each = {
        "kind": "a kind in a pairing", "desk": "a desk", "pairing": "a pairing", "all": "all of them together",
    }[rule.group]  # fmt: skip
    return f"{' '.join(parts)} {'are' if rule.at_least > 1 else 'is'} open. One incident is {each}."


def _then(settings: AlertSettings, rule: RuleSettings) -> Sequence[str]:
    within = f"What comes within {rule.gather_seconds:g} s is one message."
    found = [within if rule.gather_seconds else "It is told in the same minute."]
    if rule.repeat_minutes:
        found.append(f"Says it again every {rule.repeat_minutes:g} min until somebody answers.")
    if rule.quiet is not None:
        quiet = settings.quiet[rule.quiet]
        found.append(f"Quiet {_hours(quiet)}, unless it is at least {quiet.unless}; then says once what gathered.")
    for step in sorted(rule.escalate, key=lambda one: one.after_minutes):
        whom = _whom(step.channels, step.desk, people="whoever the desk names for escalation")
        found.append(f"Unanswered for {step.after_minutes:g} min: tells {whom} too.")
    return found


def _whom(channels: Sequence[str], desk: bool, people: str = "the people of the desk") -> str:
    return _listed([*channels, *([people] if desk else [])], "and")


def _hours(hours: HoursSettings) -> str:
    days = "every day" if set(hours.days) == set(DAYS) else f"on {_listed(hours.days, 'and')}"
    return f"{hours.begin} to {hours.until} {hours.time_zone} {days}"


def _listed(words: Sequence[str], last: str = "or") -> str:
    *most, end = (str(one) for one in words)
    return f"{', '.join(most)} {last} {end}" if most else end
