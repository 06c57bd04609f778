"""Who must have a second factor, what may be typed for one, and where the door leads on to."""

import pytest

from crossdock.decide.local_path import local_path
from crossdock.decide.rights import Grant, Person, Role
from crossdock.decide.second_factor import FactorPolicy, code_as_typed, is_recovery, needs_factor


def person(*grants: Grant) -> Person:
    return Person(id=1, name="mary", display="Mary", grants=grants)


@pytest.mark.parametrize(
    ("policy", "role", "needed"),
    [
        (FactorPolicy.OPTIONAL, Role.ADMIN, False), (FactorPolicy.ADMINS, Role.ADMIN, True),
        (FactorPolicy.ADMINS, Role.OPERATOR, False), (FactorPolicy.ADMINS, Role.AUDITOR, False),
        (FactorPolicy.EVERYBODY, Role.VIEWER, True),
    ],
)  # fmt: skip
def test_who_must_have_one(policy: FactorPolicy, role: Role, needed: bool) -> None:
    assert needs_factor(policy, person(Grant(role=role, desk="finance"))) is needed


@pytest.mark.parametrize(
    ("text", "typed"),
    [
        ("123456", "123456"), (" 123 456 ", "123456"), ("12345", ""), ("1234567", ""), ("12345a", ""), ("١٢٣٤٥٦", ""),
        ("abcd-efgh-jkmn", "abcdefghjkmn"), ("ABCD EFGH JKMN", "abcdefghjkmn"), ("abcd-efgh-jkm1", ""), ("", ""),
        ("\ud800", ""), ("1" * 10_000, ""),
    ],
)  # fmt: skip
def test_what_was_typed(text: str, typed: str) -> None:
    assert code_as_typed(text) == typed
    assert is_recovery(typed) == (len(typed) == 12)


@pytest.mark.parametrize(
    "path", ["/", "/cases", "/cases/17", "/cases?desk=finance&after=2026-01-01T00:00:00%2B00:00_7"]
)
def test_places_of_this_console(path: str) -> None:
    assert local_path(path) == path


@pytest.mark.parametrize(
    "path",
    [
        "", "cases", "https://evil.example", "//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example",
        "/\tcases", "/ /evil.example", "/%2Fevil.example", "/%5cevil.example", "/cases//x", "/.evil", "/a/../b",
        "javascript:x",
        "/cases\r\nSet-Cookie: a=b", "/cases#x", "/@evil.example", "/cases?x=<b>", "/sign-out", "/sign-in", "/static/x",
        "/" + "a" * 600, "/é",
    ],
)  # fmt: skip
def test_every_other_place_is_the_overview(path: str) -> None:
    assert local_path(path) == "/"
