"""A stand-in for desktop Khaos Control: its SOAP service IKosWeb, and the company behind it."""

from crossdock.sandbox.khaos_control.simulator import KhaosControlSimulator

__all__ = ["KhaosControlSimulator"]
