"""`python -m benchmarks plots`: the plots of the documentation, drawn from the recorded results."""

import argparse
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import orjson

NAME = "plots"
SUMMARY = "draw the plots of the documentation from the recorded results (needs matplotlib)"
HERE = Path(__file__).parent
RESULTS = HERE / "results"
PLOTS = HERE.parent / "docs" / "plots"
INK, DIM, OURS, THEIRS, MARK = "#1c2330", "#8a94a3", "#0b62c4", "#c2410c", "#15803d"
TOOLS = {
    "dedup": OURS, "datasketch": "#c2410c", "datasketch .5": "#e08a4f", "datasketch ensemble": "#7c3aed",
    "rensa": "#15803d", "gaoya": "#a16207", "floor": DIM,
}  # fmt: skip
# Sets, of which the first with a result gives front and histogram.
SETS = ("odu_newssim", "fnc1", "reuters21578", "generated")

Figures = Mapping[str, Any]


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--results", type=Path, default=RESULTS, help="folder of the results")
    parser.add_argument("--out", type=Path, default=PLOTS, help="folder of the plots (default docs/plots)")


def _axes(width: float = 7.0, height: float = 3.6) -> tuple[Any, Any]:
    import matplotlib as mpl

    mpl.use("svg")
    import matplotlib.pyplot as plt

    mpl.rcParams.update(
        {
            # The same results draw the same bytes.
            "svg.hashsalt": "dedup", "svg.fonttype": "none", "font.family": "sans-serif", "font.size": 10,
            "axes.edgecolor": DIM, "axes.spines.top": False, "axes.spines.right": False, "axes.grid": True,
            "grid.color": "#e3e7ed", "axes.axisbelow": True, "text.color": INK, "axes.labelcolor": INK,
            "xtick.color": INK, "ytick.color": INK, "figure.facecolor": "white",
        }
    )  # fmt: skip
    return plt.subplots(figsize=(width, height), layout="constrained")


def speed(figures: Figures, out: Path) -> None:
    """Plot CPU microseconds an article, start-up included."""
    tools = [t for t in TOOLS if isinstance(figures.get(t), Mapping)]
    each = {t: figures[t]["median"]["cpu"] / figures[t]["articles"] * 1e6 for t in tools}
    figure, axes = _axes(height=0.5 * len(tools) + 0.9)
    order = sorted(tools, key=lambda t: -each[t])
    bars = axes.barh(order, [each[t] for t in order], color=[TOOLS[t] for t in order], height=0.6)
    axes.bar_label(bars, labels=[f" {each[t]:,.0f}" for t in order])
    axes.set(xlabel="CPU µs an article")
    axes.grid(axis="y", visible=False)
    _save(figure, out / "speed.svg")


def scale(figures: Figures, out: Path) -> None:
    """Plot CPU and peak memory by size, both axes logarithmic."""
    sizes = sorted(figures.values(), key=lambda size: size["articles"])
    figure, axes = _axes()
    x = [size["articles"] for size in sizes]
    axes.loglog(x, [size["cost"]["cpu"] for size in sizes], "o-", color=OURS, label="CPU s")
    axes.loglog(x, [size["cost"]["rss"] for size in sizes], "s--", color=THEIRS, label="peak RSS MiB")
    first = sizes[0]
    linear = [first["cost"]["cpu"] * n / first["articles"] for n in x]
    axes.loglog(x, linear, ":", color=DIM, label="CPU, were it linear")
    axes.set(xlabel="articles")
    axes.legend(frameon=False)
    _save(figure, out / "scale.svg")


def quality(figures: Figures, out: Path) -> None:
    """Plot recall: a row for each kind of copy, a dot for each tool."""
    scores = figures["News"]
    tools = [t for t in TOOLS if t in scores]
    kinds = sorted(scores["dedup"]["recall"], key=lambda k: (scores["datasketch"]["recall"].get(k, 0), k))
    figure, axes = _axes(height=0.28 * len(kinds) + 1.2)
    for tool in reversed(tools):
        recall = [scores[tool]["recall"].get(kind, 0) for kind in kinds]
        ours = tool == "dedup"
        axes.plot(recall, kinds, "o" if ours else ".", color=TOOLS[tool], ms=8 if ours else 9, label=tool, alpha=0.9)
    axes.set(xlabel="recall", xlim=(-0.03, 1.03))
    axes.legend(frameon=False, ncols=3, loc="lower center", bbox_to_anchor=(0.45, 1.0))
    _save(figure, out / "quality.svg")


def tune(figures: Figures, out: Path) -> None:
    """Plot recall curve, Pareto front and histogram of containments."""
    name = next((n for n in SETS if n in figures), None)
    if name is None:
        return
    set_figures = figures[name]
    # The curve of the set with the most pairs of all resemblances.
    full = max(figures, key=lambda n: len(figures[n]["curves"]["bands"]) if n != "generated" else 0)
    _curve(full, figures[full]["curves"], out)
    _front(name, set_figures, out)
    _histogram(name, set_figures, out)


def _set_title(axes: Any, name: str) -> None:
    axes.set_title(f"{name}, held-out half", loc="left", fontsize=9, color=DIM)


def _curve(name: str, curves: Figures, out: Path) -> None:
    figure, axes = _axes()
    _set_title(axes, name)
    for key, colour, label in (("bands", THEIRS, "bands alone"), ("usual", OURS, "bands and passages")):
        points = curves[key]
        x = [p["resemblance"] for p in points]
        axes.plot(x, [p["predicted"] for p in points], color=colour, lw=1.5, label=f"{label}, predicted")
        y = [p["measured"] for p in points]
        below = [max(0, p["measured"] - p["least"]) for p in points]
        above = [max(0, p["most"] - p["measured"]) for p in points]
        axes.errorbar(
            x, y, yerr=[below, above], fmt="o", ms=4, color=colour, elinewidth=1, alpha=0.8,
            label=f"{label}, measured (95 %)",
        )  # fmt: skip
    axes.set(xlabel="resemblance of the two bodies", ylabel="share of pairs found", xlim=(0, 1), ylim=(0, 1.03))
    axes.legend(frameon=False, loc="lower right")
    _save(figure, out / "tune-curve.svg")


def _front(name: str, figures: Figures, out: Path) -> None:
    figure, axes = _axes()
    _set_title(axes, name)
    highlights = [(figures["usual"], THEIRS, "current"), (figures["recommended"], MARK, "recommended")]
    limit = 2 * max(o["micros_per_article"] for o, _, _ in highlights)
    eligible = [(x, 1 - y) for x, y, _, false in figures["grid"] if x <= limit and false <= 0.005]
    axes.plot(
        [x for x, _ in eligible], [max(1e-4, y) for _, y in eligible], ".", color=DIM, alpha=0.6, label="all settings"
    )
    front = [(o["micros_per_article"], max(1e-4, 1 - o["recall"])) for o in figures["front"]]
    front = [(x, y) for x, y in front if x <= limit]
    axes.plot([x for x, _ in front], [y for _, y in front], color=OURS, label="Pareto front")
    for outcome, colour, label in highlights:
        axes.plot(outcome["micros_per_article"], max(1e-4, 1 - outcome["recall"]), "o", ms=9, color=colour, label=label)
    axes.axhline(1 - figures["goal"]["asked"], color=INK, ls="--", lw=1, label="target")
    axes.set(xlabel="CPU µs an article", ylabel="share of true pairs missed", yscale="log", ylim=(7e-5, 1))
    axes.legend(frameon=False, loc="upper right")
    _save(figure, out / "tune-front.svg")


def _histogram(name: str, figures: Figures, out: Path) -> None:
    figure, axes = _axes(height=3.0)
    _set_title(axes, name)
    counts = figures["containments"]
    threshold = figures["goal"]["threshold"]
    centres = [(i + 0.5) / len(counts) for i in range(len(counts))]
    colours = [OURS if centre > threshold else DIM for centre in centres]
    axes.bar(centres, counts, width=0.9 / len(counts), color=colours)
    axes.axvline(threshold, color=THEIRS, ls="--", lw=1.2)
    axes.annotate(f" threshold {threshold:g}", (threshold, max(counts) / 2), color=THEIRS)
    axes.set(xlabel="containment: share of the shorter body in the other", ylabel="pairs", yscale="log", xlim=(0, 1))
    _save(figure, out / "tune-histogram.svg")


def _save(figure: Any, path: Path) -> None:
    import matplotlib.pyplot as plt

    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, metadata={"Date": None, "Creator": None})
    plt.close(figure)
    print(path)


# The plot of each part.
PLOTTERS: dict[str, Callable[[Figures, Path], None]] = {
    "speed": speed,
    "scale": scale,
    "quality": quality,
    "tune": tune,
}


def main(options: argparse.Namespace) -> int:
    """Draw the newest result of each part that has a plot."""
    try:
        import matplotlib  # noqa: F401
    except ModuleNotFoundError:
        print("no plots without matplotlib: pip install 'news-dedup[benchmarks]'")
        return 1
    newest: dict[str, tuple[str, float, Figures]] = {}
    for path in sorted(options.results.glob("*.json")):
        part = path.stem.partition("-")[0]
        result = orjson.loads(path.read_bytes())
        mark = (result["date"], path.stat().st_mtime)
        if part in PLOTTERS and (part not in newest or mark > newest[part][:2]):
            newest[part] = (*mark, result["figures"])
    for part, (_, _, figures) in sorted(newest.items()):
        try:
            PLOTTERS[part](figures, options.out)
        except KeyError as error:
            print(f"{part}: the newest result lacks {error}; run the part again")
    return 0
