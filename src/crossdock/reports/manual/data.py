"""A manual for programs: the same values as JSON."""

from typing import Any

from crossdock.model import as_json
from crossdock.reports.manual.parts import Block, Code, Grid, Link, Listing, Manual, Paragraph, Section, Text, pieces


def write_json(manual: Manual) -> bytes:
    return as_json.dumps(data_of(manual), pretty=True) + b"\n"


def data_of(manual: Manual) -> dict[str, Any]:
    return {
        "title": manual.title, "subtitle": manual.subtitle, "made_at": manual.made_at, "console": manual.console,
        "facts": {label: _text(said) for label, said in manual.facts},
        "chapters": [_block(one) for one in manual.chapters],
    }  # fmt: skip


def _block(block: Block) -> dict[str, Any]:
    match block:
        case Paragraph(text=text):
            return {"text": _text(text)}
        case Listing(items=items, numbered=numbered):
            return {"steps" if numbered else "items": [_text(one) for one in items]}
        case Grid(about=about, columns=columns, rows=rows):
            named = [dict(zip(columns, map(_text, row), strict=True)) for row in rows]
            return {"table": about, "rows": named}
        case Section(key=key, title=title, blocks=blocks):
            return {"key": key, "title": title, "blocks": [_block(one) for one in blocks]}


def _text(text: Text) -> Any:
    """A string where it is nothing else; else its pieces, links with where they lead."""
    found = [_piece(one) for one in pieces(text)]
    if all(isinstance(one, str) for one in found):
        return "".join(found)
    return found[0] if len(found) == 1 else found


def _piece(piece: str | Link | Code) -> Any:
    match piece:
        case Link(words=words, href=href):
            return {"words": words, "href": href}
        case Code(text=text):
            return {"code": text}
    return piece
