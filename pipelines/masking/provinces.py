"""Where a writer is, cut to the province: a platform's `发布于 广西壮族自治区 钦州市` says more than anyone needs."""

import re

_PROVINCE = re.compile(
    r"\s*(?:发布于|来自|IP\s*属地)?[\s:：]*(?:中国\s*)?("
    "北京|天津|河北|山西|内蒙古|辽宁|吉林|黑龙江|上海|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|广西|海南|重庆|四川"
    "|贵州|云南|西藏|陕西|甘肃|青海|宁夏|新疆|香港|澳门|台湾)(?!藏族|蒙古族|州)"
)


def province(place: str | None) -> str | None:
    """The province's short name (`广西`), or None when the place names none."""
    found = _PROVINCE.match(place or "")
    return found[1] if found else None
