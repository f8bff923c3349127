"""A folder that appears with all its files or not at all, and knows from what it was made."""

import json
import os
import shutil
from pathlib import Path

STAMP = ".stamp"


class StampedFolder:
    """Fills `target` beside its place and renames it when complete; a `.stamp` in it names the key and the files.

    `complete` is true when the folder was made for the same key and each file still has its size and time; then there
    is nothing to do, and the folder is left alone. Leaving the `with` block through an exception leaves no trace.
    """

    def __init__(self, target: Path, key: str):
        self.target, self.key = target, key
        self.partial = target.with_name(f".{target.name}.partial")
        self.complete = self._is_complete()

    def write(self, name: str, content: bytes) -> None:
        (self.partial / name).write_bytes(content)

    def link(self, name: str, target: str) -> None:
        (self.partial / name).symlink_to(target)

    def __enter__(self) -> "StampedFolder":
        if not self.complete:
            shutil.rmtree(self.partial, ignore_errors=True)
            self.partial.mkdir(parents=True)
        return self

    def __exit__(self, kind, *_) -> None:
        if self.complete:
            return
        if kind is not None:
            shutil.rmtree(self.partial, ignore_errors=True)
            return
        files = {path.name: _state(path) for path in self.partial.iterdir()}
        self.write(STAMP, json.dumps({"key": self.key, "files": files}).encode())
        os.sync()  # the rename must not reach the disk before the files do
        shutil.rmtree(self.target, ignore_errors=True)
        os.replace(self.partial, self.target)

    def _is_complete(self) -> bool:
        try:
            stamp = json.loads((self.target / STAMP).read_bytes())
            files = {name: _state(self.target / name) for name in stamp["files"]}
            return stamp == {"key": self.key, "files": files}
        except (OSError, ValueError, KeyError, TypeError):
            return False


def _state(path: Path) -> list[int]:
    status = path.stat()
    return [status.st_size, status.st_mtime_ns]
