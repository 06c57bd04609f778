"""What may stand as the contact of a desk."""

import pytest

from crossdock.decide.contacts import Contact, contact_problem, is_address


@pytest.mark.parametrize(
    "address", ["a@b.example", "first.last+x@mail.example.com", "ops@localhost", "o'neil@x-y.example"]
)
def test_addresses(address: str) -> None:
    assert is_address(address)
    assert contact_problem(Contact(address=address, escalation=address)) == ""


@pytest.mark.parametrize(
    "address",
    [
        "", "ops", "@x.example", "a@", "a@-x.example", "a b@x.example", "A <a@x.example>", "a@x.example,b@x.example",
        "a@x.example\r\nBcc: b@x.example", "a@x.example\0", "a@" + "x" * 300, "a@b@x.example", "mailto:a@x.example",
    ],
)  # fmt: skip
def test_what_is_no_address(address: str) -> None:
    assert not is_address(address)
    if address:
        assert "address: " in contact_problem(Contact(address=address))
        assert "escalation: " in contact_problem(Contact(escalation=address))


@pytest.mark.parametrize(
    ("words", "problem"),
    [("", ""), ("Finance, extension 214", ""), ("x" * 201, "one line"), ("two\nlines", "one line"), ("\0", "one line")],
)
def test_whom_to_ask_is_one_line(words: str, problem: str) -> None:
    assert problem in contact_problem(Contact(words=words))
    assert bool(contact_problem(Contact(words=words))) == bool(problem)
