import pytest

from tests.engine.gates import Remote


@pytest.fixture
def remote() -> Remote:
    return Remote()
