"""Finding the entry that answers a question.

Each worker keeps one index a tenant in memory, built from what is live and from stored vectors.
It is rebuilt beside the one that serves when what is live has changed.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from uuid import UUID
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from xiaoer.kit.ids import TenantId
from xiaoer.kit.memo import Memo
from xiaoer.modules.knowledge.contracts import (
    Asked,
    Candidate,
    Content,
    EntryId,
    Found,
    Thresholds,
)
from xiaoer.modules.knowledge.rules import dial, ranking, scoping
from xiaoer.modules.knowledge.rules.editing import holds_on
from xiaoer.modules.knowledge.service import dialing
from xiaoer.modules.knowledge.store import entries, vectors
from xiaoer.ports.ctx import Ctx, Ports
from xiaoer.ports.embedder import EmbedderUnavailable

Floats = npt.NDArray[np.float32]

SHOWN = 10
LOOKED_AT = 40
ZONE = ZoneInfo("Asia/Shanghai")
AT_ONCE = 256
REMEMBERED = 1024  # questions whose ranking is kept: most are asked again, word for word


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What was live at a revision, ready to be searched."""

    revision: tuple[int, str]
    index: ranking.Index
    entries: dict[str, tuple[EntryId, str, Content]]
    languages: frozenset[str]
    rankings: Memo = field(default_factory=lambda: Memo(REMEMBERED), compare=False)

    async def rank(self, ports: Ports, text: str, lang: str, day: date) -> ranking.Ranking:
        """What may answer on that day, in that language, wherever it is asked."""

        async def ranked() -> ranking.Ranking:
            rows = await ports.embedder.embed(self.index.question_texts(text))
            among = await self.rankings.get(("among", lang), day, open_texts)
            first = self.index.rank(text, rows, among=among, limit=LOOKED_AT)
            if ports.second is None or not self.index.doubts(text, first):
                return first
            try:
                [row] = await ports.second.embed([text])
            except EmbedderUnavailable:
                return first
            return self.index.rank(text, rows, second=row, among=among, limit=LOOKED_AT)

        async def open_texts() -> ranking.Bools:
            return self.index.texts_of(self._open_on(day, lang))

        found: ranking.Ranking = await self.rankings.get((lang, text), day, ranked)
        return found

    def _open_on(self, day: date, lang: str) -> Iterator[str]:
        """Entries that hold on a day, in the language, or in any when there are none in it."""
        narrow = lang in self.languages
        for key, (_, _, content) in self.entries.items():
            if holds_on(content, day) and (not narrow or content.lang == lang):
                yield key


async def search(
    ctx: Ctx, text: str, *, unit_path: str = "/", locale: str = "zh-CN", limit: int = SHOWN
) -> Found:
    """Live entries that may answer, best first, seen from a place and in a language."""
    snapshot = await _snapshot(ctx)
    if snapshot is None:
        return Found((), 0.0, "none")
    today = ctx.now().astimezone(ZONE).date()
    asked = Asked(text, unit_path, locale)
    found = await look(ctx.ports, snapshot, asked, await dialing.thresholds(ctx), today)
    return replace(found, candidates=found.candidates[:limit])


async def look(
    ports: Ports, snapshot: Snapshot, asked: Asked, thresholds: Thresholds, day: date
) -> Found:
    """What an index says to a question on a day: all that it looked at."""
    plain = ranking.tidy(asked.text)
    if not plain:
        return Found((), 0.0, "none")
    lang = "zh" if asked.locale.startswith("zh") else "en"
    ranked = await snapshot.rank(ports, plain, lang, day)
    candidates = _placed(snapshot, ranked.candidates, asked.unit_path)
    verdict = dial.verdict(ranked.confidence, thresholds)
    return Found(candidates, ranked.confidence, verdict if candidates else "none")


@dataclass(frozen=True, slots=True)
class Material:
    """What an index is built from, read in one transaction."""

    tenant: TenantId
    revision: tuple[int, str]
    live: tuple[tuple[EntryId, str, Content], ...]
    stored: Mapping[str, bytes]

    @property
    def name(self) -> str:
        """Says what an index of this was made from: code, model and content."""
        digest = hashlib.sha256(repr((ranking.VERSION, self.revision, self.live)).encode())
        return f"{self.tenant}-{digest.hexdigest()[:32]}"


async def gather(ctx: Ctx) -> Material | None:
    """What is live, when this worker's index is older; nothing when it is current.

    Called by every worker, by the clock. The old index serves until what :func:`learn` makes of it is adopted.
    The tenant's thresholds are read anew on the way.
    """
    await dialing.look_again(ctx)
    wanted = await current_revision(ctx)
    serving = current(ctx)
    if serving is not None and serving.revision == wanted:
        return None
    return await read_material(ctx, wanted)


def learn(material: Material) -> Snapshot:
    """Build the learnt index: seconds of pure computation, best done in another process."""
    return build(material, learnt=True)


def sketch(material: Material) -> Snapshot:
    """Build an index without learning: a fraction of a second, for the time until it is learnt."""
    return replace(build(material, learnt=False), revision=(-1, ""))


def current(ctx: Ctx) -> Snapshot | None:
    """The index that this worker serves with; nothing before the first."""
    kept: Snapshot | None = ctx.ports.memo.peek(_key(ctx.scope.tenant))
    return kept


def adopt(memo: Memo, tenant: TenantId, snapshot: Snapshot) -> None:
    """Serve with this index from now on."""
    memo.put(_key(tenant), snapshot)


async def refresh(ctx: Ctx) -> bool:
    """Gather and learn at once, for commands and small groups; says whether it did."""
    material = await gather(ctx)
    if material is not None:
        adopt(ctx.ports.memo, material.tenant, await asyncio.to_thread(learn, material))
    return material is not None


async def embed_entries(ctx: Ctx, contents: Sequence[Content]) -> int:
    """Store the vectors that the texts still lack; returns how many were made."""
    return await embed_texts(ctx, texts_of(contents))


def texts_of(contents: Sequence[Content]) -> tuple[str, ...]:
    """Every distinct text whose vector an index of these contents needs: phrasings and words."""
    return ranking.to_embed(phrasings(contents))


def phrasings(contents: Sequence[Content]) -> list[ranking.Phrasing]:
    """The texts of some contents, which are numbered."""
    return _phrasings((str(i), c) for i, c in enumerate(contents))


async def embed_texts(ctx: Ctx, wanted: Sequence[str]) -> int:
    """Store the vectors that tidy texts still lack; returns how many were made."""
    model = ctx.ports.embedder.model_id
    known = await vectors.read(ctx, model, wanted)
    missing = [text for text in wanted if text not in known]
    for start in range(0, len(missing), AT_ONCE):
        some = missing[start : start + AT_ONCE]
        made = await ctx.ports.embedder.embed(some)
        await vectors.write(
            ctx, model, {t: row.tobytes() for t, row in zip(some, made, strict=True)}
        )
    return len(missing)


async def _snapshot(ctx: Ctx) -> Snapshot | None:
    """The index in memory; the first question after a start has one built without learning."""
    if (kept := current(ctx)) is not None:
        return kept
    wanted = await current_revision(ctx)
    if wanted[0] == 0:
        return None

    async def quickly() -> Snapshot:
        return await asyncio.to_thread(build, await read_material(ctx, wanted), learnt=False)

    first: Snapshot = await ctx.ports.memo.get(
        ("knowledge.first", ctx.scope.tenant), wanted, quickly
    )
    return first


async def read_material(ctx: Ctx, revision: tuple[int, str]) -> Material:
    """Everything live at a revision, with the vectors that it needs."""
    live = await entries.live(ctx)
    await embed_entries(ctx, [content for _, _, content in live])
    stored = await vectors.read(ctx, revision[1], texts_of([content for _, _, content in live]))
    return Material(ctx.scope.tenant, revision, tuple(live), stored)


def phrasings_of(material: Material) -> list[ranking.Phrasing]:
    """The texts of what is live."""
    return _phrasings((str(entry_id), content) for entry_id, _, content in material.live)


def build(
    material: Material, *, learnt: bool, second: Mapping[str, Floats] | None = None
) -> Snapshot:
    """The index of some material; ``second`` are the rows of its texts by the second model."""
    rows = {text: np.frombuffer(kept, np.float32) for text, kept in material.stored.items()}
    index = ranking.build(phrasings_of(material), rows, learnt=learnt, second=second)
    return Snapshot(
        material.revision,
        index,
        {str(e): (e, kb_id, c) for e, kb_id, c in material.live},
        frozenset(content.lang for _, _, content in material.live),
    )


async def current_revision(ctx: Ctx) -> tuple[int, str]:
    """Changes whenever what is live, or the model, does."""
    return await vectors.revision(ctx), ctx.ports.embedder.model_id


def _key(tenant: TenantId) -> tuple[str, UUID]:
    return ("knowledge.index", tenant)


def _phrasings(contents: Iterable[tuple[str, Content]]) -> list[ranking.Phrasing]:
    """Every way to ask for an entry, and its answer, whose words count too."""
    found = []
    for key, content in contents:
        found += [ranking.Phrasing(key, text) for text in (content.question, *content.similar)]
        found.append(ranking.Phrasing(key, content.answer, asked=False))
    return found


def _placed(
    snapshot: Snapshot, ranked: Sequence[ranking.Candidate], unit_path: str
) -> tuple[Candidate, ...]:
    """The candidates in the order that the place of the question gives them."""
    found = []
    for candidate in ranked:
        entry_id, kb_id, content = snapshot.entries[candidate.entry]
        score = candidate.score + scoping.bonus(content.scope_path, unit_path)
        found.append(
            Candidate(
                entry_id,
                kb_id,
                content.question,
                content.answer,
                content.category,
                content.scope_path,
                score,
                candidate.share,
            )
        )
    return tuple(sorted(found, key=lambda c: -c.score))
