"""Crossdock: self-hosted order-to-cash integration."""
