"""Write the tables of a scan as CSV for spreadsheets or Parquet for programs: one file for each table, row by row."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from dedup.reports.table_rows import Table, blocks, tables
from dedup.results.result import ScanOutcome

#: What makes a spreadsheet take a cell for a formula; a tab or line end before one is skipped by some.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def write_csv(folder: Path, result: ScanOutcome) -> None:
    """Write NAME.csv for each table: UTF-8, column names in the first line, null as an empty cell without quotes."""
    for table in tables(result):
        with (folder / f"{table.name}.csv").open("w", encoding="utf-8", newline="", buffering=1 << 17) as out:
            out.writelines(_lines(table))


def _lines(table: Table) -> Iterator[str]:
    yield ",".join(name for name, _ in table.columns) + "\n"
    for row in table.rows():
        yield ",".join(map(cell, row)) + "\n"


def cell(value: Any) -> str:
    """Format a value as a cell. A text that a spreadsheet would calculate gets an apostrophe before it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, str):
        return f'"{value}"' if value < 0 else str(value)
    text = f"'{value}" if value.startswith(FORMULA) else value
    return '"' + text.replace('"', '""').replace("\0", "\N{SYMBOL FOR NULL}") + '"'


def write_parquet(folder: Path, result: ScanOutcome) -> None:
    """Write NAME.parquet for each table."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    types = {str: pa.string(), int: pa.int64(), float: pa.float64(), bool: pa.bool_()}
    for table in tables(result):
        schema = pa.schema([(name, types[kind]) for name, kind in table.columns])
        with pq.ParquetWriter(folder / f"{table.name}.parquet", schema, compression="zstd") as out:
            for rows in blocks(table.rows(), 1 << 16):
                columns = zip(*rows, strict=True)
                arrays = [pa.array(column, field.type) for column, field in zip(columns, schema, strict=True)]
                out.write_batch(pa.record_batch(arrays, schema=schema))
