"""Ways to reach a person on the net: e-mail, accounts after a cue word, @names. Expects a text folded in place."""

import re
from collections.abc import Iterator

from pipelines.masking.spans import Span

MAIL, ACCOUNT, MENTION = "[邮箱]", "[账号]", "[提及]"

_MAIL = re.compile(r"(?<![a-z0-9._%+@-])[a-z0-9._%+-]{1,64}@((?:[a-z0-9-]{1,63}\.){1,5}[a-z]{2,12})(?![a-z0-9-])")
_SAYS = r"(?:号码?|账号|id)?[:是为 ]{0,3}"
_QQ = re.compile(
    rf"(?:(?<![a-z0-9])qq|扣扣|企鹅号?)群?{_SAYS}([1-9][0-9]{{4,11}})(?![0-9])|(?<![a-z0-9])q:([1-9][0-9]{{4,11}})(?![0-9])"
)
_WECHAT_CUE = (
    r"(?<!公众号)(?<!公众号\()(?:微信|威信|薇信|(?<![a-z])(?:weixin|wechat|wx|vx)|(?<![a-z])[v薇]信|[加+] ?(?:我)?v)"
)
_NAMED_CUE = r"(?:抖音|快手|小红书|支付宝|钉钉|陌陌)(?:号码?|账号|id)"
_LOGIN_SIGN = re.compile("[a-z0-9]")
_LOGIN = r"[a-z][a-z0-9_-]{5,19}|[1-9][0-9]{4,11}"
_ACCOUNT = re.compile(
    rf"(?:{_WECHAT_CUE}(号码?|账号|id)?([:是为 ]{{0,3}})|{_NAMED_CUE}[:是为 ]{{0,3}})({_LOGIN})(?![a-z0-9_-])"
)
_PROFILE = re.compile(
    r"(?:weibo\.(?:com|cn)/(?:u/|profile/)?(?=[0-9])|zhihu\.com/people/|space\.bilibili\.com/|douyin\.com/user/"
    r"|xiaohongshu\.com/user/profile/)([a-z0-9_-]{4,64})"
)
_MENTION = re.compile(
    r"(?<!\*)@(?!(?:[a-z0-9-]{1,63}\.){1,5}gov\.cn)((?:[\w·-]|(?<=[a-z0-9])\.(?=[a-z0-9])){1,30})"
    r"(?:@(?:[a-z0-9-]{1,63}\.){1,4}[a-z]{2,12})?"
)
_KEPT_MENTION = re.compile(re.escape(f"@{MENTION}"))
_NAME_WIDTH = 30  # Weibo's limit, a Chinese sign counts two; a longer run is a sentence after a bullet
_TELLING = 3
_NOBODY = re.compile(r"所有人|全体成员|[0-9]{1,4}(?:$|[点元块年月日])")
_OFFICIAL = re.compile(
    r".{0,10}(?:政府|发布|公安|交警|日报|晚报|法院|检察院|消防|网警|电视台|12345|[省市县区州].{1,6}[局委办厅])"
)


def find_known(folded: str, known: str) -> Iterator[Span]:
    """A name that is known to be a person's here; one shorter than three signs only in quotation marks."""
    if known.strip() not in folded:  # most names are in nobody's words, and a pattern takes long to make
        return
    words = re.escape(known.strip())
    shown = (
        rf"(?<![a-z0-9]){words}(?![a-z0-9])"
        if len(known.strip()) >= _TELLING
        else rf"(?<=[“\"「『‘']){words}(?=[”\"」』’'])"
    )
    for found in re.finditer(shown, folded):
        yield Span(*found.span(), MENTION)


def find_mails(folded: str, *, offices_too: bool = True) -> Iterator[Span]:
    """E-mail addresses; those of offices (`gov.cn`) only when asked for."""
    for found in _MAIL.finditer(folded):
        if offices_too or not re.fullmatch(r"(?:.*\.)?gov\.cn", found[1]):
            yield Span(*found.span(), MAIL)


def find_accounts(folded: str) -> Iterator[Span]:
    """QQ numbers and login names that follow a cue word, and the ids in links to a person's page; the cue stays."""
    if not _LOGIN_SIGN.search(folded):
        return
    yield from (Span(*found.span(1), ACCOUNT) for found in _PROFILE.finditer(folded))
    for found in _QQ.finditer(folded):
        yield Span(*found.span(1 if found[1] else 2), ACCOUNT)
    for found in _ACCOUNT.finditer(folded):
        said_so = (
            found[1] or (found[2] or "").strip() or not found[0].startswith(("微", "威", "薇", "w", "v", "加", "+"))
        )
        if said_so or not found[3].isalpha():
            yield Span(*found.span(3), ACCOUNT)


def find_mentions(folded: str) -> Iterator[Span]:
    """@names as Weibo cuts them: up to a blank, a colon or other punctuation; a full stop only inside a Latin name.

    `@所有人` and the names of public bodies (`@示例县政府`) are nobody's. In what was kept as evidence the mark stands
    behind its @.
    """
    yield from (Span(*found.span(), MENTION) for found in _KEPT_MENTION.finditer(folded))
    for found in _MENTION.finditer(folded):
        width = sum(1 if sign.isascii() else 2 for sign in found[1])
        if width <= _NAME_WIDTH and not _NOBODY.match(found[1]) and not _OFFICIAL.fullmatch(found[1]):
            yield Span(*found.span(), MENTION)
