"""What the driver prints: each story as it ends, and at the end the table and the sums."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Row:
    """One line of the table: who took part, and what each story measured."""

    name: str
    version: str
    runtime: str
    cells: dict[str, str] = field(default_factory=dict)


class Report:
    def __init__(self, columns: list[str]) -> None:
        self.failed: list[str] = []
        self.skipped: list[str] = []
        self._columns = columns
        self._rows: list[Row] = []
        self._passed = 0

    def begin(self, row: Row) -> None:
        if row in self._rows:
            return
        self._rows.append(row)
        say(f"{row.name}: {row.version} on {row.runtime}")

    def passed_story(self, row: Row, story: str, measured: str, claim: str, seconds: float) -> None:
        row.cells[story] = measured
        self._passed += 1
        say(f"  ok    {story:<10} {measured:<18} {seconds:5.1f} s   {claim}")

    def failed_story(self, row: Row, story: str, why: str) -> None:
        row.cells[story] = "FAILED"
        self.fail(f"{row.name}, {story}", why)

    def fail(self, name: str, why: str) -> None:
        self.failed.append(f"{name}: {why.splitlines()[0]}")
        say(f"  FAIL  {name}: {why}")

    def skip(self, name: str, missing: str) -> None:
        self.skipped.append(f"{name}: {missing}")
        say(f"  skip  {missing}")

    def print(self) -> None:
        say("")
        if self._rows:
            say(self._table() + "\n")
        for line in [f"skipped: {name}" for name in self.skipped] + [f"failed: {name}" for name in self.failed]:
            say(line)
        say(f"{self._passed} passed, {len(self.failed)} failed, {len(self.skipped)} skipped")

    def _table(self) -> str:
        """In Markdown, so that it can be pasted into the documentation."""
        lines = [["SDK", "version", "on", *self._columns]]
        for row in self._rows:
            lines.append([row.name, row.version, row.runtime, *(row.cells.get(name, "") for name in self._columns)])
        widths = [max(len(line[i]) for line in lines) for i in range(len(lines[0]))]
        lines.insert(1, ["-" * width for width in widths])
        return "\n".join(f"| {' | '.join(map(str.ljust, line, widths))} |" for line in lines)


def say(line: str) -> None:
    print(line, flush=True)
