"""Labelled questions, and the positions of a tenant's dial."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from xiaoer.modules.knowledge.contracts import (
    EntryId,
    Label,
    LabelSource,
    Setting,
    Thresholds,
    Verdict,
)
from xiaoer.ports.ctx import Ctx

_LABEL = """
INSERT INTO knowledge_label (tenant_id, source, question, unit_path, locale, verdict, confidence,
  entry_id, at, by)
VALUES (%(tenant)s, %(source)s, %(question)s, %(unit)s, %(locale)s, %(verdict)s, %(confidence)s,
  %(entry)s, %(at)s, %(by)s)
ON CONFLICT (tenant_id, source, question, unit_path, locale) DO UPDATE SET
  verdict = excluded.verdict, confidence = excluded.confidence, entry_id = excluded.entry_id,
  at = excluded.at, by = excluded.by
"""
_UNLABEL = """
DELETE FROM knowledge_label WHERE tenant_id = %(tenant)s AND source = %(source)s
  AND question = %(question)s AND unit_path = %(unit)s AND locale = %(locale)s
"""
_LABELS = """
SELECT source, verdict, confidence FROM knowledge_label
WHERE tenant_id = %(tenant)s AND at >= %(since)s ORDER BY at DESC LIMIT %(most)s
"""
_LABELLED = """
SELECT * FROM knowledge_label
WHERE tenant_id = %(tenant)s AND at >= %(since)s ORDER BY at DESC LIMIT %(most)s
"""
_SETTINGS = """
SELECT * FROM knowledge_dial WHERE tenant_id = %(tenant)s ORDER BY number DESC LIMIT %(most)s
"""
_SETTING = "SELECT * FROM knowledge_dial WHERE tenant_id = %(tenant)s AND number = %(number)s"
_SET = """
INSERT INTO knowledge_dial (tenant_id, number, answer_from, suggest_from, promise, bound,
  coverage, rows, at, by, undoes)
VALUES (%(tenant)s, %(number)s, %(answer)s, %(suggest)s, %(promise)s, %(bound)s, %(coverage)s,
  %(rows)s, %(at)s, %(by)s, %(undoes)s)
ON CONFLICT DO NOTHING
"""


async def keep_label(ctx: Ctx, label: Label) -> None:
    """Keep a verdict; a later one of the same source on the same question replaces it."""
    given = _key(ctx, label) | {
        "verdict": str(label.verdict),
        "confidence": label.confidence,
        "entry": label.entry_id,
        "at": label.at,
        "by": label.by,
    }
    await ctx.uow.run(_LABEL, given)


async def drop_label(ctx: Ctx, label: Label) -> bool:
    """Take a verdict back; false when there was none."""
    return await ctx.uow.run(_UNLABEL, _key(ctx, label)) == 1


async def labels(ctx: Ctx, age: timedelta, most: int) -> list[tuple[str, Verdict, float]]:
    """Source, verdict and confidence of the newest labels."""
    given = {"tenant": ctx.scope.tenant, "since": ctx.now() - age, "most": most}
    rows = await ctx.uow.rows(_LABELS, given)
    return [(row.source, Verdict(row.verdict), float(row.confidence)) for row in rows]


async def labelled(ctx: Ctx, age: timedelta, most: int) -> list[Label]:
    """The newest labels, whole."""
    given = {"tenant": ctx.scope.tenant, "since": ctx.now() - age, "most": most}
    return [
        Label(
            row.question, row.unit_path, row.locale, LabelSource(row.source),
            Verdict(row.verdict), float(row.confidence),
            EntryId(row.entry_id) if row.entry_id else None, row.at, row.by,
        )
        for row in await ctx.uow.rows(_LABELLED, given)
    ]  # fmt: skip


async def settings(ctx: Ctx, most: int) -> list[Setting]:
    """Where the dial stood, newest first."""
    rows = await ctx.uow.rows(_SETTINGS, {"tenant": ctx.scope.tenant, "most": most})
    return [_setting(row) for row in rows]


async def setting(ctx: Ctx, number: int) -> Setting | None:
    """One position of the dial."""
    row = await ctx.uow.row(_SETTING, {"tenant": ctx.scope.tenant, "number": number})
    return _setting(row) if row else None


async def add_setting(ctx: Ctx, made: Setting) -> bool:
    """The next position; false when somebody was faster."""
    given = {
        "tenant": ctx.scope.tenant,
        "number": made.number,
        "answer": made.thresholds.answer_from,
        "suggest": made.thresholds.suggest_from,
        "promise": made.promise,
        "bound": made.bound,
        "coverage": made.coverage,
        "rows": made.rows,
        "at": made.at,
        "by": made.by,
        "undoes": made.undoes,
    }
    return await ctx.uow.run(_SET, given) == 1


def _key(ctx: Ctx, label: Label) -> dict[str, Any]:
    return {
        "tenant": ctx.scope.tenant,
        "source": str(label.source),
        "question": label.question,
        "unit": label.unit_path,
        "locale": label.locale,
    }


def _setting(row: Any) -> Setting:
    return Setting(
        row.number,
        Thresholds(row.answer_from, row.suggest_from),
        row.promise,
        row.bound,
        row.coverage,
        row.rows,
        row.at,
        row.by,
        row.undoes,
    )
