"""Every setting of an installation, typed, in one place.

Each field is read from the environment as ``XIAOER_<NAME>`` or from a ``.env`` file in the
data folder; command-line options win over both.
"""

from __future__ import annotations

import ipaddress
import os
import re
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

_HOST = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*")


class Settings(BaseSettings):
    """What an administrator can choose. The defaults run everything embedded."""

    model_config = SettingsConfigDict(env_prefix="XIAOER_", extra="ignore")

    data_dir: Path = Field(Path("data"), description="Folder for the database, files and secrets.")
    database_url: SecretStr | None = Field(
        None, description="An outside PostgreSQL (15 or newer, with pgvector); embedded when empty."
    )
    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(8000, ge=0, le=65535, description="Port to listen on.")
    public_url: str | None = Field(
        None, description="The address that browsers use, when a proxy stands in front."
    )
    workers: int = Field(
        default_factory=lambda: min(os.cpu_count() or 1, 4),
        ge=1,
        le=64,
        description="Worker processes behind the one port; as many as cores, at most 4.",
    )
    pool_size: int = Field(8, ge=2, le=100, description="Database connections of each worker.")
    bus: Literal["postgres", "nats"] = Field("postgres", description="How processes tell news.")
    nats_url: str | None = Field(None, description="Address of NATS when the bus is nats.")
    blobs: Literal["disk", "s3"] = Field("disk", description="Where uploaded files are kept.")
    s3_endpoint: str | None = Field(None, description="Address of the S3-compatible store.")
    s3_bucket: str = Field("xiaoer", description="Bucket for uploaded files.")
    s3_region: str = Field("us-east-1", description="Region of the store.")
    s3_access_key: SecretStr | None = Field(None, description="Access key of the store.")
    s3_secret_key: SecretStr | None = Field(None, description="Secret key of the store.")
    embedder: Literal["bundled", "openai"] = Field(
        "bundled", description="Who turns text into vectors."
    )
    second_embedder: Literal["bundled", "none"] = Field(
        "bundled",
        description="Who gives a second opinion on doubtful questions, beside the bundled "
        "embedder; where its package does not exist, nobody.",
    )
    llm: Literal["none", "openai"] = Field("none", description="Optional language model.")
    llm_rephrase: bool = Field(
        False, description="Let the model put answers into the shop's manner, fact for fact."
    )
    llm_understand: bool = Field(
        False, description="Let the model say which known question an unclear message means."
    )
    llm_summarise: bool = Field(
        False, description="Let the model pick what a colleague reads first at a hand-off."
    )
    llm_manner: Literal["plain", "warm", "formal"] = Field(
        "plain", description="The shop's manner, for answers while llm_rephrase is on."
    )
    llm_timeout_ms: int = Field(
        2500, ge=100, le=10_000, description="Longest wait for the model in one turn."
    )
    llm_at_once: int = Field(
        2, ge=1, le=64, description="Calls of each worker that may wait for the model at once."
    )
    llm_daily_calls: int = Field(
        2000, ge=0, description="Most calls of each tenant in a day (UTC)."
    )
    llm_daily_tokens: int = Field(
        1_000_000, ge=0, description="Most tokens of each tenant in a day (UTC)."
    )
    openai_base_url: str | None = Field(
        None, description="Base address of an OpenAI-compatible server."
    )
    openai_api_key: SecretStr | None = Field(None, description="Key for that server, if it asks.")
    openai_embedding_model: str = Field("text-embedding-3-small", description="Embedding model.")
    openai_embedding_dimension: int = Field(
        1536, ge=8, le=8192, description="Columns of that model's vectors."
    )
    openai_chat_model: str = Field("gpt-4o-mini", description="Chat model.")
    verifier: Literal["console", "webhook"] = Field(
        "console", description="Who sends one-time codes; console only logs them."
    )
    verifier_url: str | None = Field(None, description="The shop's gateway for one-time codes.")
    verifier_secret: SecretStr | None = Field(None, description="Signs requests to that gateway.")
    callback_allowed: Annotated[tuple[str, ...], NoDecode] = Field(
        (),
        description="Hosts, addresses and networks that callbacks may go to although they are "
        "not public, separated by commas.",
    )
    recontact_hours: int = Field(
        72, ge=1, le=720, description="Window in which a return means: it was not resolved."
    )
    max_upload_bytes: int = Field(10_485_760, ge=1024, description="Largest file of a message.")
    session_days: int = Field(14, ge=1, le=365, description="Life of a sign-in.")
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="Least severe line that is logged."
    )

    @field_validator("callback_allowed", mode="before")
    @classmethod
    def _listed(cls, told: object) -> object:
        """From a line with commas; raises ``ValueError`` for what is neither host nor network."""
        listed = told.split(",") if isinstance(told, str) else told
        if not isinstance(listed, tuple | list):
            return listed
        named = tuple(str(one).strip().lower() for one in listed if str(one).strip())
        for one in named:
            try:
                ipaddress.ip_network(one)
            except ValueError:
                if "/" in one or not _HOST.fullmatch(one):
                    raise ValueError(f"{one!r} is neither a host nor a network") from None
        return named
