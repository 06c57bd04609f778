"""The curve of docs/why/overselling.md: how much is oversold at which latency, and what a buffer costs.

`python -m benchmarks.selling_curve` writes the table into the page and the picture beside it. The same seed gives the
same page.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.selling_day import Outcome, Policy, SellingDay

LATENCIES = (60, 120, 300, 600, 900, 1800, 3600)
BUFFERS = (0, 1, 2, 4)
ITEMS = 80
BEGIN, END = "<!-- made by benchmarks.selling_curve -->", "<!-- end -->"
PAGE = Path(__file__).parent.parent / "docs" / "why" / "overselling.md"
WIDTH, HEIGHT, LEFT, BOTTOM, TOP = 720, 360, 56, 44, 16
FONT = 'font-family="sans-serif" font-size="12"'
COLOURS = ("#b42318", "#7a5af8", "#1570ef", "#039855", "#667085")


@dataclass(frozen=True, kw_only=True)
class Line:
    """One policy over all latencies."""

    name: str
    policies: Sequence[Policy]
    outcomes: Sequence[Outcome]

    def beyond(self, at: int) -> int:
        """Units short beyond what was promised, of the day at that latency."""
        return sum(max(0, one.short - one.promised(self.policies[at])) for one in self.outcomes[at].items)


def lines() -> list[Line]:
    plain = _line("plain copy of the figure", in_flight=False)
    return [plain, *(_line(f"in flight counted, buffer {buffer}", buffer=buffer) for buffer in BUFFERS)]


def _line(name: str, **policy: Any) -> Line:
    policies = [Policy(latency=at, **policy) for at in LATENCIES]
    return Line(name=name, policies=policies, outcomes=[SellingDay(one, items=ITEMS).play() for one in policies])


def table(found: Sequence[Line]) -> str:
    """Markdown: units oversold of those sold, and shoppers turned away from what was there."""
    head = ["oversold, of units sold", *(_span(at) for at in LATENCIES)]
    rows = [[line.name, *(f"{one.oversold} of {one.sold}" for one in line.outcomes)] for line in found]
    ours = [line for line in found if line.policies[0].in_flight]
    over = [sum(one.beyond(at) for one in ours) for at in range(len(LATENCIES))]
    beyond = ["beyond the promise, all buffers", *map(str, over)]
    lost = [[f"turned away: {line.name}", *(str(one.lost) for one in line.outcomes)] for line in found]
    return "\n".join(f"| {' | '.join(row)} |" for row in [head, ["---"] * len(head), *rows, beyond, *lost])


def picture(found: Sequence[Line]) -> str:
    """An SVG without script or font of its own; readable on a light and on a dark page."""
    most = max(one.oversold for line in found for one in line.outcomes) or 1
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" {FONT}>',
        "<title>Units oversold in a day, by latency</title>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
        *_axes(most),
    ]
    for line, colour in zip(found, COLOURS, strict=True):
        points = " ".join(f"{_x(at):.0f},{_y(one.oversold, most):.0f}" for at, one in enumerate(line.outcomes))
        parts.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>')
    for at, (line, colour) in enumerate(zip(found, COLOURS, strict=True)):
        y = TOP + 14 + at * 18
        parts.append(f'<rect x="{LEFT + 16}" y="{y - 9}" width="12" height="10" fill="{colour}"/>')
        parts.append(f'<text x="{LEFT + 34}" y="{y}" fill="#101828">{line.name}</text>')
    return "\n".join([*parts, "</svg>"]) + "\n"


def _axes(most: int) -> Iterator[str]:
    for step in range(5):
        value = most * step / 4
        y = _y(value, most)
        yield f'<line x1="{LEFT}" x2="{WIDTH - 12}" y1="{y:.0f}" y2="{y:.0f}" stroke="#eaecf0"/>'
        yield f'<text x="{LEFT - 8}" y="{y + 4:.0f}" text-anchor="end" fill="#475467">{value:.0f}</text>'
    for at, seconds in enumerate(LATENCIES):
        yield f'<text x="{_x(at):.0f}" y="{HEIGHT - 22}" text-anchor="middle" fill="#475467">{_span(seconds)}</text>'
    yield (
        f'<text x="{(LEFT + WIDTH) / 2:.0f}" y="{HEIGHT - 6}" text-anchor="middle" fill="#475467">'
        "latency of each step</text>"
    )


def _x(at: int) -> float:
    return LEFT + 16 + at * (WIDTH - LEFT - 44) / (len(LATENCIES) - 1)


def _y(value: float, most: int) -> float:
    return HEIGHT - BOTTOM - value / most * (HEIGHT - BOTTOM - TOP)


def _span(seconds: int) -> str:
    return f"{seconds} s" if seconds < 120 else f"{seconds // 60} min"


def page(text: str, found: Sequence[Line]) -> str:
    """The page with its table made anew."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{table(found)}\n\n{END}{after}"


if __name__ == "__main__":
    made = lines()
    PAGE.write_text(page(PAGE.read_text("utf-8"), made), "utf-8")
    PAGE.with_suffix(".svg").write_text(picture(made), "utf-8")
