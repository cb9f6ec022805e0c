"""The registry of an index: the packaged one, with a user's files and the sites that its boilerplate model knows."""

from __future__ import annotations

from dedup.evidence.registry import NO_HABITS, Habits, Registry, registry
from dedup.settings import Settings
from dedup.text.boilerplate.learning import model_of


def sites_of(settings: Settings) -> Registry:
    """Return the registry for the settings of an index."""
    model = model_of(settings)
    return registry(
        settings.agencies, settings.sites, NO_HABITS if model is None else Habits(model.carriers, model.sources)
    )
