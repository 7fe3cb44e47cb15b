"""An address has one form in which it is shown; what is none is refused without repeating it."""

import pytest

from crawler.addresses import shown_address


@pytest.mark.parametrize(
    "url",
    [
        "https://me:geheim@host:port",
        "https://:9200",
        "host:9200",
        "ftp://host:9200",
        "https://host:0",
        "https://[::1:9200",
        "https://me:2024/geheim@host",
    ],
)
def test_what_is_no_address_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(ValueError, match="不是一个地址") as raised:
        shown_address(url)
    assert "geheim" not in str(raised.value)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://elastic:p%40@Search.example.org", "https://search.example.org:443"),
        ("http://a/", "http://a:80"),
        ("http://[::1]:9200", "http://[::1]:9200"),
        ("https://proxy.example.org/search/", "https://proxy.example.org:443/search"),
    ],
)
def test_an_address_is_shown_in_one_form_without_its_user(url: str, shown: str) -> None:
    assert shown_address(url) == shown
