"""What ``xiaoer eval faq`` and ``xiaoer eval intents`` promise to the script that calls them."""

from __future__ import annotations

import gzip
import json
from importlib.metadata import PackageNotFoundError
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner, Result

from xiaoer.labs.evals import app, peers, scores
from xiaoer.labs.evals.overlap import Overlaps, quartiles
from xiaoer.labs.evals.readers import BadInput, names, rows

KB = [
    {"kb_id": "park", "question": "停车怎么收费", "extra": 1},
    {"kb_id": "return", "title": "怎么退货"},
    {"kb_id": "parcel", "question": "我的快递到哪了", "answer": "在订单页可以看到物流。"},
]
SIMILAR = [
    {"text": "车停一小时多少钱", "kb_id": "park"},
    {"text": "买错了能退吗", "kb_id": "return"},
]
QUERIES = [
    {"text": "停车费怎么算", "kb_id": "park"},
    {"text": "我想退货", "kb_id": "return"},
    {"text": "where is my parcel", "kb_id": "parcel"},
    {"text": "", "kb_id": "park"},
]
FAQ_KEYS = {"n", "hit@1", "hit@3", "hit@5", "mrr", "p50_ms", "p99_ms", "cached_p50_ms", "index_s"}
INTENT_KEYS = {
    "n",
    "accuracy",
    "auroc",
    "in_scope_acc_at_oos90",
    "oos_recall_at_oos90",
    "in_scope_acc_at_oos95",
    "oos_recall_at_oos95",
    "risk_coverage",
}


def written(folder: Path, name: str, values: list[Any], form: str = "lines") -> str:
    lines = "".join(json.dumps(v, ensure_ascii=False) + "\n" for v in values).encode()
    whole = json.dumps(values).encode()
    bodies = {
        "lines": lines,
        "list": whole,
        "gz": gzip.compress(lines),
        "list.gz": gzip.compress(whole),
    }
    file = folder / name
    file.write_bytes(bodies[form])
    return str(file)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def report(*arguments: str) -> dict[str, Any]:
    done = run(*arguments, "--json")
    assert done.exit_code == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize("form", ["lines", "list", "gz", "list.gz"])
def test_faq_gives_its_keys_whatever_the_form_of_the_files(tmp_path: Path, form: str) -> None:
    told = report(
        "faq",
        "--kb",
        written(tmp_path, "kb.dat", KB, form),
        "--similar",
        written(tmp_path, "s", SIMILAR, form),
        "--queries",
        written(tmp_path, "q", QUERIES, form),
        "--lang",
        "zh",
    )
    assert told.keys() >= FAQ_KEYS | {"baseline", "dense", "by_overlap"}
    assert told["baseline"].keys() == told["dense"].keys() == FAQ_KEYS
    assert told["n"] == 4
    assert told["hit@1"] == 0.75


def test_faq_predictions_let_an_outsider_recompute_the_numbers(tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    told = report(
        "faq",
        "--kb",
        written(tmp_path, "kb", KB),
        "--queries",
        written(tmp_path, "q", QUERIES),
        "--predictions",
        str(out),
    )
    ranked = [[r["kb_id"] for r in json.loads(line)["ranked"]] for line in out.open()]
    gold = [str(q["kb_id"]) for q in QUERIES]
    assert len(ranked) == len(QUERIES)
    assert np.mean([g in r[:1] for r, g in zip(ranked, gold, strict=True)]) == told["hit@1"]
    places = [1 / (r.index(g) + 1) if g in r else 0 for r, g in zip(ranked, gold, strict=True)]
    assert np.mean(places) == pytest.approx(told["mrr"])


def test_without_gold_the_scores_are_null_and_predictions_stay(tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    told = report(
        "faq",
        "--kb",
        written(tmp_path, "kb", KB),
        "--predictions",
        str(out),
        "--queries",
        written(tmp_path, "q", [{"text": "停车多少钱"}]),
    )
    assert told["hit@1"] is told["mrr"] is told["baseline"]["hit@1"] is None
    assert told["p50_ms"] > 0
    assert json.loads(out.read_text())["ranked"][0]["kb_id"] == "park"


def test_ids_restrict_entries_and_queries(tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    told = report(
        "faq",
        "--kb",
        written(tmp_path, "kb", KB),
        "--queries",
        written(tmp_path, "q", QUERIES),
        "--similar",
        written(tmp_path, "s", SIMILAR),
        "--predictions",
        str(out),
        "--ids",
        written(tmp_path, "ids", ["return", "parcel"], "list"),
    )
    assert told["n"] == 2
    lines = [json.loads(line) for line in out.open()]
    assert {r["kb_id"] for line in lines for r in line["ranked"]} == {"return", "parcel"}
    assert len(lines) == len(QUERIES)


def test_queries_that_repeat_an_indexed_text_are_left_out_on_demand(tmp_path: Path) -> None:
    queries = written(tmp_path, "q", [{"text": "停车怎么收费呢", "kb_id": "park"}, *QUERIES[1:3]])
    done = run(
        "faq",
        "--kb",
        written(tmp_path, "kb", KB),
        "--queries",
        queries,
        "--max-overlap",
        "0.3",
        "--json",
    )
    told = json.loads(done.stdout)
    assert told["above_overlap"] == 1
    assert told["n"] == 2
    assert f"{queries}:1: overlap 0.83 is above 0.3" in done.stderr


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b'{"text": "a", "kb_id": "park"}\n{"text": ', "q:2: is not JSON"),
        (b'{"text": "a"}\n[1]\n', "q:2: is not an object"),
        (b'{"kb_id": "park"}\n', "q:1: needs text"),
        (b'{"text": ["a"]}\n', "q:1: text must be a string"),
        (b"\x1f\x8bnot gzip", "q:1: cannot be read"),
        (b"\xff\xfe\x00", "q:1: is not JSON"),
    ],
)
def test_bad_input_is_told_by_file_and_line(tmp_path: Path, body: bytes, told: str) -> None:
    (tmp_path / "q").write_bytes(body)
    done = run(
        "faq", "--kb", written(tmp_path, "kb", KB), "--queries", str(tmp_path / "q"), "--json"
    )
    assert done.exit_code == 2
    assert told in done.stderr
    assert done.stdout == ""


def test_a_missing_file_and_a_foreign_similar_question_are_bad_input(tmp_path: Path) -> None:
    kb, queries = written(tmp_path, "kb", KB), written(tmp_path, "q", QUERIES)
    assert run("faq", "--kb", str(tmp_path / "none"), "--queries", queries).exit_code == 2
    foreign = written(tmp_path, "s", [{"text": "x", "kb_id": "nowhere"}])
    done = run("faq", "--kb", kb, "--queries", queries, "--similar", foreign)
    assert done.exit_code == 2
    assert "s:1: names nowhere" in done.stderr
    assert run("faq", "--kb", written(tmp_path, "e", []), "--queries", queries).exit_code == 2
    assert run("faq", "--kb", kb).exit_code == 2


def intent_files(folder: Path) -> list[str]:
    asks = {
        "park": ["停车收费吗", "停车多少钱", "车停哪里"],
        "refund": ["我要退货", "退款多久", "能退钱吗"],
        "oos": ["讲个笑话"],
    }
    train = [{"text": t, "intent": i} for i, texts in asks.items() for t in texts]
    test = [{"text": "停车几块钱", "kb_id": "park"}, {"text": "想退货", "kb_id": "refund"}]
    strange = [{"text": t} for t in ("明天下雨吗", "谁赢了比赛", "唱首歌", "1+1", "你爱我吗")]
    return [
        "--train",
        written(folder, "train", train),
        "--test",
        written(folder, "test", test),
        "--tune",
        written(folder, "tune", test),
        "--oos",
        written(folder, "oos", strange),
        "--oos-tune",
        written(folder, "oos_tune", strange[::-1]),
    ]


def test_intents_gives_its_keys_and_rejects_strangers(tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    told = report("intents", *intent_files(tmp_path), "--predictions", str(out))
    assert told.keys() >= INTENT_KEYS | {"baseline"}
    assert told["baseline"].keys() >= INTENT_KEYS
    assert told["n"] == 2
    assert told["accuracy"] == 1
    assert told["oos_recall_at_oos95"] == 1
    assert told["risk_coverage"][-1] == [1.0, 0.0]
    lines = [json.loads(line) for line in out.open()]
    assert [line["label"] for line in lines[:2]] == ["park", "refund"]
    assert len(lines) == 7
    assert "oos" not in {line["label"] for line in lines}


def test_intents_without_gold_or_strangers_has_null_scores(tmp_path: Path) -> None:
    given = intent_files(tmp_path)
    given[3] = written(tmp_path, "t2", [{"text": "停车"}])
    told = report("intents", *given[:4])
    assert told["accuracy"] is told["auroc"] is told["in_scope_acc_at_oos90"] is None
    assert told["n"] == 1


def test_the_scores_are_the_textbook_ones() -> None:
    ranked = [["a", "b"], ["b", "a"], ["c"], []]
    assert scores.hits(ranked, ["a", "a", "a", None]) == {
        "hit@1": pytest.approx(1 / 3),
        "hit@3": pytest.approx(2 / 3),
        "hit@5": pytest.approx(2 / 3),
        "mrr": pytest.approx(0.5),
    }
    inside, outside = np.array([0.9, 0.5, 0.4]), np.array([0.5, 0.1])
    assert scores.auroc(inside, outside) == pytest.approx(4.5 / 6)
    limit = scores.threshold(np.array([0.1, 0.2, 0.3, 0.4, 0.9]), 0.8)
    assert limit is not None
    assert 0.4 < limit < 0.41
    curve = scores.risk_coverage(
        np.array([0.9, 0.8, 0.1, 0.2]), np.array([True, True, False, True])
    )
    assert curve[-1] == [1.0, 0.25]
    assert curve[9] == [0.5, 0.0]


def test_overlap_looks_at_every_indexed_text_and_quarters_the_queries() -> None:
    overlaps = Overlaps(["停车收费", "怎么退货"])
    assert overlaps.widest("退货怎么") == pytest.approx(2 / 4)
    assert overlaps.widest("xyz") == 0
    parts = quartiles([0.4, 0.1, 0.3, 0.2], [True, False, True, False])
    assert [(p["from"], p["hit@1"]) for p in parts] == [(0.1, 0), (0.2, 0), (0.3, 1), (0.4, 1)]


def test_rows_and_names_are_told_by_content(tmp_path: Path) -> None:
    one = tmp_path / "one"
    one.write_bytes(b'\xef\xbb\xbf{"a": 1}\n\n{"a": 2}\n')
    assert [(r.line, r.fields["a"]) for r in rows(one)] == [(1, 1), (3, 2)]
    (tmp_path / "two.jsonl").write_text('{"a": 3}')
    assert [r.fields["a"] for r in rows(tmp_path)] == [1, 2, 3]
    one.write_text('["x", 7]')
    assert names(one) == {"x", "7"}
    one.write_text('[["x"], {}]')
    with pytest.raises(BadInput):
        names(one)


DOCS = [
    {"id": "fees", "title": "Fees", "text": "# Parking\nParking costs five yuan an hour.", "x": 1},
    {"id": 7, "content": "Refunds reach your card within three working days."},
    {"id": "gift", "title": "礼品卡", "content": "礼品卡可以在任何门店使用，不能兑换现金。"},
    {"id": "hours", "text": "The mall opens at ten and closes at ten in the evening."},
]
STORIES = [
    {
        "query": "Hello! We came by car. What does parking cost? And when do I get my refund?",
        "required_documents": ["fees", 7],
    },
    {"query": "礼品卡能换成现金吗？", "required_documents": ["gift"]},
]


@pytest.mark.parametrize("form", ["lines", "list", "gz", "list.gz"])
def test_documents_are_found_for_every_question_of_a_story(tmp_path: Path, form: str) -> None:
    told = report(
        "documents",
        "--docs",
        written(tmp_path, "d", DOCS, form),
        "--tasks",
        written(tmp_path, "t", STORIES, form),
        "--predictions",
        str(tmp_path / "out"),
    )
    keys = {"n", "recall@5", "recall@10", "recall@20", "mrr", "p50_ms", "p99_ms"}
    assert told.keys() >= keys | {"baseline"}
    assert told["baseline"].keys() >= keys
    ranked = [
        [hit["id"] for hit in json.loads(line)["ranked"]]
        for line in (tmp_path / "out").read_text().splitlines()
    ]
    assert set(ranked[0][:2]) == {"fees", "7"}
    assert ranked[1][0] == "gift"
    assert (told["n"], told["recall@5"], told["mrr"]) == (2, 1.0, 1.0)


def test_documents_without_gold_has_null_scores_and_predictions(tmp_path: Path) -> None:
    told = report(
        "documents",
        "--docs",
        written(tmp_path, "d", DOCS),
        "--tasks",
        written(tmp_path, "t", [{"query": "礼品卡"}, {"query": "", "required_documents": None}]),
        "--predictions",
        str(tmp_path / "out"),
    )
    assert told["recall@10"] is told["mrr"] is told["baseline"]["recall@5"] is None
    assert len((tmp_path / "out").read_text().splitlines()) == 2


@pytest.mark.parametrize(
    ("docs", "tasks", "told"),
    [
        ([{"id": "a", "text": "b"}], [{"required_documents": []}], "t:1: needs query"),
        ([{"id": "a", "text": "b"}], [{"query": "q", "required_documents": "a"}], "t:1: required"),
        ([{"text": "b"}], [], "d:1: needs id"),
        ([{"id": "a", "text": "b"}, {"id": "a", "text": "c"}], [], "d:2: repeats the id a"),
        ([], [], "d:1: holds no document"),
    ],
)
def test_bad_documents_are_told_by_file_and_line(
    tmp_path: Path, docs: list[Any], tasks: list[Any], told: str
) -> None:
    done = run(
        "documents", "--docs", written(tmp_path, "d", docs), "--tasks", written(tmp_path, "t", tasks)
    )
    assert done.exit_code == 2
    assert told in done.stderr


CHOICES = [
    {
        "context": ["你好", "停车怎么收费"],
        "candidates": ["明天会下雨", "停车前两小时免费", "鞋子有三十九码"],
        "label": 1,
    },
    {"context": "鞋子有几码", "candidates": ["鞋子有三十九码", "停车免费"]},
]


def test_replies_are_chosen_and_earlier_ones_are_heard(tmp_path: Path) -> None:
    file = written(tmp_path, "choices", CHOICES)
    predicted = tmp_path / "out.jsonl"
    told = report("replies", "--file", file, "--predictions", str(predicted))
    assert {"n", "R10@1", "mrr", "p50_ms", "baseline"} <= told.keys()
    assert (told["n"], told["R10@1"], told["mrr"]) == (2, 1, 1)
    ranked = [json.loads(line)["ranked"] for line in predicted.read_text().splitlines()]
    assert [row[0]["index"] for row in ranked] == [1, 0]
    dark = {"context": ["喵"], "candidates": ["明天会下雨", "请去三楼", "停车免费"], "label": 1}
    past = written(tmp_path, "past", [dark])
    asked = written(tmp_path, "asked", [dark | {"candidates": ["停车免费", "请上三楼"]}])
    assert report("replies", "--file", asked, "--train", past)["R10@1"] == 1


def test_a_label_beyond_the_candidates_is_bad_input(tmp_path: Path) -> None:
    file = written(tmp_path, "choices", [CHOICES[0] | {"label": 3}])
    done = run("replies", "--file", file, "--json")
    assert done.exit_code == 2
    assert ":1: label" in done.stderr


class OneWord:
    """A stand-in for a library: the last text that shares a word wins."""

    def __init__(self) -> None:
        self.vocab_dict: dict[str, int] = {}

    def index(self, texts: list[list[str]], show_progress: bool) -> None:
        self.texts = texts
        self.vocab_dict = {word: 0 for text in texts for word in text}

    def get_scores(self, asked: list[str]) -> list[float]:
        return [float(len(set(asked) & set(text))) for text in self.texts]


def test_a_peer_runs_beside_ours_in_keys_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(peers, "_load", lambda library: SimpleNamespace(BM25=OneWord))
    monkeypatch.setattr(peers, "version", lambda package: "1.2")
    kb, queries = written(tmp_path, "kb", KB), written(tmp_path, "q", QUERIES)
    told = report("faq", "--kb", kb, "--queries", queries, "--peer")
    assert told["peer"].keys() == FAQ_KEYS | {"name", "version"}
    assert (told["peer"]["name"], told["peer"]["version"]) == ("bm25s", "1.2")
    assert told["peer"]["n"] == told["n"]
    assert told["peer"]["hit@1"] == 0.5


@pytest.mark.parametrize(("command", "package"), [
    (("faq", "--kb", "FILE", "--queries", "FILE"), "bm25s"),
    (("intents", "--train", "FILE", "--test", "FILE"), "fasttext-numpy2-wheel"),
])  # fmt: skip
def test_a_peer_that_is_missing_is_named_with_what_to_install(
    command: tuple[str, ...], package: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(name: str) -> str:
        raise PackageNotFoundError(name)

    monkeypatch.setattr(peers, "version", missing)
    file = written(tmp_path, "kb", KB)
    done = run(*(file if word == "FILE" else word for word in command), "--peer")
    assert done.exit_code == 2
    assert f"pip install {package}" in done.stderr
