"""The chapter on policies: every setting that decides something, in words; and what the code maps hold."""

from crossdock.reports.manual.parts import Code, Grid, Paragraph, Section
from crossdock.wiring.handbook.ground import Ground
from crossdock.wiring.handbook.policies import rules_of, settings_of
from crossdock.wiring.handbook.words import value_text

GROUPS = {
    "acknowledge": "Orders", "orders": "Orders", "promotions": "Promotions", "stock": "Stock", "prices": "Prices",
    "items": "Products on sale", "completeness": "Completeness", "accounts": "Customer accounts",
    "reconciliation": "Reconciliation", "refunds": "Refunds", "catalogue": "Products into the ERP",
    "locations": "Places", "non_commercial_classes": "What is no trade", "intake": "Shop figures into the ERP",
    "despatch": "Despatches of the shops", "feed": "What the shops are told",
}  # fmt: skip


def rules(ground: Ground) -> Section:
    by_group: dict[str, list[tuple[Code, str]]] = {}
    for one, sentence in rules_of(ground.settings):
        group = GROUPS.get(one.path.partition(".")[0], "Others")
        by_group.setdefault(group, []).append((Code(one.path), sentence))
    return Section(
        key="rules",
        title="The rules, in words",
        blocks=[
            Paragraph("What holds for this pairing, as its settings say it. The name of the setting stands beside it."),
            *(
                Section(
                    key=f"rules-{title.lower().replace(' ', '-')}", title=title,
                    blocks=[Grid(about=title, columns=("setting", "what holds"), rows=rows)],
                )
                for title, rows in by_group.items()
            ),
            _maps(ground),
        ],
    )  # fmt: skip


def _maps(ground: Ground) -> Section:
    """Entries are many and change all day: they are counted here, and looked up in the console."""
    words = Paragraph(
        "Codes of one side stand for codes of the other. Entries of the settings are taken over once; after that "
        "people add and change them from cases and in the console, and every change keeps who made it."
    )
    rows = [
        (one["kind"].replace("_", " "), str(one["entries"]), f"{one['changed_at']:%Y-%m-%d}", one["changed_by"])
        for one in ground.maps
    ]
    grid = Grid(about="Code maps", columns=("map", "entries", "last changed", "by"), rows=rows)
    none = Paragraph("No map holds an entry yet.")
    return Section(key="maps", title="Code maps", blocks=[words, grid if rows else none])


def appendix(ground: Ground) -> Section:
    """Every setting as it stands, in the order of the settings file."""
    rows = [(Code(one.path), value_text(one.value), one.means) for one in settings_of(ground.settings)]
    return Section(
        key="settings",
        title="Every setting",
        blocks=[
            Paragraph(("Below ", Code(f"pairings.{ground.name}"), " of the settings file; defaults are among them.")),
            Grid(about="Every setting", columns=("setting", "value", "means"), rows=rows),
        ],
    )
