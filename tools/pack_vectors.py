"""Packs the vectors of the demo's knowledge, so that its first start need not compute them.

    make vectors

The same texts and the same model give the same file. Run it after a change of the demo's knowledge
or of a bundled model; a test says when it is due. The second model needs Linux on x86-64.
"""

import asyncio
from collections.abc import Sequence
from pathlib import Path

from xiaoer.engines.embedder.bundled import BundledEmbedder
from xiaoer.engines.embedder.packed import pack
from xiaoer.engines.embedder.second import SecondEmbedder, is_installed
from xiaoer.labs.demo import lore
from xiaoer.ports.embedder import Embedder

LARGEST = 5_000_000  # bytes; what an installation may grow by each


def main() -> int:
    """Embed every text, write the files and say how large they are."""
    failed = _write(BundledEmbedder(), lore.texts(), lore.VECTORS)
    if is_installed():
        failed |= _write(SecondEmbedder(), lore.second_texts(), lore.SECOND_VECTORS)
    return failed


def _write(model: Embedder, texts: Sequence[str], file: Path) -> int:
    rows = asyncio.run(model.embed(texts))
    packed = pack(model.model_id, dict(zip(texts, rows, strict=True)))
    if len(packed) > LARGEST:
        print(f"{len(packed):,} bytes are more than {LARGEST:,}: shorten the demo's knowledge.")
        return 1
    file.write_bytes(packed)
    print(f"{file.name}: {len(texts):,} texts of {model.model_id}, {len(packed):,} bytes")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
