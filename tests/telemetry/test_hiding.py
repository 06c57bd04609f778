"""Secrets are hidden as they are, and as a URL or a markup quotes them."""

import pytest

from crossdock.telemetry.hiding import hider, without_logins


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("key s3&cret/1 refused", "key *** refused"),
        ("?key=s3%26cret%2F1&x=1", "?key=***&x=1"),
        ("path s3%26cret/1", "path ***"),
        ("<b>s3&amp;cret/1</b>", "<b>***</b>"),
        ("http://joe:pw@erp/", "http://joe:***@erp/"),
        ("Authorization: Bearer abcdefgh1234", "Authorization: Bearer ***"),
        ("abc stays: too short to be looked for", "abc stays: too short to be looked for"),
    ],
)
def test_a_secret_is_hidden_however_it_is_quoted(text: str, shown: str) -> None:
    assert hider(["s3&cret/1", "abc", ""])(text) == shown


def test_of_two_secrets_the_longer_goes_first() -> None:
    assert hider(["bottle", "bottles of beer"])("ten bottles of beer") == "ten ***"


def test_without_secrets_only_what_looks_like_one_goes() -> None:
    assert hider([])("Basic am9lOnNlY3JldA== for joe") == without_logins("Basic am9lOnNlY3JldA== for joe")
