"""A small retail database in the published schema, invented here, and random things to do in it."""

from __future__ import annotations

import random
from typing import Any

ADDRESS = {"address1": "1 Elm", "address2": "", "city": "Denver", "country": "USA", "state": "CO",
           "zip": "80279"}  # fmt: skip
STATUSES = ("pending", "pending", "delivered", "delivered", "processed", "cancelled")


def database(seed: int = 0, buyers: int = 4, each: int = 6) -> dict[str, Any]:
    chance = random.Random(seed)
    products = {
        f"9{p}": {
            "name": f"Product {p}", "product_id": f"9{p}",
            "variants": {
                f"{p}{v}": {"item_id": f"{p}{v}", "options": {"size": str(v)},
                            "available": v != 3, "price": round(10 + 13.37 * v + p, 2)}
                for v in range(5)
            },
        }
        for p in range(1, 5)
    }  # fmt: skip
    users: dict[str, Any] = {}
    orders: dict[str, Any] = {}
    for u in range(buyers):
        methods = {f"credit_card_{u}": {"source": "credit_card", "id": f"credit_card_{u}",
                                        "brand": "visa", "last_four": "1111"},
                   f"paypal_{u}": {"source": "paypal", "id": f"paypal_{u}"},
                   f"gift_card_{u}": {"source": "gift_card", "id": f"gift_card_{u}",
                                      "balance": round(chance.choice((3, 40, 250)) + 0.01, 2)}}  # fmt: skip
        user = f"ann_{'abcdefgh'[u]}_{u}"
        users[user] = {
            "user_id": user, "name": {"first_name": "Ann", "last_name": "Lee" + "abcdefgh"[u]},
            "address": ADDRESS | {"zip": f"8000{u}"}, "email": f"ann{u}@example.com",
            "payment_methods": methods, "orders": [],
        }  # fmt: skip
        for n in range(each):
            number, status = f"#W{u}{n}", STATUSES[n % len(STATUSES)]
            items = [_item(products, chance) for _ in range(chance.choice((1, 2, 3)))]
            items += items[:1] if n % 3 == 0 else []
            total = round(sum(item["price"] for item in items), 2)
            paid = {"transaction_type": "payment", "amount": total,
                    "payment_method_id": chance.choice(list(methods))}  # fmt: skip
            history = [paid] if status != "cancelled" else [
                paid, paid | {"transaction_type": "refund"}]  # fmt: skip
            users[user]["orders"].append(number)
            orders[number] = {
                "order_id": number, "user_id": user, "address": ADDRESS, "status": status,
                "items": [dict(item) for item in items], "fulfillments": [],
                "payment_history": history,
            }  # fmt: skip
    return {"products": products, "users": users, "orders": orders}


def _item(products: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    product = chance.choice(list(products.values()))
    variant = chance.choice([v for v in product["variants"].values()])
    return {"name": product["name"], "product_id": product["product_id"],
            "item_id": variant["item_id"], "price": variant["price"],
            "options": variant["options"]}  # fmt: skip


def anything(db: dict[str, Any], user: str, chance: random.Random) -> tuple[str, dict[str, Any]]:
    """Something to do with an order of this user; about half of it is legal."""
    order = db["orders"][chance.choice(db["users"][user]["orders"])]
    number, method = order["order_id"], chance.choice(list(db["users"][user]["payment_methods"]))
    picked = chance.sample(order["items"], chance.randint(1, len(order["items"])))
    new = []
    for item in picked:
        variants = list(db["products"][item["product_id"]]["variants"])
        other = [v for v in variants if v != item["item_id"] and not v.endswith("3")]
        new.append(chance.choice(other if chance.random() < 0.85 else variants))
    ids = [item["item_id"] for item in picked]
    pay = {"order_id": number, "payment_method_id": method}
    swap = pay | {"item_ids": ids, "new_item_ids": new}
    there = ADDRESS | {"address1": f"{chance.randint(1, 99)} Oak"}
    reason = chance.choice(("no longer needed", "ordered by mistake", "changed my mind"))
    pending = [
        ("cancel_pending_order", {"order_id": number, "reason": reason}),
        ("modify_pending_order_address", {"order_id": number} | there),
        ("modify_pending_order_payment", pay),
        ("modify_pending_order_items", swap),
    ]
    delivered = [
        ("return_delivered_order_items", pay | {"item_ids": ids}),
        ("exchange_delivered_order_items", swap),
    ]
    fitting = pending if order["status"].startswith("pending") else delivered
    wild = [*pending, *delivered, ("modify_user_address", {"user_id": user} | there)]
    return chance.choice(fitting if chance.random() < 0.7 else wild)
