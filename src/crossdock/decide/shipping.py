"""Which of the ERP's couriers takes an order."""

from crossdock.cases.kind import Finding
from crossdock.cases.kinds import SHIPPING_METHOD_UNMAPPED
from crossdock.model.code_map import CodeMaps
from crossdock.model.sales_order import Shipping


def find_courier(shipping: Shipping, maps: CodeMaps) -> str | Finding:
    """The ERP's courier code; "" when the order names no method and pays for none."""
    code = maps.shipping.get(shipping.method)
    if code is not None:
        return code
    if not shipping.method and not shipping.net:
        return ""
    method = shipping.method or "(none)"
    return SHIPPING_METHOD_UNMAPPED.about(method, method=method)
