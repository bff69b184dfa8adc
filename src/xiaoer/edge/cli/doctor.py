"""``xiaoer doctor``: the check-up, on a terminal."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

import typer

from xiaoer.edge.checkup import examine

from .options import locale, settings_of

MARKS = {"ok": "✓", "warning": "!", "failed": "✗"}


def run(as_json: bool, **given: Any) -> None:
    """Print every finding; exit code 1 when one failed."""
    findings = examine(settings_of(**given), locale())
    is_well = all(finding.state != "failed" for finding in findings)
    if as_json:
        checks = [asdict(finding) for finding in findings]
        print(json.dumps({"ok": is_well, "checks": checks}, ensure_ascii=False))
    else:
        for finding in findings:
            print(f"{MARKS[finding.state]} {finding.name}: {finding.detail}")
            if finding.mend:
                print(f"    → {finding.mend}")
    if not is_well:
        raise typer.Exit(1)
