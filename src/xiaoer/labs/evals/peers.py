"""Well-known libraries that look up beside ours in the same run, on the same texts.

Whoever wants to compare installs them (``pip install bm25s fasttext-numpy2-wheel``); they are no
part of the product. Each gets our words, because neither cuts Chinese by itself.
"""

from __future__ import annotations

import importlib
import tempfile
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer

from xiaoer.labs.evals.looking import Pool, Seen
from xiaoer.labs.evals.readers import BadInput
from xiaoer.labs.evals.scores import DEPTH
from xiaoer.modules.knowledge import ranking

Wanted = Annotated[
    bool, typer.Option("--peer", help="Run a well-known library beside ours; see `peer`.")
]
SEARCH = ("bm25s", "bm25s")  # module, package
CLASSIFIER = ("fasttext", "fasttext-numpy2-wheel")
LABEL = "__label__"


class Bm25:
    """BM25 of bm25s with its own settings: the best score among an entry's texts."""

    name, package = SEARCH

    def __init__(self) -> None:
        self._library = _load(SEARCH)

    async def index(self, phrasings: Sequence[ranking.Phrasing]) -> None:
        """Index the texts."""
        self._pool = Pool([p.entry for p in phrasings])
        self._found: Any = self._library.BM25()
        self._found.index([_words(p.text) for p in phrasings], show_progress=False)

    async def look_up(self, text: str) -> Seen:
        """Entries by the score of their best text."""
        asked = [word for word in _words(text) if word in self._found.vocab_dict]
        if not asked:
            return Seen((), (), 0.0)
        return self._pool.best(np.asarray(self._found.get_scores(asked), np.float32))


class FastText:
    """The supervised classifier of fastText, words 1-2, one thread so that it can be repeated.

    Its own settings are for millions of rows; passes and step are those of its tutorial on
    classification.
    """

    name, package = CLASSIFIER

    def __init__(self) -> None:
        self._library = _load(CLASSIFIER)

    async def index(self, phrasings: Sequence[ranking.Phrasing]) -> None:
        """Train on the texts."""
        self._names = tuple(dict.fromkeys(p.entry for p in phrasings))
        place = {name: i for i, name in enumerate(self._names)}
        lines = (f"{LABEL}{place[p.entry]} {' '.join(_words(p.text))}\n" for p in phrasings)
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "train.txt"
            file.write_text("".join(lines), encoding="utf-8")
            self._model: Any = self._library.train_supervised(
                input=str(file), epoch=25, lr=1.0, wordNgrams=2, thread=1, verbose=0
            )

    async def look_up(self, text: str) -> Seen:
        """Entries by their probability."""
        labels, shares = self._model.predict(" ".join(_words(text)), k=DEPTH)
        ids = tuple(self._names[int(label.removeprefix(LABEL))] for label in labels)
        scores = tuple(float(share) for share in shares)
        return Seen(ids, scores, scores[0] if scores else 0.0)


Peer = Bm25 | FastText


def named(peer: Peer) -> dict[str, str]:
    """Which library it was."""
    return {"name": peer.name, "version": version(peer.package)}


def peer(wanted: bool, kind: type[Bm25] | type[FastText]) -> Peer | None:
    """The peer, if it is wanted; raises :class:`BadInput` where its package is missing."""
    return kind() if wanted else None


def _load(library: tuple[str, str]) -> Any:
    module, package = library
    try:
        version(package)
        return importlib.import_module(module)
    except (ImportError, PackageNotFoundError):
        raise BadInput(
            f"--peer needs the package {package}, which is not installed here; install it beside "
            f"xiaoer: .venv/bin/python -m pip install {package}"
        ) from None


def _words(text: str) -> list[str]:
    return list(ranking.words(ranking.tidy(text)))
