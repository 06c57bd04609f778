"""kill -9 between any two calls and any two writes of a refund (laws L5, L10): each return is one credit note.

One order's goods come back piece by piece. Of each piece the worker dies at a later moment than of the one before, and
another process goes on, until one lives through it. Every credit note is there once, and all of them are to the penny
what was posted. So for an ERP that fetches returns, and for one that is called with them.
"""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from crossdock.wiring.installation import Installation, open_installation
from tests.pairings.counter import CHANNEL, ReturnsDesk, Shop, open_shop
from tests.pairings.dying import Death, dying, lurking, spared

PIECES = 80
WAYS = {"fetches": {"channel": CHANNEL}, "is called": {}}


class Mortal:
    """How a worker dies and another one goes on, over one ERP."""

    def __init__(self, shop: Shop, death: Death, way: str) -> None:
        self.shop, self.death = shop, death
        self.desk = ReturnsDesk(shop.market.pairing.erp, moment=death.look) if way == "is called" else None
        self._give(shop.market.here)

    def _give(self, here: Installation) -> None:
        if self.desk is not None:
            self.desk.stand_in(here.pairings[self.shop.market.name])

    async def work(self, shop: Shop) -> None:
        """What a worker does in a while. It alone is mortal; the ERP fetches by another door."""
        for flow in ("returns", "orders", "net"):
            await shop.market.run(flow)
            await shop.market.work()
        with spared():
            for _ in range(2):
                await shop.market.erp.act("poll", {})
            await shop.market.grow_older(120)
        await shop.market.run("net")
        await shop.market.work()

    async def go_on(self) -> None:
        """Another process on the same database: nothing that was in memory is known."""
        async with open_installation(self.shop.market.here.project) as here:
            self._give(here)
            fresh = Shop(replace(self.shop.market, here=here))
            for _ in range(3):
                await self.work(fresh)

    def credited(self) -> dict[str, Decimal]:
        """Reference → its gross, in the ERP."""
        if self.desk is not None:
            return self.desk.credited()
        notes = self.shop.credited()
        assert len({note["associated_ref"] for note in notes}) == len(notes)
        return {note["associated_ref"]: Decimal(note["credit_gross"]) for note in notes}


@pytest.mark.parametrize("way", WAYS)
async def test_a_refund_survives_a_kill_between_every_two_calls(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    death, met, piece = Death(), 0, 0
    async with open_shop(database, tmp_path, theirs={"settle_seconds": 1, **WAYS[way]}, ways={}) as shop:
        order, mortal = await shop.sell(("HP-1001", PIECES)), Mortal(shop, death, way)
        with lurking(death, monkeypatch):
            for piece in range(1, PIECES):
                await shop.comes_back(order)
                with dying(death, piece) as died:
                    await mortal.work(shop)
                met = max(met, len(death.moments))
                await mortal.go_on()
                assert len(mortal.credited()) == piece, death.moments[-1]
                if not died:
                    break
        assert 20 < met < piece, death.moments  # it died at each: calls, and writes
        await shop.comes_back(order, quantity=PIECES - piece)
        await mortal.go_on()
        (there,) = shop.market.erp.state()["orders"]
        assert sum(mortal.credited().values()) == Decimal(there["items_total_gross"])
        assert [refund["state"] for refund in await shop.refunds()] == ["credited"] * (piece + 1)
        assert await shop.market.causes() == []
