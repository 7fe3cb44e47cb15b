"""Scrapy's settings: polite, and quiet about people. Which steps an item goes through is told by whoever crawls."""

BOT_NAME = "lianxin"
SPIDER_MODULES = ["crawler.platforms"]
NEWSPIDER_MODULE = "crawler.platforms"
USER_AGENT = "Lianxin/0.1 (public feedback collector; reads public pages only)"

ROBOTSTXT_OBEY = True
COOKIES_ENABLED = True
TELNETCONSOLE_ENABLED = False
DOWNLOAD_TIMEOUT = 30
DOWNLOAD_MAXSIZE = 8 * 1024 * 1024
DOWNLOAD_WARNSIZE = 0
DOWNLOAD_FAIL_ON_DATALOSS = True
RETRY_TIMES = 2
RETRY_HTTP_CODES = [500, 502, 503, 504, 522, 524, 408]  # 429 is a refusal: nobody asks again

# The items of an answer go through the steps one after the other, and the reactor breathes between two of them: with
# Scrapy's hundred at once it stands still for as long as a hundred are masked.
CONCURRENT_ITEMS = 1

# A page is asked once by construction; a silent drop would be a silent loss.
DUPEFILTER_CLASS = "scrapy.dupefilters.BaseDupeFilter"

DOWNLOADER_MIDDLEWARES = {
    "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,
    "crawler.middlewares.guard.Guard": 50,
    "scrapy.downloadermiddlewares.cookies.CookiesMiddleware": None,
    "crawler.middlewares.cookies.OfflineCookies": 700,
}
# A log line never repeats an item: before the mask step it still holds names.
LOG_FORMATTER = "crawler.logs.DiscreetFormatter"
LOG_LEVEL = "WARNING"
