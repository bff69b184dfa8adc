"""An address in the mainland as people write it, with or without the suffixes; a receiver and a
telephone number beside it.

The prefectures are those of the administrative divisions of 2024 (Ministry of Civil Affairs),
without their suffixes; a district is recognised by its own suffix.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

_MUNICIPALITIES = ("北京", "上海", "天津", "重庆")
_ABROAD = ("香港", "澳门", "台湾", "台北", "高雄", "九龙", "海外", "国外", "美国", "日本", "韩国", "英国",
           "加拿大", "澳大利亚", "新加坡", "新西兰", "德国", "法国")  # fmt: skip
_PREFECTURES = """
河北 石家庄 唐山 秦皇岛 邯郸 邢台 保定 张家口 承德 沧州 廊坊 衡水
山西 太原 大同 阳泉 长治 晋城 朔州 晋中 运城 忻州 临汾 吕梁
内蒙古 呼和浩特 包头 乌海 赤峰 通辽 鄂尔多斯 呼伦贝尔 巴彦淖尔 乌兰察布 兴安 锡林郭勒 阿拉善
辽宁 沈阳 大连 鞍山 抚顺 本溪 丹东 锦州 营口 阜新 辽阳 盘锦 铁岭 朝阳 葫芦岛
吉林 长春 吉林 四平 辽源 通化 白山 松原 白城 延边
黑龙江 哈尔滨 齐齐哈尔 鸡西 鹤岗 双鸭山 大庆 伊春 佳木斯 七台河 牡丹江 黑河 绥化 大兴安岭
江苏 南京 无锡 徐州 常州 苏州 南通 连云港 淮安 盐城 扬州 镇江 泰州 宿迁
浙江 杭州 宁波 温州 嘉兴 湖州 绍兴 金华 衢州 舟山 台州 丽水
安徽 合肥 芜湖 蚌埠 淮南 马鞍山 淮北 铜陵 安庆 黄山 滁州 阜阳 宿州 六安 亳州 池州 宣城
福建 福州 厦门 莆田 三明 泉州 漳州 南平 龙岩 宁德
江西 南昌 景德镇 萍乡 九江 新余 鹰潭 赣州 吉安 宜春 抚州 上饶
山东 济南 青岛 淄博 枣庄 东营 烟台 潍坊 济宁 泰安 威海 日照 临沂 德州 聊城 滨州 菏泽
河南 郑州 开封 洛阳 平顶山 安阳 鹤壁 新乡 焦作 濮阳 许昌 漯河 三门峡 南阳 商丘 信阳 周口 驻马店 济源
湖北 武汉 黄石 十堰 宜昌 襄阳 鄂州 荆门 孝感 荆州 黄冈 咸宁 随州 恩施 仙桃 潜江 天门 神农架
湖南 长沙 株洲 湘潭 衡阳 邵阳 岳阳 常德 张家界 益阳 郴州 永州 怀化 娄底 湘西
广东 广州 韶关 深圳 珠海 汕头 佛山 江门 湛江 茂名 肇庆 惠州 梅州 汕尾 河源 阳江 清远 东莞 中山 潮州 揭阳 云浮
广西 南宁 柳州 桂林 梧州 北海 防城港 钦州 贵港 玉林 百色 贺州 河池 来宾 崇左
海南 海口 三亚 三沙 儋州
四川 成都 自贡 攀枝花 泸州 德阳 绵阳 广元 遂宁 内江 乐山 南充 眉山 宜宾 广安 达州 雅安 巴中 资阳 阿坝 甘孜 凉山
贵州 贵阳 六盘水 遵义 安顺 毕节 铜仁 黔西南 黔东南 黔南
云南 昆明 曲靖 玉溪 保山 昭通 丽江 普洱 临沧 楚雄 红河 文山 西双版纳 大理 德宏 怒江 迪庆
西藏 拉萨 日喀则 昌都 林芝 山南 那曲 阿里
陕西 西安 铜川 宝鸡 咸阳 渭南 延安 汉中 榆林 安康 商洛
甘肃 兰州 嘉峪关 金昌 白银 天水 武威 张掖 平凉 酒泉 庆阳 定西 陇南 临夏 甘南
青海 西宁 海东 海北 黄南 海南 果洛 玉树 海西
宁夏 银川 石嘴山 吴忠 固原 中卫
新疆 乌鲁木齐 克拉玛依 吐鲁番 哈密 昌吉 博尔塔拉 巴音郭楞 阿克苏 克孜勒苏 喀什 和田 伊犁 塔城 阿勒泰
"""
_PHONE = re.compile(r"(?<!\d)(1\d{10})(?!\d)")
_DIGITS = re.compile(r"(?<!\d)1\d{7,12}(?!\d)")
_RECEIVER = re.compile(
    r"(?:收件人|收货人|收件|联系人|姓名|名字)(?:也)?(?:是|叫|写|改成|改为|换成|填|[:：])*\s*([一-鿿·]{2,6}?)(?=$|[\s,，。.;；、]|电话|手机|号码|1\d)"
)
_RECEIVER_TO = re.compile(r"(?:给|让|由|是)([一-鿿]{2,4}?)(?:收|签收|代收)")
_TO_RECEIVE = re.compile(r"(?:^|[\s,，;；])([一-鿿]{2,4}?)(?:收|签收|代收)(?=$|[\s,，。;；!！])")
_BESIDE_PHONE = re.compile(r"(?:^|[\s,，;；])(?!电话|手机|号码|联系)([一-鿿]{2,4})[\s,，]*(?=1\d{10})|1\d{10}[\s,，]*([一-鿿]{2,4})$")
_LEAD = re.compile(
    r"^.*?(?:地址)?(?:改(?:成|到|为|寄|送|一下|下)?(?:到|成|为)?|寄(?:到|去|往)?|送(?:到|去)?|换(?:成|到)|新地址(?:是|为)?|地址(?:是|为|改)?)[:：,，\s]*"
)
_TAIL = re.compile(
    r"[,，。;；\s]*(?:谢谢|麻烦|辛苦|帮我|请|可以吗|行吗|好吗|吧|了|啊|哈|哦|就行|收|不变|其他(?:都)?不变|收件人.*|电话.*|手机.*|联系.*|手机号.*)+[!！。.~～]*$"
)
_DISTRICT = re.compile(r"^([一-鿿]{1,6}?(?:工业园区|开发区|新区|区|县|旗|市))")
_NO_DISTRICT = re.compile(r"(?:小区|社区|(?<!工业)园区|校区|厂区|院区|景区|片区)$")


@dataclass(frozen=True, slots=True)
class Where:
    """An address; parts that were not said are empty. ``abroad``: outside the mainland."""

    province: str = ""
    city: str = ""
    district: str = ""
    street: str = ""
    receiver: str = ""
    phone: str = ""
    abroad: str = ""

    @property
    def missing(self) -> tuple[str, ...]:
        """What a parcel still needs to find its way."""
        parts = {"province": self.province, "city": self.city, "district": self.district,
                 "street": self.street}  # fmt: skip
        return tuple(name for name, value in parts.items() if not value)

    @property
    def is_empty(self) -> bool:
        """Whether no place was said."""
        return not (self.province or self.city or self.district or self.abroad)

    def arguments(self) -> dict[str, str]:
        """As the tool takes it: what was not said of the receiver stays as it was."""
        found = {"province": self.province, "city": self.city, "district": self.district,
                 "street": self.street, "receiver": self.receiver, "phone": self.phone}  # fmt: skip
        return {name: value for name, value in found.items()
                if value or name not in ("receiver", "phone")}  # fmt: skip


def where_meant(text: str) -> Where:
    """The address that a text holds."""
    phone = _PHONE.search(text)
    receiver = _receiver_of(text)
    abroad = next((name for name in _ABROAD if name in text), "")
    start = _start(text)
    if start is None:
        return Where(receiver=receiver, phone=phone.group(1) if phone else "", abroad=abroad)
    rest = text[start:]
    province, city, rest = _region(rest)
    district, rest = _district(rest)
    return Where(
        province, city, district, _street(rest, receiver), receiver,
        phone.group(1) if phone else "", abroad if province in ("", *_ABROAD) else "",
    )  # fmt: skip


def bad_phone(text: str) -> bool:
    """Whether something is meant as a mobile number that is none."""
    return bool(_DIGITS.search(text)) and not _PHONE.search(text)


@cache
def _provinces() -> dict[str, str]:
    """Each province and prefecture without suffix, with its province."""
    found: dict[str, str] = {}
    for line in _PREFECTURES.strip().splitlines():
        province, *cities = line.split()
        found.update({city: province for city in cities if city not in found})
        found[province] = province
    return found | {city: city for city in _MUNICIPALITIES}


@cache
def _region_names() -> re.Pattern[str]:
    names = sorted(_provinces(), key=len, reverse=True)
    return re.compile("|".join(names))


def _start(text: str) -> int | None:
    """Where the address begins: at the last name of a region that another part follows."""
    lead = _LEAD.match(text)
    hit = _region_names().search(text, lead.end() if lead else 0) or _region_names().search(text)
    return hit.start() if hit else None


def _region(rest: str) -> tuple[str, str, str]:
    """Province and prefecture, and what follows."""
    names = _provinces()
    found: list[str] = []
    while len(found) < 2:
        rest = rest.lstrip(" ,，、-")
        hit = _region_names().match(rest)
        if hit is None or (len(found) == 1 and names[hit.group()] != names[found[0]]):
            break
        if found and hit.group() == found[0] and found[0] not in (*_MUNICIPALITIES, "吉林"):
            break
        found.append(hit.group())
        rest = re.sub(
            r"^(?:特别行政区|(?:壮族|回族|维吾尔)?自治区|(?:[一-鿿]{1,6}族)*自治州|省|市|州|盟|地区)", "", rest[hit.end() :]
        )
    if not found:
        return "", "", rest
    province = names[found[0]]
    if province in _MUNICIPALITIES:
        return province, province, rest
    city = found[1] if len(found) == 2 else found[0] if found[0] != province else ""
    return province, city, rest


def _district(rest: str) -> tuple[str, str]:
    rest = rest.lstrip(" ,，、-")
    hit = _DISTRICT.match(rest)
    if hit is None or _NO_DISTRICT.search(hit.group(1)):
        return "", rest
    return hit.group(1), rest[hit.end() :]


def _street(rest: str, receiver: str) -> str:
    rest = _PHONE.sub("", rest)
    if receiver:
        rest = re.sub(rf"[\s,，;；]*(?:收件人|收货人|联系人|给)?(?:是|叫|[:：])*{receiver}.*$", "", rest)
    rest = re.split(r"[。;；!！?？\n]", rest)[0]
    before = None
    while before != rest:
        before, rest = rest, _TAIL.sub("", rest).strip(" ,，、-")
    return re.split(r"[,，](?=\D*$)", rest)[0].replace(" ", "")


def _receiver_of(text: str) -> str:
    hit = _RECEIVER.search(text) or _RECEIVER_TO.search(text) or _TO_RECEIVE.search(text) or _BESIDE_PHONE.search(text)
    return next((one for one in hit.groups() if one), "") if hit else ""
