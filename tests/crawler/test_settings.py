"""A crawl opens no door: nothing listens, nothing runs what it is sent, nothing but http and https is fetched."""

from scrapy.settings import Settings
from scrapy.utils.conf import build_component_list

from crawler import settings as project_settings


def test_nothing_listens_and_nothing_reads_files() -> None:
    settings = Settings()
    settings.setmodule(project_settings, priority="project")
    extensions = build_component_list(settings.getwithbase("EXTENSIONS"))
    assert extensions == [
        "scrapy.extensions.corestats.CoreStats",
        "scrapy.extensions.logcount.LogCount",
        "scrapy.extensions.memusage.MemoryUsage",
        "scrapy.extensions.closespider.CloseSpider",
        "scrapy.extensions.logstats.LogStats",
    ]
    assert not (settings.getbool("TELNETCONSOLE_ENABLED") or settings.getbool("REMOTE_CONTROL_ENABLED"))
    handlers = {scheme for scheme, handler in settings.getwithbase("DOWNLOAD_HANDLERS").items() if handler}
    assert handlers == {"http", "https"}
