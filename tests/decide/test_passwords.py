"""Names and passwords that a person may have."""

import pytest

from crossdock.decide.passwords import as_typed, name_key, name_problem, password_problem

GOOD = "seven green bottles"


@pytest.mark.parametrize("name", ["mary", "Mary.Hartley", "m+1@example.com", "7", "a" * 100])
def test_names_somebody_may_have(name: str) -> None:
    assert (name_problem(name), name_key(f" {name.upper()} ")) == ("", name.lower())


@pytest.mark.parametrize(
    "name", ["", " mary", "mary ", "mary hartley", ".mary", "máry", "\u212a7", "a" * 101, "m\0", "<b>"]
)
def test_names_nobody_may_have(name: str) -> None:
    assert "is no name" in name_problem(name)


@pytest.mark.parametrize("name", ["mary hartley", "máry", "\u212a7", "a" * 101, "m\0", "\ud800"])
def test_what_is_no_name_is_nobodys(name: str) -> None:
    assert name_key(name) == ""


@pytest.mark.parametrize(
    ("password", "problem"),
    [
        (GOOD, ""),
        ("x" * 990 + "abcdefghij", ""),
        ("elevenchars", "fewer than 12 characters"),
        ("", "fewer than 12 characters"),
        ("abcdefghi" * 200, "longer than 1000"),
        ("seven green \ud800 bottles", "no character"),
        ("Mary.Hartley.7", "is the name"),
        ("121212121212", "different characters"),
    ],
)
def test_passwords(password: str, problem: str) -> None:
    said = password_problem(password, name="mary.hartley.7")
    assert problem in said if problem else said == ""


def test_a_letter_put_together_in_two_ways_is_one_letter() -> None:
    assert as_typed("cafe\u0301 au lait") == as_typed("caf\u00e9 au lait")
    assert as_typed("Case Counts") != as_typed("case counts")
