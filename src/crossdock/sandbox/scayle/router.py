"""Which handler answers a path, under which rate-limit scope and right."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from crossdock.sandbox.scayle.errors import ApiError
from crossdock.sandbox.scayle.wire import Call, Reply

Handler = Callable[[Call], Reply]


@dataclass(frozen=True, slots=True)
class Route:
    """template: `/orders/{order}/status`, below the base. scope: e.g. `ordersRead`."""

    method: str
    template: str
    scope: str
    handler: Handler

    @property
    def parts(self) -> tuple[str, ...]:
        return tuple(part for part in self.template.split("/") if part)


class Router:
    def __init__(self, routes: Iterable[Route]) -> None:
        self._by_length: dict[int, list[Route]] = defaultdict(list)
        for route in routes:
            self._by_length[len(route.parts)].append(route)

    def find(self, method: str, parts: tuple[str, ...]) -> tuple[Route, dict[str, str]]:
        """parts: decoded. Fixed words go before slots. Raises 404, or 405 where another verb would do."""
        found = []
        for route in self._by_length[len(parts)]:
            args = _fits(route.parts, parts)
            if args is not None:
                found.append((len(args), route, args))
        for _, route, args in sorted(found, key=lambda one: one[0]):
            if route.method == method:
                return route, args
        if found:
            raise ApiError(405, "METHOD_NOT_ALLOWED", f"{method} is not possible here.")
        raise ApiError(404, "ROUTE_NOT_FOUND", "No such path.")


def _fits(template: tuple[str, ...], parts: tuple[str, ...]) -> dict[str, str] | None:
    args = {}
    for wanted, given in zip(template, parts, strict=True):
        if wanted.startswith("{"):
            args[wanted[1:-1]] = given
        elif wanted != given:
            return None
    return args
