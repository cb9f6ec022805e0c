"""Convert values that a store keeps as JSON: the evidence of an article and the origin of a cluster."""

from __future__ import annotations

from collections.abc import Sequence

import orjson

from dedup.evidence.observation import Observation
from dedup.model import Evidence, Origin


def evidence_to_json(observations: Sequence[Observation]) -> str | None:
    """Return observations of an article as JSON, None where there are none."""
    return orjson.dumps([list(observation) for observation in observations]).decode() if observations else None


def evidence_from_json(data: str | None) -> list[Observation]:
    """Return the observations that `evidence_to_json` wrote."""
    return [Observation(*fields) for fields in orjson.loads(data)] if data else []


def origin_to_json(origin: Origin) -> str:
    """Return an origin with its evidence as JSON."""
    return orjson.dumps(origin).decode()


def origin_from_json(data: str) -> Origin:
    """Return the origin that `origin_to_json` wrote."""
    fields = orjson.loads(data)
    fields["evidence"] = tuple(Evidence(**item) for item in fields["evidence"])
    for name, value in fields.items():
        if name != "evidence" and isinstance(value, list):
            fields[name] = tuple(tuple(item) for item in value)
    return Origin(**fields)
