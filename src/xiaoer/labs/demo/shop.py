"""The demo shop's way in: its widget account, its greeting, and the tokens its server signs."""

from __future__ import annotations

from uuid import UUID

from xiaoer.kit.problem import NotFound
from xiaoer.modules import channels, customers
from xiaoer.ports.ctx import Ctx

SLUG = "heguang"
SHOPPERS = 12
SETTLED = 4


def account_key(slug: str) -> str:
    """The public key that the shop's page names; keys are known to the whole installation."""
    return f"xw_{slug}_demo"


ACCOUNT_KEY = account_key(SLUG)

Reply = channels.contracts.QuickReply
GREETINGS = {
    "zh-CN": channels.contracts.Greeting(
        "您好，我是和光的智能助手小二（机器人）。订单、门店、退换货都可以问我，随时可以转人工。",
        (
            Reply("我的订单到哪了", "我的订单到哪了"),
            Reply("营业时间", "你们几点关门"),
            Reply("停车怎么收费", "停车怎么收费"),
            Reply("怎么退货", "怎么退货"),
            Reply("转人工", "action:person"),
        ),
    ),
    "en": channels.contracts.Greeting(
        "Hello, I am Xiaoer, Heguang's assistant. I am a machine. Ask me about orders, stores "
        "and returns; a person is one tap away.",
        (
            Reply("Where is my order?", "Where is my order?"),
            Reply("Opening hours", "What time do you close?"),
            Reply("Parking", "How much is parking?"),
            Reply("Returns", "How do I return this?"),
            Reply("Talk to a person", "action:person"),
        ),
    ),
}


async def open_shop(ctx: Ctx, key: str) -> None:
    """Open the account of the shop's page; once."""
    profile = channels.contracts.Profile(
        kind=channels.contracts.WEB,
        name="和光商城（演示）",
        unit_path="/",
        allowed_origins=(channels.contracts.ANY_ORIGIN,),
        greetings=GREETINGS,
    )
    await channels.open_account(ctx, profile, key=key)


async def shopper_token(ctx: Ctx, customer_id: UUID) -> str:
    """The token by which the shop's page tells the widget who is signed in there."""
    customer = await customers.get(ctx, customer_id)
    account = next((a for a in await channels.accounts(ctx) if a.key == ACCOUNT_KEY), None)
    if account is None:
        raise NotFound()
    return await channels.customer_token(ctx, account.id, customer.member_no, customer.name)
