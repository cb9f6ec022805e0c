"""Write a planned change to its store."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from dedup.index.component_state import LARGE, new_members, stored_members
from dedup.index.extend_component import ComponentExtension
from dedup.index.plan import Change
from dedup.index.recluster import ComponentResult, cluster_rows
from dedup.index.snapshot import Snapshot
from dedup.index.stores.base import ANCHOR, ClusterRow, MemberRow, Sketch, Store, encode_postings, select_kinds
from dedup.index.stores.checksums import require_equal, require_rows
from dedup.index.text_codec import train_dictionary
from dedup.kernels.sorted_arrays import BODY_BITS
from dedup.results.assemble import NO_LAG


def apply(change: Change) -> None:
    """Write a change, within the transaction in which it was planned.

    Raises `Damage` where stored rows contradict each other.
    """
    snapshot, store = change.snapshot, change.snapshot.store
    _replace_keys(snapshot)
    if snapshot.removed:
        _remove_articles(snapshot)
    if change.pairs.stale:
        store.delete_pairs(sorted(change.pairs.stale))
    if snapshot.added:
        store.add_articles(list(snapshot.added.values()), _compress_texts(snapshot))
        sketches = [snapshot.sketch(body).to_bytes() for body in snapshot.new_bodies]
        store.add_bodies(list(snapshot.new_bodies.values()), sketches)
    store.add_postings(snapshot.new_postings)
    result = change.result
    representatives = np.zeros(0, np.int64) if result is None else result.representative_numbers()
    store.put_pairs(change.pairs.rows_to_store(representatives))
    if change.extension is not None:
        _write_extension(change.extension, store)
        return
    _replace_clusters(change)
    _renew_versions(snapshot, result)


def _replace_keys(snapshot: Snapshot) -> None:
    """Replace the keys of names of bodies that another article represents now."""
    store = snapshot.store
    sketches = store.sketches(snapshot.rekeyed)
    require_rows("sketch", snapshot.rekeyed, sketches)
    postings = encode_postings([(body, Sketch.from_bytes(sketches[body])) for body in sorted(sketches)])
    store.remove_postings(select_kinds(postings, [ANCHOR], shift=32 + BODY_BITS))
    for body in sketches:
        store.set_sketch(body, snapshot.sketch(body).to_bytes())


def _remove_articles(snapshot: Snapshot) -> None:
    """Remove articles, and the bodies that only they had."""
    store = snapshot.store
    store.delete_articles(list(snapshot.removed))
    rest = snapshot.articles_of(snapshot.affected)
    sketches = snapshot.sketches(body for body in snapshot.affected if body not in rest)
    store.remove_body_postings(encode_postings(list(sketches.items())), np.array(sorted(sketches), np.uint64))
    store.delete_bodies(list(sketches))


def _compress_texts(snapshot: Snapshot) -> list[bytes]:
    """Compress the texts of added articles; the first large batch trains a dictionary."""
    documents, texts = snapshot.documents, [article.text for article in snapshot.articles]
    codec = documents.codec()
    if not codec.has_dictionary:
        codec = documents.codec(reload=True)
        if not codec.has_dictionary and (dictionary := train_dictionary(texts)):
            snapshot.store.add_dictionary(dictionary)
            codec = documents.codec(reload=True)
    return [codec.compress(text) for text in texts]


def _write_extension(extension: ComponentExtension, store: Store) -> None:
    """Write what differs in a component that was extended by one article."""
    base, state = extension.base, extension.state
    rank = state.keys.rank
    differs = state.core[rank] != extension.core[rank]
    if state.label != base.label:
        differs[:] = True
    elif len(rank) > len(base.keys.rank):
        differs[-1] = True
    rows = rank[differs]
    cores = zip(state.core[rows].tolist(), state.articles.body[rows].tolist(), strict=True)
    store.set_component([(state.label, None if core == body else core, body) for core, body in cores])
    _write_clusters(store, state.articles.number, (extension.members, state.members), (base.clusters, state.clusters))
    state.version = store.renew_component_versions([base.component], [base.component])[base.component]


def _replace_clusters(change: Change) -> None:
    """Write what differs of clusters, their members, and the components and cores of bodies."""
    store, result = change.snapshot.store, change.result
    members = store.members(change.replaced_clusters)
    clusters = {row.number: row for row in store.clusters(change.replaced_clusters)}
    require_equal("members of clusters", len(members), sum(row.size for row in clusters.values()))
    if result is None:
        articles = [member.article for member in members]
        store.delete_clusters(change.replaced_clusters, articles)
        return
    cores = result.cores()
    bodies = change.snapshot.body_rows(cores)
    store.set_component(
        [
            (label, core, body)
            for body, label in result.component_labels().items()
            if (core := None if cores[body] == body else cores[body]) != bodies[body].core
            or label != bodies[body].component
        ]
    )
    before = stored_members(members, result.numbers)
    after = new_members(result.clusters, change.cluster_numbers, len(result.rows))
    rows = cluster_rows(result.clusters, change.cluster_numbers, result.numbers)
    new_clusters = {row.number: row for row in rows}
    # Also those whose body is alone now, which is not clustered.
    outside = sorted({member.article for member in members}.difference(result.numbers.tolist()))
    _write_clusters(store, result.numbers, (before, after), (clusters, new_clusters), outside)


def _write_clusters(
    store: Store,
    numbers: NDArray[np.int64],
    members: tuple[NDArray[np.int64], NDArray[np.int64]],
    clusters: tuple[dict[int, ClusterRow], dict[int, ClusterRow]],
    outside: Iterable[int] = (),
) -> None:
    """Write what differs of members and clusters, (before, after) each: of a story that one more site carries, nearly
    all is as it was. numbers (n,): of the articles by rank; outside: of former members that are not among them."""
    (before, after), (old, new) = members, clusters
    rows = np.flatnonzero((before != after).any(axis=1) & (after[:, 0] >= 0))
    values = zip(numbers[rows].tolist(), after[rows].tolist(), strict=True)
    store.delete_clusters(
        [number for number in old if number not in new],
        [*outside, *numbers[(before[:, 0] >= 0) & (after[:, 0] < 0)].tolist()],
    )
    store.put_clusters(
        [row for number, row in new.items() if old.get(number) != row],
        [MemberRow._make((number, *row, None if lag == NO_LAG else lag)) for number, (*row, lag) in values],
    )


def _renew_versions(snapshot: Snapshot, result: ComponentResult | None) -> None:
    """End the versions of the components that changed, and give large ones new ones (`Store.versions`)."""
    labels = result.component_labels() if result is not None else {}
    before = snapshot.body_rows({*snapshot.affected, *labels})
    outdated = {row.component or row.number for row in before.values() if row.number not in snapshot.new_bodies}
    large: list[int] = []
    if result is not None and len(result.rows) >= LARGE:
        sizes = Counter(labels[row.body] or row.body for row in result.rows)  # type: ignore[index]
        large = [component for component, size in sizes.items() if size >= LARGE]  # type: ignore[misc]
    if outdated or large:
        snapshot.store.renew_component_versions(outdated, large)
