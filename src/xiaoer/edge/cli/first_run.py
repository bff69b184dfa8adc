"""The first group and its administrator: nobody ever signs in with a default password.

The password is typed at a terminal, or comes from ``XIAOER_ADMIN_PASSWORD``, or is drawn at
random and shown once.
"""

from __future__ import annotations

import asyncio
import os
import re
import secrets
import sys
from dataclasses import dataclass
from getpass import getpass
from typing import Any

from xiaoer.edge.serve import opened_database
from xiaoer.edge.serve.contracts import named
from xiaoer.engines.postgres.server import DatabaseUrls
from xiaoer.kit.ids import NOWHERE, TenantId, UnitId
from xiaoer.kit.problem import Problem
from xiaoer.kit.settings import Settings
from xiaoer.modules import org
from xiaoer.ports.ctx import Scope, System
from xiaoer.ports.house import House

from .migrating import migrated
from .options import settings_of, tell, worded
from .wiring import Wiring

ACTOR = System("setup")


class NotSetUp(Problem):
    """There is no group, and nobody at a terminal to found one."""

    code = "not_set_up"
    status = 503
    zh = "尚未设置集团和管理员。请先运行 xiaoer setup（或设置环境变量 XIAOER_ADMIN_PASSWORD 后重新启动）。"
    en = (
        "There is no group and no administrator yet. Run 'xiaoer setup' first, or start with "
        "XIAOER_ADMIN_PASSWORD in the environment."
    )


class GroupTaken(Problem):
    """A group of that short name exists."""

    code = "group_taken"
    status = 409
    zh = "已有名为 {slug} 的集团。"
    en = "A group named {slug} exists already."


@dataclass(frozen=True, slots=True)
class Founding:
    """The first group and who administers it."""

    group: str
    login: str
    password: str


async def groups_of(
    wiring: Wiring, settings: Settings, urls: DatabaseUrls
) -> list[org.contracts.Tenant]:
    """All groups of the installation."""
    async with (
        named(wiring.house)(settings, urls) as house,
        house.unit(ACTOR, Scope(NOWHERE)) as ctx,
    ):
        return await org.tenants(ctx)


def run(wiring: Wiring, group: str, login: str, **given: Any) -> None:
    """``xiaoer setup``."""
    settings = settings_of(**given)
    with opened_database(settings, share=True) as database:
        migrated(settings, database.urls, tell)
        password, is_drawn = _password()
        asyncio.run(_found(wiring, settings, database.urls, Founding(group, login, password)))
    _say_founded(login, password if is_drawn else None)


def greet_first_run(wiring: Wiring, settings: Settings, urls: DatabaseUrls) -> None:
    """Found the first group from the environment or by asking.

    :raises NotSetUp: neither a password in the environment nor a person at the terminal.
    """
    given = os.environ.get("XIAOER_ADMIN_PASSWORD")
    if given:
        group = os.environ.get("XIAOER_GROUP", "Xiaoer")
        login = os.environ.get("XIAOER_ADMIN_LOGIN", "admin")
        asyncio.run(_found(wiring, settings, urls, Founding(group, login, given)))
        return
    if not sys.stdin.isatty():
        raise NotSetUp
    group = input(worded("集团名称：", "Name of the group: ")).strip() or "Xiaoer"
    login = input(worded("管理员账号 [admin]：", "Administrator [admin]: ")).strip() or "admin"
    password, is_drawn = _password()
    asyncio.run(_found(wiring, settings, urls, Founding(group, login, password)))
    _say_founded(login, password if is_drawn else None)


def _password() -> tuple[str, bool]:
    """A password, and whether it was drawn here and must be shown."""
    given = os.environ.get("XIAOER_ADMIN_PASSWORD")
    if given:
        return given, False
    if sys.stdin.isatty():
        typed = getpass(worded("管理员密码（留空则随机生成）：", "Password (empty: draw one): "))
        if typed:
            return typed, False
    return secrets.token_urlsafe(12), True


def _say_founded(login: str, password: str | None) -> None:
    if password is None:
        tell(worded(f"管理员 {login} 已创建。", f"The administrator {login} was made."))
        return
    tell(
        worded(
            f"管理员 {login} 已创建，密码（只显示这一次）：{password}",
            f"The administrator {login} was made. The password, shown only now: {password}",
        )
    )


async def _found(
    wiring: Wiring, settings: Settings, urls: DatabaseUrls, founding: Founding
) -> None:
    async with named(wiring.house)(settings, urls) as house:
        await _write(house, founding)


async def _write(house: House, founding: Founding) -> None:
    """Group, root of the tree and administrator in one commit: there is never one without."""
    slug = re.sub(r"[^a-z0-9]+", "-", founding.group.lower()).strip("-") or "group"
    kinds = org.contracts
    async with house.unit(ACTOR, Scope(NOWHERE)) as ctx:
        tenant = TenantId(ctx.new_id())
    administrator = kinds.NewMember(
        founding.login,
        founding.login,
        frozenset({kinds.Role.ADMINISTRATOR}),
        password_hash=await org.hash_password(founding.password),
    )
    async with house.unit(ACTOR, Scope(tenant)) as ctx:
        if not await org.found(ctx, kinds.Tenant(tenant, slug, founding.group, demo=False)):
            raise GroupTaken(slug=slug)
        root = kinds.OrgUnit(UnitId(ctx.new_id()), "/", kinds.UnitKind.GROUP, founding.group)
        await org.put_units(ctx, [root])
        await org.add_members(ctx, [administrator])
