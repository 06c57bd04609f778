"""A manual as HTML: its body for the console, or a page that needs nothing else."""

from collections.abc import Sequence
from datetime import UTC
from html import escape
from importlib import resources
from urllib.parse import urlsplit

from crossdock.reports.manual.parts import Block, Code, Grid, Link, Listing, Manual, Paragraph, Section, Text, pieces

SCHEMES = ("http", "https", "mailto")


def write_page(manual: Manual) -> str:
    """One file, to be sent, kept and printed; its links lead to the console by its whole address."""
    style = (resources.files(__package__) / "manual.css").read_text("utf-8")
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(manual.title)}</title>\n<style>\n{style}</style>\n</head>\n<body>\n"
        f'<main class="manual">\n{write_body(manual, console=manual.console)}</main>\n</body>\n</html>\n'
    )


def write_body(manual: Manual, *, console: str = "") -> str:
    """console: what goes before links that begin with a slash."""
    facts = "".join(
        f"<div><dt>{escape(label)}</dt><dd>{_text(said, console)}</dd></div>" for label, said in manual.facts
    )
    contents = "".join(f'<li><a href="#{escape(one.key)}">{escape(one.title)}</a></li>' for one in manual.chapters)
    made = manual.made_at.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")
    chapters = "".join(_section(one, console, 2) for one in manual.chapters)
    return (
        f'<header class="cover">\n<h1>{escape(manual.title)}</h1>\n<p class="lead">{escape(manual.subtitle)}</p>\n'
        f'<p class="note">Made {made} from the settings in force. When they change, make it anew.</p>\n'
        f'<dl class="facts">{facts}</dl>\n</header>\n'
        f'<nav class="contents" aria-label="Contents"><ol>{contents}</ol></nav>\n{chapters}'
    )


def _section(one: Section, console: str, level: int) -> str:
    name = {2: "chapter", 3: "part"}.get(level, "entry")
    blocks = "".join(_block(block, console, level) for block in one.blocks)
    head = f'<h{level} id="{escape(one.key)}">{escape(one.title)}</h{level}>'
    return f'<section class="{name}">\n{head}\n{blocks}</section>\n'


def _block(block: Block, console: str, level: int) -> str:
    match block:
        case Paragraph(text=text):
            return f"<p>{_text(text, console)}</p>\n"
        case Listing(items=items, numbered=numbered):
            tag = "ol" if numbered else "ul"
            return f"<{tag}>{''.join(f'<li>{_text(one, console)}</li>' for one in items)}</{tag}>\n"
        case Grid():
            return _grid(block, console)
        case Section():
            return _section(block, console, min(level + 1, 6))


def _grid(grid: Grid, console: str) -> str:
    head = "".join(f'<th scope="col">{escape(one)}</th>' for one in grid.columns)
    rows = "".join(_row(row, console) for row in grid.rows)
    return (
        f'<div class="wide" tabindex="0" role="region" aria-label="{escape(grid.about)}"><table>\n'
        f"<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}</tbody></table></div>\n"
    )


def _row(row: Sequence[Text], console: str) -> str:
    first, *others = (_text(cell, console) for cell in row)
    return f'<tr><th scope="row">{first}</th>{"".join(f"<td>{one}</td>" for one in others)}</tr>\n'


def _text(text: Text, console: str) -> str:
    return "".join(_piece(one, console) for one in pieces(text))


def _piece(piece: str | Link | Code, console: str) -> str:
    match piece:
        case Link(words=words, href=href):
            return f'<a href="{escape(_address(href, console))}">{escape(words)}</a>'
        case Code(text=text):
            return f"<code>{escape(text)}</code>"
    return escape(piece)


def _address(href: str, console: str) -> str:
    """Nothing but a page of the console, a place on this one, or an address of the web or of mail."""
    if href.startswith("/") and not href.startswith("//"):
        return f"{console}{href}"
    return href if href.startswith("#") or urlsplit(href).scheme in SCHEMES else "#"
