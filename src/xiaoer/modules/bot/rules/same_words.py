"""Words that change nothing, and words that say the same: two closed lists for each language.

Whatever stands in neither list is a word with a meaning, and is compared as it is written. An entry
that maps a word to itself protects it from the shorter words inside it.
"""

from __future__ import annotations

YES = "‹yes›"
YOU = "‹you›"
WE = "‹we›"
YOUR = "‹your›"
OUR = "‹our›"
FOR_YOU = "‹for you›"
POLITE_YOU = "‹please you›"
WE_WILL = "‹we will›"
IF = "‹if›"
COURTESY = "‹courtesy›"
GREETING = "‹greeting›"
SO = "‹so›"
ONLY = "‹only›"
NEED = "‹need›"
EXCEPT = "‹except›"
MOST = "‹most›"
LEAST = "‹least›"
ABOUT = "‹about›"

_ZH_PROTECTED = """
会员 机会 协会 社会 会场 会议 聚会 宴会 体会 发布会 消费者协会 和光 和光里 现在 在线 实在 存在 在校 在职 在售 是否 但是
于是 还是 或是 只是 归还 还款 退还 返还 偿还 还原 还车 还书 交还 还清 成都 首都 都市 不都 不了 了解 为了 目的 可能
可能会 可乐 可靠 许可 认可 可口 可爱 功能 智能 能量 能源 性能 节能 就近 就餐 就业 就算 就医 不就 获得 取得 得到 觉得
值得 不得 不得不 不可以不 可以不 可不 能不能 能不 可不可以 可否 能否 会不会 是不是 要不要 想要 主要 重要 要求 不要 要是不
里面 公里 邻里 里程 这里面 和平 和田 柔和 温和 平和 和牛 共和 里昂 带上门 手上 线上 网上 以上 及以上 上门 上午 晚上
早上 楼上 上海 上面 上下 上新 上架 上市 请假 申请 邀请 聘请 请求 宴请 目的地 的士 地址 地铁 地下 地面 地方 场地 当地
产地 地区 本地 个人 个性 个税 各个 整个 单个 个体 按个 那种 那天 那件 那家 那个 那笔 那款 那一页 那一样 那里面 帮助
帮厨 亲子 亲自 亲人 亲友 亲属 父亲 母亲 亲肤 呢子 毛呢 吧台 酒吧 网吧 水吧 啦啦队 着装 着急 着火 着落 也许 也门 再也不
进行中 麻烦事 以后的 后台 后面 后备箱 前台 前面 前往 提前 目前 当前 内衣 内容 内部 室内 外面 户外 海外 外卖 室外 外套
意外 例外 外地 外国 境外 外籍 约定 预约 特约 合约 约束 约会 签约 直到 除夕 删除 解除 消除 清除 除菌 除湿 除味 除尘
除螨 扫除 须知 需求 要么 必要 支付宝 小时 时间 时段 时装 限时 平时 准时 及时 随时 同时 实时 临时 定时 时尚 当时 有限
认证 认真 确认 默认 认脸 营业 营业时间 营业执照 停车 停车场 停车费 停车券 停车位 停用 等级 等于 发现 发票 发货 发生
开发票 存款 抵达 按摩 按钮 按键 从此 从业 超市 办法 办公 换季 放心 放假 超时 超重 显示 正在 宝宝 服务 出来 过来 服务台
服务费 未来 本来 来源 原来 往来 来电 后来 从来 带来 去年 去皮 去除 去世 坐垫 坐便 乘坐 否则 原则 规则 细则 常温 正常
日常 平常 通常 异常 预订单 加油 加热 加工 参加 增加 配送 配件 搭配 分配 本店员 我国 该项 应该 请勿 勿 并非 并不 并没
从不 从未 以便 以免 免得 不只 不仅 不光 不止 不但 不必 不一定
"""
_ZH_SAME = {
    IF: "如果 若 若是 假如 要是 只要 倘若 如若 假设 一旦",
    ONLY: "只 仅 仅限 只限 仅仅 只能 仅能 只可 只可以 只有 唯有 仅有 只需 只需要 仅需",
    NEED: "需要 需 须 必须 务必 要 得要 应当 要",
    "不需": "不需要 无需 无须 不需 不必 用不着 毋须",
    "不": "不能 不可 不可以 不会 不能够 无法 不是 还不 还不能",
    "没": "没有 没 没能 还没 还没有 还未 尚未 并未 未能",
    EXCEPT: "除 除了 除开 除去",
    "外": "以外 之外 外",
    "内": "以内 之内 内",
    "后": "之后 以后 后",
    "前": "之前 以前 前",
    "或": "或者 或 或是 抑或",
    MOST: "最多 至多 不超过 上限 最多为",
    LEAST: "至少 最少 起码 不少于",
    ABOUT: "大约 大概 约 大致 约为",
    "马上": "马上 立刻 立即 立马",
    "次日": "次日",
    "用": "使用 用 采用",
    "买": "购买 买",
    "看": "查看 看看 看一下 看一看 看",
    "查": "查询 查到 查一下 查",
    "改": "修改 更改 改",
    "选": "选择 选好 选",
    "点": "点击 点一下 点",
    "带": "带上 带好 携带 带",
    "写": "写上 写",
    "扫": "扫描 扫一下 扫",
    "拆": "拆开 拆",
    "步行": "步行 走路",
    "领": "领取 领",
    "收": "收取 接收 收",
    "退": "退货 退还 退",
    "免费": "免费 不收费 免费的",
    "开": "开具 开",
    "寄": "寄送 邮寄 寄",
    "发到": "发送到 发到 发至 发送至",
    "搬到": "搬到 搬至",
    "比如": "比如 例如 譬如",
    "想": "想要 想",
    "一样": "一样 相同 同样",
    "很": "很 非常 十分",
    "全": "全部 全都 全",
    "其他": "其他 其它",
    "另外": "另外 另",
    "到": "到达 到",
    "没关系": "没关系 没有关系",
    "告诉": "告诉 告知",
    "分": "分成 分",
    "每": "每 每一 每1",
    "已": "已经 已",
    "修": "维修 修理 修",
    "时": "的时候 时候 时",
    "付": "支付 付",
    "订": "预订 订",
    "采": "采摘 采",
    "拦": "拦截 拦",
    "切到": "切换到 切到",
    "搜": "搜索 搜",
    "装": "装进 装入 装",
    "加": "加上 加",
    "有": "设有 还有 还设有 有",
    "配": "配有 配备 配",
    "原路退": "原路退回 原路退",
    "设默认": "设置默认 设默认",
    "本人": "由本人 本人",
    "别": "千万别 别",
    "不要": "千万不要 不要",
    "仍": "仍然 仍",
    "认": "认准 认",
    "寄到": "寄往 寄到",
    "有效": "有效期 有效",
    "不需另外": "不用另外 不需要另外 无需另外 不必另外",
    "来": "过来 来",
    "按": "按照 依照 按",
    "含": "含有 含",
    "遇": "遇到 遇上 遇",
    "打电话": "致电 拨打电话 打电话",
    "填": "填写 填",
    "拍": "拍摄 拍",
    "抵": "抵扣 抵",
    "叠": "叠加 叠",
    "等": "等待 等",
    "超": "超过 超",
    "扣": "扣除 扣",
    "发": "发送 发",
    "办": "办理 办",
    "换": "更换 换",
    "停": "停放 停",
    "存": "存放 存",
    "洗": "清洗 洗",
    "放": "放置 放",
    "开到": "营业到 开到 开至 营业至",
    "经常": "经常 常常 常",
    YOU: "您 你 顾客您",
    WE: "我们 咱们 我方 本店 我",
    SO: "的话",
    "‹for us›": "给我们 给我 帮我们 为我们 替我们",
    FOR_YOU: "给您 帮您 为您 替您 给你 帮你 为你",
    POLITE_YOU: "请您 麻烦您 麻烦你 您可以 您可 您能 您能够 您只需 您直接",
    WE_WILL: "我们会 我们将 我会 我们都",
}
_ZH_NOTHING = """
的 了 是 就 也 都 会 请 哦 呢 啦 吧 呀 啊 哈 嘛 哟 呗 喔 噢 亲 亲亲 可以 能 可 能够 那么 进行 在 里 和 与 及
以及 并 上的 一下 有的是 那里 那边 这里 这边 给 则 个 将 把 便 而 着 就行 就行了 就好 就好了 就好啦 即可 就可以
就可以了 就可以啦 这是 还可以 还能 还会 并且
"""
_ZH_COURTESY = """
您好 你好 您好呀 亲爱的 亲爱的顾客 尊敬的顾客 尊敬的会员 感谢您的咨询 感谢您的光临 感谢咨询 谢谢您的咨询 很高兴为您服务 抱歉
很抱歉 非常抱歉 十分抱歉 不好意思 请您谅解 请谅解 敬请谅解 请您放心 请放心 放心 别担心 请别担心 您别担心 温馨提示 是这样的
有其他问题随时找我 有其他问题可以随时问我 有其他问题随时告诉我 希望能帮到您 希望对您有帮助 祝您购物愉快 祝您生活愉快
"""
_EN_SAME = {
    YES: "yes|sure|of course|certainly|absolutely|definitely|yes of course|yes you can|yes they do|"
    "yes it is|yes there are|yes we do|yes it does",
    IF: "if|in case|provided that|as long as",
    ONLY: "only",
    NEED: "must|need to|needs to|have to|has to|required to|need",
    EXCEPT: "except|except for|apart from|excluding",
    MOST: "at most|maximum of|with a maximum of|up to a maximum of|no more than|not more than|up to|"
    "to a maximum of|capped at",
    LEAST: "at least|a minimum of|minimum of|no less than",
    ABOUT: "about|around|approximately|roughly",
    "must not": "must not|must never",
    "need not": "need not|do not need to|does not need to|do not have to|does not have to",
    "not": "not|can not|cannot|do not|does not|did not|is not|are not|will not|could not",
    "no": "no|there is no|there are no",
    "then": "then|after that|and then|thereafter",
    "until": "until|till",
    "every day": "every day|daily|each day",
    "every": "every|each",
    "get": "get|receive",
    "use": "use|take",
    "not all": "not all",
    "immediately": "at once|immediately|right away|straight away",
    "fee": "fee|charge",
    "deliver": "deliver|ship",
    "": "as well as|come with",
    YOU: "you get|you will get|you receive|you will receive",
}
_EN_NOTHING = """
a an the is are was were be been being it they there i me my their them
will would shall please so and also just simply can do does did has have having
kindly of on in at with which who s to
|it takes|it will take|so that|but
"""
_EN_COURTESY = """thank you for asking|thanks for asking|thank you for your question|thank you|thanks|we are sorry
|i am sorry|we are afraid|i am afraid|sorry|happy to help|glad to help|hope this helps|hello|hi|welcome|dear customer
"""

ADDED_LIGHTLY = frozenset((*"去坐来听很从", "显示", "主要", "正在", "宝宝", "服务", "出来", "营业"))
ADDED_LIGHTLY |= {"营业时间", "地址", "level", "starting", "shown"}
"""Words that a rewritten text may add, for they promise nothing; their source may not lose them."""


def _table(protected: str, same: dict[str, str], nothing: str) -> dict[str, str]:
    table = {word: word for word in protected.split()}
    table |= {word: to for to, words in same.items() for word in words.split()}
    return table | {word: "" for word in nothing.split()}


ZH = _table(_ZH_PROTECTED, _ZH_SAME, _ZH_NOTHING)
ZH |= {phrase: COURTESY for phrase in _ZH_COURTESY.split()}
ZH |= {phrase: GREETING for phrase in ("您好", "你好", "您好呀", "亲", "亲亲", "亲爱的")}
EN = {words: to for to, many in _EN_SAME.items() for words in many.split("|")} | {
    phrase.strip(): ""
    for number, piece in enumerate(_EN_NOTHING.split("|"))
    for phrase in (piece.split() if number == 0 else [piece])
}
EN |= {phrase.strip(): COURTESY for phrase in _EN_COURTESY.split("|")}
EN |= {phrase: GREETING for phrase in ("hello", "hi", "welcome", "dear customer")}
