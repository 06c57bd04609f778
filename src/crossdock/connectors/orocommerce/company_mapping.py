"""A company as the shop wrote it → our company. Pure."""

from collections.abc import Iterable, Sequence

from crossdock.connectors.orocommerce import wire
from crossdock.connectors.orocommerce.jsonapi import Included, Resource, attributes, references
from crossdock.connectors.orocommerce.mapping import fault_of, to_address
from crossdock.model.company import Company, domain_of
from crossdock.model.faults import DataFault
from crossdock.model.sales_order import Address

BILLING = "billing"


def to_company(
    record: Resource, included: Included, *, account_field: str = "externalId", vat_field: str = "", place: str = "data"
) -> Company:
    """record: a customer; included: its users and addresses, as far as they came. Raises DataFault."""
    if record.get("type") != "customers":
        raise DataFault(f"{place}.type", f"must be 'customers', was {record.get('type')!r:.80}")
    customer, problems = wire.read(wire.Customer, record, place)
    if not str(record.get("id") or ""):
        problems.append((f"{place}.id", "is missing; the document must give it"))
    if customer is None or problems:
        raise fault_of(problems)
    people = [_person(included[key]) for key in references(record, "users") or () if key in included]
    emails = [one.email.strip() for one in people if one.email]
    there = attributes(record)
    return Company(
        ref=str(record["id"]),
        name=customer.name,
        account_code=_text(there.get(account_field)),
        vat_number=_text(there.get(vat_field)) if vat_field else "",
        domains=tuple(sorted({domain for one in emails if (domain := domain_of(one))})),
        email=emails[0] if emails else "",
        address=_address([included[key] for key in references(record, "addresses") or () if key in included], included),
        guest=bool(people) and all(one.is_guest for one in people),
        changed_at=wire.moment(there.get("updatedAt")),
    )


def _person(record: Resource) -> wire.CustomerUser:
    person, problems = wire.read(wire.CustomerUser, record, f"included[customerusers {record.get('id')}]")
    if person is None:
        raise fault_of(problems)
    return person


def _address(records: Sequence[Resource], included: Included) -> Address | None:
    """The default billing address, else a billing one, else the primary, else any."""
    ranked = sorted(records, key=lambda record: (_rank(attributes(record)), str(record.get("id"))))
    return (
        to_address(ranked[0], included, place=f"included[customeraddresses {ranked[0].get('id')}]") if ranked else None
    )


def _rank(there: Resource) -> int:
    billing = [one for one in _listed(there.get("types")) if one.get("addressType") == BILLING]
    if any(one.get("default") for one in billing):
        return 0
    return 1 if billing else 2 if there.get("primary") else 3


def _listed(value: object) -> Iterable[Resource]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _text(value: object) -> str:
    return "" if value is None else str(value).strip()
