"""A stand-in for OroCommerce that speaks its back-office JSON:API."""

from crossdock.sandbox.orocommerce.simulator import OroCommerceSimulator

__all__ = ["OroCommerceSimulator"]
