"""What a manual is made of. A text is a string, or several pieces: strings, links, things to type."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Link:
    """href: a place in the console, from its first slash, or a whole address."""

    words: str
    href: str


@dataclass(frozen=True, slots=True)
class Code:
    """What is typed, or the name of a setting."""

    text: str


Piece = str | Link | Code
Text = Piece | tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Paragraph:
    text: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """numbered: steps, to be done in this order."""

    items: Sequence[Text]
    numbered: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """A table. about: what it shows, for those who cannot see it."""

    about: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Text]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """key: stable, and the only one of its name in a manual."""

    key: str
    title: str
    blocks: Sequence["Block"] = ()


Block = Paragraph | Listing | Grid | Section


@dataclass(frozen=True, slots=True, kw_only=True)
class Manual:
    """facts: what stands on its first page. console: where links that begin with a slash lead."""

    title: str
    subtitle: str
    made_at: datetime
    console: str
    facts: Sequence[tuple[str, Text]] = ()
    chapters: Sequence[Section] = field(default_factory=tuple)

    def chapter(self, key: str) -> Section:
        return next(one for one in self.chapters if one.key == key)


def pieces(text: Text) -> tuple[Piece, ...]:
    return text if isinstance(text, tuple) else (text,)


def spoken(text: Text) -> str:
    """The words alone."""
    return "".join(
        one if isinstance(one, str) else one.words if isinstance(one, Link) else one.text for one in pieces(text)
    )


def joined(texts: Sequence[Text], between: str = ", ") -> Text:
    """Several texts as one, with something between them."""
    found: list[Piece] = []
    for one in texts:
        found += [between] if found else []
        found += pieces(one)
    return tuple(found)


def words_of(block: Block | Manual) -> Iterator[str]:
    """Every text in it, one after the other."""
    match block:
        case Paragraph(text=text):
            yield spoken(text)
        case Listing(items=items):
            yield from map(spoken, items)
        case Grid(columns=columns, rows=rows):
            yield from columns
            yield from (spoken(cell) for row in rows for cell in row)
        case Section(title=title, blocks=blocks):
            yield title
            for one in blocks:
                yield from words_of(one)
        case Manual(facts=facts, chapters=chapters):
            yield from (spoken(text) for _, text in facts)
            for chapter in chapters:
                yield from words_of(chapter)
