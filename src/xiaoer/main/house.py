"""Builds the frozen house of a process: engines by settings, rooms by name, who hears what."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from xiaoer.edge.http import customers as customers_panel
from xiaoer.edge.http import imports, personas, places, studio
from xiaoer.edge.http.app import Application, Router, create_app
from xiaoer.edge.serve import WorkerBrief
from xiaoer.engines.blobs.disk import DiskBlobs
from xiaoer.engines.bus.local import LocalBus
from xiaoer.engines.bus.postgres import PostgresBus
from xiaoer.engines.channels.registry import find_channels
from xiaoer.engines.clock.system import SystemChance, SystemClock
from xiaoer.engines.documents.files import FileDocuments
from xiaoer.engines.durable.dbos import DbosDurable
from xiaoer.engines.durable.memory import MemoryDurable
from xiaoer.engines.embedder import bundled
from xiaoer.engines.embedder.bundled import BundledEmbedder
from xiaoer.engines.embedder.packed import PackedEmbedder
from xiaoer.engines.embedder.remembered import RememberingEmbedder
from xiaoer.engines.embedder.remote import OpenAiEmbedder
from xiaoer.engines.embedder.second import SecondEmbedder, is_installed
from xiaoer.engines.llm.guarded import GuardedLlm
from xiaoer.engines.llm.none import NoLlm
from xiaoer.engines.llm.openai import OpenAiLlm
from xiaoer.engines.outside.guarded import Bounds, GuardedOutside
from xiaoer.engines.postgres.assembly import assemble
from xiaoer.engines.postgres.courier import deliveries_of
from xiaoer.engines.postgres.server import DatabaseUrls
from xiaoer.engines.sheets.files import FileSheets
from xiaoer.engines.verifier.console import ConsoleVerifier
from xiaoer.engines.verifier.webhook import WebhookVerifier
from xiaoer.kit.memo import Memo
from xiaoer.kit.settings import Settings
from xiaoer.labs.demo import lore
from xiaoer.labs.demo.http import open_demo_doors
from xiaoer.ladder.on_message import is_for_the_machine, is_in_conversation, on_message
from xiaoer.modules import channels, conversations
from xiaoer.modules.aftersales import http as aftersales_http
from xiaoer.modules.catalog import http as catalog_http
from xiaoer.modules.channels import http as channels_http
from xiaoer.modules.channels import reactions as channels_reactions
from xiaoer.modules.conversations import http as conversations_http
from xiaoer.modules.customers import http as customers_http
from xiaoer.modules.desk import http as desk_http
from xiaoer.modules.knowledge import http as knowledge_http
from xiaoer.modules.orders import http as orders_http
from xiaoer.modules.org import http as org_http
from xiaoer.ports.blobs import Blobs
from xiaoer.ports.bus import Bus
from xiaoer.ports.ctx import Ports
from xiaoer.ports.embedder import Embedder
from xiaoer.ports.house import House, Subscription
from xiaoer.ports.llm import Llm
from xiaoer.ports.verifier import Verifier

SUBSCRIPTIONS: tuple[Subscription, ...] = (
    Subscription(
        conversations.events.MessageReceived, "ladder", run=on_message, only=is_for_the_machine
    ),
    Subscription(channels.events.Identified, "ladder", run=on_message, only=is_in_conversation),
    *(
        Subscription(
            fact, "channels", run=channels_reactions.carry, only=channels_reactions.is_carried
        )
        for fact in (
            conversations.events.ReplyPosted,
            conversations.events.AgentSpoke,
            conversations.events.HandedOff,
            channels.events.QueuedAgain,
        )
    ),
)

ROUTERS: tuple[Router, ...] = (
    org_http.router,
    conversations_http.router,
    desk_http.router,
    knowledge_http.router,
    customers_http.router,
    customers_panel.router,
    orders_http.router,
    aftersales_http.router,
    catalog_http.router,
    imports.router,
    studio.router,
    personas.router,
    places.router,
    channels_http.router,
)


def worker(brief: WorkerBrief) -> Application:
    """The application of one worker process."""
    name = f"{socket.gethostname()}-worker-{brief.slot}"
    settings = brief.settings
    outside = _outside(settings)
    ports = Ports(
        clock=SystemClock(),
        chance=SystemChance(),
        bus=_bus(settings, brief.app_url, name),
        blobs=_blobs(settings),
        embedder=_embedder(settings),
        second=_second(settings),
        verifier=_verifier(settings),
        llm=_llm(settings),
        durable=DbosDurable(brief.app_url, name, SystemClock()),
        memo=Memo(),
        sheets=FileSheets(),
        documents=FileDocuments(),
        outside=outside,
        channels=find_channels(SystemClock(), outside),
    )
    assembly = assemble(settings, brief.app_url, ports, SUBSCRIPTIONS, name)
    return create_app(assembly, ROUTERS, extras=(open_demo_doors,))


def preload(embedder: str) -> None:
    """What all workers share, loaded once in their parent: the weights of the bundled model."""
    if embedder == "bundled":
        bundled.load()


@asynccontextmanager
async def house_of(settings: Settings, urls: DatabaseUrls) -> AsyncIterator[House]:
    """The house of a command: it delivers nothing and keeps nothing running."""
    outside = _outside(settings)
    ports = Ports(
        clock=SystemClock(),
        chance=SystemChance(),
        bus=LocalBus(),
        blobs=_blobs(settings),
        embedder=_embedder(settings),
        second=_second(settings),
        verifier=_verifier(settings),
        llm=_llm(settings),
        durable=MemoryDurable(SystemClock()),
        memo=Memo(),
        sheets=FileSheets(),
        documents=FileDocuments(),
        outside=outside,
        channels=find_channels(SystemClock(), outside),
    )
    assembly = assemble(settings, urls.app, ports, SUBSCRIPTIONS, "command")
    try:
        yield assembly.house
    finally:
        await assembly.dispose()


def _bus(settings: Settings, app_url: str, name: str) -> Bus:
    if settings.bus == "nats":
        from xiaoer.engines.bus.nats import NatsBus  # its client is an extra

        return NatsBus(settings.nats_url or "nats://127.0.0.1:4222", name)
    return PostgresBus(app_url)


def _blobs(settings: Settings) -> Blobs:
    if settings.blobs == "s3":
        from xiaoer.engines.blobs.s3 import S3Blobs  # its client is an extra

        return S3Blobs(
            settings.s3_endpoint or "",
            settings.s3_bucket,
            settings.s3_access_key.get_secret_value() if settings.s3_access_key else "",
            settings.s3_secret_key.get_secret_value() if settings.s3_secret_key else "",
            settings.s3_region,
        )
    return DiskBlobs(settings.data_dir / "blobs")


def _embedder(settings: Settings) -> Embedder:
    if settings.embedder == "openai":
        return RememberingEmbedder(
            OpenAiEmbedder(
                settings.openai_base_url or "",
                _openai_key(settings),
                settings.openai_embedding_model,
                settings.openai_embedding_dimension,
            )
        )
    return RememberingEmbedder(PackedEmbedder(BundledEmbedder(), lore.VECTORS))


def _second(settings: Settings) -> Embedder | None:
    wanted = settings.embedder == settings.second_embedder == "bundled"
    if not wanted or not is_installed():
        return None
    return RememberingEmbedder(PackedEmbedder(SecondEmbedder(), lore.SECOND_VECTORS), 2_000)


def _llm(settings: Settings) -> Llm:
    if settings.llm == "openai":
        base_url = settings.openai_base_url or ""
        model = OpenAiLlm(base_url, _openai_key(settings), settings.openai_chat_model)
        return GuardedLlm(model, SystemClock(), settings.llm_at_once)
    return NoLlm()


def _verifier(settings: Settings) -> Verifier:
    if settings.verifier == "webhook":
        secret = settings.verifier_secret
        return WebhookVerifier(
            settings.verifier_url or "",
            secret.get_secret_value() if secret else "",
            SystemClock(),
        )
    return ConsoleVerifier()


def _outside(settings: Settings) -> GuardedOutside:
    bounds = Bounds.beside(deliveries_of(settings.pool_size))
    return GuardedOutside(settings.callback_allowed, bounds)


def _openai_key(settings: Settings) -> str | None:
    return settings.openai_api_key.get_secret_value() if settings.openai_api_key else None
