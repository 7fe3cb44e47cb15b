"""What every answer carries: the content policy, and the reader's language."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import translation

Next = Callable[[HttpRequest], HttpResponse]

EMPTY_STYLE = "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='"
"""Checksum of an empty text: plotly.js adds an empty style element and fills it through the CSSOM."""

CONTENT_POLICY = (
    f"default-src 'self'; style-src 'self' {EMPTY_STYLE}; img-src 'self' data:; object-src 'none'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
LANGUAGE_COOKIE = "language"
LANGUAGES = {"zh": "zh-hans", "en": "en"}
A_YEAR = 365 * 24 * 3600


def content_policy(following: Next) -> Next:
    """Only our own files; no inline script or style."""

    def answer(request: HttpRequest) -> HttpResponse:
        response = following(request)
        response.headers["Content-Security-Policy"] = CONTENT_POLICY
        return response

    return answer


def language(following: Next) -> Next:
    """`?lang=zh|en`, kept in a cookie; Chinese where nothing is asked for, whatever the browser prefers."""

    def answer(request: HttpRequest) -> HttpResponse:
        asked = request.GET.get("lang", "")
        chosen = asked if asked in LANGUAGES else request.COOKIES.get(LANGUAGE_COOKIE, "zh")
        with translation.override(LANGUAGES.get(chosen, "zh-hans")):
            response = following(request)
        if asked in LANGUAGES:
            response.set_cookie(LANGUAGE_COOKIE, asked, max_age=A_YEAR, samesite="Lax", httponly=True)
        return response

    return answer
