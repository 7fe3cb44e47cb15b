"""The order in which files are begun names files that there are: a renamed one would be begun last, in silence."""

import pytest

from tests.conftest import LONGEST, ROOT


@pytest.mark.parametrize("name", LONGEST)
def test_a_file_that_takes_long_is_there(name: str) -> None:
    assert (ROOT / name).is_file()
