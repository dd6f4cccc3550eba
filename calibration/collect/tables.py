"""CSV tables that only ever grow by whole rows.

A row is written by one write of whole lines and flushed to the disk, so that a run that is
stopped loses at most the shape it was measuring. A torn last line is not read, and cut off before
the next row is written.
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

    def path(self, table):
        return os.path.join(self.folder, table + ".csv")

    def create_missing(self):
        """Makes every table that is not there, so that a folder always holds the same files."""
        for table in schema.TABLES:
            if not _size(self.path(table)):
                self.append(table, [])

    def append(self, table, rows):
        """Adds rows (dictionaries), making the folder if needed; an unknown column is an
        error, a missing one is empty."""
        columns = schema.TABLES[table]
        for row in rows:
            unknown = set(row) - set(columns)
            if unknown:
                raise TableError(f"{table} has no column {sorted(unknown)}")
        os.makedirs(self.folder, exist_ok=True)
        path = self.path(table)
        self._cut_torn_line(path)
        text = _lines(columns, rows, header=not _size(path))
        self._write(path, text, os.O_APPEND)

    def read(self, table):
        """All rows as text cells, without a torn last line; none if the table does not exist or
        is empty. Changes nothing on the disk."""
        path = self.path(table)
        if not _size(path):
            return []
        with open(path, newline="") as file:
            text = file.read()
        # A torn last line may lack anything, its line break first of all.
        reader = csv.DictReader(io.StringIO(text[:text.rfind("\n") + 1], newline=""))
        if reader.fieldnames is None:
            return []
        if reader.fieldnames != schema.TABLES[table]:
            raise TableError(
                f"{path} has the columns {reader.fieldnames}, expected {schema.TABLES[table]}")
        return list(reader)

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
        """All at once: whoever stops it leaves the old table or the new one."""
        path = self.path(table)
        self._write(path + ".new", _lines(schema.TABLES[table], rows, header=True), os.O_TRUNC)
        os.replace(path + ".new", path)

    @staticmethod
    def _write(path, text, mode):
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | mode, 0o644)
        try:
            data = text.encode()
            if os.write(descriptor, data) != len(data):
                raise TableError(f"{path}: the disk took only a part of a row")
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    @staticmethod
    def _cut_torn_line(path):
        if not _size(path):
            return
        with open(path, "rb") as file:
            data = file.read()
        if not data.endswith(b"\n"):
            os.truncate(path, data.rfind(b"\n") + 1)


def _size(path):
    return os.path.getsize(path) if os.path.exists(path) else 0


def _lines(columns, rows, header):
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    if header:
        writer.writerow(columns)
    for row in rows:
        writer.writerow([schema.cell_text(row.get(column)) for column in columns])
    return text.getvalue()
