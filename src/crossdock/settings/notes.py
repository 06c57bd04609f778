"""What a pairing cannot do although its flow runs: said at start-up, so that nobody finds it out at night."""

from collections.abc import Iterator, Mapping, Sequence

from crossdock.ports.systems import System
from crossdock.settings import notes_retail
from crossdock.settings.pairing import Flow, Pairing, RetailPairing
from crossdock.settings.tree import Project
from crossdock.settings.without import Without

WITHOUT: Mapping[Flow, Sequence[Without]] = {
    Flow.CATALOGUE: (
        Without(
            "erp", "ItemChannel",
            "it fetches no stock items from Crossdock: new and changed ones become cases, are made there by hand, and "
            "go on once they are found there",
        ),
        Without(
            "erp", "StockFinder",
            "it tells no stock of single items: no plain item becomes a variant before a person vouches for its stock",
        ),
    ),
    Flow.ORDER_ENTRY: (
        Without(
            "storefront", "ReturnSource",
            "it tells nothing of goods that came back, so their credit notes are made in the ERP by hand",
        ),
        Without(
            "storefront", "SaleSwitch",
            "what the ERP does not hold, or nobody has confirmed the units of, stays on sale there, and its orders "
            "wait in cases",
        ),
    ),
    Flow.ORDER_CHANGE: (
        Without("erp", "OrderCanceller", "a cancellation of an order it has becomes a case; a person makes it there"),
        Without("erp", "OrderAmender", "a change of an order it has becomes a case; a person makes it there"),
        Without(
            "storefront", "ChangeRefusalSink",
            "that a change came too late is told to the desk, and to whoever asks and waits, and is not shown there",
        ),
        Without("storefront", "OrderCanceller", "what is cancelled in the ERP becomes a case; a person tells it there"),
    ),
    Flow.REFUND: (
        Without(
            "erp", "ReturnSink",
            "each refund becomes a case that says what its credit note comes to; a person makes it there",
            or_else="ReturnChannel",
        ),
    ),
    **notes_retail.WITHOUT,
}  # fmt: skip
"""Only what a flow can do without. What it cannot do without refuses the settings (`checks.NEEDS`)."""


def notes(project: Project, kinds: Mapping[str, System]) -> list[str]:
    """One sentence for each, in the order of the settings file."""
    found = []
    for name, pairing in project.pairings.items():
        known = {
            system: kinds[project.systems[system].kind].with_settings(project.systems[system])
            for system in pairing.systems()
        }
        for flow in pairing.runs():
            for one in WITHOUT.get(flow, ()):
                system = getattr(pairing, one.role)
                if known[system].capabilities.isdisjoint({one.capability, one.or_else}):
                    wanted = " and ".join(filter(None, (one.capability, one.or_else)))
                    found.append(f"{name}: {flow} runs without {wanted} of {system}: {one.then}.")
        if isinstance(pairing, RetailPairing):
            found += [f"{name}: {said}." for said in notes_retail.notes(pairing, known)]
        if isinstance(pairing, Pairing):
            found += _of_sales(name, pairing, known[pairing.storefront])
            found += _of_shelves(name, pairing, project)
    return found


def _of_shelves(name: str, pairing: Pairing, project: Project) -> Iterator[str]:
    """Law L4: what stands on the shelves of shops is not the web's to sell."""
    shops = [one for one, shop in project.retail.items() if shop.erp == pairing.erp]
    unnamed = getattr(project.systems[pairing.erp], "site", None) == "" and not pairing.stock.site
    if shops and unnamed and Flow.STOCK_PUBLICATION in pairing.flows:
        then = f"Name the site that {pairing.storefront} sells from, in systems.{pairing.erp}.site"
        books = f"{', '.join(shops)} books the shelves of shops there: its figures may count them"
        yield f"{name}: {pairing.erp} names no site, and {books}. {then}."


def _of_sales(name: str, pairing: Pairing, shop: System) -> Iterator[str]:
    """shop: the kind of its storefront, able to do what the settings there switch on."""
    making = Flow.PRODUCT_INTRODUCTION in pairing.flows and pairing.items.create
    if making and "BareProductSink" not in shop.capabilities:
        then = "it takes no new products with these settings: items the storefront has not are only listed"
        yield f"{name}: {Flow.PRODUCT_INTRODUCTION} runs without BareProductSink of {pairing.storefront}: {then}."
    if Flow.STOCK_PUBLICATION in pairing.flows and shop.stock_buffer and pairing.stock.buffer is None:
        words = f"as {pairing.storefront} asks; stock.buffer changes it"
        yield f"{name}: {shop.stock_buffer:f} of every item is kept back, {words}."
