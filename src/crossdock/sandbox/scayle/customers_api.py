"""Customers and vouchers, as far as an order leads to them: reading only."""

from crossdock.sandbox.faults import FaultPlan
from crossdock.sandbox.scayle.errors import Json, not_found
from crossdock.sandbox.scayle.order_view import address_row, country_brief, customer_row
from crossdock.sandbox.scayle.records import Customer, Voucher
from crossdock.sandbox.scayle.router import Route
from crossdock.sandbox.scayle.wire import Call, Reply, identified, number, page, whole_list
from crossdock.sandbox.scayle.world import World

COUNTRY = "/shops/{shop}/countries/{country}"


class CustomersApi:
    def __init__(self, world: World, faults: FaultPlan) -> None:
        self.world = world
        self.faults = faults

    def routes(self) -> list[Route]:
        one = COUNTRY + "/customers/{customer}"
        return [
            Route("GET", COUNTRY + "/customers", "customersRead", self.customers),
            Route("GET", one, "customersRead", self.customer),
            Route("GET", one + "/addresses", "customersRead", self.addresses),
            Route("GET", one + "/status", "customersRead", self.status),
            Route("GET", COUNTRY + "/vouchers", "vouchersRead", self.vouchers),
            Route("GET", COUNTRY + "/vouchers/{voucher}", "vouchersRead", self.voucher),
        ]

    def customers(self, call: Call) -> Reply:
        country = self.world.country(call.args["shop"], call.args["country"])
        return page(
            self.world.customers, call, self.faults, lambda one: self._row(one, call),
            limit_max=self.world.knobs.limit_max, wanted=lambda one: one.country == country.code,
        )  # fmt: skip

    def _row(self, customer: Customer, call: Call) -> Json:
        row = customer_row(customer, self.world.knobs, custom="legacyCustomData" in call.asked)
        return {**row, "addresses": [address_row(one) for one in customer.addresses]}

    def _customer(self, call: Call) -> Customer:
        self.world.country(call.args["shop"], call.args["country"])
        return identified(self.world.customers, call.args["customer"], "customer", lambda one: one.reference_key)

    def customer(self, call: Call) -> Reply:
        return Reply(200, self._row(self._customer(call), call))

    def addresses(self, call: Call) -> Reply:
        customer = self._customer(call)
        brief = country_brief(self.world.country(self.world.shop_key, customer.country))
        rows = [{**address_row(one), "shopCountry": brief} for one in customer.addresses]
        return whole_list(rows, call, self.faults)

    def status(self, call: Call) -> Reply:
        return Reply(200, {"isActive": True, "isGuestCustomer": self._customer(call).guest})

    def vouchers(self, call: Call) -> Reply:
        return whole_list([_voucher_row(one) for one in self.world.vouchers.values()], call, self.faults)

    def voucher(self, call: Call) -> Reply:
        found = self.world.vouchers.get(number(call.args["voucher"], "voucher"))
        if found is None:
            raise not_found("voucher", voucherId=call.args["voucher"])
        return Reply(200, _voucher_row(found))


def _voucher_row(voucher: Voucher) -> Json:
    value = int(voucher.value) if voucher.kind == "absolute" else float(voucher.value)
    return {"id": voucher.id, "code": voucher.code, "name": voucher.code, "status": "active", "type": voucher.kind,
            "value": value, "criteria": [], "isApplicableToPromotions": True}  # fmt: skip
