"""Tables of retrieval scores."""

import json
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from mmvireid.structures import RetrievalScores, SearchScores
from mmvireid.utils.atomic import write_atomically

if TYPE_CHECKING:
    from rich.table import Table


@dataclass(frozen=True)
class ReportRow:
    """One line of the table.

    Attributes:
        protocol (str): Such as ``'sysu/all/single'``.
        feature (str): Such as ``'bn'``.
        values (dict[str, list[float]]): For each column, such as ``'R1'``,
            one value a trial, in percent.
    """

    protocol: str
    feature: str
    values: dict[str, list[float]]

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the scores, in the table's order."""
        return tuple(self.values)

    @property
    def trials(self) -> int:
        """How many trials are averaged."""
        return len(self.values[self.columns[0]])

    def mean_and_std(self, column: str) -> tuple[float, float]:
        """Return the mean and the sample standard deviation over trials.

        The deviation of a single trial is 0.
        """
        values = self.values[column]
        spread = statistics.stdev(values) if len(values) > 1 else 0.0
        return statistics.fmean(values), spread


@dataclass
class RetrievalReport:
    """Rows, and what they were measured on.

    Attributes:
        rows (list[ReportRow]): The rows.
        notes (list[str]): What a reader of the numbers has to know, such as
            ``'flip averaged'``; printed in the table's title.
        config (str): Path of the config.
        checkpoint (str): Path of the checkpoint.
        sha256 (str): Hash of the checkpoint's file.
    """

    rows: list[ReportRow] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    config: str = ''
    checkpoint: str = ''
    sha256: str = ''

    def add(
        self,
        protocol: str,
        feature: str,
        scores: Iterable[RetrievalScores | SearchScores],
    ) -> None:
        """Add the trials of one row.

        Args:
            protocol (str): Name of the row.
            feature (str): The feature.
            scores (Iterable[RetrievalScores | SearchScores]): One for each
                trial, at least one. Their kind says which columns there
                are; it must be the same in all rows.
        """
        trials = [score.percent() for score in scores]
        values = {name: [t[name] for t in trials] for name in trials[0]}
        self.rows.append(ReportRow(protocol, feature, values))

    def add_mean(
        self, protocol: str, feature: str, names: Sequence[str]
    ) -> None:
        """Add a row that averages others, trial by trial.

        Args:
            protocol (str): Name of the new row.
            feature (str): The feature.
            names (Sequence[str]): The rows to average; they must have
                equally many trials.
        """
        parts = [self.row(name, feature).values for name in names]
        values = {
            column: [
                statistics.fmean(trial)
                for trial in zip(
                    *(part[column] for part in parts), strict=True
                )
            ]
            for column in parts[0]
        }
        self.rows.append(ReportRow(protocol, feature, values))

    def row(self, protocol: str, feature: str) -> ReportRow:
        """Return one row.

        Raises:
            KeyError: If there is no such row.
        """
        for row in self.rows:
            if (row.protocol, row.feature) == (protocol, feature):
                return row
        names = sorted(
            {f'{row.protocol} ({row.feature})' for row in self.rows}
        )
        raise KeyError(
            f'The report has no row {protocol} ({feature}), but: {names}.'
        )

    def flat(self) -> dict[str, float]:
        """Return ``{'<protocol>/<feature>/<column>': mean}``, in percent."""
        return {
            f'{row.protocol}/{row.feature}/{column}': row.mean_and_std(column)[
                0
            ]
            for row in self.rows
            for column in row.columns
        }

    @classmethod
    def merge(cls, reports: Sequence['RetrievalReport']) -> 'RetrievalReport':
        """Join the reports of several models, such as RegDB's trials.

        Each report's mean counts as one trial.

        Args:
            reports (Sequence[RetrievalReport]): Reports with the same rows.

        Returns:
            RetrievalReport: Mean and deviation over the reports.

        Raises:
            ValueError: If there is no report, or their rows differ.
        """
        keys = [{(r.protocol, r.feature) for r in x.rows} for x in reports]
        if not reports or any(key != keys[0] for key in keys):
            raise ValueError(
                'Reports to merge must have the same rows, but there are '
                f'{[sorted(key) for key in keys]}.'
            )
        rows = []
        for first in reports[0].rows:
            same = [r.row(first.protocol, first.feature) for r in reports]
            values = {
                column: [row.mean_and_std(column)[0] for row in same]
                for column in first.columns
            }
            rows.append(ReportRow(first.protocol, first.feature, values))
        head = reports[0]
        return cls(
            rows,
            list(dict.fromkeys(note for r in reports for note in r.notes)),
            head.config,
            ', '.join(r.checkpoint for r in reports if r.checkpoint),
            ', '.join(r.sha256 for r in reports if r.sha256),
        )

    def to_dict(self) -> dict:
        """Return the report as plain values, scores in percent."""
        rows = [
            dict(
                protocol=row.protocol,
                feature=row.feature,
                trials=row.trials,
                **{name: list(row.mean_and_std(name)) for name in row.columns},
            )
            for row in self.rows
        ]
        return dict(
            config=self.config,
            checkpoint=self.checkpoint,
            sha256=self.sha256,
            notes=list(self.notes),
            rows=rows,
            values=[row.values for row in self.rows],
        )

    def save(self, path: str | Path) -> None:
        """Write the report as JSON, whole or not at all."""
        text = json.dumps(self.to_dict(), indent=2) + '\n'
        write_atomically(path, text.encode())

    @classmethod
    def load(cls, path: str | Path) -> 'RetrievalReport':
        """Read what :meth:`save` wrote."""
        content = json.loads(Path(path).read_text())
        rows = [
            ReportRow(row['protocol'], row['feature'], values)
            for row, values in zip(
                content['rows'], content['values'], strict=True
            )
        ]
        head = {
            name: content[name]
            for name in ('notes', 'config', 'checkpoint', 'sha256')
        }
        return cls(rows, **head)

    def table(self, title: str = 'Cross-modality retrieval') -> 'Table':
        """Lay the report out as a table of rich.

        Args:
            title (str): First line of the title. The notes follow it.

        Returns:
            rich.table.Table: The table.
        """
        from rich.table import Table

        notes = '; '.join([*self.notes, 'percent, mean ± std over trials'])
        table = Table(title=f'{title}\n({notes})')
        table.add_column('protocol', no_wrap=True)
        table.add_column('feature')
        table.add_column('trials', justify='right')
        for name in self.rows[0].columns if self.rows else ():
            table.add_column(name, justify='right', no_wrap=True)
        for row in self.rows:
            cells = []
            for name in row.columns:
                mean, std = row.mean_and_std(name)
                spread = f' ± {std:.2f}' if row.trials > 1 else ''
                cells.append(f'{mean:.2f}{spread}')
            table.add_row(row.protocol, row.feature, str(row.trials), *cells)
        return table

    def to_text(self, title: str = 'Cross-modality retrieval') -> str:
        """Render the table as plain text, for log files."""
        from rich.console import Console

        console = Console(width=140, no_color=True)
        with console.capture() as capture:
            console.print(self.table(title))
        return capture.get()
