"""Pages for what went wrong: one sentence, one way back, no traceback."""

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from crawler.errors import Trouble, WrongUse
from dashboards.site import current_site

View = Callable[..., HttpResponseBase]


def with_sentences(view: View) -> View:
    """Turn Trouble raised in a view into a page that shows its sentence: 400 for a wrong address, else 503."""

    @wraps(view)
    def answer(request: HttpRequest, *arguments: str, **named: str) -> HttpResponseBase:
        try:
            return view(request, *arguments, **named)
        except WrongUse as trouble:
            return _page(400, _("地址不对"), str(trouble))
        except Trouble as trouble:
            return _page(503, _("暂时打不开"), str(trouble))

    return answer


def wrong_use(_request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 Django names it
    """A request Django itself refuses, e.g. an unknown host name."""
    return _page(400, _("地址不对"), _("这个地址不能用。请从本机打开 http://127.0.0.1 开头的地址。"))


def not_found(_request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 Django names it
    """An address or a policy that does not exist."""
    return _page(404, _("没有这个页面"), _("没有这个页面，或没有这项政策。请从总览重新进入。"))


def failed(_request: HttpRequest) -> HttpResponse:
    """A fault of ours; the traceback is in the log only."""
    return _page(500, _("这个页面暂时打不开"), _("这个页面暂时打不开。已记录问题。请刷新，或返回总览。"))


def _page(status: int, title: str, sentence: str) -> HttpResponse:
    context = {"title": title, "sentence": sentence, "notice": current_site().registry.notice}
    return HttpResponse(render_to_string("dashboards/error.html", context), status=status)
