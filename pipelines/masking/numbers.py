"""Personal numbers: telephones, identity numbers, bank cards, number plates. Expects a text folded in place."""

import re
from collections.abc import Iterator
from datetime import date

from pipelines.masking.spans import Span

PHONE, DOCUMENT, CARD, PLATE = "[电话]", "[证件]", "[银行卡]", "[车牌]"

_FIGURE = re.compile("[0-9]")
_GAP = "[ .·‐–—-]"
_NO_AMOUNT = r"(?![0-9])(?! ?(?:\.[0-9]+ ?)?(?:元|块钱|万|亿|吨|平方|千瓦|立方|㎡|m2))"
_MOBILE = re.compile(
    rf"(?<![0-9])(?<!0\.)(?!1[0-9]{{3}}0{{7}})(?:\(?(?:\+|00)?86\)?{_GAP}?)?"
    rf"(?:1[3-9][0-9]{_GAP}?[0-9]{{4}}{_GAP}?[0-9]{{4}}|1[3-9][0-9]{{2}}{_GAP}[0-9]{{3}}{_GAP}[0-9]{{4}}"
    rf"|1{_GAP}[3-9](?:{_GAP}[0-9]){{9}}){_NO_AMOUNT}"
    "|壹[叁肆伍陆柒捌玖][壹贰叁肆伍陆柒捌玖零]{9}(?![壹贰叁肆伍陆柒捌玖零])"
    "|(?<![一二三四五六七八九〇零幺十])[一幺][三四五六七八九][一二三四五六七八九〇零幺]{9}(?![一二三四五六七八九〇零幺十])"
)
_SPELT = re.compile("壹[叁肆伍陆柒捌玖]|一[三四五六七八九]|幺[三四五六七八九]")
"""With one of these begins every mobile that is written in words."""
_ABROAD = re.compile(rf"(?<![0-9a-z])\+(?!86)[1-9][0-9]{{0,2}}(?:[ -]?[0-9]){{7,12}}{_NO_AMOUNT}")
_LANDLINE = re.compile(
    rf"(?:(?<=tel)|(?<![0-9a-z.]))(?:(?:\+|00)86{_GAP}?\(?0?|\(?0)(?:10|2[0-9]|[3-9][0-9]{{2}})\)?{_GAP}? ?"
    rf"[2-8][0-9]{{2,3}}{_GAP}?[0-9]{{4}}(?: ?(?:转|-) ?[0-9]{{1,5}})?(?![a-z]){_NO_AMOUNT}"
    rf"|(?<![0-9.])[48]00{_GAP}?(?:[0-9]{{3}}{_GAP}?[0-9]{{4}}|[0-9]{{4}}{_GAP}[0-9]{{3}})(?![a-z]){_NO_AMOUNT}"
)
_CUED_LANDLINE = re.compile(
    r"(?:电话|座机|固话|致电|拨打|传真|联系方式|tel)(?:号码?)?[:是为 ]{0,3}"
    rf"(?!(?:19|20)[0-9]{{2}}(?:0[1-9]|1[0-2])[0-3][0-9])([2-8][0-9]{{2,3}}[ -]?[0-9]{{4}}){_NO_AMOUNT}"
)
_IDENTITY_18 = re.compile(r"(?<![0-9a-z])([1-9][0-9]{5}) ?((?:19|20)[0-9]{6}) ?([0-9]{3}[0-9x])(?![0-9a-z])")
_IDENTITY_15 = re.compile(
    r"(?<![0-9a-z])(?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5])[0-9]{4}([0-9]{6})[0-9]{3}(?![0-9a-z])"
)
_CUED_DOCUMENT = re.compile(
    r"(?:身份证件?(?:号码?|编号|是|为|:| ){1,3}|(?:护照|通行证|驾驶证|社保卡?|医保卡?|学籍)(?:号码?|编号)[:是为 ]{0,3}"
    r"|(?:护照|通行证)[:是为 ]{0,3}(?=[a-z][0-9]{8}))"
    r"([a-z]{0,2}[0-9]{6,17}[0-9x])(?![0-9a-z])"
)
_CARD = re.compile(r"(?<![0-9a-z/=_.])[3-69](?:[ -]?[0-9]){15,18}(?![0-9a-z])")
_CARD_BEGINS = re.compile("62|60|65|68|69|4|5[1-5]|3[57]|955")
_CUED_CARD = re.compile(
    r"(?:卡号|账号|帐号|账户|帐户|银行卡)(?:号码?)?[:是为 ]{0,3}([0-9](?:[ -]?[0-9]){11,20})(?![0-9])"
)
_PLATE = re.compile(
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][a-hj-np-z][ .·•・-]?"
    r"([a-hj-np-z0-9]{4}[a-hj-np-z0-9挂学警港澳]|[a-hjk][a-hj-np-z0-9][0-9]{4}|[0-9]{5}[a-hjk])(?![0-9a-z])"
)


def find_numbers(folded: str) -> Iterator[Span]:
    """Mobiles, identity numbers, cards and plates; the surest kind first. Landlines are `find_landlines`'."""
    if not has_figures(folded):
        if _SPELT.search(folded):
            yield from _mobiles(folded)
        return
    yield from _identities(folded)
    for found in _CARD.finditer(folded):
        digits = re.sub("[ -]", "", found[0])
        if 16 <= len(digits) <= 19 and _CARD_BEGINS.match(digits) and _luhn_holds(digits):
            yield Span(*found.span(), CARD)
    yield from (Span(*found.span(1), CARD) for found in _CUED_CARD.finditer(folded))
    yield from _mobiles(folded)
    yield from (Span(*found.span(), PHONE) for found in _ABROAD.finditer(folded))
    for found in _PLATE.finditer(folded):
        if sum(sign.isdecimal() for sign in found[1]) >= 2:
            yield Span(*found.span(), PLATE)


def find_landlines(folded: str) -> Iterator[Span]:
    """Landlines with an area code or after a cue word, 400 and 800 numbers; never short service numbers (12345)."""
    if not has_figures(folded):
        return
    yield from (Span(*found.span(), PHONE) for found in _LANDLINE.finditer(folded))
    yield from (Span(*found.span(1), PHONE) for found in _CUED_LANDLINE.finditer(folded))


def has_figures(folded: str) -> bool:
    """Whether there is a figure at all: most comments have none, and only a mobile can also be written in words."""
    return _FIGURE.search(folded) is not None


def _mobiles(folded: str) -> Iterator[Span]:
    return (Span(*found.span(), PHONE) for found in _MOBILE.finditer(folded))


def _identities(folded: str) -> Iterator[Span]:
    for found in _IDENTITY_18.finditer(folded):
        if _is_day(found[2]) and _check_digit_holds(found[1] + found[2] + found[3]):
            yield Span(*found.span(), DOCUMENT)
    for found in _IDENTITY_15.finditer(folded):
        if _is_day("19" + found[1]):
            yield Span(*found.span(), DOCUMENT)
    yield from (Span(*found.span(1), DOCUMENT) for found in _CUED_DOCUMENT.finditer(folded))


def _is_day(digits: str) -> bool:
    try:
        date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return False
    return True


def _check_digit_holds(number: str) -> bool:
    """GB 11643-1999: ISO 7064 MOD 11-2 over the first 17 digits, weights 2^(17-i)."""
    total = sum(int(digit) * 2 ** (17 - place) for place, digit in enumerate(number[:17]))
    return "10x98765432"[total % 11] == number[17]


def _luhn_holds(digits: str) -> bool:
    """ISO/IEC 7812-1 annex B: every second digit from the right doubled, the sum of all digits divisible by ten."""
    doubled = [int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits))]
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0
