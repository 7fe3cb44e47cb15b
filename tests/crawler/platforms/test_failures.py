"""Every way in which a request can fail is a sentence of its own; what is not the platform's fault is not called so."""

import zlib
from zoneinfo import ZoneInfo

import pytest
from scrapy.exceptions import CannotResolveHostError, IgnoreRequest
from twisted.internet.error import DNSLookupError

from crawler.errors import ServiceAway
from crawler.platforms.failures import mishap_of


@pytest.mark.parametrize(
    ("error", "outcome", "words"),
    [
        (CannotResolveHostError(), "failed", "域名解析失败"),
        (DNSLookupError(), "failed", "域名解析失败"),  # of a name that the guard looks up
        (IgnoreRequest("max redirections reached"), "blocked", "转来转去"),
        (zlib.error("invalid stored block lengths"), "failed", "压缩格式读不懂"),
        (ServiceAway("台账写不进去。"), "failed", "台账写不进去。"),
        (ConnectionResetError(), "failed", "ConnectionResetError"),
    ],
)
def test_what_failed_is_named(error: BaseException, outcome: str, words: str) -> None:
    mishap = mishap_of(error, ZoneInfo("Asia/Shanghai"))
    assert (mishap.outcome, words in mishap.sentence) == (outcome, True), mishap.sentence
