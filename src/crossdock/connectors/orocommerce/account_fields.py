"""What the shop shows of a company's account, and of an order that waits: fields that the site added for it.

The stock product has no such fields; a site makes them in its back office (Entity Management) and names them in the
settings. A field that is not there is refused with 400, one that is read-only is dropped with 200: either way it is
nothing that another company's record would mend, so it is told as the setting's.
"""

from collections.abc import Sequence

from crossdock.connectors.orocommerce.fields import FieldWriter, Kept, Written
from crossdock.connectors.orocommerce.jsonapi import Resource
from crossdock.connectors.orocommerce.session import Session
from crossdock.model.account import AccountStatus
from crossdock.model.faults import Accepted, ConfigFault, Outcome, Refused
from crossdock.ports.accounts import OrderStanding
from crossdock.ports.runtime import Priority

NOT_KEPT = ("unknown-field", "ignored")


class AccountFields:
    """Implements AccountStatusSink and OrderStateSink."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._customers = FieldWriter(session, "customers", Priority.BULK)
        self._orders = FieldWriter(session, "orders", Priority.DESPATCH)

    @property
    def account_status_shape(self) -> str:
        return " ".join(f"{name}={field}" for name, field in self._session.settings.account_fields if field)

    async def write_account_status(self, statuses: Sequence[AccountStatus]) -> Sequence[Outcome]:
        written = await self._customers.write([(one.company_ref, self._account_values(one)) for one in statuses])
        return [
            _outcome("customer", one.company_ref, one.account_code, end, setting="account_fields")
            for one, end in zip(statuses, written, strict=True)
        ]

    def _account_values(self, status: AccountStatus) -> Resource:
        """A figure that the ERP does not tell is blank there, which is not nought."""
        named = self._session.settings.account_fields
        values = {
            named.credit_limit: None if status.credit_limit is None else format(status.credit_limit, "f"),
            named.balance: None if status.balance is None else format(status.balance, "f"),
            named.on_stop: status.on_stop,
            named.price_list: ", ".join(status.price_lists) or None,
        }
        return {field: value for field, value in values.items() if field}

    async def write_order_states(self, standings: Sequence[OrderStanding]) -> Sequence[Outcome]:
        settings = self._session.settings
        field, longest = settings.order_state_field, settings.order_state_length
        written = await self._orders.write(
            [(one.storefront_id, {field: _cut(one.waits_for, longest) or None}) for one in standings]
        )
        return [
            _outcome("order", one.storefront_id, one.order_ref, end, setting="order_state_field")
            for one, end in zip(standings, written, strict=True)
        ]


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1].rstrip()}…"


def _outcome(what: str, identity: str, ref: str, end: Written, *, setting: str) -> Outcome:
    if isinstance(end, Kept):
        return Accepted(ref, identity)
    if isinstance(end, Refused) and end.code in NOT_KEPT:
        raise ConfigFault(f"{what} {identity}: {end.text}", setting=setting, evidence=end.evidence)
    return end
