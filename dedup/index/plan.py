"""From a change to what it does to the index: first all is decided, reading only; then it is written, or not.

A query is the plan of an addition that is not carried out.
"""

from __future__ import annotations

import gc
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np
import orjson

from dedup.index.component_cache import LARGE, Keeper
from dedup.index.document_store import Texts, dictionary
from dedup.index.extend_component import Growing, Grown
from dedup.index.ingest import Incoming
from dedup.index.lookup import BodyPairs, Cores, candidates, retellings
from dedup.index.pair_cache import Compared
from dedup.index.recluster import Solved, solve
from dedup.index.snapshot import Known
from dedup.index.stores.base import (
    ANCHOR,
    ArticleRow,
    ClusterRow,
    MemberRow,
    Sketch,
    Store,
    encode_postings,
    select_kinds,
)
from dedup.index.stores.checksums import Damage, require_equal, require_rows
from dedup.kernels.sorted_arrays import BODY_BITS
from dedup.results.assemble import NO_LAG
from dedup.settings import Settings


@dataclass
class Plan:
    """What a change comes to. `solved`: the components it touched, None where it touched none."""

    known: Known
    compared: Compared
    solved: Solved | None = None
    #: By the number of a cluster in `solved`: its number in the index.
    names: list[int] = field(default_factory=list)
    #: Clusters of the index that are no more, or that are written anew.
    replaced: list[int] = field(default_factory=list)
    #: Where it goes on from what is kept of a component.
    grown: Grown | None = None


def make(
    store: Store,
    texts: Texts,
    settings: Settings,
    incoming: Sequence[Incoming] = (),
    gone: Sequence[int] = (),
    keeper: Keeper | None = None,
) -> Plan:
    """Plan an addition or a removal, within a transaction. keeper: what is kept of large components."""
    known = Known(store, texts, settings, incoming, gone)
    compared = Compared(known)
    growing = Growing.of(known, compared, keeper)
    fresh = _renewed(known, compared)
    plan = Plan(known, compared)
    joined = _related(known, compared, fresh, growing)
    if growing is not None and (grown := growing.plan(joined)) is not None:
        replaced = sorted(grown.base.clusters)
        return Plan(known, compared, grown.solved, grown.names, replaced, grown)
    bodies = known.components({*joined, *known.touched})
    # A verdict tells all that its text relates to, also what stands in other components.
    compared.load(known.representatives(rows)[0].number for rows in known.rows_of(_own(known)).values())
    cores = Cores(known)
    # Who leads a cluster or stands alone is looked up by names; whoever did so before was looked up then.
    leaders = {row.body for row in fresh if row.body is not None} - joined
    looked = set(leaders)
    inside: set[int] = set()
    while True:
        told = {pair for pair in retellings(known, leaders, cores, compared) if not inside.issuperset(pair)}
        if inside and not told:
            break
        bodies |= known.components(body for pair in told for body in pair)
        inside = _worth_solving(known, bodies, joined | {body for pair in told for body in pair} | inside)
        if not inside:
            break
        plan.solved = solve(known, compared, inside)
        cores.solved |= plan.solved.cores()
        rows = known.body_rows(inside)
        _distinct(known, inside)
        led = {body for body, row in rows.items() if row.core is None and body not in known.bodies}
        leaders = set(cores.solved.values()) - looked - (led - known.renamed)
        looked |= leaders
    _name_clusters(plan)
    return plan


def _own(known: Known) -> set[int]:
    """The bodies of the articles that come in."""
    return {row.body for row in known.fresh.values() if row.body is not None}


def _renewed(known: Known, compared: Compared) -> list[ArticleRow]:
    """The representatives that were none before the change: they are looked up, and their like compared."""
    fresh = []
    for body, rows in known.rows_of(known.touched).items():
        now = known.representatives(rows)
        old = known.representatives(known.before(body)) if body not in known.bodies else []
        compared.stale |= {row.number for row in old} - {row.number for row in now}
        if old and now[0] != old[0]:
            known.rename(body, now[0])
        fresh += [row for row in now if row not in old]
    compared.stale |= known.gone.keys()
    return fresh


def _related(known: Known, compared: Compared, fresh: Sequence[ArticleRow], growing: Growing | None) -> set[int]:
    """The bodies that relate to another, after comparing fresh representatives with all candidates."""
    searched = {row.body for row in fresh if row.body is not None}
    found: BodyPairs = candidates(known, searched) if searched else set()
    _distinct(known, {*searched, *(body for pair in found for body in pair)})
    if growing is not None and found:
        growing.seed({body for pair in found for body in pair})
    rows = known.rows_of({*searched, *(body for pair in found for body in pair)})
    nodes = {body: known.representatives(own) for body, own in rows.items()}
    numbers = {row.number for row in fresh}
    pairs = [
        (x, y)
        for a, b in sorted(found)
        for x in nodes.get(a, ())
        for y in nodes.get(b, ())
        if x.number in numbers or y.number in numbers
    ]
    compared.load(numbers)
    related = compared.relate(pairs) if pairs else set()
    return {row.body for pair in pairs for row in pair if row.number in related and row.body is not None}


def _distinct(known: Known, bodies: Collection[int]) -> None:
    """No two bodies are of the same tokens: else one was not found by its fingerprint when the other came."""
    rows = known.body_rows(bodies).values()
    if len({(row.high, row.low) for row in rows}) < len(rows):
        raise Damage("a body is not found by its fingerprint")


def _worth_solving(known: Known, bodies: set[int], related: set[int]) -> set[int]:
    """Without those bodies that are alone for certain: of one article, in no component, related to no other."""
    own = known.body_rows(bodies)
    return {
        body
        for body, articles in known.rows_of(bodies).items()
        if len(articles) > 1 or own[body].component is not None or body in related
    }


def _name_clusters(plan: Plan) -> None:
    """Give clusters their numbers: each keeps that of the cluster most of its members were in, else gets a new one."""
    known, solved = plan.known, plan.solved
    members = [row.number for row in solved.rows if row.number not in known.fresh] if solved else []
    homes = known.store.cluster_numbers_of([*members, *known.gone])
    plan.replaced = sorted(set(homes.values()))
    if solved is None:
        return
    first = solved.stories.first.tolist()
    following = known.store.next_cluster()
    taken: set[int] = set()
    for i in range(len(first) - 1):
        ranks = solved.stories.rank[first[i] : first[i + 1]].tolist()
        votes: dict[int, int] = {}
        for rank in ranks:
            home = homes.get(solved.rows[rank].number)
            if home is not None and home not in taken:
                votes[home] = votes.get(home, 0) + 1
        if votes:
            name = min(votes, key=lambda home: (-votes[home], home))
        else:
            name, following = following, following + 1
        taken.add(name)
        plan.names.append(name)


# -- carrying it out ------------------------------------------------------------------------------------------------


def carry_out(plan: Plan) -> None:
    """Write a plan."""
    known, store = plan.known, plan.known.store
    _remove(plan)
    if known.fresh:
        store.add_articles(list(known.fresh.values()), _packed(known))
        store.add_bodies(list(known.bodies.values()), [known.sketch(body).to_bytes() for body in known.bodies])
    store.add_postings(known.new_postings())
    _write_pairs(plan)
    if plan.grown is not None:
        plan.grown.write(store)
        return
    _write_clusters(plan)
    _renew_versions(plan)


def _renew_versions(plan: Plan) -> None:
    """What any process keeps of the components that changed is no more; large ones get another version."""
    known, solved = plan.known, plan.solved
    of_body = solved.components() if solved is not None else {}
    before = known.body_rows({*known.touched, *of_body})
    gone = {row.component or row.number for row in before.values() if row.number not in known.bodies}
    sizes: dict[int, int] = {}
    if solved is not None and len(solved.rows) >= LARGE:
        for row in solved.rows:
            component = of_body[row.body] or row.body  # type: ignore[index]
            sizes[component] = sizes.get(component, 0) + 1  # type: ignore[index, arg-type]
    large = [component for component, size in sizes.items() if size >= LARGE]
    if gone or large:
        known.store.renew_component_versions(gone, large)


def _packed(known: Known) -> list[bytes]:
    """The texts of what comes in, compressed; the first large batch teaches a dictionary."""
    packer = known.texts.packer()
    if packer.count == 0:
        packer = known.texts.packer(renew=True)
        if packer.count == 0 and (data := dictionary([one.text for one in known.incoming])):
            known.store.add_dictionary(data)
            packer = known.texts.packer(renew=True)
    return [packer.pack(one.text) for one in known.incoming]


def _remove(plan: Plan) -> None:
    known, store = plan.known, plan.known.store
    renamed = store.sketches(known.renamed)
    require_rows("sketch", known.renamed, renamed)
    old = encode_postings([(body, Sketch.from_bytes(renamed[body])) for body in sorted(renamed)])
    store.remove_postings(select_kinds(old, [ANCHOR], shift=32 + BODY_BITS))
    for body in renamed:
        store.set_sketch(body, known.sketch(body).to_bytes())
    if known.gone:
        store.delete_articles(list(known.gone))
        left = known.rows_of(known.touched)
        empty = known.sketches(body for body in known.touched if body not in left)
        store.remove_body_postings(encode_postings(list(empty.items())), np.array(sorted(empty), np.uint64))
        store.delete_bodies(list(empty))
    if plan.compared.stale:
        store.delete_pairs(sorted(plan.compared.stale))


def _write_pairs(plan: Plan) -> None:
    """Remember what was compared."""
    together = plan.solved.representatives() if plan.solved is not None else np.zeros(0, np.int64)
    plan.known.store.put_pairs(plan.compared.to_store(together))


def _write_clusters(plan: Plan) -> None:
    store, solved = plan.known.store, plan.solved
    before = {(m.article, m.cluster): m._replace(place=min(m.place, 1)) for m in store.members(plan.replaced)}
    clusters = set(store.clusters(plan.replaced))
    require_equal("members of clusters", len(before), sum(row.size for row in clusters))
    names = set(plan.names)
    removed = [number for number in plan.replaced if number not in names]
    if solved is None:
        store.replace_clusters([], [], removed=removed, removed_members=[article for article, _ in before])
        return
    cores, old = solved.cores(), plan.known.body_rows(solved.cores())
    store.set_component(
        [
            (label, core, body)
            for body, label in solved.components().items()
            if (core := None if cores[body] == body else cores[body]) != old[body].core or label != old[body].component
        ]
    )
    found = solved.stories
    numbers = [solved.rows[rank].number for rank in found.rank.tolist()]
    place = np.ones(len(numbers), np.int64)
    place[found.first[:-1]] = 0
    lags = [None if lag == NO_LAG else lag for lag in found.lag.tolist()]
    columns = (found.relation, found.direction, found.resemblance, found.containment)
    home = [plan.names[i] for i in found.number.tolist()]
    members = list(map(MemberRow, numbers, home, place.tolist(), *(column.tolist() for column in columns), lags))
    canonical = [solved.rows[rank].number for rank in found.canonical.tolist()]
    origins = [orjson.dumps(origin).decode() for origin in found.origins]
    rows = map(ClusterRow, plan.names, canonical, found.sizes.tolist(), found.probability, origins)
    # Of a story that one more site carries, nearly all is as it was.
    store.replace_clusters(
        [row for row in rows if row not in clusters],
        [member for member in members if before.get((member.article, member.cluster)) != member],
        removed=removed,
        removed_members=sorted({article for article, _ in before}.difference(numbers)),
    )


@contextmanager
def uncollected(many: bool) -> Iterator[None]:
    """Without Python's search for cycles while a batch is added: there are none, and it takes a tenth of the time."""
    if not many or not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
