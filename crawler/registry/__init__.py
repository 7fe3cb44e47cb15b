"""The registry: policies, accounts and sources, read from three TOML files and checked against each other."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

from crawler.errors import WrongUse
from crawler.registry.accounts import Account
from crawler.registry.policies import STAGES, Milestone, Policy, Stage, Window
from crawler.registry.sources import FILES, SourceEntry
from crawler.registry.toml_file import RegistryFile

__all__ = [
    "FILES",
    "STAGES",
    "Account",
    "Milestone",
    "Policy",
    "Registry",
    "SourceEntry",
    "Stage",
    "Window",
    "load_registry",
]

FILE_NAMES = ("policies.toml", "accounts.toml", "sources.toml")
Listed = TypeVar("Listed", Policy, Account, SourceEntry)


@dataclass(frozen=True, slots=True)
class Registry:
    """What this installation follows, by id, in the order of the files.

    `notice` is a sentence that every page and export must carry, e.g. that the data are made up.
    """

    policies: Mapping[str, Policy]
    accounts: Mapping[str, Account]
    sources: Mapping[str, SourceEntry]
    notice: str = ""

    def policy(self, identity: str) -> Policy:
        """The policy of this id. Raises WrongUse, naming those there are."""
        if identity not in self.policies:
            raise WrongUse(f"没有 id 为“{identity}”的政策，已有：{'、'.join(self.policies) or '（一项也没有）'}。")
        return self.policies[identity]


def load_registry(folder: Path) -> Registry:
    """Read the three files in `folder`. Raises WrongUse with file, line, field and what to write instead."""
    policies_file = RegistryFile(folder / "policies.toml", allowed=("policy", "notice"))
    accounts_file = RegistryFile(folder / "accounts.toml", allowed=("account",))
    sources_file = RegistryFile(folder / "sources.toml", allowed=("source",))
    policies = _by_id(policies_file, "policy", policies_file.tables("policy", Policy))
    accounts = _by_id(accounts_file, "account", accounts_file.tables("account", Account))
    sources = _by_id(sources_file, "source", sources_file.tables("source", SourceEntry))
    _check_parents(accounts_file, accounts)
    _check_references(sources_file, sources, policies, accounts)
    return Registry(
        MappingProxyType(policies), MappingProxyType(accounts), MappingProxyType(sources), policies_file.text("notice")
    )


def _by_id(file: RegistryFile, name: str, entries: Iterable[Listed]) -> dict[str, Listed]:
    found: dict[str, Listed] = {}
    for number, entry in enumerate(entries):
        if entry.id in found:
            raise file.wrong((name, number, "id"), f"“{entry.id}”已经用过，每条的 id 要不同")
        found[entry.id] = entry
    return found


def _check_parents(file: RegistryFile, accounts: Mapping[str, Account]) -> None:
    for number, account in enumerate(accounts.values()):
        if account.parent is None:
            continue
        parent = accounts.get(account.parent)
        if parent is None:
            raise file.wrong(("account", number, "parent"), f"没有 id 为“{account.parent}”的账号{_known(accounts)}")
        if parent.role != "main":
            raise file.wrong(("account", number, "parent"), f"“{account.parent}”自己是子账号，parent 要写主账号")


def _check_references(
    file: RegistryFile,
    sources: Mapping[str, SourceEntry],
    policies: Mapping[str, Policy],
    accounts: Mapping[str, Account],
) -> None:
    for number, source in enumerate(sources.values()):
        if source.account is not None and source.account not in accounts:
            raise file.wrong(("source", number, "account"), f"没有 id 为“{source.account}”的账号{_known(accounts)}")
        for policy in source.policies:
            if policy not in policies:
                raise file.wrong(("source", number, "policies"), f"没有 id 为“{policy}”的政策{_known(policies)}")


def _known(entries: Iterable[str]) -> str:
    names = list(entries)[:8]
    return f"，已有：{'、'.join(names)}" if names else ""
