"""What a visitor does: writes, asks for a person, leaves a message, sends files."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.conftest import Units, member
from tests.rooms.channels.conftest import Desk, Opened, enter
from xiaoer.kit.ids import TenantId
from xiaoer.modules import bot, conversations
from xiaoer.modules.channels.errors import UnknownFileType
from xiaoer.modules.channels.rules.files import media_type, name_of
from xiaoer.ports.ctx import Assistant
from xiaoer.ports.house import House

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 64
HTML = b"<html><script>alert(1)</script>"


async def test_fifty_copies_at_once_become_one_message(
    http: httpx.AsyncClient, web: Opened
) -> None:
    widget = await enter(http, web.key)
    answers = await asyncio.gather(*(widget.say("在吗", "c-1") for _ in range(50)))
    assert {a.status_code for a in answers} == {200}
    assert len({a.json()["id"] for a in answers}) == 1
    assert len((await widget.get("messages")).json()["items"]) == 1


async def test_two_first_messages_at_once_open_one_conversation(
    http: httpx.AsyncClient, web: Opened
) -> None:
    widget = await enter(http, web.key)
    answers = await asyncio.gather(widget.say("在吗"), widget.say("退货"))
    assert len({a.json()["conversation_id"] for a in answers}) == 1
    assert sorted(a.json()["seq"] for a in answers) == [1, 2]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "invalid"),
        ({"client_id": "", "parts": [{"kind": "text", "text": "x"}]}, "invalid"),
        ({"client_id": "c" * 101, "parts": [{"kind": "text", "text": "x"}]}, "invalid"),
        ({"client_id": "\u0000", "parts": [{"kind": "text", "text": "x"}]}, "bad_message"),
        ({"client_id": "c", "parts": [{"kind": "image", "blob": "\u0000" * 64}]}, "bad_message"),
        ({"client_id": "c", "parts": []}, "bad_message"),
        ({"client_id": "c", "parts": ["x"]}, "invalid"),
        ({"client_id": "c", "parts": [{"kind": "text", "text": " \u0000\u202e "}]}, "bad_message"),
        ({"client_id": "c", "parts": [{"kind": "text", "text": "长" * 4001}]}, "message_too_long"),
        ({"client_id": "c", "parts": [{"kind": "card", "card": "order"}]}, "bad_message"),
        ({"client_id": "c", "parts": [{"kind": "system", "code": "resolved"}]}, "bad_message"),
        ({"client_id": "c", "parts": [{"kind": "image", "blob": "../../x"}]}, "bad_message"),
        ({"client_id": "c", "parts": [{"kind": "image", "blob": "0" * 64}]}, "bad_message"),
        ({"client_id": "c", "parts": [{"kind": "text", "text": "x"}] * 11}, "bad_message"),
    ],
)
async def test_what_cannot_be_a_message_is_refused_and_nothing_stays(
    http: httpx.AsyncClient, web: Opened, body: dict[str, Any], code: str
) -> None:
    widget = await enter(http, web.key)
    answer = await widget.post("messages", body)
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert answer.headers["content-type"] == "application/problem+json"
    assert (await widget.get("messages")).json()["items"] == []


@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script>", "👩‍👩‍👧 👍🏽", "שלום", "a\tb\nc", "'; DROP TABLE x; --"]
)
async def test_odd_words_are_kept_as_they_are(
    http: httpx.AsyncClient, web: Opened, text: str
) -> None:
    widget = await enter(http, web.key)
    await widget.say(text)
    [message] = (await widget.get("messages")).json()["items"]
    assert message["parts"] == [{"kind": "text", "text": text}]


async def test_a_megabyte_is_refused_before_it_is_read(
    http: httpx.AsyncClient, web: Opened
) -> None:
    widget = await enter(http, web.key)
    answer = await widget.say("大" * 400_000)
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")

    async def endless() -> Any:
        yield b'{"client_id":'

    answer = await http.post(
        f"/widget/{web.key}/messages", content=endless(), headers=widget.headers
    )
    assert (answer.status_code, answer.json()["code"]) == (411, "length_required")


async def test_history_pages_both_ways_and_hides_notes(
    http: httpx.AsyncClient, web: Opened, unit: Units
) -> None:
    widget = await enter(http, web.key)
    for n in range(1, 5):
        receipt = (await widget.say(f"第{n}句")).json()
    async with unit(member()) as ctx:
        await conversations.claim(ctx, receipt["conversation_id"])
        note = conversations.contracts.text_part("此人难缠")
        await conversations.say(
            ctx, receipt["conversation_id"], [note], client_id="n", internal=True
        )
    newest = (await widget.get("messages", before=4, limit=2)).json()["items"]
    assert [m["seq"] for m in newest] == [2, 3]
    later = (await widget.get("messages", after=2)).json()["items"]
    assert [m["seq"] for m in later] == [3, 4]
    assert (await widget.get("messages", limit=0)).status_code == 422


async def test_asking_for_a_person_is_a_message_that_cannot_be_lost(
    http: httpx.AsyncClient, web: Opened
) -> None:
    widget = await enter(http, web.key)
    answer = await widget.post("person")
    assert answer.json()["seq"] == 1
    [message] = (await widget.get("messages")).json()["items"]
    assert message["parts"][0]["text"] == "转人工"
    english = await enter(http, web.key, lang="en")
    await english.post("person")
    [message] = (await english.get("messages")).json()["items"]
    assert "person" in message["parts"][0]["text"]


async def test_saying_that_it_did_not_help_is_counted(
    http: httpx.AsyncClient, web: Opened, unit: Units
) -> None:
    widget = await enter(http, web.key)
    assert (await widget.post("unsolved")).status_code == 422
    receipt = (await widget.say("怎么退货")).json()
    for _ in range(2):
        await widget.post("unsolved")
    async with unit() as ctx:
        conversation = await conversations.get(ctx, receipt["conversation_id"])
    assert conversation.unsolved == 2
    assert conversation.last_seq == 3


async def test_a_message_left_out_of_hours_waits_for_a_person_with_its_contact(
    http: httpx.AsyncClient, web: Opened, unit: Units
) -> None:
    widget = await enter(http, web.key)
    answer = await widget.post("leave", {"text": "请回电", "contact": "13800001234"})
    async with unit(member()) as ctx:
        conversation = await conversations.get(ctx, answer.json()["conversation_id"])
        taken = await conversations.claim_next(ctx, [])
    assert isinstance(conversation.owner, conversations.contracts.Queue)
    assert taken is not None
    shown = (await widget.get("messages")).json()["items"]
    assert "13800001234" in shown[0]["parts"][0]["text"]
    assert shown[1]["parts"] == [{"kind": "system", "code": "left_message", "fields": {}}]


@pytest.mark.parametrize("body", [
    {"text": "", "contact": "1"}, {"text": " ", "contact": "138"}, {"text": "x", "contact": ""},
    {"text": "x", "contact": "c" * 201}, {"text": "x"},
])
async def test_a_message_without_words_or_contact_is_not_left(
    http: httpx.AsyncClient, web: Opened, body: dict[str, str]
) -> None:
    widget = await enter(http, web.key)
    assert (await widget.post("leave", body)).status_code == 422
    assert (await widget.get("messages")).json()["items"] == []


async def test_a_rating_is_one_to_five(
    http: httpx.AsyncClient, web: Opened, unit: Units
) -> None:
    widget = await enter(http, web.key)
    receipt = (await widget.say("谢谢")).json()
    for score in (0, 6, "five"):
        assert (await widget.post("rating", {"score": score})).status_code == 422
    assert (await widget.post("rating", {"score": 5, "text": "好"})).status_code == 204
    async with unit() as ctx:
        assert (await conversations.get(ctx, receipt["conversation_id"])).rating == 5


async def test_looks_are_reported_and_wrong_ones_refused(
    http: httpx.AsyncClient, web: Opened
) -> None:
    widget = await enter(http, web.key)
    look = {"kind": "page_view", "url": "https://shop.example/p/1", "subject": "product:P1"}
    browser = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"}
    http.headers.update(browser)
    assert (await widget.post("visits", {"events": [look]})).json() == {"kept": 1}
    wrong = look | {"kind": "mind_reading"}
    assert (await widget.post("visits", {"events": [wrong]})).status_code == 422
    assert (await widget.post("visits", {"events": [look] * 101})).status_code == 422


async def test_who_looked_and_where_is_kept_with_consent_only_and_until_it_is_taken_back(
    http: httpx.AsyncClient, web: Opened, unit: Units
) -> None:
    widget = await enter(http, web.key)
    http.headers.update({"User-Agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"})
    looks = {"events": [{"kind": "page_view", "url": "https://shop.example/p/1?name=王芳"}]}
    kept = "SELECT visitor_id, url FROM visits_look ORDER BY id"
    for consent in ({}, {"consent": False}, {"consent": True}):
        assert (await widget.post("visits", looks | consent)).json() == {"kept": 1}
    async with unit() as ctx:
        first, second, third = await ctx.uow.rows(kept)
    assert {(row.visitor_id, row.url) for row in (first, second)} == {(None, "")}
    assert (str(third.visitor_id), third.url) == (
        widget.session["visitor_id"], "https://shop.example/p/1"
    )  # fmt: skip
    assert (await widget.post("visits/forget")).json() == {"forgotten": 1}
    async with unit() as ctx:
        assert {(r.visitor_id, r.url) for r in await ctx.uow.rows(kept)} == {(None, "")}


async def test_a_picture_is_uploaded_sent_and_seen_by_both_sides_only(
    http: httpx.AsyncClient, web: Opened, desk: Desk
) -> None:
    widget, stranger = await enter(http, web.key), await enter(http, web.key)
    uploaded = await widget.upload(PNG, "../../照片.html")
    assert uploaded.status_code == 201
    blob = uploaded.json()
    assert (blob["name"], blob["kind"], blob["bytes"]) == ("照片.html.png", "image", len(PNG))
    part = {"kind": "file", "blob": blob["blob"], "name": "invoice.exe", "bytes": 1}
    sent = await widget.post("messages", {"client_id": "c", "parts": [part]})
    assert sent.status_code == 200
    [message] = (await widget.get("messages")).json()["items"]
    assert message["parts"][0] == {
        "kind": "image", "blob": blob["blob"], "name": "照片.html.png", "bytes": len(PNG)
    }
    url = f"/widget/{web.key}/blobs/{blob['blob']}"
    mine = await http.get(url, params={"token": widget.session["token"]})
    assert mine.content == PNG
    assert mine.headers["content-type"] == "image/png"
    assert mine.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in mine.headers["content-security-policy"]
    theirs = await http.get(url, params={"token": stranger.session["token"]})
    assert (theirs.status_code, theirs.json()["code"]) == (404, "not_found")
    assert (await http.get(url)).status_code == 401
    at_desk = f"/api/blobs/{blob['blob']}"
    assert (await http.get(at_desk)).content == PNG
    desk.path = "/mall/"
    assert (await http.get(at_desk)).status_code == 404
    desk.path, desk.tenant = "/", TenantId(uuid4())
    assert (await http.get(at_desk)).status_code == 404


async def test_a_file_of_another_visitor_cannot_be_sent_as_ones_own(
    http: httpx.AsyncClient, web: Opened
) -> None:
    widget, stranger = await enter(http, web.key), await enter(http, web.key)
    blob = (await widget.upload(PNG)).json()["blob"]
    part = {"kind": "image", "blob": blob, "name": "x"}
    refused = await stranger.post("messages", {"client_id": "c", "parts": [part]})
    assert (refused.status_code, refused.json()["code"]) == (422, "bad_message")


async def test_a_picture_from_the_desk_reaches_its_customer_and_no_other(
    http: httpx.AsyncClient, web: Opened, unit: Units, desk: Desk
) -> None:
    widget, stranger = await enter(http, web.key), await enter(http, web.key)
    receipt = (await widget.say("有图吗")).json()
    await stranger.say("我也想看")
    uploaded = await http.post("/api/uploads", files={"file": ("a.png", PNG)})
    blob = uploaded.json()["blob"]
    url = f"blobs/{blob}"
    assert (await widget.get(url)).status_code == 404
    part = conversations.contracts.Part("image", {"blob": blob, "name": "a.png"})
    async with unit(desk.member) as ctx:
        await conversations.claim(ctx, receipt["conversation_id"])
        await conversations.say(ctx, receipt["conversation_id"], [part], client_id="a")
    assert (await widget.get(url)).content == PNG
    assert (await stranger.get(url)).status_code == 404


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b"", 422, "empty_file"),
        (b"MZ\x90\x00\x03" + b"\x00" * 50, 415, "unknown_file_type"),
        (b"PK\x03\x04" + b"\x00" * 50, 415, "unknown_file_type"),
        (b"\xff\xfe\x00", 415, "unknown_file_type"),
    ],
)
async def test_files_of_no_known_kind_are_refused_whatever_their_name(
    http: httpx.AsyncClient, web: Opened, content: bytes, status: int, code: str
) -> None:
    widget = await enter(http, web.key)
    answer = await widget.upload(content, "picture.png")
    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_a_file_that_is_too_large_is_refused(
    http: httpx.AsyncClient, web: Opened, house: House
) -> None:
    widget = await enter(http, web.key)
    most = house.settings.max_upload_bytes
    for size in (most + 1, most + 200_000):
        answer = await widget.upload(PNG + b"\x00" * (size - len(PNG)))
        assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


async def test_markup_is_saved_as_text_and_never_shown(
    http: httpx.AsyncClient, web: Opened
) -> None:
    widget = await enter(http, web.key)
    blob = (await widget.upload(HTML, "a.html")).json()
    assert (blob["kind"], blob["media_type"]) == ("file", "text/plain")
    answer = await widget.get(f"blobs/{blob['blob']}")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.headers["content-disposition"].startswith("attachment")


@pytest.mark.parametrize("blob", ["x", "0" * 64, "..%2F..%2Fetc%2Fpasswd", "%00"])
async def test_what_is_no_file_is_not_found(
    http: httpx.AsyncClient, web: Opened, blob: str
) -> None:
    widget = await enter(http, web.key)
    assert (await widget.get(f"blobs/{blob}")).status_code == 404
    assert (await http.get(f"/api/blobs/{blob}")).status_code == 404


@pytest.mark.parametrize(
    ("beginning", "kind"),
    [
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"GIF89a", "image/gif"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "image/webp"),
        (b"%PDF-1.7", "application/pdf"),
        ("订单号,金额\n".encode(), "text/plain"),
        (("长" * 2000).encode()[:4096], "text/plain"),
    ],
)
def test_the_first_bytes_say_what_a_file_is(beginning: bytes, kind: str) -> None:
    assert media_type(beginning) == kind


@pytest.mark.parametrize("beginning", [b"RIFF\x00\x00\x00\x00WAVE", "长".encode()[:2], b"a\x00b"])
def test_a_beginning_that_says_nothing_is_refused(beginning: bytes) -> None:
    with pytest.raises(UnknownFileType):
        media_type(beginning)


@pytest.mark.parametrize(
    ("given", "kept"),
    [("a.png", "a.png"), ("A.PNG", "A.PNG"), ("x", "x.png"), ("", "file.png"),
     ("C:\\a\\b.png", "b.png"), ('"q".png', "q.png"), ("\u202egnp.exe", "gnp.exe.png")],
)
def test_a_name_ends_as_its_content_does(given: str, kept: str) -> None:
    assert name_of(given, "image/png") == kept


async def test_the_assistant_answers_into_the_visitors_own_history(
    http: httpx.AsyncClient, web: Opened, unit: Units
) -> None:
    widget, stranger = await enter(http, web.key), await enter(http, web.key)
    receipt = (await widget.say("停车")).json()
    async with unit(Assistant()) as ctx:
        turn = await conversations.turn(ctx, receipt["conversation_id"])
        said = conversations.contracts.text_part("每小时五元")
        await conversations.reply(ctx, turn, [said], tier="bot")
    shown = (await widget.get("messages", after=1)).json()["items"]
    assert [m["author"]["kind"] for m in shown] == ["assistant"]
    assert (await stranger.get("messages")).json()["items"] == []


@pytest.mark.parametrize("language", ["zh-CN", "en"])
async def test_the_buttons_words_are_understood_by_the_house(
    http: httpx.AsyncClient, web: Opened, language: str
) -> None:
    widget = await enter(http, web.key, lang=language)
    await widget.post("person")
    await widget.post("unsolved")
    asked, said = [
        bot.read_tone(m["parts"][0]["text"]) for m in (await widget.get("messages")).json()["items"]
    ]
    assert asked.wants_person
    assert said.still_unsolved
