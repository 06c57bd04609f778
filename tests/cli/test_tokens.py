"""`crossdock tokens`, as a person would type it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.world import Cli, Said

Tokens = Callable[..., Said]


@pytest.fixture
def tokens(home: Path, cli: Cli, database: str, monkeypatch: pytest.MonkeyPatch) -> Tokens:
    monkeypatch.setenv("CROSSDOCK_DATABASE_URL", database)
    monkeypatch.setenv("USER", "jane")

    def run(*words: str, group: str = "tokens") -> Said:
        return cli(group, *words, "--config", str(home / "crossdock.yaml"))

    return run


def test_from_the_first_token_to_the_revoked_one(tokens: Tokens) -> None:
    assert "There is no token yet" in tokens("list").err
    made = tokens("add", "nightly", "--scope", "read", "--role", "viewer", "--json").json
    assert (made["secret"].startswith("xdk_"), made["scopes"], made["grants"]) == (
        True, ["read"], [{"role": "viewer", "desk": "", "pairing": ""}],
    )  # fmt: skip
    listed = tokens("list")
    assert all(word in listed.out for word in ("nightly", "viewer of every desk in every pairing", "jane", "never"))
    assert made["secret"] not in tokens("list", "--json").out
    assert tokens("revoke", "nightly", "--json").json == {"name": "nightly", "revoked": True}
    assert tokens("list", "--json").json["tokens"][0]["revoked_at"] is not None
    assert "revoked" in tokens("list").out


def test_the_secret_is_shown_once_and_alone_on_stdout(tokens: Tokens) -> None:
    said = tokens("add", "nightly", "--role", "operator", "--desk", "finance", "--scope", "cases:settle", "--days", "0")
    assert (said.code, said.out.startswith("xdk_"), said.out.count("\n")) == (0, True, 1)
    assert "does not run out" in tokens("list").out


def test_a_person_s_token_says_whose_it_is(tokens: Tokens) -> None:
    tokens("add", "mary", "--role", "admin", "--generate", group="users")
    tokens("add", "sheet", "--person", "mary", "--role", "viewer")
    assert "mary, only as viewer of every desk" in tokens("list").out


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["add", "x"], 2, "needs a role of its own"),
        (["add", "x", "--person", "nobody"], 2, "there is no person"),
        (["add", "x", "--role", "viewer", "--scope", "everything"], 2, "no scope 'everything'"),
        (["add", "x", "--role", "viewer", "--scope", "cases:settle"], 2, "leave nothing to cases:settle"),
        (["add", "x", "--person", "mary", "--desk", "finance"], 2, "belongs to a role"),
        (["add", "x", "--role", "viewer", "--pairing", "nowhere"], 2, "no pairing 'nowhere'"),
        (["revoke", "x"], 1, "`crossdock tokens list`"),
    ],
)
def test_what_is_refused_says_why(tokens: Tokens, words: list[str], code: int, says: str) -> None:
    said = tokens(*words)
    assert (said.code, says in said.err, said.out) == (code, True, ""), said.err
