"""The county's own site: a list of what its units published, and each post as a page."""

from html import escape

from crawler.town.corpus import Town, TownPost

FICTIONAL = "示例县为虚构，人物、单位和事件均不存在。"
_HEAD = '<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>{title}</title>{more}</head><body>'
_FOOT = f"<footer>{FICTIONAL}</footer></body></html>"


def list_page(town: Town) -> str:
    """Links to all posts, newest first."""
    links = "".join(
        f'<li><a href="/gov/{post.slug}.html">{escape(post.title)}</a> <time>{post.at:%Y-%m-%d}</time></li>'
        for post in reversed(town.posts)
    )
    return _HEAD.format(title="示例县人民政府（虚构）", more="") + f"<h1>政务公开</h1><ul>{links}</ul>{_FOOT}"


def post_page(post: TownPost, server: str) -> str:
    """A post with the comment thread's script tag, as a site that uses Isso has it."""
    published = f'<meta property="article:published_time" content="{post.at.isoformat()}">'
    paragraphs = "".join(f"<p>{escape(line)}</p>" for line in post.text.split("\n") if line.strip())
    return (
        _HEAD.format(title=escape(post.title), more=published)
        + f"<h1>{escape(post.title)}</h1><p>{escape(post.unit)} {post.at:%Y-%m-%d %H:%M}</p>"
        + f'<article>{paragraphs}</article><section id="isso-thread" data-isso="{server}"></section>{_FOOT}'
    )
