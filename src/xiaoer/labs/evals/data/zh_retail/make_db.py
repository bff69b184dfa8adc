"""Makes ``db.json`` from the two small lists beside it: an invented shop at one fixed moment.

    python make_db.py            # writes db.json next to this file
    python make_db.py --check    # exit 1 when db.json differs from what would be written

Nobody and nothing in it exists. The same inputs give the same bytes on every machine.
"""

from __future__ import annotations

import csv
import itertools
import json
import random
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
NOW = datetime.fromisoformat("2026-11-20T10:00:00+08:00")
NOTE = "Invented: no person, shop, address or number in this file is real. Amounts in fen."
ORDERS = 222
CARRIERS = (("迅达快递", "XD"), ("同城速运", "TC"), ("万里物流", "WL"))
METHODS = ("wechat", "wechat", "alipay", "alipay", "card", "balance")
STATES = (
    ("pending",) * 7 + ("delivered",) * 11 + ("shipped",) * 4
    + ("return_requested",) * 3 + ("ready", "cancelled", "exchange_requested")
)  # fmt: skip
PAID_HOURS_AGO = (5, 9, 20, 27, 31, 40, 52, 63, 75, 98)
SIGNED_DAYS_AGO = (0, 1, 2, 3, 4, 5, 6, 7, 9, 11, 13, 15, 18, 26, 47, 88, 96)

Record = dict[str, Any]


def variants_of(row: Record, product_id: str, dice: random.Random) -> Record:
    """Every combination of a product's options, with its usual and its present price."""
    names, choices = [], []
    for option in row["options"].split(";"):
        name, values = option.split("=")
        names.append(name)
        choices.append([(*value.split(":"), "0")[:2] for value in values.split("|")])
    found: Record = {}
    for number, picked in enumerate(itertools.product(*choices), 1):
        usual = (int(row["price"]) + sum(int(extra) for _, extra in picked)) * 100
        fall = dice.choice((0, 0, 0, 10, 15, 20))
        item_id = f"{product_id}-{number:02d}"
        found[item_id] = {
            "item_id": item_id,
            "options": dict(zip(names, [value for value, _ in picked], strict=True)),
            "available": dice.random() > 0.12,
            "usual_price_fen": usual,
            "price_fen": usual * (100 - fall) // 100,
            "price_kind": "flash" if fall == 20 else "normal",
        }
    return found


def make_products(dice: random.Random) -> Record:
    """The catalogue: product id to product."""
    with (HERE / "catalogue.tsv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t"))
    products = {}
    for number, row in enumerate(rows, 1):
        product_id = f"P{number:02d}"
        products[product_id] = {
            "product_id": product_id,
            "name": row["name"],
            "category": row["category"],
            "returns": row["returns"],
            "pickup": row["pickup"] == "yes",
            "variants": variants_of(row, product_id, dice),
        }
    return products


def make_users(people: Record, dice: random.Random) -> Record:
    """Customers with an address in their city; two of them bear the same name."""
    users = {}
    last_fours = dice.sample(range(1000, 10000), 70)
    for number, line in enumerate(people["people"].split("|"), 1):
        name, mail, city = line.split()
        province, districts = people["cities"][city]
        parts = districts.split("|")
        place = dice.randrange(len(parts) // 2) * 2
        building, room = dice.randint(1, 30), dice.randint(1, 18) * 100 + dice.randint(1, 4)
        phone = f"1990000{last_fours[number - 1]}"
        users[f"u{number:02d}"] = {
            "user_id": f"u{number:02d}",
            "name": name,
            "phone": phone,
            "email": f"{mail}@example.com",
            "balance_fen": dice.choice((0, 0, 1200, 5000, 26000)),
            "address": {
                "province": province,
                "city": city,
                "district": parts[place],
                "street": f"{parts[place + 1]}{dice.randint(1, 300)}号{building}幢{room}室",
                "receiver": name,
                "phone": phone,
            },
            "orders": [],
        }
    return users


def make_lines(products: Record, dice: random.Random) -> list[Record]:
    """One line a piece; a coupon may have made every piece cheaper."""
    lines = []
    share = dice.choice((100, 100, 100, 95, 90))
    for product in dice.sample(sorted(products), dice.choice((1, 1, 2, 2, 3))):
        variant = dice.choice(list(products[product]["variants"].values()))
        for _ in range(dice.choice((1, 1, 1, 1, 1, 2))):
            lines.append(
                {
                    "item_id": variant["item_id"],
                    "product_id": product,
                    "name": products[product]["name"],
                    "options": variant["options"],
                    "price_fen": variant["usual_price_fen"],
                    "paid_fen": variant["usual_price_fen"] * share // 100,
                    "price_protected": False,
                }
            )
    return lines


def stamp(moment: datetime) -> str:
    """The moment as it stands in the file."""
    return moment.isoformat(timespec="seconds")


def send(order: Record, paid: datetime, turn: int, dice: random.Random) -> None:
    """Give the order the parcel that its state implies."""
    carrier, letters = CARRIERS[turn % 3]
    status = order["status"]
    if status == "shipped":
        quiet = (7, 20, 33, 150)[turn // 3 % 4]
        told, said, at = "in_transit", "已离开转运中心", NOW - timedelta(hours=quiet)
    else:
        told, said = "signed", dice.choice(("本人签收", "放在驿站", "门卫代收", "放在家门口"))
        at = datetime.fromisoformat(order["signed_at"])
    order["parcels"] = [
        {
            "tracking_no": f"{letters}{dice.randint(10**9, 10**10 - 1)}",
            "carrier": carrier,
            "item_ids": [line["item_id"] for line in order["items"]],
            "status": told,
            "shipped_at": stamp(paid + timedelta(hours=18)),
            "last_event": said,
            "last_event_at": stamp(at),
        }
    ]


def after_sales(order: Record, turn: int, products: Record, dice: random.Random) -> None:
    """The return or exchange that is under way, with its freight insurance."""
    lines = order["items"]
    if order["status"] == "exchange_requested":
        order["exchange"] = {
            "items": [lines[0]["item_id"]], "new_items": [lines[0]["item_id"]],
            "reason": "quality", "difference_fen": 0,
        }  # fmt: skip
    if order["status"] != "return_requested":
        return
    reason = ("no_longer_needed", "wrong_size", "no_longer_needed", "quality")[turn % 4]
    if products[lines[0]["product_id"]]["returns"] == "quality":
        reason = "quality"
    mailed = turn % 5 != 0
    order["return"] = {
        "items": [lines[0]["item_id"]],
        "reason": reason,
        "refund_to": "original",
        "refund_fen": lines[0]["paid_fen"],
        "shipping_by": "seller" if reason == "quality" else "buyer",
        "tracking_no": f"TH{dice.randint(10**9, 10**10 - 1)}" if mailed else None,
        "mailed_at": stamp(NOW - timedelta(days=(1, 2, 4, 19)[turn % 7 % 4])) if mailed else None,
    }
    if turn % 6 != 1:
        claimed = turn % 11 == 3
        order["freight_insurance"] = {
            "cover_fen": (1000, 1200, 1500)[turn % 3],
            "status": "claimed" if claimed else "active",
        }


def settle(order: Record, turn: int, shop: tuple[Record, Record], dice: random.Random) -> None:
    """What time has done to the order: dispatch, signing, an earlier urge, report or invoice."""
    status, (users, products) = order["status"], shop
    if status in ("pending", "ready", "cancelled"):
        paid = NOW - timedelta(hours=PAID_HOURS_AGO[turn % 10], minutes=dice.randint(0, 59))
    elif status == "shipped":
        paid = NOW - timedelta(hours=dice.randint(170, 230))
    else:
        signed = NOW - timedelta(days=SIGNED_DAYS_AGO[turn % 17], hours=1 + turn % 7)
        paid = signed - timedelta(days=3, hours=dice.randint(1, 9))
        order["signed_at"] = stamp(signed)
    order["paid_at"] = stamp(paid)
    order["ship_by"] = stamp(paid + timedelta(days=12 if order["presale"] else 2))
    if status in ("shipped", "delivered", "return_requested", "exchange_requested"):
        send(order, paid, turn, dice)
        after_sales(order, turn, products, dice)
    if status == "pending" and turn % 9 == 4:
        order["urges"] = [stamp(NOW - timedelta(hours=6 if turn % 2 else 30))]
    if status == "pending" and turn % 8 == 5:
        order["address_changes"] = 1
    if status == "cancelled":
        order["cancel_reason"] = "no_longer_needed"
        order["refunds"] = [
            {"kind": "cancel", "amount_fen": order["paid_fen"], "to": "original"}
        ]  # fmt: skip
    if status == "delivered" and turn % 6 == 2:
        user = users[order["user_id"]]
        order["invoice"] = {
            "type": "personal", "title": user["name"], "tax_number": None,
            "email": user["email"], "amount_fen": order["paid_fen"], "status": "issued",
        }  # fmt: skip


def make_order(turn: int, users: Record, products: Record, dice: random.Random) -> Record:
    """One order in the state that its turn calls for."""
    user = users[f"u{turn % 70 + 1:02d}"]
    status = STATES[(turn * 5 + turn // 28) % 28]
    lines = make_lines(products, dice)
    goods = sum(line["paid_fen"] for line in lines)
    shipping = 0 if status == "ready" or goods >= 9900 else 800
    presale = status == "pending" and turn % 7 == 3
    order: Record = {
        "order_id": "", "user_id": user["user_id"], "status": status,
        "delivery": "pickup" if status == "ready" else "express", "store_id": None,
        "paid_at": "", "presale": presale, "ship_by": "", "signed_at": None,
        "address": dict(user["address"]), "items": lines, "shipping_fee_fen": shipping,
        "paid_fen": goods + shipping, "payment_method": METHODS[turn % 6],
        "priority": "normal", "urges": [], "address_changes": 0, "parcels": [],
        "freight_insurance": None, "return": None, "exchange": None, "reports": [],
        "refunds": [], "invoice": None, "cancel_reason": None,
    }  # fmt: skip
    if status == "delivered" and turn % 3 == 0:
        order["freight_insurance"] = {"cover_fen": 1200, "status": "active"}
    settle(order, turn, (users, products), dice)
    order["order_id"] = f"HT{order['paid_at'][2:10].replace('-', '')}{1000 + turn * 37 % 9000}"
    return order


def make_stores(people: Record) -> Record:
    """The ten branches; some do not hand out orders."""
    keys = ("store_id", "name", "city", "district", "address", "hours", "pickup")
    rows = [dict(zip(keys, line.split(), strict=True)) for line in people["stores"].split("|")]
    return {row["store_id"]: {**row, "pickup": row["pickup"] == "yes"} for row in rows}


def make_db() -> Record:
    """The whole shop."""
    dice = random.Random(20261120)  # noqa: S311 - invented data, no secret
    people = json.loads((HERE / "people.json").read_text("utf-8"))
    stores, products, users = make_stores(people), make_products(dice), make_users(people, dice)
    orders = {}
    for turn in range(ORDERS):
        order = make_order(turn, users, products, dice)
        if order["delivery"] == "pickup":
            near = [s for s in stores.values() if s["city"] == order["address"]["city"]]
            order["store_id"] = near[0]["store_id"]
        orders[order["order_id"]] = order
        users[order["user_id"]]["orders"].append(order["order_id"])
    return {"now": stamp(NOW), "note": NOTE, "stores": stores, "products": products,
            "users": users, "orders": orders}  # fmt: skip


def written(db: Record) -> str:
    """The db as text: one record a line, so that a change can be read."""
    parts = [f'"now":{json.dumps(db["now"])}', f'"note":{json.dumps(db["note"])}']
    for name in ("stores", "products", "users", "orders"):
        records = [
            f"{json.dumps(key)}:{json.dumps(record, ensure_ascii=False, separators=(',', ':'))}"
            for key, record in db[name].items()
        ]
        parts.append(f'"{name}":{{\n' + ",\n".join(records) + "\n}")
    return "{" + ",\n".join(parts) + "}\n"


def main(arguments: list[str]) -> int:
    """Write the file, or compare it with what would be written."""
    target, text = HERE / "db.json", written(make_db())
    if arguments == ["--check"]:
        return 0 if target.read_text("utf-8") == text else 1
    target.write_text(text, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
