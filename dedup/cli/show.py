"""`dedup show`: show one cluster of a finished scan in full."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dedup.cli.common import print_json, rich_command, stdout_console
from dedup.errors import MissingInput, UsageError
from dedup.reports import layout
from dedup.sanitize import cell_width, sanitize

if TYPE_CHECKING:
    from rich.text import Text

    from dedup.model import Cluster, Member

#: Members that are shown without --all, and articles outside.
SHOWN = 40
LINKS = 10


@rich_command("show", short_help="Show one cluster of a scan in full.")
@click.argument("out", metavar="OUT")
@click.argument("cluster", metavar="CLUSTER")
@click.option("--all", "everything", is_flag=True, help=f"Show all members. Default: the first {SHOWN}.")
@click.option("--explain", is_flag=True, help="Also show the candidates that are not the origin, and why.")
@click.option("--json", "as_json", is_flag=True, help="Print the cluster and its pairs as JSON.")
def command(out: str, cluster: str, everything: bool, explain: bool, as_json: bool) -> None:
    """Show one cluster of a scan: its timeline, its origin with the evidence, and every member.

    OUT is the folder a scan wrote, CLUSTER a name from it: c000001, or just 1.
    """
    from dedup.reports import origin_text

    folder = _folder(out)
    record = find_cluster(folder / "clusters.jsonl", _name_of(cluster))
    members = {member["id"] for member in record["members"]}
    inside, across = pairs_of(folder / "pairs.jsonl", members)
    if as_json:
        print_json({**record, "pairs": inside + across})
        return
    console = stdout_console()
    one, width = cluster_from(record), layout.room(console)
    lines = cluster_page(one, inside, across, width, None if everything else SHOWN)
    if explain:
        lines += [*origin_text.chain_lines(one.origin), *origin_text.rival_lines(one.origin, width), layout.text()]
    layout.show(console, lines)


# -- reading -------------------------------------------------------------------------------------------------------


def _folder(out: str) -> Path:
    folder = Path(out)
    if not folder.is_dir():
        raise MissingInput(f"{out} is not there or no folder; name what `dedup scan` wrote with --out")
    if not (folder / "clusters.jsonl").is_file():
        raise MissingInput(f"{out} holds no clusters.jsonl; name what `dedup scan` wrote with --out")
    return folder


def _name_of(cluster: str) -> str:
    digits = cluster.removeprefix("c").removeprefix("C")
    if not (digits.isascii() and digits.isdecimal()):
        raise UsageError(f"{cluster!r} is no cluster; clusters are named c000001, c000002 ...")
    return f"c{int(digits):06d}"


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    import orjson

    try:
        with path.open("rb") as stream:
            for number, line in enumerate(stream, 1):
                try:
                    yield orjson.loads(line)
                except orjson.JSONDecodeError as error:
                    raise UsageError(f"{path} is damaged at line {number}: {error}") from error
    except OSError as error:
        raise MissingInput(f"{path} cannot be read: {error.strerror}") from error


def find_cluster(path: Path, name: str) -> dict[str, Any]:
    """Find the line of clusters.jsonl for the cluster `name`."""
    last = None
    for record in _lines(path):
        last = record.get("cluster")
        if last == name:
            return record
    names = f"it has c000001 to {last}" if last else "it has none"
    raise UsageError(f"{path.parent} has no cluster {name}; {names}")


def pairs_of(path: Path, members: set[str]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Read the pairs within a cluster, and those that link it to articles outside."""
    inside: list[dict[str, Any]] = []
    across: list[dict[str, Any]] = []
    for pair in _lines(path):
        ends = (pair["a"] in members) + (pair["b"] in members)
        # A linked relation within one cluster (two members that only overlap) is a link too.
        if ends:
            (inside if ends == 2 else across).append(pair)
    return inside, across


def cluster_from(record: dict[str, Any]) -> Cluster:
    """Make a `Cluster` from a line of clusters.jsonl. Keys of later versions are ignored."""
    from dedup.model import Cluster, Evidence, Member, Origin, Relation

    def only(kind: Any, values: dict[str, Any]) -> dict[str, Any]:
        return {name: values[name] for name in kind.__dataclass_fields__ if name in values}

    evidence = tuple(Evidence(**only(Evidence, e)) for e in record["evidence"])
    origin_record = record["origin"]
    chain = tuple((link["role"], link["name"]) for link in origin_record.get("chain", ()))
    rivals = tuple((one["name"], one["probability"], one["reason"]) for one in origin_record.get("rivals", ()))
    origin = Origin(**{**only(Origin, origin_record), "evidence": evidence, "chain": chain, "rivals": rivals})
    members = tuple(Member(**{**only(Member, m), "relation": Relation(m["relation"])}) for m in record["members"])
    return Cluster(record["cluster"], members, origin, record["canonical"]["probability"])


# -- showing -------------------------------------------------------------------------------------------------------


def cluster_page(
    cluster: Cluster, inside: list[dict[str, Any]], across: list[dict[str, Any]], width: int, limit: int | None
) -> list[Text]:
    """Lay out all that the command prints of a cluster."""
    from dedup.reports import terminal

    members = cluster.members[:limit]
    lines = [layout.text(), *terminal.cluster_lines(cluster, width)]
    if cluster.canonical.url:
        lines.append(layout.labelled("url", layout.linked(sanitize(cluster.canonical.url), "", cluster.canonical.url)))
    lines += _evidence(cluster, width)
    lines += _timeline(members, width)
    lines += _members(members, inside, width)
    if limit is not None and cluster.size > limit:
        lines += [
            layout.text(),
            layout.text((f"    {cluster.size - limit:,} more members; --all shows them", "dim")),
        ]
    return [*lines, *_links(across, {m.id for m in cluster.members}, width), layout.text()]


def _evidence(cluster: Cluster, width: int) -> list[Text]:
    """Lay out the evidence for and against the origin, the strongest first."""
    from dedup.reports import terminal

    strongest = sorted(cluster.evidence, key=lambda e: -abs(e.weight))[:SHOWN]
    if not strongest:
        return []
    return [*layout.heading("Origin: what says so"), layout.text(), *terminal.evidence_table(strongest, width)]


def _when(member: Member) -> str:
    """Format how long after the first copy a member was published; empty if that is not known."""
    if member.lag_seconds is None:
        return ""
    return f"+{layout.lag(member.lag_seconds)}" if member.lag_seconds else "first"


def _timeline(members: tuple[Member, ...], width: int) -> list[Text]:
    """Lay out each dated member as a dot on a line from the first to the last."""
    by_time = sorted((m for m in members if m.lag_seconds is not None), key=lambda m: (m.lag_seconds or 0, m.id))
    last = by_time[-1].lag_seconds if by_time else 0
    if len(by_time) < 2 or not last:
        return []
    names = [sanitize(m.domain or m.id, 28) for m in by_time]
    after = list(map(_when, by_time))
    left, right = max(map(cell_width, after)), max(map(cell_width, names))
    track = max(10, min(72, width - layout.INDENT - left - right - 4))
    lines = layout.heading("Timeline", f"{layout.moment(by_time[0].published)}, over {layout.lag(last)}")
    lines.append(layout.text())
    for member, name, when in zip(by_time, names, after, strict=True):
        at = round((track - 1) * (member.lag_seconds or 0) / last)
        style = "bold green" if member.role == "canonical" else "cyan"
        line = layout.text(" " * layout.INDENT + f"{when:>{left}}  ", ("·" * at, "dim"), ("●", style))
        lines.append(
            line.append("·" * (track - 1 - at), "dim").append(f"  {name}", style if member.role == "canonical" else "")
        )
    return lines


def _members(members: tuple[Member, ...], inside: list[dict[str, Any]], width: int) -> list[Text]:
    head = members[0].id
    runs = {
        pair["a"] if pair["b"] == head else pair["b"]: pair["longest_run"]
        for pair in inside
        if head in (pair["a"], pair["b"])
    }
    rows = []
    for member in members:
        canonical = member.role == "canonical"
        arrow = {"member_in_canonical": "⊂", "canonical_in_member": "⊃"}.get(member.direction or "", "")
        rows.append(
            (
                member.role,
                "" if canonical else f"{member.relation.words.singular} {arrow}".rstrip(),
                "" if canonical else f"{member.resemblance:.2f}",
                "" if canonical else f"{member.containment:.2f}",
                f"{runs[member.id]:,}" if member.id in runs else "",
                _when(member),
                sanitize(member.domain or "", 30),
                sanitize(member.id, 36),
                sanitize(member.title or ""),
            )
        )
    columns = [
        layout.Column("role", style="bold"),
        layout.Column("relation"),
        layout.Column("res.", right=True),
        layout.Column("cont.", right=True),
        layout.Column("run", right=True),
        layout.Column("when", right=True),
        layout.Column("domain", flex=True),
        layout.Column("id", style="dim", flex=True, least=8),
        layout.Column("title", flex=True, least=18),
    ]
    aside = "resemblance, containment, longest common run in words, toward the canonical copy" if width >= 96 else ""
    return layout.titled_table((f"Members: {len(members)}", aside), columns, rows, width)


def _links(across: list[dict[str, Any]], members: set[str], width: int) -> list[Text]:
    """Lay out articles outside that share a passage or a form with members, each with its closest pair."""
    from dedup.model import Relation

    ties: dict[str, list[dict[str, Any]]] = {}
    for pair in across:
        ties.setdefault(pair["b"] if pair["a"] in members else pair["a"], []).append(pair)
    if not ties:
        return []
    rows = []
    for other, pairs in sorted(ties.items(), key=lambda tie: (-max(p["longest_run"] for p in tie[1]), tie[0]))[:LINKS]:
        best = max(pairs, key=lambda p: p["longest_run"])
        relation = Relation(best["relation"]).words.singular
        rows.append((relation, f"{best['longest_run']:,}", layout.plural(len(pairs), "member"), sanitize(other, 60)))
    columns = [
        layout.Column("relation"),
        layout.Column("run", right=True),
        layout.Column("with", right=True),
        layout.Column("other article", flex=True),
    ]
    aside = "" if len(ties) <= len(rows) else f"{len(rows)} of {len(ties):,}"
    return layout.titled_table(("Linked, not in the cluster", aside), columns, rows, width)
