"""What the ranking of knowledge promises, with a model of shared characters in place of meaning."""

from __future__ import annotations

import itertools
import time
import zlib

import numpy as np
import pytest

from xiaoer.modules.knowledge.rules import ranking, trust
from xiaoer.modules.knowledge.rules.lexicon import gather
from xiaoer.modules.knowledge.rules.words import LONGEST, bigrams, overlap, tidy, words

SHOP = {
    "parking": ["停车怎么收费", "车停这里多少钱", "停车场几块钱一小时", "停车有优惠吗"],
    "refund": ["怎么退货", "买错了能退吗", "退货要多久到账", "退款什么时候到"],
    "parcel": ["我的快递到哪了", "什么时候发货", "物流三天没动了", "包裹丢了怎么办"],
    "hours": ["几点关门", "周末营业到几点", "早上几点开门", "春节开不开门"],
    "member": ["会员积分怎么用", "积分会过期吗", "怎么升级金卡", "生日券在哪里领"],
    "hours-en": ["when do you close", "opening hours on Sunday", "are you open now"],
}


def row(text: str) -> np.ndarray:
    """A stand-in for a sentence vector: hashed characters and pairs, unit length."""
    out = np.zeros(96, np.float32)
    for size in (1, 2):
        for i in range(len(text) - size + 1):
            out[zlib.crc32(text[i : i + size].encode()) % 96] += 1
    return out / max(float(np.linalg.norm(out)), 1e-9)


def phrasings(shop: dict[str, list[str]] = SHOP) -> list[ranking.Phrasing]:
    return [ranking.Phrasing(entry, text) for entry, texts in shop.items() for text in texts]


def index_of(given: list[ranking.Phrasing], *, learnt: bool = True) -> ranking.Index:
    vectors = {text: row(text) for text in ranking.to_embed(given)}
    return ranking.build(given, vectors, learnt=learnt)


def ask(index: ranking.Index, text: str, **options: object) -> ranking.Ranking:
    rows = np.stack([row(t) for t in index.question_texts(text)])
    return index.rank(text, rows, **options)  # type: ignore[arg-type]


def first(index: ranking.Index, text: str, **options: object) -> str:
    return ask(index, text, **options).candidates[0].entry


@pytest.fixture(scope="module", params=[True, False], ids=["learnt", "not learnt"])
def index(request: pytest.FixtureRequest) -> ranking.Index:
    return index_of(phrasings(), learnt=request.param)


@pytest.mark.parametrize(
    ("question", "entry"),
    [
        ("停车要收费吗", "parking"),
        ("退货怎么弄", "refund"),
        ("快递到哪里了", "parcel"),
        ("你们几点关门？", "hours"),
        ("积分能怎么用", "member"),
        ("When do you CLOSE?", "hours-en"),
        ("停車 怎么收费", "parking"),
        ("我的kuaidi 快递 where 到哪了", "parcel"),
    ],
)
def test_a_question_finds_its_entry(index: ranking.Index, question: str, entry: str) -> None:
    assert first(index, question) == entry


VAGUE = np.full(4, 0.5, np.float32)


def test_the_very_words_of_a_phrasing_always_find_its_entry_surely(index: ranking.Index) -> None:
    for entry, texts in SHOP.items():
        for text in texts:
            found = ask(index, f" {text.upper()} ")
            assert found.candidates[0].entry == entry
            assert found.confidence > 0.9


def test_words_that_two_entries_share_are_not_sure() -> None:
    given = [ranking.Phrasing("a", "营业时间"), ranking.Phrasing("b", "营业时间")]
    assert ask(index_of(given), "营业时间").confidence < 0.9


def test_shares_sum_to_one_and_scores_descend(index: ranking.Index) -> None:
    found = ask(index, "停车").candidates
    assert sum(c.share for c in found) == pytest.approx(1)
    assert all(a.score >= b.score for a, b in itertools.pairwise(found))
    assert len({c.entry for c in found}) == len(found)


def test_the_nearest_phrasing_is_named(index: ranking.Index) -> None:
    assert ask(index, "积分会不会过期").candidates[0].nearest == "积分会过期吗"


def test_only_entries_among_the_marked_are_ranked(index: ranking.Index) -> None:
    found = ask(index, "停车怎么收费", among=index.texts_of(["refund", "hours", "gone"])).candidates
    assert {c.entry for c in found} <= {"refund", "hours"}
    assert ask(index, "停车怎么收费", among=index.texts_of([])).candidates == ()


def test_a_known_question_is_surer_than_a_foreign_one(index: ranking.Index) -> None:
    known = ask(index, "停车怎么收费").confidence
    foreign = ask(index, "qwzx 量子纠缠 jvkp").confidence
    assert 0 <= foreign < 0.3 < known <= 1


@pytest.mark.parametrize("nothing", ["", "  \n\t", "\x00\x01"])
def test_an_empty_question_finds_nothing(index: ranking.Index, nothing: str) -> None:
    assert ask(index, nothing) == ranking.Ranking((), 0.0)


@pytest.mark.parametrize("odd", ["？！…", "🙂" * 50, "停" * 100_000, "<script>停车</script>", "א"])
def test_any_question_is_ranked_without_harm(index: ranking.Index, odd: str) -> None:
    found = ask(index, odd)
    assert 0 <= found.confidence <= 1
    assert all(np.isfinite(c.score) for c in found.candidates)


def test_no_knowledge_finds_nothing() -> None:
    assert ask(index_of([]), "停车") == ranking.Ranking((), 0.0)


def test_one_entry_with_one_phrasing_is_enough_to_answer() -> None:
    index = index_of([ranking.Phrasing("parking", "停车怎么收费")])
    assert first(index, "停车收费") == "parking"


def test_equal_knowledge_gives_equal_rankings_whatever_its_order() -> None:
    one, other = index_of(phrasings()), index_of(phrasings()[::-1])
    for question in ("停车多少钱", "open on sunday?", "积分"):
        assert ask(one, question) == ask(other, question)


def test_an_answer_leads_to_its_entry_but_a_question_comes_first() -> None:
    given = [*phrasings(), ranking.Phrasing("member", "集满五百分可抵五元", asked=False)]
    assert first(index_of(given), "五百分抵多少") == "member"
    both = [*given, ranking.Phrasing("member", "集满五百分可抵五元")]
    assert index_of(both).asked.all()


def test_only_words_that_are_new_need_a_vector() -> None:
    index = index_of(phrasings())
    assert index.question_texts("停车怎么收费") == ("停车怎么收费",)
    assert "自行车" in index.question_texts("自行车停车怎么收费")[1:]


def test_with_several_phrasings_each_the_index_learns_what_tells_entries_apart() -> None:
    chance = np.random.default_rng(5)
    meaning = chance.normal(size=(20, 16)) * 0.5
    tone = chance.normal(size=(6, 48)) * 3
    letters = [chr(0x4E00 + i) for i in range(900)]

    def said(entry: int) -> tuple[str, np.ndarray]:
        vector = np.concatenate(
            [meaning[entry] + chance.normal(size=16) * 0.2, chance.normal(size=6) @ tone]
        )
        return "".join(chance.choice(letters, 6)), (vector / np.linalg.norm(vector)).astype("f4")

    vectors: dict[str, np.ndarray] = {}
    given = []
    for entry in range(20):
        for _ in range(20):
            text, vectors[text] = said(entry)
            given.append(ranking.Phrasing(str(entry), text))
    for text in ranking.to_embed(given):
        vectors.setdefault(text, chance.normal(size=64).astype(np.float32))
    asked = [(entry, *said(entry)) for entry in range(20) for _ in range(5)]

    def won(index: ranking.Index) -> int:
        found = 0
        for entry, text, vector in asked:
            new = [chance.normal(size=64).astype("f4") for _ in index.question_texts(text)[1:]]
            found += index.rank(text, np.stack([vector, *new])).candidates[0].entry == str(entry)
        return found

    assert won(ranking.build(given, vectors)) > 1.5 * won(
        ranking.build(given, vectors, learnt=False)
    )


def test_held_out_questions_never_take_the_last_two_of_an_entry() -> None:
    owner = np.repeat(np.arange(40), [2, 3, 6, 1] * 10)
    asked = np.ones(len(owner), bool)
    asked[owner == 2] = False
    held = trust.held_out(owner, asked)
    left = np.bincount(owner[~held], minlength=40)
    assert held.any()
    assert not held[~asked].any()
    assert (left >= np.minimum(np.bincount(owner), 2)).all()


def test_a_witness_that_misleads_is_trusted_less() -> None:
    chance = np.random.default_rng(3)
    trials = []
    for _ in range(200):
        signs = chance.normal(size=(8, trust.SIGNS)).astype(np.float32) * 0.1
        right = np.zeros(8, bool)
        right[2] = True
        signs[2, trust.LETTERS] += 0.5
        signs[5, trust.WORDS] += 0.5
        trials.append(trust.Trial(signs, right))
    learnt = trust.weigh(trials, trust.SHIPPED)
    assert learnt.weights[trust.LETTERS] > trust.SHIPPED.weights[trust.LETTERS]
    assert learnt.weights[trust.WORDS] < trust.SHIPPED.weights[trust.WORDS]


def test_the_lexicon_is_the_textbook_cosine() -> None:
    texts = ["abab", "bc", "停车"]
    lexicon = gather(texts)
    assert lexicon.likeness("abab") == pytest.approx([1, 0.19, 0], abs=0.01)
    assert lexicon.likeness("zz").tolist() == [0, 0, 0]


def test_text_is_tidied_and_bounded() -> None:
    assert tidy(" Ｈello\x00\n\t世界　") == "hello 世界"
    assert len(tidy("停" * 1_000_000)) == LONGEST
    assert words(tidy("你好，iPhone15 多少钱?")) == ("你好", "iphone15", "多少", "钱")


def test_overlap_is_the_jaccard_of_character_pairs() -> None:
    assert overlap("停车收费", "停车 收费！") == 1
    assert overlap("abc", "bcd") == pytest.approx(1 / 3)
    assert overlap("", "停车") == 0
    assert bigrams("啊") == {"啊"}


def test_ten_thousand_entries_are_searched_in_time() -> None:
    chance = np.random.default_rng(1)
    syllables = [chr(0x4E00 + i) for i in range(400)]
    given = [
        ranking.Phrasing(str(entry), "".join(chance.choice(syllables, 9)))
        for entry in range(10_000)
        for _ in range(2)
    ]
    vocabulary = ranking.to_embed(given)
    rows = chance.normal(size=(len(vocabulary), 64)).astype(np.float32)
    index = ranking.build(given, dict(zip(vocabulary, rows, strict=True)), learnt=False)
    times = []
    for phrasing in given[:40]:
        texts = index.question_texts(phrasing.text)
        vectors = chance.normal(size=(len(texts), 64)).astype(np.float32)
        begun = time.thread_time()
        index.rank(phrasing.text, vectors)
        times.append(time.thread_time() - begun)
    assert sorted(times)[20] < 0.05


def test_a_second_model_decides_where_the_first_is_in_doubt() -> None:
    phrasings = [ranking.Phrasing("tea", "甲乙"), ranking.Phrasing("coffee", "丙丁")]
    blind = dict.fromkeys(ranking.to_embed([*phrasings, ranking.Phrasing("", "戊己")]), VAGUE)
    seen = {"甲乙": np.eye(2, dtype=np.float32)[0], "丙丁": np.eye(2, dtype=np.float32)[1]}
    index = ranking.build(phrasings, blind, second=seen)
    rows = np.stack([VAGUE] * len(index.question_texts("戊己")))
    first = index.rank("戊己", rows)
    assert index.doubts("戊己", first)
    for entry, row in (("tea", seen["甲乙"]), ("coffee", seen["丙丁"])):
        assert index.rank("戊己", rows, second=row).candidates[0].entry == entry
    sure = index.rank("甲乙", np.stack([VAGUE]))
    assert not index.doubts("甲乙", sure)
    assert not index.doubts("戊己" * 60, first)
    assert not ranking.build(phrasings, blind).doubts("戊己", first)
