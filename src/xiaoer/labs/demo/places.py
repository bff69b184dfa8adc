"""The group's tree, stores, brands and counters, as written in the package's word lists."""

from __future__ import annotations

from xiaoer.labs.demo.shapes import (
    Brand,
    Counter,
    Facility,
    Floor,
    Parking,
    SkillGroup,
    Staff,
    Store,
    Unit,
)
from xiaoer.labs.demo.words import read_json, read_rows

PASSWORD = "heguang-demo"  # noqa: S105 - published on purpose: it opens the demo tenant only
SKILLS = {
    "presales": "售前",
    "aftersales": "售后",
    "logistics": "物流",
    "member": "会员",
    "store": "门店",
}
SKILLS_EN = {
    "presales": "before a purchase",
    "aftersales": "after a purchase",
    "logistics": "delivery",
    "member": "membership",
    "store": "in the stores",
}


def path_of(place: str) -> str:
    """`g`, `dept`, `bj01`, `bj01/qiyan` → the unit's path in the tree; the group itself is `/`."""
    book = read_json("group.json")
    if place == book["group"]["code"]:
        return "/"
    head, _, counter = place.partition("/")
    formats = {s["code"]: s["format"] for s in book["stores"]}
    middle = f"{formats[head]}/{head}" if head in formats else head
    return f"/{middle}/{counter}/" if counter else f"/{middle}/"


def stores() -> tuple[Store, ...]:
    return tuple(_store(s) for s in read_json("group.json")["stores"])


def _store(raw: dict[str, object]) -> Store:
    row: dict[str, object] = dict(raw)
    spot = row.pop("map")
    row.pop("city_en")
    assert isinstance(spot, dict)
    row.update(
        path=path_of(str(raw["code"])),
        floors=tuple(Floor(**f) for f in raw["floors"]),  # type: ignore[attr-defined]
        hours=tuple((a, b) for a, b in raw["hours"]),  # type: ignore[attr-defined]
        parking=Parking(**raw["parking"]),  # type: ignore[arg-type]
        facilities=tuple(Facility(**f) for f in raw["facilities"]),  # type: ignore[attr-defined]
        map_x=spot["x"],
        map_y=spot["y"],
    )
    return Store(**row)  # type: ignore[arg-type]


def brands() -> tuple[Brand, ...]:
    return tuple(
        Brand(
            r["code"],
            r["name"],
            r["latin"],
            r["category"],
            int(r["tier"]),
            tuple(r["lines"].split()),
        )
        for r in read_rows("brands.csv")
    )


def counters() -> tuple[Counter, ...]:
    """Each brand's counters, numbered along the floor in the order of the brand list."""
    phones = {s.code: s.phone for s in stores()}
    along: dict[tuple[str, str], int] = {}
    found: list[Counter] = []
    for row in read_rows("brands.csv"):
        for place in row["counters"].split():
            store, floor = place.split(":")
            n = along[store, floor] = along.get((store, floor), 0) + 1
            spot = f"{floor}-{'ABCD'[n % 4]}{n:02d}"
            phone = f"{phones[store]}-{len(found) % 900 + 100}"
            path = path_of(f"{store}/{row['code']}")
            found.append(Counter(row["code"], store, path, floor, spot, phone))
    return tuple(found)


def units() -> tuple[Unit, ...]:
    """The whole tree, parents before children."""
    book = read_json("group.json")
    group = book["group"]
    top = Unit(group["code"], path_of(group["code"]), "group", group["name"], group["en"], None)
    middle = [
        Unit(f["code"], path_of(f["code"]), "format", f["name"], f["en"], top.path)
        for f in book["formats"]
    ]
    shops = [Unit(s.code, s.path, "store", s.name, s.en, path_of(s.format)) for s in stores()]
    names = {b.code: b for b in brands()}
    stands = [
        Unit(c.brand, c.path, "counter", f"{names[c.brand].name}专柜", names[c.brand].latin,
             path_of(c.store))
        for c in counters()
    ]  # fmt: skip
    return (top, *middle, *shops, *stands)


def skill_groups() -> tuple[SkillGroup, ...]:
    return tuple(
        SkillGroup(
            f"{f['code']}-{code}",
            f"{f['name']}·{name}",
            f"{f['en']}: {SKILLS_EN[code]}",
            path_of(f["code"]),
        )
        for f in read_json("group.json")["formats"]
        for code, name in SKILLS.items()
    )


def staff() -> tuple[Staff, ...]:
    return tuple(
        Staff(
            r["login"],
            r["name"],
            r["role"],
            path_of(r["place"]),
            tuple(r["skills"].split()),
            tuple(r["functions"].split()),
            r["title"],
            int(r["capacity"]),
            PASSWORD,
        )
        for r in read_rows("staff.csv")
    )
