"""The verbs of self-service: settle an errand from the group's own records."""

from __future__ import annotations

from uuid import UUID

from xiaoer.modules import catalog, customers, orders
from xiaoer.modules.selfservice import rules
from xiaoer.modules.selfservice.contracts import PROVE, Errand, Served, Wish
from xiaoer.ports.ctx import Ctx

SHOWN = 3


async def serve(
    ctx: Ctx, wish: Wish, *, customer_id: UUID | None, unit_path: str, locale: str
) -> Served:
    """Settle the errand, or say what is missing.

    ``customer_id`` is given only for a proven identity. Without it the answer is the same
    whether or not an order exists.
    """
    if wish.errand in (Errand.ORDER_STATUS, Errand.PARCEL):
        return await _orders(ctx, wish, customer_id, locale)
    return await _place(ctx, wish, unit_path, locale)


async def _orders(ctx: Ctx, wish: Wish, customer_id: UUID | None, locale: str) -> Served:
    zh = locale.startswith("zh")
    if customer_id is None:
        text = (
            "查订单前需要先确认是您本人，用订单号加手机后四位，或者验证码都可以。"
            if zh
            else "Before I look at an order, please confirm that it is you: by order "
            "number and the last four digits of your phone, or by a code."
        )
        choices = _choices(
            ("去确认身份" if zh else "Confirm identity", PROVE), locale=locale
        )
        return Served(text, (choices,), settled=False)
    customer = await customers.get(ctx, customer_id)
    found = await orders.of_customer(ctx, *customer.every_id, limit=20)
    if wish.order_number:
        found = tuple(o for o in found if o.number.upper() == wish.order_number)
    if not found:
        text = (
            "在您的账号下没有找到这笔订单。请核对订单号，或让人工帮您看看。"
            if zh
            else "I found no such order in your account. Please check the number, or ask a person."
        )
        return Served(text, (_choices(locale=locale),), settled=False)
    newest = found[0]
    return Served(
        rules.order_sentence(newest, locale),
        tuple(rules.order_card(o, locale) for o in found[: 1 if wish.order_number else SHOWN]),
        (newest.number, newest.number, "order"),
        subject=newest.number,
    )


async def _place(ctx: Ctx, wish: Wish, unit_path: str, locale: str) -> Served:
    stores = await catalog.stores(ctx)
    named = rules.name_place(wish.place, stores)
    here = next((s for s in stores if s.unit_path == unit_path), None)
    store = named or here
    zh = locale.startswith("zh")
    if store is None:
        options = [(s.short or s.name, f"{s.name}{_asked(wish)}") for s in stores[:12]]
        prompt = "您想问哪一家店？" if zh else "Which store do you mean?"
        card = {
            "card": "choices",
            "prompt": prompt,
            "options": [{"label": label, "value": value} for label, value in options],
        }
        return Served(prompt, (card,), settled=False)
    card = rules.store_card(store, wish.facility)
    source = (str(store.id), store.name, "store")
    return Served(_sentence(wish, store, locale), (card,), source, subject=store.code)


def _sentence(wish: Wish, store: catalog.contracts.Store, locale: str) -> str:
    zh = locale.startswith("zh")
    if wish.errand is Errand.HOURS:
        return (
            f"{store.name}营业时间：{store.hours_text}。"
            if zh
            else f"{store.en or store.name} is open: {store.hours_text}."
        )
    facility = rules.facility_of(store, wish.facility)
    if facility is None:
        return (
            f"{store.name}暂时没有登记{wish.facility}，建议到服务台问一下。"
            if zh
            else f"{store.en or store.name} lists no such facility. Please ask at the service desk."
        )
    return (
        f"{store.name}有{facility.name}，在{facility.place}。"
        if zh
        else f"{store.en or store.name}: {facility.name}, {facility.place}."
    )


def _asked(wish: Wish) -> str:
    return "营业时间" if wish.errand is Errand.HOURS else f"有{wish.facility}吗"


def _choices(*options: tuple[str, str], locale: str) -> dict[str, object]:
    person = "转人工" if locale.startswith("zh") else "Talk to a person"
    return {
        "card": "choices",
        "prompt": "",
        "options": [
            {"label": label, "value": value}
            for label, value in (*options, (person, "action:person"))
        ],
    }
