"""Every kind of case there is, one table. The page "case kinds" in the docs is made from it."""

from collections.abc import Mapping

from crossdock.cases.kind import CaseKind, Desk, Remedy, Severity

MAP, LINK, ACCEPT, RETRY = Remedy.MAP_CODE, Remedy.LINK_ACCOUNT, Remedy.ACCEPT, Remedy.RETRY
ADOPT, AGAIN, ASIDE = Remedy.ADOPT, Remedy.SEND_AGAIN, Remedy.SET_ASIDE
APPLY, REFUSE = Remedy.APPLY, Remedy.REFUSE
OPEN = Remedy.OPEN_ACCOUNT


def _kind(
    code: str, desk: Desk, severity: Severity, due_hours: int, cause: str, remedy: str, *remedies: Remedy
) -> CaseKind:
    return CaseKind(
        code=code, desk=desk, severity=severity, due_hours=due_hours, cause=cause, remedy=remedy, remedies=remedies
    )


# data
STOCK_CODE_UNKNOWN = _kind(
    "stock-code-unknown", Desk.DATA, Severity.HIGH, 4,
    "The ERP holds no stock item {sku}.",
    "Create {sku} in the ERP, or map it to the stock item it is; the orders are looked at again by themselves.",
    MAP, RETRY, ASIDE,
)  # fmt: skip
UNIT_UNMAPPED = _kind(
    "unit-unmapped", Desk.DATA, Severity.HIGH, 4,
    "Nobody has confirmed how many stock units of {sku} one {unit} holds.",
    "Map the unit to its number of stock units, for this item or for all.",
    MAP, RETRY, ASIDE,
)  # fmt: skip
UNIT_QUANTITY_CONFLICT = _kind(
    "unit-quantity-conflict", Desk.DATA, Severity.HIGH, 4,
    "The {unit} of {sku} does not add up: {problem}.",
    "Correct the order or the unit where it is wrong; or map what one {unit} of {sku} holds, which then counts.",
    MAP, RETRY, ASIDE,
)  # fmt: skip
ITEM_INVALID_FOR_ERP = _kind(
    "item-invalid-for-erp", Desk.DATA, Severity.HIGH, 8,
    "{sku} cannot go into the ERP: {problem}.",
    "Correct it where it is described, in the PIM or the ERP; on an order, map it to another.",
    MAP, RETRY, ASIDE,
)  # fmt: skip
STRUCTURE_CHANGE_BLOCKED = _kind(
    "structure-change-blocked", Desk.DATA, Severity.HIGH, 8,
    "The place of {sku} in the ERP cannot be changed: {problem}.",
    "Correct what it names; the change goes on from the step it had reached, and nothing is retired before. Apply, "
    "with a reason, where you have looked at what the ERP does not tell.",
    RETRY, APPLY, ASIDE,
)  # fmt: skip
ATTRIBUTE_UNMAPPED = _kind(
    "attribute-unmapped", Desk.DATA, Severity.NORMAL, 8,
    "{option} of attribute {attribute} has no counterpart in the ERP.",
    "Map the value to the ERP's code; every product that waits for it goes on by itself.",
    MAP, RETRY, ASIDE,
)  # fmt: skip
ITEM_NOT_ON_SALE = _kind(
    "item-not-on-sale", Desk.DATA, Severity.NORMAL, 24,
    "{sku} may not be sold yet: {missing}.",
    "Complete what is missing, where it is owned; the item is offered by itself once it is whole.",
    RETRY, AGAIN, ASIDE,
)  # fmt: skip

# sales operations
ACCOUNT_UNMATCHED = _kind(
    "account-unmatched", Desk.SALES_OPS, Severity.HIGH, 4,
    "{company} (storefront company {company_ref}) is linked to no ERP account{hint}.",
    "Link the company to its account, or have one opened. No account is ever opened without a named person's word.",
    LINK, OPEN, RETRY, ASIDE,
)  # fmt: skip
ACCOUNT_AMBIGUOUS = _kind(
    "account-ambiguous", Desk.SALES_OPS, Severity.HIGH, 4,
    "{company} (storefront company {company_ref}) fits several ERP accounts: {candidates}.",
    "Link the company to the right one.",
    LINK, RETRY, ASIDE,
)  # fmt: skip
ADDRESS_UNUSABLE = _kind(
    "address-unusable", Desk.SALES_OPS, Severity.NORMAL, 8,
    "The {which} address of order {order_ref} cannot be used: {problem}.",
    "Correct the address at the storefront; the order is read again when it changes.",
    RETRY, ASIDE,
)  # fmt: skip
PO_NUMBER_MISSING = _kind(
    "po-number-missing", Desk.SALES_OPS, Severity.NORMAL, 8,
    "Account {account} must give a purchase order number and order {order_ref} has none.",
    "Ask the customer for it, put it on the order at the storefront, and the order is read again.",
    RETRY, ASIDE,
)  # fmt: skip

# finance
ACCOUNT_ON_STOP = _kind(
    "account-on-stop", Desk.FINANCE, Severity.HIGH, 8,
    "Account {account} is on stop in the ERP: no sales orders are allowed.",
    "Settle the account and lift the stop in the ERP, then retry; or set the orders aside and tell the customer.",
    RETRY, ASIDE,
)  # fmt: skip
CREDIT_LIMIT_EXCEEDED = _kind(
    "credit-limit-exceeded", Desk.FINANCE, Severity.HIGH, 8,
    "With order {order_ref} account {account} would owe {balance}; its limit is {limit}.",
    "Take a payment or raise the limit in the ERP, then retry; or accept, with a reason.",
    ACCEPT, RETRY, ASIDE,
)  # fmt: skip
PRICE_ZERO = _kind(
    "price-zero", Desk.FINANCE, Severity.HIGH, 4,
    "{sku} is sold at nothing.",
    "Correct the price where it is wrong: a price of nothing is never published. Or accept these orders as free of "
    "charge, with a reason.",
    ACCEPT, RETRY, ASIDE,
)  # fmt: skip
PRICE_CONFLICT = _kind(
    "price-conflict", Desk.FINANCE, Severity.HIGH, 4,
    "{sku} is sold at {storefront_price} and the ERP's price list says {erp_price}.",
    "Correct the price where it is wrong, then retry; or accept the storefront's price here, with a reason.",
    ACCEPT, RETRY, ASIDE,
)  # fmt: skip
PRICE_WRITE_REJECTED = _kind(
    "price-write-rejected", Desk.FINANCE, Severity.HIGH, 4,
    "The storefront refused prices of the ERP: {reason}.",
    "Correct what it names, over there or in the ERP; the prices are sent again with the next read of the lists.",
    RETRY,
)  # fmt: skip
TOTAL_CONFLICT = _kind(
    "total-conflict", Desk.FINANCE, Severity.HIGH, 4,
    "Order {order_ref}: the storefront says {storefront_total}, {other} comes to {other_total}; they differ by {gap}.",
    "See which side is right. Accept the storefront's figure with a reason, or correct the order there.",
    ACCEPT, RETRY, ASIDE,
)  # fmt: skip
TAX_CODE_UNMAPPED = _kind(
    "tax-code-unmapped", Desk.FINANCE, Severity.HIGH, 4,
    "The storefront's tax code {tax_code} is mapped to no ERP tax code.",
    "Map it to the ERP's code and percent.",
    MAP, RETRY, ASIDE,
)  # fmt: skip
TAX_CONFLICT = _kind(
    "tax-conflict", Desk.FINANCE, Severity.HIGH, 4,
    "Order {order_ref}, {what}: the storefront reckons {storefront_tax} tax, ERP code {tax_code} gives {erp_tax}.",
    "Correct the tax rate where it is wrong, then retry; or accept, with a reason.",
    ACCEPT, RETRY, ASIDE,
)  # fmt: skip
CURRENCY_UNMAPPED = _kind(
    "currency-unmapped", Desk.FINANCE, Severity.HIGH, 8,
    "Orders in {currency} have no place in this pairing; it takes {allowed}.",
    "Add the currency to the pairing if the ERP holds such accounts; else set the orders aside.",
    RETRY, ASIDE,
)  # fmt: skip
PAYMENT_TERM_UNMAPPED = _kind(
    "payment-term-unmapped", Desk.FINANCE, Severity.NORMAL, 8,
    "The storefront's payment term {payment_term} is mapped to no ERP payment.",
    "Map it to the ERP's code.",
    MAP, RETRY, ASIDE,
)  # fmt: skip
PRICE_LIST_UNMAPPED = _kind(
    "price-list-unmapped", Desk.FINANCE, Severity.HIGH, 4,
    "The ERP's price list {price_list} is mapped to no price list of the storefront.",
    "Map it to the storefront's list; its prices are published by themselves.",
    MAP, RETRY,
)  # fmt: skip
COMPANY_UNMAPPED = _kind(
    "company-unmapped", Desk.FINANCE, Severity.HIGH, 4,
    "Orders from {country} in {currency} belong to no company of the ERP.",
    "Say which entry of the pairing's company map takes them; or add one there, restart, and they go on by themselves.",
    MAP, RETRY, ASIDE,
)  # fmt: skip
REFUND_UNMATCHED = _kind(
    "refund-unmatched", Desk.FINANCE, Severity.HIGH, 8,
    "Refund {refund_ref} of order {order_ref} cannot become a credit note: {problem}.",
    "Correct what it names and retry; or make the credit note by hand in the ERP and adopt its number.",
    RETRY, ADOPT,
)  # fmt: skip
RECONCILIATION_DIFFERENCE = _kind(
    "reconciliation-difference", Desk.FINANCE, Severity.HIGH, 24,
    "{what} differs: {ours} here, {theirs} there. Most likely: {likely}.",
    "See which side is right and correct it there; or accept the difference, with a reason.",
    ACCEPT, RETRY,
)  # fmt: skip

# ecommerce
PROMOTION_UNMAPPED = _kind(
    "promotion-unmapped", Desk.ECOMMERCE, Severity.HIGH, 4,
    "Nobody has said what promotion {promotion} becomes in the ERP.",
    "Map it to what it is in the ERP: a line discount, a free item, an order adjustment, or always a person's look.",
    MAP, RETRY, ASIDE,
)  # fmt: skip
PROMOTION_STAGED = _kind(
    "promotion-staged", Desk.ECOMMERCE, Severity.NORMAL, 8,
    "Promotion {promotion} is reviewed before its orders are posted: {why}.",
    "Look at what the orders come to; accept to let them go on as discounts of their lines, or set them aside.",
    ACCEPT, RETRY, ASIDE,
)  # fmt: skip

# operations
SHIPPING_METHOD_UNMAPPED = _kind(
    "shipping-method-unmapped", Desk.OPERATIONS, Severity.HIGH, 4,
    "The storefront's shipping method {method} is mapped to no ERP courier.",
    "Map it to the ERP's courier code.",
    MAP, RETRY, ASIDE,
)  # fmt: skip
CARRIER_UNMAPPED = _kind(
    "carrier-unmapped", Desk.OPERATIONS, Severity.NORMAL, 8,
    "The courier {courier} is mapped to none that the other side knows.",
    "Map it; despatches that wait for it go out by themselves.",
    MAP, RETRY,
)  # fmt: skip
DUPLICATE_ORDER_REF = _kind(
    "duplicate-order-ref", Desk.OPERATIONS, Severity.URGENT, 2,
    "There is a different order {order_ref} already: {difference}.",
    "Find out whose order it is. Adopt the ERP's order if it is this one after all; else set this one aside.",
    ADOPT, RETRY, ASIDE,
)  # fmt: skip
ORDER_REFUSED_BY_ERP = _kind(
    "order-refused-by-erp", Desk.OPERATIONS, Severity.HIGH, 2,
    "The ERP refused the order: {reason}.",
    "Correct what it names, in the ERP or on the order, then retry.",
    RETRY, ASIDE,
)  # fmt: skip
ORDER_OUTCOME_UNKNOWN = _kind(
    "order-outcome-unknown", Desk.OPERATIONS, Severity.URGENT, 1,
    "Order {order_ref} was sent {attempts} times and nobody can say whether the ERP has it: {reason}.",
    "Look for {order_ref} in the ERP. Adopt it if it is there; send again only if it certainly is not.",
    RETRY, ADOPT, AGAIN, ASIDE,
)  # fmt: skip
ORDER_CHANGED_AFTER_POSTING = _kind(
    "order-changed-after-posting", Desk.OPERATIONS, Severity.HIGH, 2,
    "Order {order_ref} was {what} at the storefront after it was posted as {erp_ref}; {problem}.",
    "Apply: it is sent where the ERP lets us; else make the same change there first. Or refuse it: whoever asked is "
    "told why. Or accept that the two sides differ.",
    APPLY, REFUSE, ACCEPT, RETRY,
)  # fmt: skip
CHANGE_REFUSED_PICKING = _kind(
    "change-refused-picking", Desk.OPERATIONS, Severity.HIGH, 1,
    "Order {order_ref} was {what} too late: {stage}{shown}.",
    "The order goes out as it is. Stop it by hand if the floor still can; the case closes when the ERP says so. Else "
    "tell the customer, then accept.",
    ACCEPT, RETRY,
)  # fmt: skip
DESPATCH_INCOMPLETE = _kind(
    "despatch-incomplete", Desk.OPERATIONS, Severity.NORMAL, 4,
    "Goods of order {order_ref} have left and the other side could not be told: {reason}.",
    "Correct what it names; the despatch is sent again by itself.",
    RETRY, ACCEPT,
)  # fmt: skip
DESPATCH_MISSED = _kind(
    "despatch-missed", Desk.OPERATIONS, Severity.HIGH, 4,
    "Order {order_ref} does not stand in the ERP as it should: {problem}.",
    "Find the order in the ERP; adopt its new number, or accept what happened with a reason.",
    ADOPT, RETRY, ACCEPT,
)  # fmt: skip
STOCK_STALE = _kind(
    "stock-stale", Desk.OPERATIONS, Severity.HIGH, 2,
    "Stock figures from {system} are older than {limit}: {effect}.",
    "See why the figures do not arrive, or not in time; the case closes by itself once they do.",
    RETRY,
)  # fmt: skip
STOCK_DRIFT = _kind(
    "stock-drift", Desk.OPERATIONS, Severity.HIGH, 4,
    "{sku} at {location}: {ours} here, {theirs} there, and nothing under way explains it.",
    "Count the shelf, or see which side missed a movement; correct it where the figure is owned.",
    RETRY, ACCEPT,
)  # fmt: skip
STOCK_WRITE_REJECTED = _kind(
    "stock-write-rejected", Desk.OPERATIONS, Severity.HIGH, 4,
    "The stock level of {sku} ({unit}) was refused: {reason}.",
    "Correct what it names; the level is sent again with the next figures.",
    RETRY,
)  # fmt: skip
OVERSOLD = _kind(
    "oversold", Desk.OPERATIONS, Severity.URGENT, 2,
    "More {sku} is promised than there is: short by {short}.",
    "Buy in, or tell the customers; raise the buffer of {sku} if it happens again.",
    RETRY, ACCEPT,
)  # fmt: skip

# integration
READ_INCOMPLETE = _kind(
    "read-incomplete", Desk.INTEGRATION, Severity.HIGH, 2,
    "{what} could not be read from {system} to the end: {problem}.",
    "Nothing was taken from the part that came. It is read again on schedule; see the system if it goes on.",
    RETRY,
)  # fmt: skip
RECORD_NEVER_ARRIVED = _kind(
    "record-never-arrived", Desk.INTEGRATION, Severity.HIGH, 4,
    "{what} {ref} of {system} never arrived: {evidence}.",
    "Look for it in {system}. If it is there, retry; if it was deleted there, accept with a reason.",
    RETRY, ACCEPT,
)  # fmt: skip
FEED_SILENT = _kind(
    "feed-silent", Desk.INTEGRATION, Severity.HIGH, 1,
    "No {what} from {system} since {since}; usually {usual} by now.",
    "See whether {system} still hands them out; the case closes with the next one.",
    RETRY, ACCEPT,
)  # fmt: skip
SYSTEM_UNREACHABLE = _kind(
    "system-unreachable", Desk.INTEGRATION, Severity.URGENT, 1,
    "{system} does not answer: {problem}.",
    "See whether it is up and reachable from here; work resumes by itself.",
    RETRY,
)  # fmt: skip
CREDENTIALS_REJECTED = _kind(
    "credentials-rejected", Desk.INTEGRATION, Severity.URGENT, 1,
    "{system} rejected us: {problem}. The setting to look at is {setting}.",
    "Correct the setting, or the permissions over there, and restart; work resumes by itself.",
    RETRY,
)  # fmt: skip
ALERT_UNDELIVERABLE = _kind(
    "alert-undeliverable", Desk.INTEGRATION, Severity.HIGH, 2,
    "Nobody is told through {target}: a message was tried {attempts} times, and {problem}.",
    "Correct alerts.channels or alerts.hosts, or the desk's address, and test the channel in Settings. The case closes "
    "with the next message that goes through; what was given up in the last day is sent after it.",
    RETRY,
)  # fmt: skip
SCHEMA_SURPRISE = _kind(
    "schema-surprise", Desk.INTEGRATION, Severity.HIGH, 4,
    "A {what} from {system} cannot be read at {place}: {problem}.",
    "Correct the record over there, or teach the connector the new shape; it is read again when it changes.",
    RETRY, ASIDE,
)  # fmt: skip
CROSSDOCK_DEFECT = _kind(
    "crossdock-defect", Desk.INTEGRATION, Severity.URGENT, 2,
    "Crossdock itself failed while looking at {what}: {problem}.",
    "Nothing was lost. Send the evidence to whoever maintains Crossdock; retry after the next release.",
    RETRY, ASIDE,
)  # fmt: skip

KINDS: Mapping[str, CaseKind] = {
    kind.code: kind for kind in sorted((v for v in globals().values() if isinstance(v, CaseKind)), key=lambda k: k.code)
}
