"""Counts → the STOCK_STATUS document that an optional ImportStockStatus takes. Pure.

Assumed: the vendor publishes the document only as an export; SITE names the site, LEVEL is the absolute count.
"""

from collections.abc import Sequence

from crossdock.connectors.khaos_control.text import escaped, refuse_what_xml_cannot_hold
from crossdock.model.stock import StockFigure


def write_levels(site: str, figures: Sequence[StockFigure]) -> str:
    rows = "".join(
        f'<STOCK_ITEM CODE="{_attribute(one.stock_code)}"><LEVEL>{one.quantity:f}</LEVEL></STOCK_ITEM>'
        for one in figures
    )
    found = f'<STOCK_STATUS SITE="{_attribute(site)}">{rows}</STOCK_STATUS>'
    refuse_what_xml_cannot_hold(found)
    return found


def _attribute(value: str) -> str:
    return escaped(value).replace('"', "&quot;").replace("\n", "&#10;").replace("\t", "&#9;")
