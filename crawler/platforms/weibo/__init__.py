"""微博 (m.weibo.cn, or weibo.com): posts of one account, the comments under them, the answers to these.

Begins  with the cookies of a visitor, asked for once by a plain form, or with the operator's own from `cookie_file`.
        Both SUB and SUBP are sent; those of one site are not known on the other. Nothing is ever pretended to be a
        browser, and nobody is signed in.
Pages   `way = "m"`: container/getIndex by `since_id` or `page`; comments/hotflow by `max_id` and `max_id_type`, both
        from the answer before, else api/comments/show by `page`; comments/hotFlowChild for the answers to a comment.
        `way = "ajax"`: statuses/mymblog by `page`; statuses/buildComments by `max_id`, for comments and answers.
        Lists are re-ranked while they are read, and a pinned post stands there twice: what was had is left out.
Ends    without a next cursor or with an empty list; `ok: 0` is an end, a closed or deleted thing, or a refusal, and
        only its words tell. At the first post older than the source's `since`, unless it is pinned.
Refuses with `ok: -100` (sign in), a captcha (an address and no data), a page titled Sina Visitor System, error codes
        21301 and 100098 (the cookie has expired), HTTP 403, 414, 418, 432, 511. A visitor sees the first pages of
        comments: where the wall comes later, that post's comments are incomplete and the others go on. On the first
        page of anything the crawl ends; posts that were listed and wait for their comments are kept.

What the account itself answers to a comment is an official reply; what else it says there is neither. Facts as known
in 2026 from public clients; no live site was asked in development.
"""

from crawler.platforms.weibo.spider import WeiboSpider

__all__ = ["WeiboSpider"]
