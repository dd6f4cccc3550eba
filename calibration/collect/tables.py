"""CSV tables that only ever grow by whole rows.

A row is written by one write of whole lines and flushed to the disk, so that a run that is
stopped loses at most the shape it was measuring. A torn last line is cut off on reopening.
"""

import csv
import io
import os

from collect import schema


class TableError(Exception):
    """A table on disk is not one that may be continued."""


class Tables:
    """The tables of one output folder."""

    def __init__(self, folder):
        self.folder = folder
        os.makedirs(folder, exist_ok=True)

    def path(self, table):
        return os.path.join(self.folder, table + ".csv")

    def append(self, table, rows):
        """Adds rows (dictionaries); an unknown column is an error, a missing one is empty."""
        columns = schema.TABLES[table]
        for row in rows:
            unknown = set(row) - set(columns)
            if unknown:
                raise TableError(f"{table} has no column {sorted(unknown)}")
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        path = self.path(table)
        if not os.path.exists(path):
            writer.writerow(columns)
        for row in rows:
            writer.writerow([schema.cell_text(row.get(column)) for column in columns])
        self._write(path, text.getvalue())

    def read(self, table):
        """All rows as text cells; none if the table does not exist."""
        path = self.path(table)
        if not os.path.exists(path):
            return []
        self._cut_torn_line(path)
        with open(path, newline="") as file:
            reader = csv.DictReader(file)
            rows = list(reader)
        if reader.fieldnames != schema.TABLES[table]:
            raise TableError(
                f"{path} has the columns {reader.fieldnames}, expected {schema.TABLES[table]}")
        return rows

    def finished(self, table):
        return {schema.key_of(table, row) for row in self.read(table)}

    def drop_unfinished_serving(self):
        """Removes iterations and energies of scenarios whose requests were never written."""
        done = self.finished("serving_requests")
        for table in ("serving_iterations", "serving_energy"):
            rows = self.read(table)
            kept = [row for row in rows if (row["scenario"],) in done]
            if len(kept) < len(rows):
                self._replace(table, kept)

    def _replace(self, table, rows):
        path = self.path(table)
        os.replace(path, path + ".old")
        self.append(table, rows)
        os.remove(path + ".old")

    @staticmethod
    def _write(path, text):
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        try:
            data = text.encode()
            if os.write(descriptor, data) != len(data):
                raise TableError(f"{path}: the disk took only a part of a row")
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    @staticmethod
    def _cut_torn_line(path):
        with open(path, "rb") as file:
            data = file.read()
        if data and not data.endswith(b"\n"):
            os.truncate(path, data.rfind(b"\n") + 1)
