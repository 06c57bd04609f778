"""A stand-in for Akeneo PIM: its REST API, its two event systems, and the people who edit the catalogue."""

from crossdock.sandbox.akeneo.simulator import AkeneoSimulator

__all__ = ["AkeneoSimulator"]
