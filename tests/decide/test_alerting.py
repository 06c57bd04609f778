"""One incident is one message: played minute by minute."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from itertools import count
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossdock.cases.kind import Severity
from crossdock.decide.alerting import (
    Alert,
    Fact,
    Message,
    Purpose,
    Quiet,
    Rule,
    State,
    Step,
    Watch,
    decide_alerts,
    messages,
)  # fmt: skip
from crossdock.decide.hours import Hours, is_within

START = datetime(2026, 6, 1, 9, 0, tzinfo=UTC)  # a Monday
LONDON = ZoneInfo("Europe/London")
NIGHT = Quiet(hours=Hours(start=time(22), end=time(7), zone=LONDON), unless=Severity.URGENT)
RULE = Rule(name="all", watch=Watch.CASES, channels=("mail",))
MINUTE = timedelta(minutes=1)
Facts = Sequence[Fact]


def fact(many: int = 1, group: str = "oro/ghost", since: datetime = START, **more: object) -> Fact:
    given = {"severity": Severity.HIGH, "text": "something", "desk": "data", **more}
    return Fact(group=group, count=many, since=since, **given)  # type: ignore[arg-type]


class Play:
    """Rounds, one after the other, with what was remembered between them."""

    def __init__(self, *rules: Rule) -> None:
        self.rules, self.alerts, self.numbers = rules or (RULE,), dict[int, Alert](), count(1)
        self.said: list[tuple[datetime, Message, tuple[Purpose, ...]]] = []

    def round(self, now: datetime, facts: Mapping[str, Facts]) -> None:
        turns = decide_alerts(now, rules=self.rules, facts=facts, alerts=list(self.alerts.values()))
        for one in messages(turns):
            self.said.append((now, one, tuple(telling.purpose for _, telling in one.parts)))
        numbered = [replace(one.alert, id=one.alert.id or next(self.numbers)) for one in turns]
        self.alerts |= {one.id: one for one in numbered if one.id is not None}
        self.alerts = {
            key: one for key, one in self.alerts.items() if one.state is not State.OVER or one.held_at is not None
        }

    def play(self, minutes: int, facts: Callable[[int], Facts], start: datetime = START, rule: str = "all") -> "Play":
        for minute in range(minutes):
            self.round(start + minute * MINUTE, {rule: facts(minute)})
        return self

    @property
    def words(self) -> list[str]:
        return [" ".join(purposes) for _, _, purposes in self.said]

    def answer(self, at: datetime) -> None:
        self.alerts = {key: replace(one, answered_at=at) for key, one in self.alerts.items()}


@given(st.lists(st.integers(0, 200), min_size=1, max_size=10), st.integers(0, 1000))
def test_a_thousand_cases_of_one_kind_within_the_window_are_one_message(arrivals: list[int], last: int) -> None:
    rule = replace(RULE, gather=timedelta(minutes=10))
    counts = [sum(arrivals[: minute + 1]) + 1 for minute in range(len(arrivals))]
    counts += [counts[-1] + last] * (11 - len(counts))
    said = Play(rule).play(11, lambda minute: [fact(counts[minute])])
    assert said.words == ["opened"]
    assert next(iter(said.alerts.values())).told_count == counts[-1]


@given(st.lists(st.integers(1, 5000), min_size=2, max_size=200))
def test_growth_is_told_only_when_it_doubled(counts: list[int]) -> None:
    rising = sorted(counts)
    said = Play().play(len(rising), lambda minute: [fact(rising[minute])])
    assert len(said.said) <= 1 + 13  # 5,000 doubles from one no more often
    told = [one for _, _, one in said.said]
    assert all(one in ((Purpose.OPENED,), (Purpose.GREW,)) for one in told)


@given(st.lists(st.sampled_from([0, 1, 2, 3]), max_size=300), st.integers(0, 30))
def test_nothing_is_ever_said_twice_and_every_incident_that_stood_is_told_and_ended(
    counts: list[int], gather: int
) -> None:
    rule = replace(RULE, gather=timedelta(minutes=gather))
    said = Play(rule)
    ended = [*counts, *([0] * (gather + 2))]
    said.play(len(ended), lambda minute: [fact(ended[minute])] if ended[minute] else [])
    opened = sum(1 for one in said.words if one == "opened")
    assert said.words.count("over") == opened
    assert said.alerts == {}
    for before, after in zip(said.words, said.words[1:], strict=False):
        assert after != "opened" or before == "over"


def test_what_flickers_within_the_window_is_one_incident() -> None:
    rule = replace(RULE, gather=timedelta(minutes=5))
    said = Play(rule).play(60, lambda minute: [fact()] if minute % 4 else [])
    assert said.words == ["opened"]


def test_a_count_at_the_edge_is_not_over_and_open_again() -> None:
    said = Play(replace(RULE, least=10)).play(60, lambda minute: [fact(9 + minute % 2)])
    assert said.words == ["opened"]
    assert Play(replace(RULE, least=10)).play(9, lambda _: [fact(9)]).words == []
    over = Play(replace(RULE, least=10)).play(9, lambda minute: [fact(10 if minute < 4 else 4)])
    assert over.words == ["opened", "over"]


def test_worse_is_told_though_it_did_not_grow() -> None:
    def worse(minute: int) -> Facts:
        return [fact(severity=Severity.URGENT if minute > 5 else Severity.HIGH)]

    assert Play().play(20, worse).words == ["opened", "grew"]


def test_what_shrank_and_grows_again_has_grown() -> None:
    counts = [100] * 5 + [10] * 5 + [20] * 5
    assert Play().play(15, lambda minute: [fact(counts[minute])]).words == ["opened", "grew"]


def test_new_of_the_same_after_all_that_was_told_has_gone_is_told() -> None:
    def since(minute: int) -> Facts:
        return [fact(since=START if minute < 10 else START + 10 * MINUTE)]

    assert Play().play(30, since).words == ["opened", "anew"]
    assert Play().play(30, lambda _: [fact(since=None)]).words == ["opened"]  # type: ignore[arg-type]


def test_it_is_repeated_until_somebody_answers() -> None:
    rule = replace(RULE, repeat=timedelta(minutes=10))
    said = Play(rule).play(25, lambda _: [fact()])
    assert said.words == ["opened", "repeated", "repeated"]
    said.answer(START + 25 * MINUTE)
    said.play(30, lambda _: [fact()], start=START + 25 * MINUTE)
    assert len(said.words) == 3


STEPS = (Step(after=timedelta(minutes=15), channels=("phone",)), Step(after=timedelta(minutes=30), desk=True))


def test_unanswered_it_goes_on_to_the_next_step_by_step_and_its_end_is_told_to_all() -> None:
    rule = replace(RULE, steps=STEPS)
    said = Play(rule).play(60, lambda minute: [fact()] if minute < 50 else [])
    assert [(one.target, purposes[0]) for _, one, purposes in said.said] == [
        ("mail", Purpose.OPENED), ("phone", Purpose.ESCALATED), ("escalation:data", Purpose.ESCALATED),
        ("mail", Purpose.OVER), ("phone", Purpose.OVER), ("escalation:data", Purpose.OVER),
    ]  # fmt: skip
    assert [(at - START) // MINUTE for at, _, _ in said.said[:3]] == [1, 16, 31]


def test_answered_it_goes_no_further() -> None:
    said = Play(replace(RULE, steps=STEPS)).play(5, lambda _: [fact()])
    said.answer(START + 5 * MINUTE)
    assert said.play(90, lambda _: [fact()], start=START + 5 * MINUTE).words == ["opened"]


def test_an_escalated_incident_stays_so_when_it_grows() -> None:
    said = Play(replace(RULE, steps=STEPS)).play(40, lambda minute: [fact(1 if minute < 35 else 4)])
    assert said.words == ["opened", "escalated", "escalated", "grew", "grew", "grew"]
    assert next(iter(said.alerts.values())).state is State.ESCALATED


def test_the_people_of_the_desk_are_told_where_there_is_one() -> None:
    rule = replace(RULE, channels=(), desk=True)
    assert [one.target for _, one, _ in Play(rule).play(3, lambda _: [fact()]).said] == ["desk:data"]
    assert Play(rule).play(3, lambda _: [fact(desk="")]).said == []


EVENING = datetime(2026, 6, 1, 20, 30, tzinfo=UTC)  # 21:30 in London


@given(st.lists(st.integers(0, 5), min_size=1, max_size=40))
def test_quiet_hours_hold_back_and_say_once_in_the_morning_what_gathered(nightly: list[int]) -> None:
    rule = replace(RULE, quiet=NIGHT)

    def facts(minute: int) -> Facts:
        if minute < 40:
            return []
        return [fact(group=f"group {one}") for one in range(nightly[(minute - 40) // 15 % len(nightly)])]

    said = Play(rule).play(12 * 60, facts, start=EVENING)
    early = [at for at, _, _ in said.said if is_within(at, NIGHT.hours)]
    assert early == []
    morning = datetime(2026, 6, 2, 6, 0, tzinfo=UTC)  # 07:00 in London
    first = [one for at, one, _ in said.said if at <= morning]
    assert len(first) <= 1
    if any(nightly):  # each that stood is in it, once
        stood = {f"group {one}" for one in range(max(nightly))}
        assert len(first[0].parts) >= len(stood)


def test_what_came_and_went_in_the_night_is_told_in_the_morning() -> None:
    said = Play(replace(RULE, quiet=NIGHT)).play(
        12 * 60, lambda minute: [fact()] if 60 < minute < 90 else [], start=EVENING
    )
    ((at, message, purposes),) = said.said
    assert (at, purposes) == (datetime(2026, 6, 2, 6, 0, tzinfo=UTC), (Purpose.OVER,))
    assert message.parts[0][1].held_since is not None
    assert said.alerts == {}


def test_what_was_told_before_the_night_and_ended_in_it_is_said_to_be_over_in_the_morning() -> None:
    said = Play(replace(RULE, quiet=NIGHT)).play(12 * 60, lambda minute: [fact()] if minute < 90 else [], start=EVENING)
    assert said.words == ["opened", "over"]
    assert [at.hour for at, _, _ in said.said] == [20, 6]


def test_growth_that_went_by_itself_in_the_night_is_not_told() -> None:
    def grows(minute: int) -> Facts:
        return [fact(8 if 60 < minute < 90 else 1)]

    said = Play(replace(RULE, quiet=NIGHT)).play(12 * 60, grows, start=EVENING)
    assert said.words == ["opened"]
    assert next(iter(said.alerts.values())).held_at is None


def test_what_is_urgent_is_said_at_night() -> None:
    said = Play(replace(RULE, quiet=NIGHT)).play(90, lambda _: [fact(severity=Severity.URGENT)], start=EVENING)
    assert said.words == ["opened"]


@pytest.mark.parametrize(
    ("evening", "morning"),
    [
        (datetime(2026, 3, 28, 22, 30, tzinfo=UTC), datetime(2026, 3, 29, 6, 0, tzinfo=UTC)),  # clocks go forward
        (datetime(2026, 10, 24, 21, 30, tzinfo=UTC), datetime(2026, 10, 25, 7, 0, tzinfo=UTC)),  # and back
    ],
)
def test_a_night_in_which_the_clocks_change_ends_by_the_clock_on_the_wall(evening: datetime, morning: datetime) -> None:
    said = Play(replace(RULE, quiet=NIGHT)).play(12 * 60, lambda _: [fact(since=evening)], start=evening)
    assert [at for at, _, _ in said.said] == [morning]


def test_a_rule_whose_facts_are_not_known_leaves_its_alerts_as_they_are() -> None:
    said = Play().play(5, lambda _: [fact()])
    before = dict(said.alerts)
    said.round(START + 60 * MINUTE, {})
    assert (said.alerts, said.words) == (before, ["opened"])


def test_alerts_of_a_rule_that_is_gone_are_over_without_a_word() -> None:
    said = Play().play(5, lambda _: [fact()])
    said.rules = (replace(RULE, name="other"),)
    said.round(START + 5 * MINUTE, {"other": []})
    assert (said.alerts, said.words) == ({}, ["opened"])


def test_a_channel_that_is_no_use_is_not_told() -> None:
    rule = replace(RULE, channels=("mail", "hook"))
    said = Play(rule).play(3, lambda _: [fact(shuns=frozenset({"hook"}))])
    assert [one.target for _, one, _ in said.said] == ["mail"]


def test_each_target_is_told_once_in_a_round_of_all_that_came_together() -> None:
    said = Play(replace(RULE, channels=("mail", "hook"))).play(
        3, lambda _: [fact(group="one"), fact(group="two"), fact(group="three")]
    )
    assert [(one.target, len(one.parts)) for _, one, _ in said.said] == [("mail", 3), ("hook", 3)]
