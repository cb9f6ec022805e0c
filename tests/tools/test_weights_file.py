"""The weights file: what the fit writes is what the package ships, byte by byte."""

from __future__ import annotations

from pathlib import Path

import pytest

import dedup.attribution
from tools.weights import fit


def test_writing_weights_as_they_are_changes_no_byte(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shipped = Path(dedup.attribution.__file__).with_name("weights.json").read_bytes()
    data = fit.read_weights()
    (tmp_path / "weights.json").write_text("{}")
    monkeypatch.setattr(fit, "files", lambda _: tmp_path)
    fit.write_weights(data)
    assert (tmp_path / "weights.json").read_bytes() == shipped
