"""Which zones there are: those that both engines know."""

import pytest

from crawler.config import load_config
from crawler.errors import WrongUse
from crawler.zones import zone_named, zone_names

WRONG = (
    "", "Asia", "Asia/", "America/Argentina", "asia/shanghai", "../Asia/Shanghai", "Mars/Olympus", "Z", "+08:00",
    "EST", "MST", "HST", "ROC", "Factory", "localtime", "posixrules", "posix/Asia/Shanghai", "right/Asia/Shanghai",
    "zone.tab", "tzdata.zi",
)  # fmt: skip


def test_every_name_is_a_zone() -> None:
    assert {zone_named(name).key for name in zone_names()} == zone_names()
    assert {"UTC", "Asia/Shanghai", "America/Argentina/Ushuaia", "Etc/GMT-8"} <= zone_names()


@pytest.mark.parametrize("name", WRONG)
def test_anything_else_is_called_wrong_by_the_variable_s_name(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    with pytest.raises(ValueError, match="时区，应写 UTC 或 Asia/Shanghai 这样的名字"):
        zone_named(name)
    monkeypatch.setenv("LIANXIN_TZ", name)
    with pytest.raises(WrongUse, match=r"^环境变量 LIANXIN_TZ 不对：没有“.*”这个时区"):
        load_config()
