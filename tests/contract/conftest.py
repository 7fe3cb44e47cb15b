import pytest

from tests.contract import engines as both


@pytest.fixture(scope="module")
def engines(elasticsearch, tmp_path_factory):
    """Both engines with the made-up documents."""
    with both.opened(tmp_path_factory.mktemp("contract") / "index", elasticsearch) as opened:
        both.fill_with_made_up_documents(opened)
        yield opened


@pytest.fixture(scope="module")
def empty_engines(elasticsearch, tmp_path_factory):
    """Both engines with nothing, for one file's own documents."""
    with both.opened(tmp_path_factory.mktemp("contract") / "index", elasticsearch) as opened:
        yield opened
