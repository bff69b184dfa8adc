"""The demo shop's side of the widget: its account, and what its server would sign."""

from __future__ import annotations

from uuid import UUID

from xiaoer.modules import channels, customers
from xiaoer.modules.channels.contracts import Greeting, Profile, QuickReply
from xiaoer.ports.ctx import Ctx

ACCOUNT_KEY = "xw_heguang_demo"
SHOPPERS = 12

_PROFILE = Profile(
    kind="web",
    name="和光商城",
    unit_path="/online/",
    allowed_origins=("*",),
    greetings={
        "zh-CN": Greeting(
            "您好，我是小二，和光商城的智能助手。订单、停车、会员、退换货都可以问我。",
            (
                QuickReply("我的订单到哪了", "我的订单到哪了"),
                QuickReply("门店几点关门", "门店几点关门"),
                QuickReply("停车怎么收费", "停车怎么收费"),
                QuickReply("想退货", "想退货"),
            ),
        ),
        "en": Greeting(
            "Hello, I am Xiaoer, the shop's automated assistant. Ask me about orders, parking, "
            "membership or returns.",
            (
                QuickReply("Where is my order?", "Where is my order?"),
                QuickReply("Opening hours", "When do the stores close?"),
                QuickReply("Parking", "How much is parking?"),
            ),
        ),
    },
)


async def open_shop(ctx: Ctx) -> None:
    """The widget's account of the demo shop, under a key that its page knows."""
    await channels.open_account(ctx, _PROFILE, key=ACCOUNT_KEY)


async def shopper_token(ctx: Ctx, customer_id: UUID) -> str:
    """The token that the shop's own server would give its page for a signed-in customer."""
    customer = await customers.get(ctx, customer_id)
    return await channels.vouch(ctx, ACCOUNT_KEY, customer.member_no, customer.name)
