"""A stand-in for wair.ai: it is told items, stock on hand, sales and transfers, and recommends transfers."""

from crossdock.sandbox.wair.simulator import WairSimulator

__all__ = ["WairSimulator"]
