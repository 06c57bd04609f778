"""What the callers of every bridge-v1 simulator share."""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from crossdock.sandbox.kernel import Simulator
from tests.sandbox import calling

BEARER = {"Authorization": "Bearer sandbox-token"}
S = TypeVar("S", bound=Simulator)
_KEYS = itertools.count(1)


def fresh_key() -> str:
    return f'"key-{next(_KEYS):032d}"'


@dataclass(frozen=True)
class Answer(calling.Answer):
    @property
    def data(self) -> Any:
        assert self.status == 200, self.text
        return self.json["data"]

    @property
    def refusal(self) -> tuple[int, str]:
        return self.status, self.json["code"]


class Visitor(calling.Visitor[S]):
    async def call(self, method: str, path: str, *, headers: Mapping[str, str] = BEARER, **sent: Any) -> Answer:
        async with self.session.request(method, self.url + path, headers=headers, **sent) as response:
            return await Answer.of(response)
