"""The chapter on checks: the very ones that `crossdock checks` asks."""

from crossdock.reports.manual.parts import Code, Grid, Link, Paragraph, Section, Text
from crossdock.wiring.checks import Check, Often, checks_of
from crossdock.wiring.handbook.ground import Ground

PAGES = {
    "cases": "/cases", "orders-under-way": "/orders", "acknowledgements": "/orders", "systems": "/systems",
    "flows": "/systems", "lists": "/systems", "stock": "/stock", "compared": "/reconciliation",
    "month-end": "/reconciliation", "audit-trail": "/audit?check=1", "mappings": "/mappings", "despatches": "/orders",
    "accepted": "/audit",
}  # fmt: skip
"""Where in the console one sees more of it; only pages that are there are linked."""
TITLES = {Often.DAILY: "Every day", Often.WEEKLY: "Every week", Often.MONTHLY: "Every month"}


def checks(ground: Ground, pages: frozenset[str]) -> Section:
    """pages: the places of the console."""
    return Section(
        key="checks",
        title="Checks",
        blocks=[
            Paragraph(
                ("The same as ", Code(f"crossdock checks {ground.name}"), (" asks: ok needs nobody, look should be "
                 "known, act needs somebody."))
            ),
            *(_often(ground, often, pages) for often in Often),
        ],
    )  # fmt: skip


def _often(ground: Ground, often: Often, pages: frozenset[str]) -> Section:
    found = checks_of(ground.settings, often)
    rows = [(Code(one.name), one.question, one.how, _more(one, pages)) for one in found]
    columns = ("check", "question", "how it is answered", "see")
    typed = Paragraph(Code(f"crossdock checks {ground.name} --{often}"))
    grid = Grid(about=TITLES[often], columns=columns, rows=rows)
    return Section(key=f"checks-{often}", title=TITLES[often], blocks=[typed, grid])


def _more(one: Check, pages: frozenset[str]) -> Text:
    href = PAGES.get(one.name, "")
    place = href.partition("?")[0]
    return Link(place.strip("/").replace("-", " "), href) if place and place in pages else ""
