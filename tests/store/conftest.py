import pytest

from crossdock.store.database import Pool
from tests.store.books import Books


@pytest.fixture
def books(pool: Pool) -> Books:
    return Books(pool)
