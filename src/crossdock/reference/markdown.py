"""Small pieces of Markdown."""

from collections.abc import Iterable, Sequence

MADE = "<!-- Made by `python -m crossdock.reference` from the code; a test fails when it is not up to date. -->"


def table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table; cells are taken as Markdown, but for the bar that would end them."""
    lines = [_row(columns), _row(["---"] * len(columns)), *(_row(row) for row in rows)]
    return "\n".join(lines) + "\n"


def codes(words: Iterable[object]) -> str:
    """Each in code type, with commas between."""
    return ", ".join(f"`{word}`" for word in words)


def page(title: str, *parts: str) -> str:
    """A whole page: parts with an empty line between, ending in a newline."""
    return "\n\n".join([MADE, f"# {title}", *(part.strip("\n") for part in parts)]) + "\n"


def sentence(text: str) -> str:
    """One line of running text from a docstring or help text."""
    return " ".join(text.split())


def _row(cells: Iterable[object]) -> str:
    return "| " + " | ".join(str(cell).replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"
