"""The product's own honest fakes, put together for tests."""

from __future__ import annotations

from xiaoer.engines.blobs.memory import MemoryBlobs
from xiaoer.engines.bus.local import LocalBus
from xiaoer.engines.channels.memory import MemoryWebhook
from xiaoer.engines.channels.web import WebChannel
from xiaoer.engines.clock.fake import FakeClock, SeededChance
from xiaoer.engines.documents.files import FileDocuments
from xiaoer.engines.durable.memory import MemoryDurable
from xiaoer.engines.embedder.fake import FakeEmbedder
from xiaoer.engines.llm.none import NoLlm
from xiaoer.engines.outside.memory import MemoryOutside
from xiaoer.engines.sheets.files import FileSheets
from xiaoer.engines.verifier.console import ConsoleVerifier
from xiaoer.kit.memo import Memo
from xiaoer.ports.ctx import Ports


def fake_ports(seed: int = 1) -> Ports:
    """Ports that need no network and repeat themselves from a seed."""
    clock, outside = FakeClock(), MemoryOutside()
    return Ports(
        clock=clock,
        chance=SeededChance(seed),
        bus=LocalBus(),
        blobs=MemoryBlobs(),
        embedder=FakeEmbedder(),
        verifier=ConsoleVerifier(),
        llm=NoLlm(),
        durable=MemoryDurable(clock),
        memo=Memo(),
        sheets=FileSheets(),
        documents=FileDocuments(),
        outside=outside,
        channels={
            "web": WebChannel(clock, outside),
            "webhook": MemoryWebhook(clock, outside),
        },
    )
