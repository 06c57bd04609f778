"""A stand-in for the system that holds store stock and confirms dispatches, behind the retail-stock bridge v1."""

from crossdock.sandbox.retail_stock.simulator import RetailStockSimulator

__all__ = ["RetailStockSimulator"]
