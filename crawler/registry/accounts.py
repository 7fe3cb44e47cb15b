"""accounts.toml: the government accounts we follow, main and sub, with the services they offer."""

from datetime import date
from typing import Literal

from pydantic import AnyHttpUrl, model_validator

from crawler.registry.policies import Entry, Identifier, Words

Role = Literal["main", "sub"]
Purpose = Literal["interpret", "respond", "serve"]
ServiceKind = Literal["book", "query", "handle"]


class Service(Entry):
    """A service entry of an account: 预约 (book), 查询 (query) or 办理 (handle)."""

    name: Words
    kind: ServiceKind
    url: AnyHttpUrl


class Account(Entry):
    """A government account on a platform. `native_id` is the platform's, `unit` the organisation that runs it."""

    id: Identifier
    platform: Identifier
    unit: Words
    region: Words
    native_id: str | None = None
    handle: str | None = None
    role: Role = "main"
    parent: Identifier | None = None
    purpose: tuple[Purpose, ...] = ()
    opened: date | None = None
    stopped: date | None = None
    services: tuple[Service, ...] = ()

    @model_validator(mode="after")
    def _makes_sense(self) -> "Account":
        if self.role == "sub" and self.parent is None:
            raise ValueError('role = "sub" 的账号要写 parent，即主账号的 id')
        if self.role == "main" and self.parent is not None:
            raise ValueError('主账号不写 parent；若是子账号，请写 role = "sub"')
        if self.opened and self.stopped and self.stopped < self.opened:
            raise ValueError(f"stopped（{self.stopped}）早于 opened（{self.opened}）")
        return self
