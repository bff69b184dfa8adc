"""What a flow says of itself; what is proposed, refused or done is said by whoever owns it."""

from __future__ import annotations

_PHRASES = {
    "which": ("您是想办哪一项？我先确认一下，再办理。", "Which of these do you want? I would rather ask first."),
    "which_order": ("您说的是哪一笔？", "Which of these orders do you mean?"),
    "which_items": ("您说的是哪一件？", "Which of these do you mean?"),
    "which_store": ("您说的是哪一家店？", "Which store do you mean?"),
    "which_choice": ("您说的是哪一种？", "Which of these do you mean?"),
    "how_many": ("同样的有好几件，您要办几件？", "There are several of these. How many do you mean?"),
    "again": ("不好意思，没听明白。", "Sorry, I did not get that."),
    "dropped": ("好的，没有办理，什么都没有改动。有需要随时找我。",
                "All right, nothing was done and nothing has changed. I am here when you need me."),
    "let_be": ("好的，感谢理解。还有别的需要随时找我。", "Thank you for understanding. I am here when you need me."),
    "more": ("还有什么可以帮您？", "Is there anything else?"),
    "next": ("接下来办：{title}。", "Next: {title}."),
    "restated": ("非常抱歉，这一条对所有顾客都一样：{refusal}",
                 "I am sorry, this rule is the same for everybody: {refusal}"),
    "confirm": ("请回复“确认”办理，或“先不办”。", "Please answer 'confirm' to go ahead, or 'not now'."),
    "unconfirmed": ("没有收到您的确认，先不办理，什么都没有改动。",
                    "You have not confirmed, so I leave it; nothing has changed."),
    "bad_phone": ("手机号要是 1 开头的 11 位数字，请再核对一下。",
                  "A mobile number has 11 digits and begins with 1. Please check it."),
    "bad_email": ("请发一个邮箱地址，例如 name@example.com。", "Please send an e-mail address, such as name@example.com."),
    "bad_tax_number": ("税号要是 18 位的数字和大写字母，请再核对一下。",
                       "A tax number has 18 digits and capital letters. Please check it."),
    "address_province": ("还差省份和城市，请把地址补全。", "Province and city are missing. Please complete the address."),
    "address_city": ("还差城市，请把地址补全。", "The city is missing. Please complete the address."),
    "address_district": ("还差区或县，请补一下是哪个区（县）。", "The district is missing. Which one is it?"),
    "address_street": ("还差路名和门牌号，请补一下详细地址。", "Street and number are missing. Please add them."),
    "not_found": ("在您的账号下没有找到这笔订单，请核对订单号；我们只能查看和办理您本人的订单。",
                  "I cannot find that among your orders. Please check the number; I can only help with "
                  "your own."),
    "stuck": ("抱歉，我几次都没能弄清楚，先不办理，什么都没有改动。您可以换个说法再告诉我，也可以转人工。",
              "I am sorry, I could not make sure what you mean, so I leave it; nothing has changed. Tell "
              "me in other words, or talk to a person."),
    "instead": ("这笔订单目前的状态要走“{title}”，我按这个给您办。", "For this order that is: {title}. I go on with it."),
    "yes": ("确认", "Confirm"),
    "no": ("先不办", "Not now"),
    "person": ("转人工", "Talk to a person"),
    "start": ("现在办：{title}", "Start: {title}"),
}  # fmt: skip


def phrase(key: str, locale: str, **fields: str) -> str:
    """A phrase in the customer's language."""
    zh, en = _PHRASES[key]
    return (zh if locale.startswith("zh") else en).format(**fields)
