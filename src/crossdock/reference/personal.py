"""Where personal data stands, from the table that the tests hold against the schema."""

from crossdock.reference.markdown import page, table
from crossdock.store.personal import PERSONAL, About

_HEAD = """\
Every column that holds personal data, or by its name or type might. A test fails when the schema gains such a column
and nobody says here what it holds. How it is kept and erased: [keep and erase personal
data](../how-to/keep-and-erase-personal-data.md)."""

_BUYERS = """## Of buyers

`crossdock erase PERSON --rehearse` counts where one person stands, `--export` prints it."""
_STAFF = """## Of the people who work here

They are named so that the audit trail can say who did what."""
_NOBODY = """## Of nobody

These look as if they might hold personal data. This is what they hold."""


def personal_page() -> str:
    return page(
        "Personal data", _HEAD, _BUYERS, _rows(About.BUYER), _STAFF, _rows(About.STAFF), _NOBODY, _rows(About.NOBODY)
    )  # fmt: skip


def _rows(about: About) -> str:
    told = [(f"`{column}`", one.what, one.goes) for column, one in sorted(PERSONAL.items()) if one.about is about]
    if about is About.NOBODY:
        return table(["column", "holds"], [row[:2] for row in told])
    return table(["column", "holds", "goes"], told)
