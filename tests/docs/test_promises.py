"""The table of promises names tests that exist, and leaves out no kind of case and no law."""

from crossdock.cases.kinds import KINDS
from tests.docs.promises import PAGE, is_there, page, promises

LAWS = {f"L{number}" for number in range(1, 12)}


def test_the_page_is_up_to_date() -> None:
    """If this fails: `python -m tests.docs.promises`."""
    assert PAGE.read_text("utf-8") == page()


def test_every_promise_names_a_test_that_is_there() -> None:
    assert [one.test for one in promises() if not is_there(one.test)] == []


def test_every_promise_speaks_of_kinds_and_laws_that_there_are() -> None:
    assert {one.kind for one in promises() if one.kind} <= set(KINDS)
    assert {one.law for one in promises() if one.law} <= LAWS
    assert all(one.says.endswith(".") for one in promises())


def test_no_promise_is_made_twice() -> None:
    said = [one.says for one in promises()]
    assert sorted(said) == sorted(set(said))
