"""The filter language of Event Platform subscriptions: `user="x" and not (attribute in ("a","b") or locale="de")`."""

import re
from collections.abc import Callable, Mapping

LENGTH_MAX, OPERATORS_MAX = 500, 10
FIELDS = {"user": "user", "user_type": "user_type", "attribute": "attribute", "scope": "scope", "channel": "scope",
          "locale": "locale"}  # fmt: skip
TOKEN = re.compile(r'\s*(?:(?P<text>"[^"]*")|(?P<word>[A-Za-z_]+)|(?P<sign>[()=,]))')
Facts = Mapping[str, frozenset[str | None]]
"""What an event is about, by field. None in scope or locale: a change that is not scopable or not localisable."""
Test = Callable[[Facts], bool]


class FilterError(ValueError):
    """A filter that cannot be read; the text says where."""


def read_filter(text: str) -> Test:
    if len(text) > LENGTH_MAX:
        raise FilterError(f"a filter has at most {LENGTH_MAX} characters")
    return _Reader(text).read()


class _Reader:
    """A recursive descent over or, and, not and the comparisons."""

    def __init__(self, text: str) -> None:
        self.tokens: list[str] = []
        self.operators = 0
        at = 0
        text = text.rstrip()
        while at < len(text):
            match = TOKEN.match(text, at)
            if match is None:
                raise FilterError(f"the filter cannot be read at character {at}")
            self.tokens.append(match.group(match.lastgroup or 0))
            at = match.end()
        self.at = 0

    def read(self) -> Test:
        test = self._either()
        if self.at != len(self.tokens):
            raise FilterError(f"the filter goes on with {self.tokens[self.at]!r} where it should end")
        if self.operators > OPERATORS_MAX:
            raise FilterError(f"a filter has at most {OPERATORS_MAX} operators")
        return test

    def _peek(self) -> str:
        return self.tokens[self.at].lower() if self.at < len(self.tokens) else ""

    def _take(self, wanted: str = "") -> str:
        if self.at >= len(self.tokens) or (wanted and self._peek() != wanted):
            raise FilterError(f"the filter lacks {wanted or 'something'} after token {self.at}")
        self.at += 1
        return self.tokens[self.at - 1]

    def _either(self) -> Test:
        test = self._both()
        while self._peek() == "or":
            self._take()
            test = _any(test, self._both())
        return test

    def _both(self) -> Test:
        test = self._one()
        while self._peek() == "and":
            self._take()
            test = _all(test, self._one())
        return test

    def _one(self) -> Test:
        if self._peek() == "not":
            self._take()
            inner = self._one()
            return lambda facts: not inner(facts)
        if self._peek() == "(":
            self._take()
            test = self._either()
            self._take(")")
            return test
        return self._comparison()

    def _comparison(self) -> Test:
        self.operators += 1
        name = self._take()
        if name not in FIELDS:
            raise FilterError(f"a filter knows {', '.join(FIELDS)}; not {name}")
        if self._peek() == "in":
            self._take()
            self._take("(")
            wanted = {self._text()}
            while self._peek() == ",":
                self._take()
                wanted.add(self._text())
            self._take(")")
        else:
            self._take("=")
            wanted = {self._text()}
        return _within(FIELDS[name], wanted)

    def _text(self) -> str:
        token = self._take()
        if not token.startswith('"'):
            raise FilterError(f"a value stands in double quotes, not {token}")
        return token[1:-1]


def _any(left: Test, right: Test) -> Test:
    return lambda facts: left(facts) or right(facts)


def _all(left: Test, right: Test) -> Test:
    return lambda facts: left(facts) and right(facts)


def _within(name: str, wanted: set[str]) -> Test:
    """scope and locale also fit changes that have none."""

    def test(facts: Facts) -> bool:
        held = facts.get(name, frozenset())
        return bool(held & wanted) or (name in ("scope", "locale") and None in held)

    return test
