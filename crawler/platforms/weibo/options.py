"""What a source may set for Weibo."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, AnyHttpUrl, Field, ValidationInfo

from crawler.config import Config
from crawler.platforms.base import Options
from crawler.platforms.weibo.cookies import own_cookies


def _usable(file: Path, about: ValidationInfo) -> Path:
    """The journal is backed up and handed on: no cookie may lie there."""
    own_cookies(file)
    config = about.context
    if isinstance(config, Config) and file.resolve().is_relative_to(config.journal_folder.resolve()):
        raise ValueError(f"{file} 在日志文件夹里，日志会备份、会转交，请放到别处")
    return file


class Sites(Options):
    """Where the sites are, and where they give visitors their cookies; only changed in tests and the made-up town."""

    m: AnyHttpUrl = AnyHttpUrl("https://m.weibo.cn")
    m_visitor: AnyHttpUrl = AnyHttpUrl("https://visitor.passport.weibo.cn")
    web: AnyHttpUrl = AnyHttpUrl("https://weibo.com")
    web_visitor: AnyHttpUrl = AnyHttpUrl("https://passport.weibo.com")


class WeiboOptions(Options):
    """`uid` is the account's number, in the address of its page; `way` the site that is read.

    `cookie_file` holds the operator's own cookies, readable by nobody else; without it we are a visitor.
    """

    uid: int = Field(gt=0)
    way: Literal["m", "ajax"] = "m"
    cookie_file: Annotated[Path, AfterValidator(_usable)] | None = None
    sites: Sites = Sites()

    @property
    def site(self) -> str:
        """The address of the site that is read."""
        return str(self.sites.m if self.way == "m" else self.sites.web).rstrip("/")

    @property
    def visitor_form(self) -> str:
        """Where that site gives visitors their cookies."""
        visitor = self.sites.m_visitor if self.way == "m" else self.sites.web_visitor
        return f"{str(visitor).rstrip('/')}/visitor/genvisitor2"
