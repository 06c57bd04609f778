"""Prima, an ERP seen through two doors: its SOAP service with XML in a string, and a gateway's bridge-v1 JSON."""

from crossdock.sandbox.prima.simulator import PrimaSimulator

__all__ = ["PrimaSimulator"]
