"""What a secret may be called."""

import pytest

from crossdock.decide.secret_names import secret_name_problem


@pytest.mark.parametrize("name", ["shop", "shop.client-secret", "A_1", "9", "a" * 100])
def test_a_name_that_will_do(name: str) -> None:
    assert secret_name_problem(name) == ""


@pytest.mark.parametrize("name", ["", "-a", ".a", "a b", "a/b", "a\n", "a" * 101, "ä"])
def test_a_name_that_will_not(name: str) -> None:
    assert "can be no name" in secret_name_problem(name)
