"""A customer with a wallet and a few orders, for the tests of the room."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from tests.conftest import Units
from xiaoer.kit.money import Money
from xiaoer.modules import aftersales, catalog, customers, orders
from xiaoer.modules.aftersales.contracts import Capability, Proposal, Refused, Verb, Wish
from xiaoer.ports.ctx import Ctx, Shopper

NOON = datetime(2026, 1, 4, 4, 0, tzinfo=UTC)
HOME = {"address1": "和光路 8 号", "address2": "", "city": "北京", "state": "", "country": "中国",
        "zip": "100000"}  # fmt: skip
Status = orders.contracts.Status
Payment = orders.contracts.Payment


def cup(size: str = "S", price: int = 5000, **more: Any) -> Any:
    return orders.contracts.Item(f"CUP-{size}", "随行杯", 1, Money(price), product="CUP",
                                 variant=size, options={"size": size}, **more)  # fmt: skip


TEA = orders.contracts.Item("TEA-1", "白茶", 2, Money(8000), product="TEA", variant="50g")
CARD = customers.contracts.PaymentMethod("gift_card_1", "gift_card", Money(3000))
BANK = customers.contracts.PaymentMethod("bank_1", "credit_card")
WECHAT = customers.contracts.PaymentMethod("wechat_1", "wechat")


@dataclass(frozen=True, slots=True)
class Shop:
    """The test's tenant with Mei, who has bought, and Lan, who has too."""

    unit: Units
    mei: UUID
    lan: UUID

    def shopper(self, customer: UUID | None = None) -> Shopper:
        return Shopper(uuid4(), uuid4(), customer or self.mei, proven=True)

    async def order(self, number: str, **more: Any) -> None:
        """Load an order of Mei's, replacing what is there."""
        given: dict[str, Any] = {
            "status": Status.PAID, "items": (cup(), TEA), "total": Money(21000),
            "payments": (Payment("bank_1", Money(21000)),), "customer_id": self.mei,
            "address": HOME, "changes": (),
        }  # fmt: skip
        async with self.unit() as ctx:
            new = orders.contracts.NewOrder(number=number, placed_at=NOON, **(given | more))
            await orders.load(ctx, [new])

    async def found(self, number: str) -> orders.contracts.Order:
        async with self.unit() as ctx:
            return await orders.get(ctx, number)

    async def balance(self, method: str = "gift_card_1") -> int:
        async with self.unit() as ctx:
            wallet = (await customers.wallets(ctx, customers.contracts.CustomerId(self.mei)))
        (found,) = [m for owned in wallet.values() for m in owned if m.id == method]
        assert found.balance is not None
        return found.balance.minor

    async def capability(self, ctx: Ctx, wish: Wish) -> Capability:
        numbers = (wish.order,) if wish.order else ()
        granted = await aftersales.grant(ctx, self.mei, (wish.verb,), numbers)
        assert isinstance(granted, Capability), granted
        return granted

    async def propose(self, wish: Wish) -> Proposal | Refused:
        async with self.unit(self.shopper()) as ctx:
            return await aftersales.propose(ctx, await self.capability(ctx, wish), wish)

    async def proposed(self, wish: Wish) -> Proposal:
        proposal = await self.propose(wish)
        assert isinstance(proposal, Proposal), proposal
        return proposal

    async def code(self, wish: Wish) -> str:
        refused = await self.propose(wish)
        assert isinstance(refused, Refused), refused
        return refused.code

    async def confirm(self, proposal: Proposal, digest: str = "") -> Any:
        async with self.unit(self.shopper()) as ctx:
            capability = await self.capability(ctx, proposal.wish)
            yes = aftersales.contracts.Yes(proposal.id, digest or proposal.digest)
            return await aftersales.confirm(ctx, capability, yes)

    async def done(self, wish: Wish) -> Any:
        return await self.confirm(await self.proposed(wish))


async def opened(unit: Units) -> Shop:
    kind = customers.contracts.IdentityKind.EXTERNAL
    async with unit() as ctx:
        loaded = await customers.load(ctx, [
            customers.contracts.Newcomer(
                (customers.contracts.Identity(kind, name),), name=name, address=HOME,
                wallet=wallet)
            for name, wallet in (("mei", (CARD, BANK, WECHAT)), ("lan", (BANK,)))
        ])  # fmt: skip
        await stock(ctx)
    shop = Shop(unit, *loaded.ids)
    for number, status in (("P1", Status.PAID), ("D1", Status.DELIVERED),
                           ("S1", Status.SHIPPED), ("C1", Status.CANCELLED)):  # fmt: skip
        await shop.order(number, status=status)
    await shop.order("L1", customer_id=shop.lan)
    return shop


async def stock(ctx: Ctx, large: int = 9000) -> None:
    """Cups in three sizes, of which the medium one is sold out, and tea."""
    variant = catalog.contracts.Variant
    cups = (variant("CUP-S", "S", {}, Money(5000)), variant("CUP-M", "M", {}, Money(6000), False),
            variant("CUP-L", "L", {}, Money(large)), variant("CUP-XS", "XS", {}, Money(4000)))  # fmt: skip
    teas = (variant("TEA-1", "50g", {}, Money(8000)), variant("TEA-2", "100g", {}, Money(8000)))
    products = (catalog.contracts.NewProduct("CUP", "随行杯", cups),
                catalog.contracts.NewProduct("TEA", "白茶", teas))  # fmt: skip
    await catalog.load(ctx, catalog.contracts.Catalogue(products=products))


def swap(number: str, verb: Verb = Verb.CHANGE_ITEMS, **more: Any) -> Wish:
    given: dict[str, Any] = {"items": ("CUP-S",), "new_items": ("CUP-L",), "method": "bank_1"}
    return Wish(verb, number, **(given | more))


def cancel(number: str = "P1", reason: str = "no longer needed") -> Wish:
    return Wish(Verb.CANCEL, number, reason)


def give_back(number: str = "D1", *items: str, method: str = "bank_1") -> Wish:
    return Wish(Verb.RETURN, number, items=items or ("TEA-1",), method=method)
