"""What stands between a draft and customers: a replay of past questions that has passed."""

from __future__ import annotations

from xiaoer.modules.knowledge.contracts import Entry
from xiaoer.modules.knowledge.errors import ReplayFirst, WorseVersion
from xiaoer.modules.knowledge.rules import replaying as rules
from xiaoer.modules.knowledge.service import dialing
from xiaoer.modules.knowledge.store import dials, replays, vectors
from xiaoer.ports.ctx import Ctx

FEWEST_LABELS = 20  # below, too little is known for a replay to say anything


async def let_through(ctx: Ctx, entry: Entry, *, needs_replay: bool) -> None:
    """Raise ``WorseVersion`` when these words failed their last replay and nobody overrode it.

    ``needs_replay``: raise ``ReplayFirst`` when there is none against what is live now, and enough
    verdicts are known. Going back to an earlier version needs none: it must be quick.
    """
    last = await replays.newest(ctx, entry.id, rules.digest(entry.id, entry.content))
    if last and not last[0].passed and last[0].overridden_at is None:
        raise WorseVersion(better=last[0].better, worse=last[0].worse)
    if not needs_replay or (last and last[0].overridden_at):
        return
    if last and last[1] == await vectors.revision(ctx):
        return
    if len(await dials.labels(ctx, dialing.AGE, FEWEST_LABELS)) >= FEWEST_LABELS:
        raise ReplayFirst()
