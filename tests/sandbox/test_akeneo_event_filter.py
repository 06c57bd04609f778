"""The filter language of subscriptions."""

import pytest

from crossdock.sandbox.akeneo.event_filter import FilterError, read_filter

FACTS = {
    "user": frozenset({"ida"}), "user_type": frozenset({"user"}), "attribute": frozenset({"name", "price"}),
    "scope": frozenset({"ecommerce", None}), "locale": frozenset({"en_GB"}),
}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "passes"),
    [
        ('user="ida"', True),
        ('not user_type="job"', True),
        ('user_type in ("api","job")', False),
        ('attribute in ("price", "ean") and user="ida"', True),
        ('attribute="ean" or (user="ida" and not locale="en_GB")', False),
        ('attribute="ean" and user="ida" or attribute="name"', True),
        ('channel="print"', True),  # something that is not scopable changed, too
        ('locale="de_DE"', False),
        ('NOT (attribute="ean")', True),
    ],
)
def test_filters(text: str, passes: bool) -> None:
    assert read_filter(text)(FACTS) is passes


@pytest.mark.parametrize(
    "text",
    [
        'colour="red"',
        "user=ida",
        'user="ida" and',
        '(user="ida"',
        'user="ida" user="tom"',
        'user % "ida"',
        " or ".join(['user="x"'] * 11),
        f'user="{"x" * 500}"',
    ],
)
def test_filters_that_cannot_be_read(text: str) -> None:
    with pytest.raises(FilterError):
        read_filter(text)
