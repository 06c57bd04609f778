"""The pages of the docs, and what can be found in them."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
REFERENCE = DOCS / "reference"
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md"), *(ROOT / "src").rglob("README.md")])

_FENCE = re.compile(r"^( *)```(\w*)\n(.*?)^\1```$", re.S | re.M)
_LINK = re.compile(r"\[[^\]\[]*\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ +(.*)$", re.M)


def name_of(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def text_of(page: Path) -> str:
    return page.read_text("utf-8")


def prose_of(page: Path) -> str:
    """Without fenced blocks."""
    return _FENCE.sub("", text_of(page))


def fenced(page: Path, language: str) -> list[str]:
    return [body for _, kind, body in _FENCE.findall(text_of(page)) if kind == language]


def links(page: Path) -> list[str]:
    return _LINK.findall(prose_of(page))


def anchors(page: Path) -> set[str]:
    """As a code host makes them of headings."""
    words = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in _HEADING.findall(prose_of(page)))
    return {word.strip().replace(" ", "-") for word in words}


def typed(page: Path) -> list[str]:
    """Every line a reader would type: after a `$ ` in a console block, with its continuation lines."""
    lines: list[str] = []
    for block in fenced(page, "console"):
        open_quote = False
        for line in block.splitlines():
            if open_quote:
                lines[-1] += " " + line.strip()
            elif line.strip().startswith("$ "):
                lines.append(line.strip()[2:])
            else:
                continue
            open_quote = lines[-1].count("'") % 2 == 1
    return lines
