"""One step of a flow: what was said, where the dialogue stands, and what comes next. Pure.

It asks for what is missing, proposes once nothing is, takes only a plain yes for a yes, follows
the customer when they change their mind, and leaves to a person what it cannot bring to an end.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from xiaoer.modules.bot.contracts import (
    Climb,
    Dialogue,
    Do,
    Look,
    Propose,
    Step,
    Tell,
    ToolResult,
    Waiting,
    Withdraw,
)
from xiaoer.modules.bot.rules import consent, filling, questions, steps
from xiaoer.modules.bot.rules.book import Flow
from xiaoer.modules.bot.rules.hearing import hear, is_likely
from xiaoer.modules.bot.rules.plain import plain
from xiaoer.modules.bot.rules.speech import phrase
from xiaoer.modules.bot.rules.steps import Scene

MOST_MISSES, MOST_INSISTED = 3, 2
CONFIRM, REFUSED, WHICH = "confirm", "refused", "which"


def begin(scene: Scene, dialogue: Dialogue) -> Step:
    """The step for words that ask for a deed while nothing is open."""
    heard = hear(scene.book, scene.said.text)
    if steps.contradict(scene, heard):
        return _which(scene, replace(dialogue, misses=0), heard.wishes)
    first, *rest = heard.wishes
    waiting = tuple(Waiting(flow, words) for flow, words in zip(rest, heard.words[1:], strict=True))
    fresh = replace(dialogue, waiting=waiting + dialogue.waiting)
    focus = dialogue.focus if filling.refers_back(scene.said.text) else ""
    return _start(scene, fresh, Waiting(first, heard.words[0]), focus)


def go_on(scene: Scene, dialogue: Dialogue) -> Step:
    """The step for an answer to what was asked or told last."""
    if dialogue.asked == CONFIRM and dialogue.proposed:
        return _confirming(scene, dialogue)
    if dialogue.asked == REFUSED:
        return _refused(scene, dialogue)
    if dialogue.asked == WHICH:
        return _chosen(scene, dialogue)
    return _answering(scene, dialogue)


def start_option(flow: Flow, locale: str) -> tuple[str, str]:
    """What to tap to begin a flow: label, and the words that are sent."""
    title = flow.title.to(locale)
    words = f"我要{title}" if locale.startswith("zh") else f"I want to: {title}"
    return phrase("start", locale, title=title), words


def told(scene: Scene, dialogue: Dialogue, result: ToolResult) -> Step:
    """The step for what a tool answered."""
    tool = scene.book.flows[dialogue.flow].tool
    focus = str(dialogue.slots.get("order", "")) or dialogue.focus
    if result.kind == "proposed" and result.proposed:
        after = replace(dialogue, asked=CONFIRM, proposed=result.proposed, misses=0, focus=focus)
        return Step(after, steps.confirmation(result.sentence, tool, scene.said.locale))
    closed = replace(dialogue, asked="", proposed=None, misses=0, focus=focus)
    if result.kind == "done":
        done = replace(closed, refused="", insisted=0)
        return _next(scene, done, (result.sentence,)) or Step(
            done, Tell(f"done:{tool}", f"{result.sentence}{phrase('more', scene.said.locale)}")
        )
    return _told_no(scene, closed, result)


def _told_no(
    scene: Scene, dialogue: Dialogue, result: ToolResult, subject: str = ""
) -> Step:
    """A refusal; the same one again is the customer insisting, and insisting ends at a person."""
    what = f"{dialogue.flow}|{subject or dialogue.slots.get('order', '')}|{result.code}"
    if result.to_person:
        return Step(dialogue, steps.climb(scene, dialogue, result.code), (result.sentence,))
    insisted = dialogue.insisted + 1 if what == dialogue.refused else 0
    after = replace(
        dialogue, asked=REFUSED, refused=what, refusal=result.sentence, insisted=insisted
    )
    if insisted >= MOST_INSISTED:
        return Step(after, steps.climb(scene, after, "insists"))
    if insisted:
        return Step(after, steps.restated(scene, after))
    return _next(scene, after, (result.sentence,)) or Step(
        after, Tell(f"refused:{result.code}", result.sentence, steps.person(scene.said.locale))
    )


def _start(
    scene: Scene, dialogue: Dialogue, wish: Waiting, focus: str = ""
) -> Step:
    fresh = replace(
        dialogue, flow=wish.flow, slots=dict(wish.slots), asked="", offered=(), misses=0,
        proposed=None,
    )  # fmt: skip
    return _advance(scene.saying(wish.words), fresh, focus=focus)


def _advance(
    scene: Scene, dialogue: Dialogue, *, focus: str = "", changed: bool = False
) -> Step:
    """Fill what can be filled; ask for the first thing that is missing, or propose."""
    flow = scene.book.flows[dialogue.flow]
    got = filling.fill_all(flow, dialogue, scene.words(focus), changed=changed)
    after = replace(dialogue, slots=got.slots)
    if got.climb:
        return Step(after, steps.climb(scene, after, got.climb))
    turned = _not_so(scene, after)
    if turned:
        return turned
    if got.missing is None:
        return Step(after, _proposal(scene, flow, got.slots))
    answered = dialogue.asked in ("", CONFIRM, REFUSED) or got.missing.name != dialogue.asked
    misses = 0 if answered or got.progress else dialogue.misses + 1
    if misses >= MOST_MISSES:
        return steps.stuck(scene, after)
    ask = filling.ask(got, scene.view, scene.said.locale, again=misses > 0)
    return Step(replace(after, asked=got.missing.name, offered=ask.options, misses=misses), ask)


def _not_so(scene: Scene, dialogue: Dialogue) -> Step | None:
    """What is clear before everything is filled: an order that is not theirs, a demand beyond the
    rules, or another flow that the order's status calls for."""
    flow = scene.book.flows[dialogue.flow]
    number = str(dialogue.slots.get("order", ""))
    order = scene.view.order(number)
    if number and order is None:
        words = phrase("not_found", scene.said.locale)
        return _told_no(scene, dialogue, ToolResult("refused", words, "not_found"))
    for beyond in flow.beyond:
        told = dialogue.refused == f"{dialogue.flow}|beyond|{beyond.clause}"
        if beyond.says.search(plain(scene.said.text)) and not told:
            result = ToolResult("refused", beyond.words.to(scene.said.locale), beyond.clause)
            return _told_no(scene, dialogue, result, subject="beyond")
    other = flow.instead.get(str(order.status), "") if order else ""
    if not other:
        return None
    title = scene.book.flows[other].title.to(scene.said.locale)
    kept = {"order": number}
    step = _start(scene, dialogue, Waiting(other, scene.said.text, kept))
    return replace(step, said=(phrase("instead", scene.said.locale, title=title), *step.said))


def _proposal(scene: Scene, flow: Flow, slots: Mapping[str, Any]) -> Propose | Look | Climb:
    if flow.tool:
        return Propose(flow.tool, filling.arguments(flow, slots))
    number = str(slots.get("order", ""))
    reason = questions.where_a_person_must_look(scene.view.order(number), scene.view.now)
    return Climb(reason, filled=(("order", number),)) if reason else Look(number)


def _answering(scene: Scene, dialogue: Dialogue) -> Step:
    """An answer to a question for a slot; what fits the question is no other wish."""
    flow = scene.book.flows[dialogue.flow]
    switched = _switched(scene, dialogue)
    if switched and not filling.answers(flow, dialogue, scene.words()):
        return switched
    if consent.gives_up(scene.said.text):
        return _dropped(scene, dialogue)
    step = _advance(scene, dialogue)
    if step.dialogue.misses > dialogue.misses and consent.gives_up_softly(scene.said.text):
        return _dropped(scene, dialogue)
    if step.dialogue.misses > dialogue.misses and questions.is_question(scene.said.text):
        return steps.beside(dialogue, step, filling.reminder(scene.book, dialogue, scene.said.locale))
    return step


def _confirming(scene: Scene, dialogue: Dialogue) -> Step:
    """An answer to a proposal. Only what was written after it can be a yes to it."""
    flow, proposed = scene.book.flows[dialogue.flow], dialogue.proposed
    assert proposed is not None, "only used while a proposal is open"
    ask = steps.confirmation(proposed.sentence, flow.tool, scene.said.locale)
    if not scene.said.after:
        return Step(dialogue, ask)
    if consent.is_yes(scene.said.text, flow.echo, proposed.sentence):
        return Step(dialogue, Do(proposed))
    changed = _corrected(scene, dialogue)
    switched = _switched(scene, dialogue)
    if switched and not (changed and filling.is_plain(flow, dialogue, changed.dialogue)):
        return switched
    if consent.gives_up(scene.said.text) and not _names_value(scene, flow):
        return _dropped(scene, dialogue)
    if changed:
        return changed
    if consent.is_no(scene.said.text):
        return _dropped(scene, dialogue)
    missed = replace(dialogue, misses=dialogue.misses + 1)
    if missed.misses >= MOST_MISSES:
        return Step(steps.closed(missed), Withdraw(proposed, phrase("unconfirmed", scene.said.locale)))
    again = replace(ask, text=f"{phrase('again', scene.said.locale)}{ask.text}")
    step = Step(missed, again)
    return steps.beside(dialogue, step, ask) if questions.is_question(scene.said.text) else step


def _names_value(scene: Scene, flow: Flow) -> bool:
    """Whether a value comes with the words of giving up: "先别办，换成西湖区的地址"."""
    kinds = ("address", "email", "tax_number")
    empty = Dialogue(flow=flow.id, slots={"order": "-"})
    got = filling.fill_all(flow, empty, scene.words())
    return any(slot.kind in kinds and slot.name in got.slots for slot in flow.slots)


def _refused(scene: Scene, dialogue: Dialogue) -> Step:
    """After a refusal: let be, something else, other facts, a question, or insisting."""
    heard = hear(scene.book, scene.said.text)
    others = [one for one in heard.wishes if one != dialogue.flow]
    lets_be = questions.lets_be(scene.said.text) or consent.gives_up(scene.said.text)
    changed = _corrected(scene, dialogue)
    flow = scene.book.flows[dialogue.flow]
    goes_on = questions.goes_on(scene.said.text)
    if changed and filling.is_plain(flow, dialogue, changed.dialogue) and (goes_on or not lets_be):
        return changed
    if others and is_likely(heard) and not (lets_be and questions.is_for_later(scene.said.text)):
        return begin(scene, replace(dialogue, asked="", misses=0))
    demand = dialogue.refused.rpartition("|")[2]
    again = any(one.says.search(plain(scene.said.text)) for one in flow.beyond if one.clause == demand)
    wants_rest = (dialogue.flow in heard.wishes or goes_on) and not again
    if "|beyond|" in dialogue.refused and wants_rest and not questions.insists(scene.said.text):
        return _advance(scene, replace(dialogue, asked="", insisted=0))
    if lets_be:
        closed = replace(steps.closed(dialogue), refused="", insisted=0)
        return _next(scene, closed) or Step(
            closed, Tell("told", phrase("let_be", scene.said.locale))
        )
    if changed:
        return changed
    insisted = replace(dialogue, insisted=dialogue.insisted + 1)
    step = (
        Step(insisted, steps.climb(scene, insisted, "insists"))
        if insisted.insisted >= MOST_INSISTED
        else Step(insisted, steps.restated(scene, insisted))
    )
    asks = questions.is_question(scene.said.text) and not heard.wishes
    return steps.beside(dialogue, step, None) if asks else step


def _chosen(scene: Scene, dialogue: Dialogue) -> Step:
    """Which of several wishes is meant."""
    heard = hear(scene.book, scene.said.text)
    offered = [value for _, value in dialogue.offered]
    named = [one for one in heard.wishes if one in offered] or [
        value for label, value in dialogue.offered if label in scene.said.text
    ]
    words = "\n".join(filter(None, (dialogue.slots.get("words", ""), scene.said.text)))
    if named and not steps.contradict(scene, replace(heard, wishes=tuple(named))):
        return _start(scene, replace(dialogue, asked=""), Waiting(named[-1], words))
    if consent.gives_up(scene.said.text):
        return Step(steps.closed(dialogue), Tell("dropped", phrase("dropped", scene.said.locale)))
    if dialogue.misses + 1 >= MOST_MISSES:
        return steps.stuck(scene, dialogue)
    missed = replace(dialogue, misses=dialogue.misses + 1)
    return Step(missed, steps.asked_which(dialogue.offered, scene.said.locale))


def _switched(scene: Scene, dialogue: Dialogue) -> Step | None:
    """Another deed is asked for in the middle: in the place of this one, or before it."""
    heard = hear(scene.book, scene.said.text)
    others = tuple(one for one in heard.wishes if one != dialogue.flow)
    if not others or heard.is_question or not is_likely(heard):
        return None
    flow = scene.book.flows[dialogue.flow]
    instead = heard.turns or consent.gives_up(scene.said.text) or others[0] in flow.rivals
    words = heard.words[heard.wishes.index(others[0])]
    slots = {name: value for name, value in dialogue.slots.items() if name == "order"}
    if instead:
        wish = Waiting(others[0], words, {} if filling.names_order(scene.said.text) else slots)
        step = _start(scene, replace(dialogue, asked=""), wish)
        return steps.withdrawn(dialogue, step)
    kept = Waiting(dialogue.flow, "", dict(dialogue.slots))
    later = replace(dialogue, asked="", waiting=(kept, *dialogue.waiting))
    step = _start(scene, later, Waiting(others[0], words), str(slots.get("order", "")))
    return steps.withdrawn(dialogue, step)


def _corrected(scene: Scene, dialogue: Dialogue) -> Step | None:
    """The same deed with other facts."""
    flow = scene.book.flows[dialogue.flow]
    got = filling.fill_all(flow, dialogue, scene.words(), changed=True)
    if got.slots == dict(dialogue.slots) or not got.progress:
        return None
    return _advance(scene, replace(dialogue, asked="", proposed=None), changed=True)


def _dropped(scene: Scene, dialogue: Dialogue) -> Step:
    """Given up; what waits goes on."""
    closed = steps.closed(dialogue)
    words = phrase("dropped", scene.said.locale)
    if dialogue.proposed:
        return Step(closed, Withdraw(dialogue.proposed, words))
    if questions.is_all(scene.said.text):
        return Step(replace(closed, waiting=()), Tell("dropped", words))
    return _next(scene, closed) or Step(closed, Tell("dropped", words))


def _next(
    scene: Scene, dialogue: Dialogue, words: tuple[str, ...] = ()
) -> Step | None:
    """The wish that waits, if one does, on the order that was spoken of."""
    if not dialogue.waiting:
        return None
    wish, *rest = dialogue.waiting
    title = scene.book.flows[wish.flow].title.to(scene.said.locale)
    later = replace(dialogue, waiting=tuple(rest))
    step = _start(scene, later, wish, dialogue.focus)
    return replace(step, said=(*words, phrase("next", scene.said.locale, title=title), *step.said))


def _which(scene: Scene, dialogue: Dialogue, wishes: tuple[str, ...]) -> Step:
    offered = tuple((scene.book.flows[one].title.to(scene.said.locale), one) for one in wishes)
    asked = replace(dialogue, asked=WHICH, offered=offered, slots={"words": scene.said.text})
    return Step(asked, steps.asked_which(offered, scene.said.locale))
