"""What a measurement was made with, told by contents: hashes of the harness, the plan, files."""

import hashlib
import os
import re

# From a root that no word runs up to, to the last slash.
_FOLDERS = re.compile(r"(?<![\w.])/(?:[^\s/'\"]+/)+")
FOLDER = os.path.dirname(os.path.abspath(__file__))


def file_hash(path):
    """The first 12 hexadecimal digits of a file's SHA-256."""
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()[:12]


def harness_hash(folder=FOLDER):
    """Of all Python files of the harness, tests left out, in order of their names."""
    total = hashlib.sha256()
    for base, folders, names in os.walk(folder):
        folders[:] = sorted(set(folders) - {"tests", "__pycache__"})
        for name in sorted(names):
            if name.endswith(".py"):
                path = os.path.join(base, name)
                total.update(os.path.relpath(path, folder).encode() + b"\0")
                with open(path, "rb") as file:
                    total.update(file.read())
    return total.hexdigest()[:12]


def without_folders(text):
    """An error's text without the folders of absolute paths, which are of one machine."""
    return _FOLDERS.sub("", text)
