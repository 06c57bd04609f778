"""The sales desk and the ledger: telephone orders, cancellations, customer accounts."""

from typing import Any

from crossdock.sandbox.kernel import ActError
from crossdock.sandbox.khaos_control import fulfilment
from crossdock.sandbox.khaos_control.companies import new_company
from crossdock.sandbox.khaos_control.desk import Desk, explained, number
from crossdock.sandbox.khaos_control.loading import MAIN_SITE, TRADE_CLASS
from crossdock.sandbox.khaos_control.model import Company, Order
from crossdock.sandbox.khaos_control.money import from_net, pence
from crossdock.sandbox.khaos_control.prices import list_price
from crossdock.sandbox.khaos_control.view import company_state, order_state


class SalesActs(Desk):
    def sell(
        self,
        sku: str,
        quantity: Any,
        company_code: str = "",
        po_number: str = "",
        site: str = "",
        associated_ref: str = "",
    ) -> dict[str, Any]:
        """An order taken by telephone: it takes stock just as a web order does, at the main site or the one named.
        associated_ref: of a web order that somebody types in by hand."""
        item, company, site_id = self.find_item(sku), self._buyer(company_code), self.find_site(site)
        amount = number(quantity)
        if amount <= 0:
            raise ActError(f"sell: quantity must be above zero, was {quantity}")
        order = self._phone_order(company, po_number)
        order.site_id = site_id
        order.associated_ref = associated_ref
        line = fulfilment.add_line(self.store, order, item, amount, site_id)
        line.price_net = list_price(self.store, company.class_name, item, amount)
        line.tax_code, line.description = item.tax_code, item.name
        line.amount = from_net(pence(amount * line.price_net), self.store.settings.tax_codes[item.tax_code])
        fulfilment.book(self.store, order)
        return order_state(self.store, order)

    def cancel(self, ref: str, reason: str = "Customer request", user: str = "SALES") -> dict[str, Any]:
        """Cancel what is not yet issued; its stock is free again."""
        order = self.find_order(ref)
        with explained():
            fulfilment.cancel(self.store, order, reason=reason, user=user)
        return order_state(self.store, order)

    def confirm(self, ref: str) -> dict[str, Any]:
        """Confirm an order that was imported unconfirmed: it is ready for processing."""
        order = self.find_order(ref)
        order.confirmed = True
        self.store.touch(order)
        return order_state(self.store, order)

    def _buyer(self, code: str) -> Company:
        return self.find_company(code) if code else next(iter(self.store.companies.values()))

    def _phone_order(self, company: Company, po_number: str) -> Order:
        wall = self.store.wall()
        return Order(
            order_id=self.store.next_id("order id", 300_001),
            code=f"SO{self.store.next_id('order', 100_001)}",
            associated_ref="",
            company=company,
            site_id=MAIN_SITE,
            currency=company.currency,
            created=wall,
            changed=wall,
            imported_at=self.store.now(),
            delivery_date=wall.date(),
            web=False,
            po_number=po_number,
            courier_code=next(iter(self.store.couriers)),
            sales_source="Phone",
        )


class AccountActs(Desk):
    def create_company(
        self,
        name: str,
        code: str = "",
        web_user: str = "",
        other_ref: str = "",
        class_name: str = TRADE_CLASS,
        currency: str = "",
        payment_type: str = "Account",
        po_required: bool = False,
        credit_limit: Any = None,
    ) -> dict[str, Any]:
        """A new customer account; without a code the system assigns one."""
        if code and code.casefold() in self.store.companies_by_code:
            raise ActError(f"create_company: code {code!r} is in use")
        company = new_company(self.store, code=code, name=name, origin="act")
        company.web_user, company.other_ref, company.class_name = web_user, other_ref, class_name
        company.currency = currency or company.currency
        company.payment_type, company.po_required = payment_type, po_required
        company.credit_limit = company.credit_limit if credit_limit is None else number(credit_limit)
        self.store.add_company(company)
        return company_state(company)

    def lock_company(self, code: str) -> dict[str, Any]:
        """SORDER_LOCKED: no sales orders allowed."""
        return self._lock(code, locked=True)

    def unlock_company(self, code: str) -> dict[str, Any]:
        """Sales orders allowed again."""
        return self._lock(code, locked=False)

    def set_credit_limit(self, code: str, limit: Any = None) -> dict[str, Any]:
        """Pounds, or null for none; new orders beyond it go to terms hold."""
        company = self.find_company(code)
        company.credit_limit = None if limit is None else number(limit)
        company.updated = self.store.now()
        return company_state(company)

    def recode_company(self, code: str, new_code: str) -> dict[str, Any]:
        """Another URN for the same COMPANY_ID; nothing remembers the old one."""
        company = self.find_company(code)
        if not new_code or new_code.casefold() in self.store.companies_by_code:
            raise ActError(f"recode_company: code {new_code!r} is empty or in use")
        del self.store.companies_by_code[company.code.casefold()]
        company.code, company.updated = new_code, self.store.now()
        self.store.companies_by_code[new_code.casefold()] = company
        return company_state(company)

    def merge_company(self, code: str, into: str) -> dict[str, Any]:
        """Merge an account into another: the first is deleted, its orders move."""
        company, target = self.find_company(code), self.find_company(into)
        if company is target:
            raise ActError("merge_company: an account cannot be merged into itself")
        self.store.merge_company(company, target)
        return company_state(target)

    def _lock(self, code: str, *, locked: bool) -> dict[str, Any]:
        company = self.find_company(code)
        company.locked = locked
        company.updated = self.store.now()
        return company_state(company)
