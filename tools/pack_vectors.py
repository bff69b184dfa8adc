"""Packs the vectors of the demo's knowledge, so that its first start need not compute them.

    make vectors

The same texts and the same model give the same file. Run it after a change of the demo's knowledge
or of the bundled model; a test says when it is due.
"""

import asyncio

from xiaoer.engines.embedder.bundled import BundledEmbedder
from xiaoer.engines.embedder.packed import pack
from xiaoer.labs.demo import lore

LARGEST = 5_000_000  # bytes; what an installation may grow by it


def main() -> int:
    """Embed every text, write the file and say how large it is."""
    model, texts = BundledEmbedder(), lore.texts()
    rows = asyncio.run(model.embed(texts))
    packed = pack(model.model_id, dict(zip(texts, rows, strict=True)))
    if len(packed) > LARGEST:
        print(f"{len(packed):,} bytes are more than {LARGEST:,}: shorten the demo's knowledge.")
        return 1
    lore.VECTORS.write_bytes(packed)
    print(f"{lore.VECTORS.name}: {len(texts):,} texts of {model.model_id}, {len(packed):,} bytes")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
