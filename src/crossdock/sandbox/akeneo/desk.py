"""What every route of the REST API is given: the PIM, its index, the writers, and who is calling."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from crossdock.sandbox.akeneo.bulk import Scissors
from crossdock.sandbox.akeneo.errors import forbidden
from crossdock.sandbox.akeneo.index import SearchIndex
from crossdock.sandbox.akeneo.model import Author, Pim
from crossdock.sandbox.akeneo.model_writer import ModelWriter
from crossdock.sandbox.akeneo.product_writer import ProductWriter
from crossdock.sandbox.akeneo.search import Searcher
from crossdock.sandbox.akeneo.wire import Call, Reply
from crossdock.sandbox.faults import FaultPlan


@dataclass(frozen=True, slots=True)
class Caller:
    """Who holds the token. denied: role rights it does not have, in the words of the 403."""

    kind: str
    code: str
    author: Author
    denied: frozenset[str] = frozenset()

    def need(self, action: str) -> None:
        if action in self.denied:
            raise forbidden(action)


@dataclass(slots=True)
class Desk:
    """faults is asked anew: the plan changes while the server runs."""

    pim: Pim
    index: SearchIndex
    faults: Callable[[], FaultPlan]
    scissors: Scissors = field(default_factory=Scissors)

    def __post_init__(self) -> None:
        self.searcher = Searcher(self.pim, self.index)
        self.products = ProductWriter(self.pim)
        self.models = ModelWriter(self.pim)

    searcher: Searcher = field(init=False)
    products: ProductWriter = field(init=False)
    models: ModelWriter = field(init=False)


Handler = Callable[[Call, Caller, Mapping[str, str]], Reply]


@dataclass(frozen=True, slots=True)
class Route:
    """One address. pattern: regular expression over the path below `/api/rest/v1/`; its groups are handed over."""

    method: str
    pattern: str
    handle: Handler
    options_rate: bool = False
