"""Files that are not what they say, or are far more than they look."""

from __future__ import annotations

import io
import time
import zipfile
from collections.abc import AsyncIterator
from typing import Any

import httpx
import psutil
import pytest
import pytest_asyncio
from fastapi import FastAPI
from openpyxl import Workbook

from tests.architecture.worlds import PASSWORD, World, make_world, signed_in
from xiaoer.engines.documents.files import FileDocuments
from xiaoer.engines.sheets.files import FileSheets
from xiaoer.modules import org
from xiaoer.modules.channels.rules.files import UPLOAD_TYPES
from xiaoer.ports.documents import UnreadableDocument
from xiaoer.ports.sheets import UnreadableRow

PNG = b"\x89PNG\r\n\x1a\n"
SCRIPT = b"<script>alert(1)</script>"
TENTH = b"<si><t>a</t></si>" * 600_000


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def world(assembly: Any) -> World:
    return await make_world(assembly.house, await org.hash_password(PASSWORD))


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def member(application: FastAPI, world: World) -> AsyncIterator[httpx.AsyncClient]:
    async for client in signed_in(application, world):
        yield client


async def upload(
    client: httpx.AsyncClient, world: World, name: str, content: bytes, kind: str = "image/png"
) -> httpx.Response:
    return await client.post(
        f"/widget/{world.ids['account']}/uploads", files={"file": (name, content, kind)},
        headers={"authorization": f"Bearer {world.ids['token']}"},
    )


@pytest.mark.parametrize(("name", "content"), [
    ("a.html", b"<!doctype html>" + SCRIPT),
    ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"),
    ("a.svg", b"<?xml version='1.0'?><!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><svg>&e;</svg>"),
    ("polyglot.gif", b"GIF89a/*" + SCRIPT + b"*/=1;alert(1)"),
    ("polyglot.png", PNG + SCRIPT),
    ("polyglot.pdf", b"%PDF-1.7\n" + SCRIPT),
    ("polyglot.jpg.html", b"\xff\xd8\xff\xe0" + SCRIPT),
    ("a.js", b"alert(1)"),
    ("a.css", b"body{background:url(javascript:alert(1))}"),
    ("huge.png", PNG + b"\x00\x00\x00\rIHDR\x7f\xff\xff\xff\x7f\xff\xff\xff\x08\x06\x00\x00\x00"),
])
async def test_whatever_comes_in_nothing_that_goes_out_can_run(
    http: httpx.AsyncClient, world: World, name: str, content: bytes
) -> None:
    kept = await upload(http, world, name, content, "text/html")
    assert kept.status_code == 201, kept.text
    assert kept.json()["media_type"] in UPLOAD_TYPES
    back = await http.get(
        f"/widget/{world.ids['account']}/blobs/{kept.json()['blob']}?token={world.ids['token']}"
    )
    assert back.content == content
    headers = back.headers
    assert headers["content-type"].partition(";")[0] in UPLOAD_TYPES
    assert headers["x-content-type-options"] == "nosniff"
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "sandbox" in headers["content-security-policy"]
    if not headers["content-type"].startswith("image/"):
        assert headers["content-disposition"].startswith("attachment")


@pytest.mark.parametrize("content", [
    b"MZ\x90\x00\x03", b"\x7fELF\x02\x01\x01", b"PK\x03\x04aaaa", b"\x00", b"\x1f\x8b\x08\x00",
    b"Rar!\x1a\x07\x00", b"\xca\xfe\xba\xbe\x00\x00", b"text with \x00 inside", "é".encode("latin-1"),
])
async def test_what_is_neither_picture_nor_text_is_not_kept(
    http: httpx.AsyncClient, world: World, content: bytes
) -> None:
    assert (await upload(http, world, "a.png", content)).status_code == 415


@pytest.mark.parametrize("name", [
    "../../../../etc/cron.d/x", "..\\..\\windows\\x", "/etc/passwd", "C:\\x", "a/../../b", ".", "..", "",
    "x\r\nSet-Cookie: a=b", "x\"; filename=\"evil.html", "\u202egnp.lmth", "a\x00.html", "名" * 5_000,
    "<img src=x onerror=alert(1)>", "a.png;.html", "=cmd|' /C calc'!A0",
])
async def test_a_name_leads_nowhere_and_breaks_no_header(
    http: httpx.AsyncClient, world: World, name: str
) -> None:
    kept = await upload(http, world, name or "x", PNG)
    if kept.status_code != 201:
        assert kept.status_code in (400, 422)
        return
    shown = kept.json()["name"]
    assert not set(shown) & set("/\\\r\n\x00\u202e\"")
    assert shown.lower().endswith(".png")
    assert len(shown) <= 210
    back = await http.get(
        f"/widget/{world.ids['account']}/blobs/{kept.json()['blob']}?token={world.ids['token']}"
    )
    assert "set-cookie" not in back.headers
    assert back.headers["content-disposition"].isascii()
    assert back.headers["content-disposition"].count("filename") == 1


def archive(parts: dict[str, bytes | list[bytes]]) -> io.BytesIO:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as packed:
        for name, content in parts.items():
            with packed.open(name, "w", force_zip64=True) as part:
                for piece in content if isinstance(content, list) else [content]:
                    part.write(piece)
    out.seek(0)
    return out


def workbook(**parts: bytes | list[bytes]) -> io.BytesIO:
    """A small workbook some of whose parts are replaced."""
    plain = io.BytesIO()
    book = Workbook()
    book.active.append(["会员号"])
    book.active.append(["M1"])
    book.save(plain)
    with zipfile.ZipFile(plain) as known:
        kept: dict[str, Any] = {n: known.read(n) for n in known.namelist()}
    named = {"strings": "xl/sharedStrings.xml", "sheet": "xl/worksheets/sheet1.xml"}
    return archive(kept | {named[part]: content for part, content in parts.items()})


def cost(read: Any) -> tuple[float, float]:
    """Seconds and megabytes that it took."""
    process = psutil.Process()
    before, began = process.memory_info().rss, time.process_time()
    read()
    return time.process_time() - began, (process.memory_info().rss - before) / 1e6


LAUGHS = b"<?xml version='1.0'?><!DOCTYPE x [<!ENTITY a '" + b"ha" * 500 + b"'>" + b"".join(
    f"<!ENTITY {chr(98 + n)} '{f'&{chr(97 + n)};' * 50}'>".encode() for n in range(8)
) + b"]><sst><si><t>&i;</t></si></sst>"
FILE = (b"<?xml version='1.0'?><!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]>"
        b"<sst><si><t>&e;</t></si></sst>")


@pytest.mark.parametrize("bomb", [
    pytest.param({"strings": [b"<sst>", *[TENTH] * 11, b"</sst>"]}, id="strings"),
    pytest.param({"sheet": [b" " * 10_000_000] * 105}, id="sheet", marks=pytest.mark.slow),
    pytest.param({"strings": LAUGHS}, id="laughs in strings"),
    pytest.param({"sheet": LAUGHS}, id="laughs in a sheet"),
    pytest.param({"strings": FILE}, id="a file of ours"),
])
def test_a_small_workbook_does_not_become_a_large_one(bomb: dict[str, Any]) -> None:
    file = workbook(**bomb)
    rows: list[Any] = []

    def read() -> None:
        try:
            rows.extend(FileSheets().rows(file))
        except UnreadableRow:
            return

    seconds, megabytes = cost(read)
    assert seconds < 3
    assert megabytes < 200
    assert "root:" not in str(rows)


@pytest.mark.parametrize("text", [
    pytest.param([b"<w:document>", *[b"<w:p><w:r><w:t>a</w:t></w:r></w:p>" * 100_000] * 9],
                 id="text", marks=pytest.mark.slow),
    pytest.param(LAUGHS, id="laughs"),
    pytest.param(FILE, id="a file of ours"),
])
def test_a_small_document_does_not_become_a_large_one(text: Any) -> None:
    file = archive({"[Content_Types].xml": b"<Types/>", "word/document.xml": text})
    told: list[str] = []

    def read() -> None:
        try:
            told.append(FileDocuments().to_markdown(file))
        except UnreadableDocument:
            return

    FileDocuments().knows(file)
    seconds, megabytes = cost(read)
    assert seconds < 5
    assert megabytes < 200
    assert "root:" not in str(told)


async def test_markup_in_a_table_stays_text(member: httpx.AsyncClient) -> None:
    name = "<img src=x onerror=alert(1)>=1+1"
    table = f"会员号,姓名\nX1,{name}\n".encode()
    answer = await member.post(
        "/api/customers/imports?kind=customers", files={"file": ("a.csv", table, "text/csv")}
    )
    assert answer.status_code == 200, answer.text
    found = await member.get("/api/customers", params={"q": "X1"})
    assert found.headers["content-type"] == "application/json"
    assert [one["name"] for one in found.json()["items"]] == [name]
