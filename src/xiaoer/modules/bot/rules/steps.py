"""What steps are made of: the scene in which one is decided, and those that end in words alone."""

from __future__ import annotations

from dataclasses import dataclass, replace

from xiaoer.modules.bot.contracts import Aside, Ask, Climb, Dialogue, Step, Tell, View
from xiaoer.modules.bot.rules import filling
from xiaoer.modules.bot.rules.book import Book
from xiaoer.modules.bot.rules.hearing import Heard
from xiaoer.modules.bot.rules.speech import phrase


@dataclass(frozen=True, slots=True)
class Said:
    """What the customer wrote. ``after``: all of it was written after our last words were sent, so
    that it can be an answer to them."""

    text: str
    locale: str = "zh-CN"
    after: bool = True


@dataclass(frozen=True, slots=True)
class Scene:
    """What a step is decided on besides the dialogue: the flows, the message, and what may be
    looked at."""

    book: Book
    said: Said
    view: View

    def saying(self, words: str) -> Scene:
        """The same with other words."""
        return replace(self, said=replace(self.said, text=words))

    def words(self, focus: str = "") -> filling.Words:
        """What slots are filled from."""
        return filling.Words(self.said.text, self.view, focus)


def asked_which(offered: tuple[tuple[str, str], ...], locale: str) -> Ask:
    return Ask("slot:confirm", phrase("which", locale), tuple((one, one) for one, _ in offered))


def contradict(scene: Scene, heard: Heard) -> bool:
    """Two deeds of which only one can be: said side by side, and neither taken back."""
    first = heard.wishes[0] if heard.wishes else ""
    rivals = set(scene.book.flows[first].rivals) if first else set()
    return heard.either or bool(rivals & set(heard.wishes[1:]))


def confirmation(sentence: str, tool: str, locale: str) -> Ask:
    options = tuple((phrase(key, locale), phrase(key, locale)) for key in ("yes", "no"))
    return Ask(f"confirm:{tool}", sentence, options)


def person(locale: str) -> tuple[tuple[str, str], ...]:
    """The option that leads to a person."""
    return ((phrase("person", locale), "action:person"),)


def restated(scene: Scene, dialogue: Dialogue) -> Tell:
    code = dialogue.refused.rpartition("|")[2]
    words = phrase("restated", scene.said.locale, refusal=dialogue.refusal)
    return Tell(f"refused:{code}", words, person(scene.said.locale))


def beside(dialogue: Dialogue, otherwise: Step, reminder: Ask | None) -> Step:
    return Step(dialogue, Aside(reminder, otherwise))


def closed(dialogue: Dialogue) -> Dialogue:
    focus = str(dialogue.slots.get("order", "")) or dialogue.focus
    return replace(dialogue, flow="", slots={}, asked="", offered=(), misses=0, proposed=None,
                   focus=focus)  # fmt: skip


def climb(scene: Scene, dialogue: Dialogue, reason: str) -> Climb:
    """To a person, with what is filled in the words of the flow."""
    return Climb(reason, 0.0, filling.in_words(scene.book.flows[dialogue.flow], dialogue.slots))


def stuck(scene: Scene, dialogue: Dialogue) -> Step:
    """Not understood too often: nothing is done, and a person is one step away."""
    locale = scene.said.locale
    return Step(closed(dialogue), Tell("stuck", phrase("stuck", locale), person(locale)))


def withdrawn(dialogue: Dialogue, step: Step) -> Step:
    """The step; a proposal that is open is left to be superseded or to expire."""
    return replace(step, dialogue=replace(step.dialogue, proposed=None))
