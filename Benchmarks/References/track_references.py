#!/usr/bin/env python3
"""Runs Python trackers, and Vedette's, over MOTChallenge sequences and compares their tracks.

    python track_references.py --out results/ --vedette .build/release/vedette

For each tracker and sequence it writes MOTChallenge text to OUT/TRACKER/SEQUENCE.txt and the mean time of a frame to
OUT/summary.json; with --vedette also the tracks of Vedette and the accuracy of all of them, as `vedette evaluate
tracking` finds it. Vedette's trackers are also judged by what a live view shows (--online), as the references are.
Sequences are the folders of DATA/mot with det/det.txt, gt/gt.txt and seqinfo.ini; DATA is
VEDETTE_TEST_DATA or ../shared/data. Install requirements.txt first (see there for boxmot).
"""

import argparse
import configparser
import json
import os
import pathlib
import subprocess
import time

import numpy as np

from references import REFERENCES

OURS = ["sort", "bytetrack", "ocsort", "deepsort"]


def read_detections(path):
    """Frame -> rows of x1, y1, x2, y2, score."""
    table = np.loadtxt(path, delimiter=",", usecols=range(7), ndmin=2)
    frames = {}
    for frame in np.unique(table[:, 0]).astype(int):
        rows = table[table[:, 0] == frame]
        boxes = rows[:, 2:6].copy()
        boxes[:, 2:] += boxes[:, :2]
        frames[frame] = np.hstack([boxes, rows[:, 6:7]])
    return frames


def run(make, folder, out):
    """Tracks one sequence; returns seconds spent in the tracker and the number of frames."""
    info = configparser.ConfigParser()
    info.read(folder / "seqinfo.ini")
    rate = info.getfloat("Sequence", "frameRate")
    length = info.getint("Sequence", "seqLength")
    frames = read_detections(folder / "det/det.txt")
    step = make(rate)
    spent = 0.0
    lines = []
    for frame in range(1, length + 1):
        rows = frames.get(frame, np.zeros((0, 5)))
        start = time.perf_counter()
        tracks = step(rows)
        spent += time.perf_counter() - start
        for x1, y1, x2, y2, id in tracks:
            lines.append(f"{frame},{int(id)},{x1:.2f},{y1:.2f},{x2 - x1:.2f},{y2 - y1:.2f},1,-1,-1,-1")
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text("\n".join(lines) + "\n")
    return spent, length


def evaluate(vedette, sequences, out):
    arguments = [vedette, "evaluate", "tracking", "--json"]
    for folder in sequences:
        arguments += ["--gt", str(folder / "gt/gt.txt"), "--results", str(out / f"{folder.name}.txt")]
    lines = subprocess.run(arguments, check=True, capture_output=True, text=True).stdout.splitlines()
    return json.loads(lines[-1])


def main():
    data = pathlib.Path(os.environ.get("VEDETTE_TEST_DATA", "../shared/data"))
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--data", type=pathlib.Path, default=data / "mot")
    parser.add_argument("--vedette", help="the executable; evaluates all and adds its trackers")
    parser.add_argument("--only", nargs="*", help="names of references")
    options = parser.parse_args()

    sequences = sorted(path.parent.parent for path in options.data.glob("*/det/det.txt"))
    if not sequences:
        parser.error(f"{options.data} has no sequence with det/det.txt")
    summary = {}
    for name, make in REFERENCES.items():
        if options.only is not None and name not in options.only:
            continue
        try:
            results = [run(make, folder, options.out / name / f"{folder.name}.txt") for folder in sequences]
        except ImportError as error:
            print(f"{name}: skipped, {error}")
            continue
        spent, frames = (sum(column) for column in zip(*results))
        summary[name] = {"microseconds_per_frame": 1e6 * spent / frames}
    if options.vedette:
        for kind, online in [(kind, online) for online in (False, True) for kind in OURS]:
            name = f"vedette-{kind}" + (" --online" if online else "")
            (options.out / name).mkdir(parents=True, exist_ok=True)
            spent = frames = 0
            for folder in sequences:
                command = [options.vedette, "track", "--detections", str(folder / "det/det.txt"), "--tracker", kind]
                command += ["--output", str(options.out / name / f"{folder.name}.txt"), "--json"]
                command += ["--online"] if online else []
                report = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
                spent += report["microsecondsPerFrame"] * report["frames"]
                frames += report["frames"]
            summary[name] = {"microseconds_per_frame": spent / frames}
        for name in summary:
            score = evaluate(options.vedette, sequences, options.out / name)
            summary[name] |= {key: score[key] for key in ("hota", "deta", "assa", "idf1", "mota", "idsw", "fp", "fn")}
        print("| tracker | HOTA | DetA | AssA | IDF1 | MOTA | switches |\n|---|---|---|---|---|---|---|")
        for name, row in sorted(summary.items(), key=lambda item: -item[1]["hota"]):
            figures = " | ".join(f"{row[key]:.3f}" for key in ("hota", "deta", "assa", "idf1", "mota"))
            print(f"| {name} | {figures} | {row['idsw']} |")
    (options.out / "summary.json").write_text(json.dumps(summary, indent=1) + "\n")


if __name__ == "__main__":
    main()
