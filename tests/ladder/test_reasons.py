"""Whoever takes over reads why in their language."""

from __future__ import annotations

from pathlib import Path

import pytest

from xiaoer.ladder.tier5_human import REASONS
from xiaoer.modules.aftersales import SHOP_POLICIES

WORDS = Path(__file__).parents[2] / "web" / "packages" / "i18n" / "desk"
FROM_TOOLS = {one.code for clauses in SHOP_POLICIES.values() for one in clauses if one.to_person}


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_every_reason_for_a_person_has_words_at_the_desk(language: str) -> None:
    words = (WORDS / f"{language}.ts").read_text("utf-8")
    assert len(FROM_TOOLS) > 5
    missing = [one for one in FROM_TOOLS | set(REASONS) if f'"reason.{one}":' not in words]
    assert missing == []
