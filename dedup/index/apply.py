"""Write a planned change to its store."""

from __future__ import annotations

import numpy as np

from dedup.index.component_cache import LARGE
from dedup.index.plan import Change
from dedup.index.recluster import ComponentResult, cluster_rows
from dedup.index.snapshot import Snapshot
from dedup.index.stores.base import ANCHOR, MemberRow, Sketch, encode_postings, select_kinds
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
    store.add_postings(snapshot.new_postings())
    result = change.result
    representatives = np.zeros(0, np.int64) if result is None else result.representative_numbers()
    store.put_pairs(change.pairs.rows_to_store(representatives))
    if change.extension is not None:
        change.extension.write(store)
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


def _replace_clusters(change: Change) -> None:
    """Write what differs of clusters, their members, and the components and cores of bodies."""
    store, result = change.snapshot.store, change.result
    members = {
        (member.article, member.cluster): member._replace(place=min(member.place, 1))
        for member in store.members(change.replaced_clusters)
    }
    clusters = set(store.clusters(change.replaced_clusters))
    require_equal("members of clusters", len(members), sum(row.size for row in clusters))
    numbers = set(change.cluster_numbers)
    removed = [number for number in change.replaced_clusters if number not in numbers]
    if result is None:
        store.delete_clusters(removed, [article for article, _ in members])
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
    rows = _member_rows(result, change.cluster_numbers)
    store.delete_clusters(removed, sorted({article for article, _ in members}.difference(row.article for row in rows)))
    # Of a story that one more site carries, nearly all is as it was.
    store.put_clusters(
        [row for row in cluster_rows(result.clusters, change.cluster_numbers, result.numbers) if row not in clusters],
        [row for row in rows if members.get((row.article, row.cluster)) != row],
    )


def _member_rows(result: ComponentResult, numbers: list[int]) -> list[MemberRow]:
    """Return the members of the clusters of a result; numbers: of the clusters."""
    clusters = result.clusters
    place = np.ones(len(clusters.rank), np.int64)
    place[clusters.first[:-1]] = 0
    columns = (place, clusters.relation, clusters.direction, clusters.resemblance, clusters.containment)
    lags = [None if lag == NO_LAG else lag for lag in clusters.lag.tolist()]
    articles = result.numbers[clusters.rank].tolist()
    cluster = np.array(numbers, np.int64)[clusters.number].tolist()
    return list(map(MemberRow, articles, cluster, *(column.tolist() for column in columns), lags))


def _renew_versions(snapshot: Snapshot, result: ComponentResult | None) -> None:
    """End the versions of the components that changed, and give large ones new ones (`Store.versions`)."""
    labels = result.component_labels() if result is not None else {}
    before = snapshot.body_rows({*snapshot.affected, *labels})
    outdated = {row.component or row.number for row in before.values() if row.number not in snapshot.new_bodies}
    sizes: dict[int, int] = {}
    if result is not None and len(result.rows) >= LARGE:
        for row in result.rows:
            component = labels[row.body] or row.body  # type: ignore[index]
            sizes[component] = sizes.get(component, 0) + 1  # type: ignore[index, arg-type]
    large = [component for component, size in sizes.items() if size >= LARGE]
    if outdated or large:
        snapshot.store.renew_component_versions(outdated, large)
