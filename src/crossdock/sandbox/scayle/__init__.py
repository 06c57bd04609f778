"""A stand-in for SCAYLE Commerce Engine that speaks its Admin API and calls the systems around it."""

from crossdock.sandbox.scayle.simulator import ScayleSimulator

__all__ = ["ScayleSimulator"]
