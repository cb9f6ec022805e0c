"""A cache of the states of large components, for all threads of a process."""

from __future__ import annotations

import threading
from collections import OrderedDict

from dedup.index.component_state import ComponentState

#: Articles from which on a component has a version, and its state is cached.
LARGE = 200
#: Bytes of all cached states, about.
CACHE_BYTES = 160 << 20


class ComponentCache:
    """The least recently used states are dropped beyond `CACHE_BYTES`. Callers hold `lock` around all calls."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self._states: OrderedDict[int, ComponentState] = OrderedDict()
        self._bytes: dict[int, int] = {}

    def get(self, component: int, version: int) -> ComponentState | None:
        """Return the state of a component at a version."""
        state = self._states.get(component)
        if state is None or state.version != version:
            return None
        self._states.move_to_end(component)
        return state

    def is_newer(self, component: int, version: int) -> bool:
        """Tell whether a later version is cached, whose place the state of an older snapshot must not take."""
        state = self._states.get(component)
        return state is not None and state.version > version

    def put(self, state: ComponentState) -> None:
        """Cache a state in the place of that of another version."""
        self._bytes[state.component] = state.nbytes
        self._states[state.component] = state
        self._states.move_to_end(state.component)
        while sum(self._bytes.values()) > CACHE_BYTES:
            self.drop(next(iter(self._states)))

    def drop(self, component: int) -> None:
        """Drop the state of a component, if there is one."""
        self._states.pop(component, None)
        self._bytes.pop(component, None)
