"""Order numbers that nobody has seen (law L9)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossdock.decide.sequence import JUMP, LEAST_STEPS, Hole, Series, SeriesVerdict, judge_numbers

words = st.text(alphabet="ABC-/ ", max_size=5)
starts = st.integers(0, 10**9)
lengths = st.integers(LEAST_STEPS + 1, 120)


def row(start: int, count: int, *, prefix: str = "", width: int = 0, stride: int = 1) -> list[str]:
    return [Series(prefix, "", width).text(start + stride * at) for at in range(count)]


def only(verdicts: tuple[SeriesVerdict, ...]) -> SeriesVerdict:
    (verdict,) = verdicts
    return verdict


def missing(verdicts: tuple[SeriesVerdict, ...]) -> set[str]:
    return {hole.series.text(number) for one in verdicts for hole in one.holes for number in hole.numbers}


@given(prefix=words, suffix=words, width=st.sampled_from([0, 1, 6]), number=st.integers(1, 10**17))
def test_a_number_is_written_as_it_was_read(prefix: str, suffix: str, width: int, number: int) -> None:
    text = Series(prefix, suffix, width).text(number)
    (verdict,) = judge_numbers([text])
    assert verdict.series.text(number) == text
    assert (verdict.series.prefix, verdict.series.suffix) == (prefix, suffix)


@given(start=starts, count=lengths, data=st.data())
def test_a_row_without_a_hole_has_none_in_whatever_order_it_comes(start: int, count: int, data: st.DataObject) -> None:
    numbers = data.draw(st.permutations(row(start, count)))
    verdict = only(judge_numbers([*numbers, numbers[0]]))
    assert (verdict.known, verdict.holes, verdict.learning, verdict.usual) == (count, (), "", 0)


@given(start=starts, count=st.integers(60, 150), data=st.data())
def test_what_is_taken_out_of_the_middle_is_missing_and_nothing_else(
    start: int, count: int, data: st.DataObject
) -> None:
    numbers = row(start, count, prefix="SO-")
    gone = data.draw(st.sets(st.sampled_from(numbers[1:-1]), max_size=2))
    assert missing(judge_numbers([one for one in numbers if one not in gone])) == gone


def test_neighbours_that_are_missing_together_are_one_hole() -> None:
    numbers = row(100, 60)
    verdict = only(judge_numbers([*numbers[:30], *numbers[33:]]))
    assert verdict.holes == (Hole(series=Series("", ""), first=130, last=132, before=129, after=133),)
    assert (verdict.holes[0].label, list(verdict.holes[0].numbers)) == ("130 to 132", [130, 131, 132])


@given(first=starts, second=starts, count=st.integers(30, 60), data=st.data())
def test_series_run_side_by_side(first: int, second: int, count: int, data: st.DataObject) -> None:
    web, till = row(first, count, prefix="WEB-"), row(second, count, prefix="POS/", width=12)
    gone = data.draw(st.sampled_from(web[1:-1]))
    mixed = data.draw(st.permutations([one for one in web + till if one != gone]))
    verdicts = judge_numbers(mixed)
    assert missing(verdicts) == {gone}
    assert {one.series.prefix for one in verdicts} == {"WEB-", "POS/"}


def test_a_padded_row_goes_on_when_it_outgrows_its_padding() -> None:
    numbers = row(960, 60, prefix="N", width=3)
    assert numbers[0] == "N960"
    assert numbers[-1] == "N1019"
    verdict = only(judge_numbers(["N007", *numbers]))
    assert (verdict.series.width, verdict.known, verdict.holes[0].label) == (3, 61, "N008 to N959")


def test_unpadded_and_padded_numbers_of_one_prefix_are_two_rows() -> None:
    found = {one.series.width: one.known for one in judge_numbers(["A0001", "A0002", "A7", "A8", "A12345"])}
    assert found == {4: 3, 0: 2}


@given(start=starts, count=lengths, stride=st.integers(2, 10))
def test_a_shop_that_counts_in_larger_steps_leaves_nothing_out(start: int, count: int, stride: int) -> None:
    verdict = only(judge_numbers(row(start, count, stride=stride)))
    assert (verdict.stride, verdict.holes, verdict.usual) == (stride, (), 0)


def test_a_hole_in_a_row_of_larger_steps_names_only_numbers_of_that_row() -> None:
    numbers = row(1000, 60, stride=10)
    (hole,) = only(judge_numbers([one for one in numbers if one not in ("1100", "1110")])).holes
    assert (list(hole.numbers), hole.label) == ([1100, 1110], "1100 to 1110")


def test_a_step_out_of_step_is_no_hole() -> None:
    """A second machine takes over the counter: 1, 3, 5, then 8, 10, 12."""
    assert missing(judge_numbers([*row(1, 40, stride=2), *row(82, 40, stride=2)])) == set()


def test_two_counters_whose_steps_share_a_measure() -> None:
    numbers = [100 + step for step in (0, 4, 12, 16, 24, 28, 36, 40, 48, 52, 60, 64, 72, 76, 84, 88, 96, 100, 108,
                                       112, 120, 124)]  # fmt: skip
    verdict = only(judge_numbers([str(one) for one in numbers]))
    assert (verdict.stride, verdict.usual_gap, verdict.holes) == (4, 1, ())


def test_gaps_that_a_shop_leaves_by_itself_are_counted_and_told_to_nobody() -> None:
    numbers = [one for one in row(0, 200) if int(one) % 10 != 5]
    verdict = only(judge_numbers(numbers))
    assert (verdict.usual_gap, verdict.usual, verdict.holes) == (1, 20, ())


def test_a_gap_beyond_the_usual_is_told() -> None:
    numbers = [one for one in row(0, 200) if int(one) % 10 != 5 and int(one) not in (101, 102, 103)]
    verdict = only(judge_numbers(numbers))
    assert (verdict.usual_gap, [hole.label for hole in verdict.holes]) == (1, ["101 to 103"])


def test_what_was_told_once_stays_told_however_often_it_happens() -> None:
    """Else the third loss would make all three look like the shop's own way."""
    gone = ["30", "50", "70", "90"]
    numbers = [one for one in row(10, 100) if one not in gone]
    assert missing(judge_numbers(numbers)) == set()
    assert missing(judge_numbers(numbers, reported=gone[:3])) == set(gone)


def test_a_short_past_teaches_nothing_but_what_was_told_stays() -> None:
    numbers = [one for one in row(10, LEAST_STEPS) if one != "15"]
    verdict = only(judge_numbers(numbers))
    assert (verdict.holes, verdict.learning) == ((), "18 steps are known, and 20 are needed to tell what is usual")
    assert missing(judge_numbers(numbers, reported=["15"])) == {"15"}


@given(st.sets(st.integers(10**8, 10**9), min_size=30, max_size=60))
def test_random_numbers_are_no_row(numbers: set[int]) -> None:
    assert missing(judge_numbers([str(one) for one in numbers])) == set()


def test_numbers_that_leave_most_out_are_no_row() -> None:
    verdict = only(judge_numbers([str(at * at) for at in range(25)]))
    assert verdict.holes == ()
    assert verdict.learning.startswith("the numbers leave more out than they name")


@given(start=starts, gap=st.integers(JUMP + 2, 10**6))
def test_a_jump_is_another_counter(start: int, gap: int) -> None:
    low, high = row(start, 40), row(start + 39 + gap, 30)
    verdict = only(judge_numbers(low + high))
    assert (verdict.holes, verdict.jumps) == ((), ((start + 39, start + 39 + gap),))


def test_the_largest_gap_that_is_still_a_hole() -> None:
    numbers = [*row(0, 40), *row(40 + JUMP, 30)]
    assert only(judge_numbers(numbers)).holes[0].label == f"40 to {39 + JUMP}"


def test_below_a_fresh_number_nothing_is_missing_yet() -> None:
    numbers = row(100, 40)
    assert missing(judge_numbers(numbers, fresh=["142", "143"])) == set()
    assert missing(judge_numbers([*numbers, "143"], fresh=["142"])) == {"140", "141"}


def test_a_number_between_is_found_by_being_fresh() -> None:
    numbers = [one for one in row(100, 40) if one != "120"]
    assert missing(judge_numbers(numbers, fresh=["120"])) == set()


@pytest.mark.parametrize("text", ["", "no digits", "ümläut-"])
def test_what_holds_no_number_is_left_alone(text: str) -> None:
    assert judge_numbers([text]) == ()


def test_the_longest_row_comes_first() -> None:
    verdicts = judge_numbers([*row(1, 3, prefix="A"), *row(1, 5, prefix="B")])
    assert [(one.series.prefix, one.known) for one in verdicts] == [("B", 5), ("A", 3)]


def test_one_number_alone_has_no_steps() -> None:
    verdict = only(judge_numbers(["A-1"]))
    assert (verdict.stride, verdict.holes, verdict.known) == (1, (), 1)


def test_a_large_past_forgives_more() -> None:
    """Nineteen gaps in ten thousand are each told; twenty and more are the shop's own, and a longer one is not."""
    gone = {str(at) for at in range(1000, 10_000, 500)} | {"7101", "7102"}
    verdict = only(judge_numbers([one for one in row(0, 10_000) if one not in gone]))
    assert (verdict.usual_gap, verdict.usual) == (0, 0)
    more = {str(at) for at in range(250, 10_000, 500)}
    verdict = only(judge_numbers([one for one in row(0, 10_000) if one not in gone | more]))
    assert (verdict.usual_gap, [hole.label for hole in verdict.holes]) == (1, ["7101 to 7102"])
