"""A manual as Markdown, for a wiki."""

import re
from collections.abc import Iterator
from datetime import UTC

from crossdock.reports.manual.parts import Block, Code, Grid, Link, Listing, Manual, Paragraph, Section, Text, pieces

SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|])")


def write_markdown(manual: Manual) -> str:
    made = manual.made_at.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")
    facts = [f"* {_plain(label)}: {_text(said, manual.console)}" for label, said in manual.facts]
    contents = [f"* {_plain(one.title)}" for one in manual.chapters]
    parts = [
        f"# {_plain(manual.title)}", _plain(manual.subtitle),
        f"Made {made} from the settings in force. When they change, make it anew.",
        "\n".join(facts), "\n".join(contents),
        *(part for one in manual.chapters for part in _section(one, manual.console, 2)),
    ]  # fmt: skip
    return "\n\n".join(parts) + "\n"


def _section(one: Section, console: str, level: int) -> Iterator[str]:
    yield f"{'#' * min(level, 6)} {_plain(one.title)}"
    for block in one.blocks:
        if isinstance(block, Section):
            yield from _section(block, console, level + 1)
        else:
            yield _block(block, console)


def _block(block: Block, console: str) -> str:
    match block:
        case Paragraph(text=text):
            return _text(text, console)
        case Listing(items=items, numbered=numbered):
            marks = (f"{at}." if numbered else "*" for at in range(1, len(items) + 1))
            return "\n".join(f"{mark} {_text(one, console)}" for mark, one in zip(marks, items, strict=True))
        case Grid(columns=columns, rows=rows):
            head = [_row([_plain(one) for one in columns]), _row(["---"] * len(columns))]
            return "\n".join([*head, *(_row([_text(cell, console) for cell in row]) for row in rows)])
    raise TypeError(f"{type(block).__name__} is no block")


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _text(text: Text, console: str) -> str:
    return "".join(_piece(one, console) for one in pieces(text)).replace("\n", " ")


def _piece(piece: str | Link | Code, console: str) -> str:
    match piece:
        case Link(words=words, href=href):
            address = f"{console}{href}" if href.startswith("/") else href
            return f"[{_plain(words)}](<{address.replace('<', '%3C').replace('>', '%3E')}>)"
        case Code(text=text):
            return _code(text.replace("|", "\\|"))
    return _plain(piece)


def _code(text: str) -> str:
    """Between more backticks than it holds in a row."""
    if "`" not in text:
        return f"`{text}`"
    fence = "`" * (1 + max(map(len, re.findall("`+", text))))
    return f"{fence} {text} {fence}"


def _plain(text: str) -> str:
    """What people wrote is text, whatever signs are in it."""
    return SPECIAL.sub(r"\\\1", text)
