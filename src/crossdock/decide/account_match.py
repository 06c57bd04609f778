"""Which ERP account a storefront company buys on: linked, or ranked candidates with their reasons (law L7).

The machine links only by the exact account code that the storefront itself holds, where the policy says so and one
account alone carries it. Everything else, however likely, is put before a person.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from rapidfuzz.fuzz import token_sort_ratio

from crossdock.cases.kind import CaseKind, Finding
from crossdock.cases.kinds import ACCOUNT_AMBIGUOUS, ACCOUNT_UNMATCHED
from crossdock.decide.mail_domains import FREE_MAIL
from crossdock.decide.vat import vat_number
from crossdock.model.account import Account, AccountLink
from crossdock.model.company import Company

SAME_CODE, NEAR_CODE, SAME_VAT, OTHER_VAT = 60, 30, 45, -30
SAME_EMAIL, SAME_DOMAIN, SHARED_DOMAIN, SAME_POSTCODE = 30, 25, 8, 10
SAME_NAME, LIKE_NAME = 25, 20
LEAST_LIKENESS = 80.0  # below this two names are strangers
LEAST_SCORE = 15  # a postcode alone, or a domain that many accounts share, is no reason
DOMAIN_SHARED_BY = 3  # a domain on more accounts than this is an agency's or a group's
BUCKET_MAX = 300  # a word on more names than this tells nobody apart
MOST = 5

_OTHER = re.compile(r"[^a-z0-9]+")
_NOT_WORD = re.compile(r"[^\w]+|_")
_FORMS = """
ltd limited plc llp llc inc incorporated corp corporation co company gmbh mbh ag kg ohg ug ev sarl sas sasu sa srl spa
bv nv ab oy as aps the and und et of holding holdings group
"""
LEGAL_FORMS = frozenset(_FORMS.split())


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """An account a company may mean. score: 0 to 100, the sum of its reasons; reasons: each with its points."""

    account_id: str
    code: str
    name: str
    score: int
    reasons: tuple[str, ...]

    def __str__(self) -> str:
        named = f" {self.name}" if self.name else ""
        return f"{self.code}{named} ({self.score} of 100: {', '.join(self.reasons)})"


@dataclass(frozen=True, slots=True)
class Signal:
    """One reason of a candidate: its words, and the points it gives or takes."""

    words: str
    points: int


@dataclass(frozen=True, slots=True)
class Link:
    """Tie them: it is the exact account code, and the only account that carries it."""

    link: AccountLink


@dataclass(frozen=True, slots=True)
class Tell:
    """Linked, and the storefront does not hold the account's present code yet."""

    link: AccountLink


@dataclass(frozen=True, slots=True)
class InStep:
    """Linked, and the storefront says the same; or nobody has to look: a guest without an account."""


@dataclass(frozen=True, slots=True)
class Review:
    """A person decides. candidates: best first."""

    finding: Finding
    candidates: tuple[Candidate, ...] = ()


Verdict = Link | Tell | InStep | Review


@dataclass(frozen=True, slots=True)
class KnownLink:
    """A link as it stands. account: as last read. hint: the code the storefront held when the link was made."""

    account: Account
    hint: str = ""


@dataclass(slots=True)
class AccountIndex:
    """The ERP's accounts, by everything a company may be recognised by. Built once for any number of companies."""

    _by_code: dict[str, list[Account]] = field(default_factory=lambda: defaultdict(list))
    _by_bare_code: dict[str, list[Account]] = field(default_factory=lambda: defaultdict(list))
    _by_vat: dict[str, list[Account]] = field(default_factory=lambda: defaultdict(list))
    _by_domain: dict[str, list[Account]] = field(default_factory=lambda: defaultdict(list))
    _by_word: dict[str, list[Account]] = field(default_factory=lambda: defaultdict(list))

    @classmethod
    def of(cls, accounts: Iterable[Account]) -> "AccountIndex":
        index = cls()
        for account in accounts:
            index.add(account)
        return index

    def add(self, account: Account) -> None:
        self._by_code[account.code.casefold()].append(account)
        self._by_bare_code[_bare(account.code)].append(account)
        if digits := _vat_digits(account.tax_reference):
            self._by_vat[digits].append(account)
        for domain in account.domains:
            self._by_domain[domain].append(account)
        for word in _words(account.name):
            self._by_word[word].append(account)

    def with_code(self, code: str) -> Sequence[Account]:
        """Compared as an ERP compares codes: without case. "" is nobody's."""
        return self._by_code.get(code.strip().casefold(), ()) if code.strip() else ()

    def sharing(self, domain: str) -> int:
        return len(self._by_domain.get(domain, ()))

    def worth_a_look(self, company: Company) -> Iterable[Account]:
        """Those that share something with the company, each once."""
        found: dict[str, Account] = {}
        buckets = [self.with_code(company.account_code)]
        if company.account_code.strip():
            buckets.append(self._by_bare_code.get(_bare(company.account_code), ()))
        if digits := _vat_digits(company.vat_number):
            buckets.append(self._by_vat.get(digits, ()))
        buckets += [self._by_domain.get(domain, ()) for domain in telling(company.domains)]
        buckets += [self._by_word.get(word, ()) for word in _words(company.name)]
        for bucket in buckets:
            if len(bucket) <= BUCKET_MAX:
                found.update((account.account_id, account) for account in bucket)
        return found.values()


def telling(domains: Iterable[str]) -> tuple[str, ...]:
    """Without those of mail providers, whose customers have nothing to do with each other."""
    return tuple(domain for domain in domains if domain and domain not in FREE_MAIL)


def match_company(company: Company, known: KnownLink | None, accounts: AccountIndex, *, link_by_code: bool) -> Verdict:
    """known: the link there is. link_by_code: whether the policy lets the storefront's own account code link."""
    if known is not None:
        return _still_in_step(company, known, accounts)
    carrying = accounts.with_code(company.account_code)
    if len(carrying) == 1 and link_by_code:
        return Link(_link(company, carrying[0]))
    if company.guest and not company.account_code:
        return InStep()
    candidates = rank(company, accounts)
    if len(carrying) > 1:
        codes = ", ".join(sorted(account.code for account in carrying))
        return Review(_about(ACCOUNT_AMBIGUOUS, company, candidates=codes), candidates)
    return Review(_about(ACCOUNT_UNMATCHED, company, hint=hint_of(company, candidates)), candidates)


def rank(company: Company, accounts: AccountIndex) -> tuple[Candidate, ...]:
    """The accounts the company may mean, most likely first, each with its reasons."""
    scored = [_candidate(company, account, accounts) for account in accounts.worth_a_look(company)]
    likely = [one for one in scored if one.score >= LEAST_SCORE]
    return tuple(sorted(likely, key=lambda one: (-one.score, one.code, one.account_id))[:MOST])


def signal_of(reason: str) -> Signal:
    """A candidate's reason, as it was written: "same name +25"."""
    words, _, points = reason.rpartition(" ")
    return Signal(words, int(points))


def hint_of(company: Company, candidates: Sequence[Candidate]) -> str:
    """What is told beside "is linked to no ERP account"."""
    held = f"; the storefront holds code {company.account_code} for it" if company.account_code else ""
    if not candidates:
        return f"{held}; no account resembles it"
    best, *others = candidates
    more = f", and {len(others)} less likely" if others else ""
    return f"{held}; most likely it is {best}{more}"


def _still_in_step(company: Company, known: KnownLink, accounts: AccountIndex) -> Verdict:
    """The link stands, whatever the storefront writes later: a new code there is a question, never an order."""
    account, held = known.account, company.account_code.strip()
    if held.casefold() == account.code.casefold():
        return InStep()
    others = [one for one in accounts.with_code(held) if one.account_id != account.account_id]
    if others and held.casefold() != known.hint.casefold():
        claimed = ", ".join(sorted(one.code for one in others))
        said = f"it is linked to {account.code}, and the storefront says {claimed} now"
        return Review(_about(ACCOUNT_AMBIGUOUS, company, candidates=said))
    return Tell(_link(company, account))


def _candidate(company: Company, account: Account, accounts: AccountIndex) -> Candidate:
    found = list(_reasons(company, account, accounts))
    total = sum(points for points, _ in found)
    return Candidate(
        account_id=account.account_id, code=account.code, name=account.name, score=max(0, min(100, total)),
        reasons=tuple(f"{words} {points:+d}" for points, words in sorted(found, key=lambda one: -one[0])),
    )  # fmt: skip


def _reasons(company: Company, account: Account, accounts: AccountIndex) -> Iterator[tuple[int, str]]:
    held = company.account_code.strip()
    if held and held.casefold() == account.code.casefold():
        yield SAME_CODE, f"the storefront holds its account code {account.code}"
    elif held and _bare(held) == _bare(account.code):
        yield NEAR_CODE, f"the storefront holds {held}, its account code but for punctuation"
    yield from _by_vat_number(company, account)
    yield from _by_mail(company, account, accounts)
    yield from _by_name(company, account)
    postcode = _bare(company.address.postcode) if company.address else ""
    if postcode and postcode in {_bare(one) for one in account.postcodes}:
        yield SAME_POSTCODE, "same postcode"


def _by_vat_number(company: Company, account: Account) -> Iterator[tuple[int, str]]:
    country = company.address.country if company.address else ""
    ours, theirs = vat_number(company.vat_number, country), vat_number(account.tax_reference, country)
    if ours and theirs:
        yield (SAME_VAT, f"same VAT number {ours}") if ours == theirs else (OTHER_VAT, f"another VAT number {theirs}")


def _by_mail(company: Company, account: Account, accounts: AccountIndex) -> Iterator[tuple[int, str]]:
    if company.email and company.email.casefold() == account.email.casefold():
        yield SAME_EMAIL, "same e-mail address"
        return
    shared = [domain for domain in telling(company.domains) if domain in account.domains]
    if not shared:
        return
    rarest = min(shared, key=lambda domain: (accounts.sharing(domain), domain))
    if (count := accounts.sharing(rarest)) > DOMAIN_SHARED_BY:
        yield SHARED_DOMAIN, f"same e-mail domain {rarest}, which {count} accounts share"
    else:
        yield SAME_DOMAIN, f"same e-mail domain {rarest}"


def _by_name(company: Company, account: Account) -> Iterator[tuple[int, str]]:
    ours, theirs = " ".join(_words(company.name)), " ".join(_words(account.name))
    if not ours or not theirs:
        return
    likeness = token_sort_ratio(ours, theirs)
    if likeness == 100:
        yield SAME_NAME, "same name"
    elif likeness >= LEAST_LIKENESS:
        yield round(LIKE_NAME * (likeness - 60) / 40), f"names {likeness:.0f} % alike"


def _about(kind: CaseKind, company: Company, **facts: object) -> Finding:
    return kind.about(company.ref, company=company.name or company.ref, company_ref=company.ref, value=None, **facts)


def _link(company: Company, account: Account) -> AccountLink:
    return AccountLink(company_ref=company.ref, account_id=account.account_id, account_code=account.code)


def _bare(text: str) -> str:
    return _OTHER.sub("", text.casefold())


def _vat_digits(text: str) -> str:
    """What two ways of writing a VAT number have in common, "" where that is too little to look anybody up by."""
    digits = re.sub(r"\D", "", text)
    return digits if len(digits) >= 6 else ""


def _words(name: str) -> Mapping[str, None]:
    """The words of a company's name in their order, without the legal form; all of them when nothing else is left."""
    words = [word for word in _NOT_WORD.split(name.casefold()) if word]
    return dict.fromkeys([word for word in words if word not in LEGAL_FORMS] or words)
