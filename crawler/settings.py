"""Scrapy's settings: polite, and quiet about people. Which steps an item goes through is told by whoever crawls."""

BOT_NAME = "lianxin"
SPIDER_MODULES: list[str] = []  # spiders are found by their platform, not by Scrapy

ROBOTSTXT_OBEY = True
COOKIES_ENABLED = True
TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False  # else anybody with the token of a file runs code in a crawl
EXTENSIONS = {  # not even loaded: what opens a door, and what nobody uses
    "scrapy.extensions.telnet.TelnetConsole": None,
    "scrapy.extensions.remote_control.RemoteControl": None,
    "scrapy.extensions.memdebug.MemoryDebugger": None,
    "scrapy.extensions.feedexport.FeedExporter": None,
    "scrapy.extensions.spiderstate.SpiderState": None,
    "scrapy.extensions.throttle.AutoThrottle": None,
}
DOWNLOAD_VERIFY_CERTIFICATES = True
DOWNLOAD_DELAY = 0  # turns are taken in `crawler/pacing.py`
DOWNLOAD_MAXSIZE = 8 * 1024 * 1024
DOWNLOAD_WARNSIZE = 0
DOWNLOAD_FAIL_ON_DATALOSS = True
RETRY_TIMES = 2
RETRY_PRIORITY_ADJUST = 10  # before anything else: what fails shows at once, and a burst of errors stops a crawl early
RETRY_HTTP_CODES = [500, 502, 503, 504, 522, 524, 408]

DOWNLOAD_HANDLERS = {
    "http": "crawler.downloads.PacedDownload",
    "https": "crawler.downloads.PacedDownload",
    "data": None,
    "file": None,
    "ftp": None,
    "s3": None,
}

# The portions of an answer (`crawler/portions.py`) go through the steps one after the other, and the reactor breathes
# between two of them: with Scrapy's hundred at once it stands still for as long as a hundred are masked.
CONCURRENT_ITEMS = 1

# Scrapy parses the source of what reads an answer anew at every answer, to find a `return` with a value.
WARN_ON_GENERATOR_RETURN_VALUE = False

# A page is asked once by construction; a silent drop would be a silent loss.
DUPEFILTER_CLASS = "scrapy.dupefilters.BaseDupeFilter"

DOWNLOADER_MIDDLEWARES = {
    "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,
    "crawler.middlewares.guard.Guard": 50,
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    "crawler.middlewares.robots.Robots": 100,
    "scrapy.downloadermiddlewares.retry.RetryMiddleware": None,
    "crawler.middlewares.retry.Patience": 550,
    "scrapy.downloadermiddlewares.httpcompression.HttpCompressionMiddleware": None,
    "crawler.middlewares.compression.WholeCompression": 590,
    "scrapy.downloadermiddlewares.cookies.CookiesMiddleware": None,
    "crawler.middlewares.cookies.OfflineCookies": 700,
}
# A log line never repeats an item: before the mask step it still holds names.
LOG_FORMATTER = "crawler.logs.DiscreetFormatter"
LOG_LEVEL = "WARNING"
