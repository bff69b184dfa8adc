"""Units of work: scope, rollback, grouping."""

from __future__ import annotations

import asyncio
from uuid import uuid4

import asyncpg
import pytest

from tests.conftest import Units
from xiaoer.engines.postgres import leases
from xiaoer.engines.postgres.assembly import Assembly
from xiaoer.engines.postgres.database import in_our_words
from xiaoer.engines.postgres.leases import Leases
from xiaoer.kit.ids import TenantId
from xiaoer.kit.problem import Unavailable
from xiaoer.ports.ctx import Ctx, Scope, System
from xiaoer.ports.house import House

COUNT = "SELECT count(*) AS n FROM kernel_once"
ROLE = "SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user"


async def test_the_running_role_is_neither_superuser_nor_above_the_policies(unit: Units) -> None:
    async with unit() as ctx:
        role = await ctx.uow.row(ROLE)
    assert role is not None
    assert (role.rolsuper, role.rolbypassrls) == (False, False)


async def test_a_key_takes_effect_once_per_tenant(unit: Units, house: House) -> None:
    async with unit() as ctx:
        assert await ctx.uow.once("import-1")
    async with unit() as ctx:
        assert not await ctx.uow.once("import-1")
    async with house.unit(System("t"), Scope(TenantId(uuid4()))) as ctx:
        assert await ctx.uow.once("import-1")


async def test_a_tenant_sees_only_its_own_rows(unit: Units, house: House) -> None:
    async with unit() as ctx:
        await ctx.uow.once("mine")
        assert (await ctx.uow.row(COUNT)).n == 1  # type: ignore[union-attr]
    async with house.unit(System("t"), Scope(TenantId(uuid4()))) as ctx:
        assert (await ctx.uow.row(COUNT)).n == 0  # type: ignore[union-attr]


async def test_another_tenants_row_cannot_be_written(unit: Units) -> None:
    with pytest.raises(Exception, match="row-level security"):
        async with unit() as ctx:
            await ctx.uow.run("INSERT INTO kernel_once VALUES (%(t)s, 'x', now())", {"t": uuid4()})


@pytest.mark.parametrize("end", ["commit", "error", "cancel"])
async def test_a_connection_used_again_carries_no_scope(
    unit: Units, assembly: Assembly, end: str
) -> None:
    async def work() -> None:
        async with unit() as ctx:
            await ctx.uow.once(f"left-{end}")
            if end == "error":
                raise RuntimeError
            if end == "cancel":
                await ctx.uow.run("SELECT pg_sleep(5)")

    task = asyncio.create_task(work())
    if end == "cancel":
        await asyncio.sleep(0.1)
        task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    for _ in range(10):
        connection = await assembly.database.connect()
        assert await connection.fetchval(COUNT) == 0
        await assembly.database.give_back(connection)
    async with unit() as ctx:
        count = await ctx.uow.row(COUNT)
    assert count is not None
    assert count.n == (1 if end == "commit" else 0)


async def test_a_failed_savepoint_leaves_the_rest(unit: Units) -> None:
    async with unit() as ctx:
        await ctx.uow.once("kept")
        with pytest.raises(ValueError, match="inner"):  # noqa: PT012 - the savepoint must end by it
            async with ctx.uow.savepoint():
                await ctx.uow.once("lost")
                raise ValueError("inner")
    async with unit() as ctx:
        assert not await ctx.uow.once("kept")
        assert await ctx.uow.once("lost")


async def test_one_bad_member_of_a_group_fails_alone(
    house: House, tenant: TenantId, unit: Units
) -> None:
    async def work(ctx: Ctx, key: str) -> str:
        await ctx.uow.once(key)
        if key == "k3":
            raise ValueError("k3 is bad")
        return key

    results = await asyncio.gather(
        *(
            house.grouped(System("t"), Scope(tenant), lambda ctx, k=f"k{i}": work(ctx, k))
            for i in range(8)
        ),
        return_exceptions=True,
    )
    assert [r for r in results if isinstance(r, str)] == ["k0", "k1", "k2", "k4", "k5", "k6", "k7"]
    assert isinstance(results[3], ValueError)
    async with unit() as ctx:
        assert (await ctx.uow.row(COUNT)).n == 7  # type: ignore[union-attr]


def test_a_connection_that_broke_inside_an_answer_means_that_the_database_is_away() -> None:
    with pytest.raises(Unavailable), in_our_words():
        raise asyncpg.InternalClientError("another operation (2) is in progress")


async def test_a_lease_goes_on_being_renewed_after_something_unforeseen(
    assembly: Assembly, monkeypatch: pytest.MonkeyPatch
) -> None:
    lease = Leases(assembly.house.units, "startled")  # type: ignore[arg-type]
    beats: list[int] = []
    goes_on = asyncio.Event()

    async def beat() -> None:
        beats.append(1)
        if len(beats) == 2:
            raise LookupError("nobody has thought of this")
        if len(beats) == 3:
            goes_on.set()

    monkeypatch.setattr(leases, "BEAT_S", 0)
    monkeypatch.setattr(lease, "beat", beat)
    await lease.start(lambda: None)
    async with asyncio.timeout(5):
        await goes_on.wait()
    await lease.stop()
