"""Notes of what people attest."""

import pytest

from crossdock.decide.attesting import NOTE_MAX, read_note
from crossdock.model.faults import InvalidValue


def test_a_note_is_one_line_that_says_something() -> None:
    assert read_note("  all 14 looked through  ") == "all 14 looked through"
    assert read_note("x" * NOTE_MAX) == "x" * NOTE_MAX
    for note in ("", "   ", "x" * (NOTE_MAX + 1), "two\nlines", "a\x00b"):
        with pytest.raises(InvalidValue, match="in one line"):
            read_note(note)
