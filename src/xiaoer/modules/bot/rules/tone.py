"""What a message tells besides its question: a wish for a person, a risk, a mood."""

from __future__ import annotations

import re

from xiaoer.kit.hanzi import simplified
from xiaoer.kit.text import fold
from xiaoer.modules.bot.contracts import Tone

_PERSON = re.compile(
    r"转人工|人工(客服|服务|坐席)?$|^人工|找(个)?(真)?人(工|说|聊|来|处理)?|叫.{0,6}(经理|店长|主管|客服)|真人|"
    r"不要(跟)?机器人|别.{0,3}机器人|人工客服|"
    r"\b(human|real person|live agent|representative|talk to (a|an|someone)|speak (to|with) (a|an|someone))\b"
)
_UNSOLVED = re.compile(
    r"没(有)?解决|还(是)?不行|没用|不是这个|答非所问|还是没|没帮上|不对吧|"
    r"\b(not solved|didn'?t help|still not|not helpful|that'?s not)\b"
)
_GREETING = re.compile(
    r"^(你好|您好|哈喽|嗨|在吗|在不在|有人吗|hello|hi|hey|good (morning|afternoon|evening))[啊呀吗呢,，.。!！?？~ ]*$"
)
_THANKS = re.compile(
    r"^(谢谢|多谢|感谢|好的|知道了|明白了|ok|okay|thanks?|thank you)[您你啊了呀,，.。!！~ ]*(谢谢|thanks?)?[啊了,，.。!！~ ]*$"
)
_ABUSE = re.compile(
    r"傻[逼比b叉]|[操草艹]你|他妈的|[你真太]他妈(?!妈)|(?<![妈我你他她爸老亲])妈的|滚[蛋开]?$|垃圾(客服|机器人|商场|公司)?|废物|白痴|智障|脑残|去死|"
    r"\b(fuck|shit|stupid|idiot|useless|garbage|crap)\b"
)
_RISKS = (
    ("self_harm", re.compile(r"自杀|不想活|活不下去|轻生|结束生命|kill myself|suicide")),
    (
        "medical",
        re.compile(
            r"过敏(了|反应|很严重)|起(了)?(红)?疹|红肿|中毒|(送|去|进)(了|去)?(医院|急诊)|急诊|呕吐|上吐下泻|拉肚子|"
            r"烫伤|灼伤|窒息|呛到|晕倒|昏(倒|迷)|抽搐|呼吸困难|喘不(过|上)|烂脸|"
            r"(脸|嘴|嘴唇|眼睛|眼皮|皮肤|手|脖子|身上|浑身|喉咙|舌头)(都|上|也|好|有点|突然|全|又)*(肿|红肿|刺痛|灼痛|溃烂|起泡|出血)|"
            r"(吃|喝|涂|抹|擦|敷)(了|完|过|着)?.{0,12}(不舒服|难受)|用.{0,12}(头晕|恶心|想吐|发烧|胸闷|心慌)|"
            r"allergic reaction|poison|hospital|swollen|rash|vomit|can'?t breathe|faint(ed)?"
        ),
    ),
    ("legal", re.compile(r"起诉|法院|律师(函)?|告你们|仲裁|sue you|lawyer|legal action")),
    ("regulator", re.compile(r"12315|消协|消费者协会|工商|市场监管|食药监|举报")),
    ("media", re.compile(r"曝光你|媒体|记者|发(到)?(微博|抖音|小红书)|上热搜|go public|press")),
    (
        "complaint",
        re.compile(r"(我要|要)投诉|投诉(你们|他|她|店员|商家)|file a complaint|complain about"),
    ),
)


def read_tone(text: str) -> Tone:
    """What the words say besides the question; the risk is the gravest that is found."""
    folded = simplified(fold(text)).strip()
    risk = next((name for name, pattern in _RISKS if pattern.search(folded)), "")
    return Tone(
        wants_person=bool(_PERSON.search(folded)),
        still_unsolved=bool(_UNSOLVED.search(folded)),
        is_greeting=bool(_GREETING.match(folded)),
        is_thanks=bool(_THANKS.match(folded)),
        is_abusive=bool(_ABUSE.search(folded)),
        risk=risk,
    )


def is_english(text: str) -> bool:
    """Mostly Latin letters: answered in English."""
    letters = [c for c in text if c.isalpha()]
    latin = sum(c.isascii() for c in letters)
    return bool(letters) and latin / len(letters) > 0.7
