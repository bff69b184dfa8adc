"""Rows of a retailer's own file as customers. The columns' names stand on the room's page."""

from __future__ import annotations

from xiaoer.kit.cells import BadCell, Cells, Fields
from xiaoer.kit.problem import Why
from xiaoer.modules.customers.contracts import Identity, IdentityKind, Kind, Newcomer, Purpose
from xiaoer.modules.customers.errors import BadIdentity
from xiaoer.modules.customers.rules import prepared

COLUMNS = {
    "member_no": ("会员号", "会员卡号", "会员编号", "卡号", "member"),
    "external": ("external_id", "外部编号", "客户编号", "customer_id", "id"),
    "phone": ("手机号", "手机", "电话", "mobile"),
    "email": ("邮箱", "电子邮箱", "e-mail"),
    "openid": ("微信openid",),
    "name": ("姓名", "客户姓名", "会员姓名", "名称"),
    "level": ("会员等级", "等级"),
    "points": ("积分", "会员积分"),
    "kind": ("客户类型", "类型"),
    "language": ("语言",),
    "gender": ("性别",),
    "birthday": ("生日", "出生日期"),
    "city": ("城市", "所在城市"),
    "address": ("地址", "联系地址"),
    "company": ("公司", "单位"),
    "joined_at": ("入会时间", "注册时间", "入会日期"),
    "unit_path": ("组织路径", "所属门店"),
    "consents": ("consent", "授权"),
    "tags": ("标签",),
}
_KINDS = {kind.value: kind.value for kind in Kind} | {
    "普通客户": "shopper", "顾客": "shopper", "会员": "shopper", "大客户": "vip",
    "经销商": "distributor", "代理商": "agent", "供应商": "supplier",
}  # fmt: skip
_GENDERS = {"f": "f", "m": "m", "女": "f", "男": "m", "female": "f", "male": "m",
            "女士": "f", "先生": "m", "未知": "", "保密": ""}  # fmt: skip
_PURPOSES = {purpose.value: purpose.value for purpose in Purpose} | {
    "营销": "marketing", "记忆": "memory", "统计": "analytics",
}  # fmt: skip


def read_row(fields: Fields) -> Newcomer:
    """A customer as one row tells it; raises :class:`BadCell`, :class:`NoIdentity`."""
    row = Cells(fields, COLUMNS)
    tags = row.parts("tags")
    try:
        return prepared(Newcomer(
            tuple(_identities(row)), name=row.text("name", longest=200),
            kind=Kind(found) if (found := row.choice("kind", _KINDS)) else None,
            level=row.text("level", longest=40), points=row.whole("points"),
            unit_path=_path(row), language=row.text("language", longest=20),
            gender=row.choice("gender", _GENDERS), birthday=row.day("birthday"),
            city=row.text("city", longest=100), address=_address(row),
            company=row.text("company", longest=200), joined_at=row.moment("joined_at"),
            consents=frozenset(_consents(row)), extra={"tags": list(tags)} if tags else {},
        ))  # fmt: skip
    except BadIdentity as error:
        raise BadCell(field=error.fields["kind"], reason=Why(error.sentence("zh-CN"), error.sentence("en"))) from error


def _identities(row: Cells) -> list[Identity]:
    return [
        Identity(kind, value)
        for kind in IdentityKind
        if kind is not IdentityKind.VISITOR and (value := row.text(kind.value))
    ]


def _path(row: Cells) -> str:
    path = row.text("unit_path", longest=400)
    if path and not (path.startswith("/") and path.endswith("/")):
        raise BadCell(field="unit_path", reason=Why("要以 / 开头和结尾", "has to begin and end with /"))
    return path


def _address(row: Cells) -> dict[str, str]:
    raw = row.raw("address")
    if isinstance(raw, dict):
        return {str(key): str(value)[:500] for key, value in raw.items()}
    text = row.text("address", longest=500)
    return {"text": text} if text else {}


def _consents(row: Cells) -> list[str]:
    words = [word for part in row.parts("consents") for word in part.replace("，", ",").split(",")]
    unknown = [word for word in words if word.strip().lower() not in _PURPOSES]
    if unknown:
        raise BadCell(field="consents", reason=Why(
            f"不认识“{unknown[0][:40]}”", f"“{unknown[0][:40]}” is not known"))
    return [_PURPOSES[word.strip().lower()] for word in words]
