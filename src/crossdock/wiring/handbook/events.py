"""The chapter on what to do when: a system is away, at go-live, at month-end, after a restore, at start and stop."""

from collections.abc import Iterator

from crossdock.model.reconciliation import Subject
from crossdock.reports.manual.parts import Block, Code, Link, Listing, Paragraph, Section, Text
from crossdock.settings.pairing import Flow, Pairing, RetailPairing
from crossdock.wiring.handbook.ground import Ground
from crossdock.wiring.handbook.words import ROLES, length

KEPT = {
    Flow.ORDER_ENTRY: "Orders are kept and posted once, when it answers again. An order whose answer was lost is "
    "looked up first; it is never sent blindly again.",
    Flow.STOCK_PUBLICATION: "Levels keep their last figures. Once those are older than {stale}, what is shown may only "
    "be lowered, and a case says so.",
    Flow.DESPATCH: "Despatches are told when it answers again, each once.",
    Flow.PRICE_PUBLICATION: "Prices stay as they were shown.",
    Flow.CATALOGUE: "Products wait; nothing is made twice.",
    Flow.RETAIL_STOCK_INTAKE: "Figures of the shops are gathered, the newest of each alone, and booked later.",
    Flow.RETAIL_DESPATCH: "Despatches of the shops are kept, and booked once.",
}

FORGET_SHOWN = "delete from stock_published where tenant = '{}';"


def events(ground: Ground, pages: frozenset[str]) -> Section:
    sections = [_away(ground), _go_live(ground), _month_end(ground, pages), _restore(ground), _start(ground)]
    return Section(key="events", title="What to do when", blocks=sections)


def _away(ground: Ground) -> Section:
    stale = length(_stale(ground))
    kept = [KEPT[flow].format(stale=stale) for flow in ground.settings.runs() if flow in KEPT]
    rows: list[Text] = [
        (
            "See ",
            Link("Systems", "/systems"),
            " or type ",
            Code("crossdock status"),
            ": which system, since when, and why.",
        ),
        (
            "Do nothing to Crossdock. It calls again by itself, less often while the system fails, and opens one case "
            "(system-unreachable, or credentials-rejected where the system answers and lets us not in)."
        ),
        ("When it is back, ", Code("crossdock probe"), " reads one page of everything. What waited goes on by itself."),
        "Tell customers only what is late; nothing is lost.",
    ]
    limits = [
        f"{name}: {ROLES[role]}, {ground.project.systems[name].budget.breaker_failures} failures in a row stop the "
        f"calls for {length(ground.project.systems[name].budget.breaker_seconds)}."
        for role in ground.settings.ROLES
        for name in [ground.system(role)]
    ]
    return Section(
        key="away", title="A system is away",
        blocks=[
            Listing(items=rows, numbered=True), Paragraph("What happens meanwhile:"), Listing(items=[*kept, *limits])
        ],
    )  # fmt: skip


def _stale(ground: Ground) -> float:
    settings = ground.settings
    if isinstance(settings, RetailPairing):
        return settings.intake.stale_after_seconds
    return settings.stock.stale_after_seconds if isinstance(settings, Pairing) else 0.0


def _go_live(ground: Ground) -> Section:
    name, sells = ground.name, isinstance(ground.settings, Pairing)
    steps: list[Text] = [
        (Code("crossdock check"), ": the settings have no mistake."),
        (Code("crossdock probe"), ": both systems answer, and what they hold can be read."),
    ]
    if sells:
        steps += [
            (Code(f"crossdock audit {name} --out gaps.html"), ": what would stop orders, worst first. Close the gaps."),
            (Code(f"crossdock rehearse {name}"), ": what would be written, with nothing written."),
            ("Set ", Code("orders.start_from"), " to the moment of go-live, unless older orders are wanted too."),
            (
                Code(f"crossdock load {name} --dry-run"),
                ", then ",
                Code(f"crossdock load {name}"),
                ": both sides in step.",
            ),
        ]
    steps += [
        (Code("crossdock run"), ": it works from now on."),
        ("On the first day look at ", Link("the overview", "/"), " every hour, and at the end of it ask ",
         Code(f"crossdock checks {name}"), "."),
    ]  # fmt: skip
    if sells and Flow.COMPLETENESS in ground.settings.runs():
        steps.append((Code(f"crossdock completeness {name}"), ": every order id of both sides is accounted for."))
    back = Paragraph(
        "To go back: stop the workers. Nothing is sent any more, nothing is lost, and what was posted stays posted."
    )
    return Section(key="go-live", title="At go-live", blocks=[Listing(items=steps, numbered=True), back])


def _month_end(ground: Ground, pages: frozenset[str]) -> Section:
    return Section(key="month-end", title="At month-end", blocks=list(_closing(ground, pages)))


def _closing(ground: Ground, pages: frozenset[str]) -> Iterator[Block]:
    settings = ground.settings
    if not (isinstance(settings, Pairing) and Flow.RECONCILIATION in settings.flows):
        yield Paragraph("This pairing reconciles no money. Nothing has to be done for it at the end of a month.")
        return
    if Subject.MONEY not in settings.reconciliation.objects:
        yield Paragraph("The settings compare no money: put it among the objects of reconciliation to close a month.")
        return
    policy, where = settings.reconciliation, "/reconciliation"
    see: Text = ("See ", Link("Reconciliation", where), ".") if where in pages else "Read the pack."
    yield Listing(
        numbered=True,
        items=[
            f"Wait {policy.grace_days} days: so long an invoice or a credit note may take.",
            (Code(f"crossdock reconcile {ground.name} --object money --period YYYY-MM --out pack"),
             f": days are those of {policy.timezone}."),
            see,
            ("Settle each difference where it is wrong, or accept it with a reason: ",
             Link("cases of reconciliation", f"/cases?kind=reconciliation-difference&pairing={ground.name}"), "."),
            ("Make the pack again until nothing is left to settle, and file it: it names every difference that was "
            "accepted, by whom and why."),
            (Code(f"crossdock checks {ground.name} --monthly"), " says whether the month is closed."),
        ],
    )  # fmt: skip


def _restore(ground: Ground) -> Section:
    steps: list[Text] = [
        "Keep every worker stopped until the database, the settings and the key (vault.key) are back.",
        (Code("crossdock status"), ": the audit trail must be whole."),
    ]
    if isinstance(ground.settings, Pairing) and Flow.STOCK_PUBLICATION in ground.settings.flows:
        steps.append(
            ("Make it forget what it showed of the stock, so that every level is shown anew: ",
             Code(FORGET_SHOWN.format(ground.project.tenant)))
        )  # fmt: skip
    steps += [
        (Code("crossdock run"), (". What happened since the backup is read again; orders the ERP has are looked up by "
         "their reference and found, not posted twice.")),
        "Settle again the cases that were settled since the backup, and map again what was mapped.",
    ]  # fmt: skip
    if isinstance(ground.settings, Pairing) and Flow.COMPLETENESS in ground.settings.flows:
        steps.append((Code(f"crossdock completeness {ground.name}"), ": no id is missing on either side."))
    steps.append(
        (Code(f"crossdock checks {ground.name}"), ", and write down that the restore was done, when, by whom.")
    )
    return Section(key="restore", title="After a restore", blocks=[Listing(items=steps, numbered=True)])


def _start(ground: Ground) -> Section:
    said = Paragraph("What the flows of this pairing do without, as crossdock run says when it starts:")
    none = Paragraph("The flows of this pairing do without nothing: crossdock run says no note of it.")
    blocks: list[Block] = [
        Listing(
            items=[
                ("Start: ", Code("crossdock run"), " (everything) or ", Code("crossdock worker"), " (work alone)."),
                "Stop: send it a signal (SIGTERM, or Ctrl-C). What is under way is finished first.",
                "After a change of the settings file: crossdock check, then start anew.",
            ]
        ),
        *([said, Listing(items=list(ground.notes))] if ground.notes else [none]),
    ]
    return Section(key="start", title="Start, stop, and what it says then", blocks=blocks)
