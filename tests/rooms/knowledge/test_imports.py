"""An editor's own files become entries: tables of questions, and documents in passages."""

from __future__ import annotations

import io
import sys
import zipfile

import pytest
from openpyxl import Workbook

from tests.conftest import EVERYTHING, Units, member
from xiaoer.kit.problem import Forbidden, NotFound, Problem
from xiaoer.modules import knowledge
from xiaoer.modules.knowledge.contracts import Content, Imported, Look, NewEntry, State
from xiaoer.modules.knowledge.errors import EmptyImport, FileTooLarge, MissingColumns
from xiaoer.modules.knowledge.rules.articles import LONGEST_PASSAGE, passages
from xiaoer.modules.knowledge.service import importing
from xiaoer.modules.knowledge.service.importing import Wish, take_in_file
from xiaoer.ports.documents import ConverterMissing, UnreadableDocument
from xiaoer.ports.sheets import UnreadableRow

EDITOR = member(permissions=frozenset({"knowledge.read", "knowledge.edit"}))
KEEPER = member(permissions=EVERYTHING)
TABLE = """编号,问题,答案,相似问,分类,范围,语言,生效日期,失效日期
K1,停车怎么收费,前两小时免费。,"车停你们那儿收钱吗|停车费多少
停车贵吗",停车,/dept/bj01/,中文,2026/1/1,2096-12-31
,Where is the cloakroom,On the ground floor.,,,,,,
"""
GUIDE = """---
title: 内部标题
---
# 会员手册

欢迎加入。

## 积分

### `怎么`积分

每消费一元积一分。

```
# 这不是标题
```

## 退货

七天内可退。
"""
PAGE = """<!DOCTYPE html><html><head><title>x</title><script>alert(1)</script></head><body>
<h1>配送</h1><p>满 99 元包邮。</p><h2>偏远地区</h2><ul><li>加收 10_元</li></ul></body></html>"""
WORD_XMLNS = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


async def put(
    unit: Units, content: str | bytes, name: str, *, path: str = "/", **wish: bool | str
) -> Imported:
    file = io.BytesIO(content.encode() if isinstance(content, str) else content)
    async with unit(KEEPER, path) as ctx:
        return await take_in_file(ctx, file, name, Wish(**wish))  # type: ignore[arg-type]


async def kept(unit: Units) -> dict[str, knowledge.contracts.Entry]:
    async with unit() as ctx:
        return {one.kb_id: one for one in (await knowledge.page(ctx, Look(limit=200))).items}


def counts(done: Imported) -> tuple[int, int, int, int]:
    return done.rows, done.added, done.changed, done.unchanged


async def test_a_table_becomes_drafts(unit: Units) -> None:
    done = await put(unit, TABLE, "faq.csv")
    assert (counts(done), done.problems) == ((2, 2, 0, 0), ())
    entries = await kept(unit)
    parking = entries.pop("K1")
    assert parking.state is State.DRAFT
    assert parking.content.similar == ("车停你们那儿收钱吗", "停车费多少", "停车贵吗")
    assert (parking.content.scope_path, parking.content.category) == ("/dept/bj01/", "停车")
    assert (str(parking.content.valid_from), str(parking.content.valid_to)) == (
        "2026-01-01", "2096-12-31"
    )  # fmt: skip
    [cloakroom] = entries.values()
    assert (cloakroom.content.lang, cloakroom.content.scope_path) == ("en", "/")


async def test_the_same_table_again_changes_nothing_and_an_edited_one_its_entry(
    unit: Units,
) -> None:
    await put(unit, TABLE, "faq.csv")
    assert counts(await put(unit, TABLE, "faq.csv")) == (2, 0, 0, 2)
    edited = TABLE.replace("ground floor", "first floor")
    assert counts(await put(unit, edited, "faq.csv")) == (2, 0, 1, 1)
    assert len(await kept(unit)) == 2


async def test_a_live_import_answers_at_once(unit: Units) -> None:
    await put(unit, TABLE.replace("/dept/bj01/", ""), "faq.csv")
    assert counts(await put(unit, TABLE.replace("/dept/bj01/", ""), "faq.csv", live=True)) == (
        2, 0, 2, 0
    )  # fmt: skip
    async with unit() as ctx:
        found = await knowledge.search(ctx, "停车怎么收费")
    assert found.candidates[0].answer == "前两小时免费。"


async def test_workbooks_and_json_lines_are_read_too(unit: Units) -> None:
    book, file = Workbook(), io.BytesIO()
    assert book.active is not None
    book.active.append(["kb_id", "Question", "answer"])
    book.active.append([7, "有没有母婴室", "三楼电梯旁。"])
    book.save(file)
    await put(unit, file.getvalue(), "faq.xlsx")
    await put(unit, '{"kb_id":"J1","question":"几点关门","answer":"22:00","similar":["几点打烊"]}',
              "faq.jsonl")  # fmt: skip
    entries = await kept(unit)
    assert entries["7"].content.answer == "三楼电梯旁。"
    assert entries["J1"].content.similar == ("几点打烊",)


async def test_bad_rows_are_told_by_number_and_the_others_go_in(unit: Units) -> None:
    rows = ("K1,问一,答\n", "K2,,答\n", "K1,问三,答\n", "K4,问四,答,/bj 01/\n", "K5,问五,答,,法语\n")
    table = "编号,问题,答案,范围,语言\n" + "".join(
        row.rstrip() + "," * (4 - row.count(",")) + "\n" for row in rows
    )
    done = await put(unit, table, "faq.csv")
    assert [(one.row, one.field) for one in done.problems] == [
        (3, "question"), (4, "kb_id"), (5, "scope"), (6, "lang")
    ]  # fmt: skip
    assert (done.rows, set(await kept(unit))) == (5, {"K1"})


async def test_a_dry_run_tells_and_writes_nothing(unit: Units) -> None:
    for content, name in ((TABLE, "faq.csv"), (GUIDE, "guide.md")):
        tried = await put(unit, content, name, dry_run=True, live=True)
        assert (tried.dry_run, tried.added > 0) == (True, True)
    assert await kept(unit) == {}


async def test_a_document_becomes_passages_below_their_headings(unit: Units) -> None:
    done = await put(unit, GUIDE, "会员 手册.md")
    assert (counts(done), done.problems) == ((3, 3, 0, 0), ())
    entries = await kept(unit)
    assert {key: one.content.question for key, one in entries.items()} == {
        "会员-手册-1": "会员手册",
        "会员-手册-2": "会员手册 › 积分 › 怎么积分",
        "会员-手册-3": "会员手册 › 退货",
    }
    assert "# 这不是标题" in entries["会员-手册-2"].content.answer
    assert {one.content.kind for one in entries.values()} == {"article"}


async def test_a_document_again_changes_the_passage_that_differs(unit: Units) -> None:
    await put(unit, GUIDE, "guide.md")
    done = await put(unit, GUIDE.replace("七天", "三十天"), "guide.md")
    assert counts(done) == (3, 0, 1, 2)
    assert (await kept(unit))["guide-3"].content.answer == "三十天内可退。"


def test_long_passages_are_split_at_paragraphs_then_sentences() -> None:
    whole = ["甲" * 900, "乙" * 900, "丙丙丙。" * 500, "丁" * 4000]
    found = list(passages("# 长\n\n" + "\n\n".join(whole)))
    assert found[0].text == whole[0]
    assert max(len(one.text) for one in found) <= LONGEST_PASSAGE
    assert [one.part for one in found] == list(range(1, len(found) + 1))
    assert "".join(one.text for one in found).replace("\n", "") == "".join(whole)
    assert all(one.text.endswith("。") for one in found if one.text.startswith("丙"))


async def test_web_pages_and_word_files_are_converted(unit: Units) -> None:
    await put(unit, PAGE.encode("gb18030"), "shipping.html")
    await put(unit, word_file(), "care.docx")
    entries = await kept(unit)
    assert entries["shipping-1"].content.answer == "满 99 元包邮。"
    assert entries["shipping-2"].content.question == "配送 › 偏远地区"
    assert entries["shipping-2"].content.answer.endswith("加收 10_元")
    assert entries["care-1"].content.question == "洗护说明"
    assert entries["care-1"].content.answer == "羊毛请干洗。"
    assert len(entries) == 3


async def test_the_text_of_a_pdf_is_read(unit: Units) -> None:
    await put(unit, pdf_file("Wool is washed by hand."), "care.pdf")
    [entry] = (await kept(unit)).values()
    assert (entry.content.question, entry.content.answer) == ("care", "Wool is washed by hand.")


async def test_without_the_converter_the_answer_says_what_to_install(
    unit: Units, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "markitdown", None)
    with pytest.raises(ConverterMissing) as told:
        await put(unit, PAGE, "shipping.html")
    assert 'pip install "xiaoer[documents]"' in told.value.sentence("zh-CN")


@pytest.mark.parametrize(
    ("content", "name", "problem"),
    [
        (b"\0\1\2", "faq.csv", UnreadableRow),
        (b"\0\1\2", "guide.md", UnreadableDocument),
        (b"\0\1\2", "unknown", UnreadableRow),
        (b"%PDF-1.7 broken", "guide.pdf", UnreadableDocument),
        (b"PK\x03\x04broken", "guide.docx", UnreadableDocument),
        (b"PK\x03\x04broken", "faq.xlsx", UnreadableRow),
        ('问题,答案\n问,答\n"never closed', "faq.csv", UnreadableRow),
        ("姓名,电话\n林,1\n", "faq.csv", MissingColumns),
        ("问题,答案\n", "faq.csv", EmptyImport),
        ("# 只有标题\n", "guide.md", EmptyImport),
    ],
)
async def test_a_bad_file_is_refused_with_a_code_and_leaves_nothing(
    unit: Units, content: bytes, name: str, problem: type[Problem]
) -> None:
    with pytest.raises(problem) as told:
        await put(unit, content, name)
    assert told.value.status == 422
    assert await kept(unit) == {}


async def test_a_file_beyond_the_limit_is_refused(
    unit: Units, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "MOST_ROWS", 1)
    with pytest.raises(FileTooLarge):
        await put(unit, TABLE, "faq.csv")
    monkeypatch.setattr(importing, "MOST_BYTES", 100)
    with pytest.raises(FileTooLarge):
        await put(unit, GUIDE, "guide.md")


async def test_importing_needs_an_editor_and_going_live_a_publisher(unit: Units) -> None:
    reader = member(permissions=frozenset({"knowledge.read"}))
    for actor, live in ((reader, False), (EDITOR, True)):
        async with unit(actor) as ctx:
            with pytest.raises(Forbidden):
                await take_in_file(ctx, io.BytesIO(TABLE.encode()), "faq.csv", Wish(live=live))
    async with unit(EDITOR) as ctx:
        done = await take_in_file(ctx, io.BytesIO(TABLE.encode()), "faq.csv", Wish())
    assert done.added == 2


async def test_a_store_imports_for_itself_and_takes_nothing_from_above(unit: Units) -> None:
    async with unit() as ctx:
        above = await knowledge.add(ctx, NewEntry("K1", Content("问", "集团的答案")))
    table = "编号,问题,答案,范围\nK1,问,门店的答案,\nK2,问二,答,/\nK3,问三,答,\n"
    done = await put(unit, table, "faq.csv", path="/dept/bj01/")
    assert [(one.row, one.field) for one in done.problems] == [(2, "scope"), (3, "scope")]
    entries = await kept(unit)
    assert entries["K1"].content.answer == "集团的答案"
    assert entries["K3"].content.scope_path == "/dept/bj01/"
    async with unit(KEEPER, "/dept/bj01/") as ctx:
        with pytest.raises(NotFound):
            await knowledge.change(ctx, above.id, 1, Content("问", "抢", scope_path="/dept/bj01/"))


def word_file() -> bytes:
    """The smallest file that word processors write: a heading and a paragraph."""
    parts = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/'
        'content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-'
        'package.relationships+xml"/><Override PartName="/word/document.xml" ContentType='
        '"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/>'
        "</Types>",
        "_rels/.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/'
        'relationships"><Relationship Id="r" Type="http://schemas.openxmlformats.org/'
        'officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/>'
        "</Relationships>",
        "word/styles.xml": f'<w:styles {WORD_XMLNS}><w:style w:type="paragraph" w:styleId="H">'
        '<w:name w:val="heading 1"/></w:style></w:styles>',
        "word/_rels/document.xml.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/'
        'package/2006/relationships"><Relationship Id="s" Type="http://schemas.openxmlformats.org/'
        'officeDocument/2006/relationships/styles" Target="styles.xml"/></Relationships>',
        "word/document.xml": f'<w:document {WORD_XMLNS}><w:body><w:p><w:pPr><w:pStyle w:val="H"/>'
        "</w:pPr><w:r><w:t>洗护说明</w:t></w:r></w:p><w:p><w:r><w:t>羊毛请干洗。</w:t></w:r></w:p>"
        "</w:body></w:document>",
    }
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return file.getvalue()


def pdf_file(text: str) -> bytes:
    """A page with one line."""
    drawn = f"BT /F 12 Tf 72 700 Td ({text}) Tj ET"
    things = (
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R"
        "/Resources<</Font<</F<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>>>",
        f"<</Length {len(drawn)}>>stream\n{drawn}\nendstream",
    )
    body, places = "%PDF-1.4\n", []
    for n, one in enumerate(things, 1):
        places.append(f"{len(body):010} 00000 n \n")
        body += f"{n} 0 obj\n{one}\nendobj\n"
    table = f"xref\n0 5\n0000000000 65535 f \n{''.join(places)}"
    trailer = f"trailer<</Root 1 0 R/Size 5>>\nstartxref\n{len(body)}\n%%EOF"
    return (body + table + trailer).encode()
