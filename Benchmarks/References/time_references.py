#!/usr/bin/env python3
"""Times Python trackers and assignment solvers on the input of TrackingBenchmark, beside it and in the same run.

    python time_references.py --benchmark .build/release/TrackingBenchmark --out results/

Prints Markdown tables and writes OUT/times.json. Warm-up frames are left out on both sides; what is timed is the call of
the tracker alone, with the detections as arrays already.
"""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import time

# A library that was told to use the kernels of another processor would be timed unfairly.
os.environ.pop("OPENBLAS_CORETYPE", None)

import numpy as np  # noqa: E402

from references import REFERENCES  # noqa: E402
from track_references import read_detections  # noqa: E402

SIZES = [10, 50, 200]
WARM_UP = 30


def time_tracker(make, frames, measured):
    step = make(30.0)
    empty = np.zeros((0, 5))
    spent = 0.0
    for frame in range(1, WARM_UP + measured + 1):
        rows = frames.get(frame, empty)
        start = time.perf_counter()
        step(rows)
        if frame > WARM_UP:
            spent += time.perf_counter() - start
    return 1e6 * spent / measured


def solvers():
    """Name -> function of a cost matrix, in which infinity forbids, to the pairs made; packages that lack are left out."""
    from scipy.optimize import linear_sum_assignment

    def bounded(costs):
        # Forbidden pairs are dearer than any others together, and taken out again.
        return np.where(np.isfinite(costs), costs, 1e4)

    yield "scipy", lambda costs: np.stack(linear_sum_assignment(bounded(costs)), axis=1)
    try:
        import lap
    except ImportError:
        return

    def lapjv(costs):
        _, columns, _ = lap.lapjv(bounded(costs), extend_cost=True)
        return np.stack([np.arange(len(columns)), columns], axis=1)

    yield "lap lapjv", lapjv


def time_solver(solve, costs):
    times = []
    for _ in range(51):
        start = time.perf_counter()
        pairs = solve(costs)
        times.append(time.perf_counter() - start)
    made = [costs[row, column] for row, column in pairs if column >= 0 and np.isfinite(costs[row, column])]
    return {"microseconds": 1e6 * statistics.median(times), "pairs": len(made), "cost": float(sum(made))}


def table(title, rows, columns):
    print(f"\n| {title} | " + " | ".join(str(column) for column in columns) + " |")
    print("|---" * (len(columns) + 1) + "|")
    for name, cells in rows.items():
        print(f"| {name} | " + " | ".join(cells.get(column, "") for column in columns) + " |")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--benchmark", required=True, help="the executable TrackingBenchmark, built for release")
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--frames", type=int, default=100, help="frames measured of each Python tracker")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)

    command = [options.benchmark, "--json", "--write", str(options.out)]
    ours = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    result = {"trackers": {}, "assignments": {}}
    for row in ours["trackers"]:
        result["trackers"].setdefault(f"vedette-{row['tracker']}", {})[row["objects"]] = row["microsecondsPerFrame"]
    for size in SIZES:
        frames = read_detections(options.out / f"detections-{size}.txt")
        for name, make in REFERENCES.items():
            try:
                spent = time_tracker(make, frames, options.frames)
            except ImportError as error:
                print(f"{name}: skipped, {error}")
                continue
            result["trackers"].setdefault(name, {})[size] = spent
    table(
        "microseconds a frame",
        {name: {size: f"{value:.0f}" for size, value in row.items()} for name, row in result["trackers"].items()},
        SIZES,
    )
    allocations = {
        f"vedette-{row['tracker']}": {} for row in ours["trackers"]
    }
    for row in ours["trackers"]:
        allocations[f"vedette-{row['tracker']}"][row["objects"]] = f"{row['allocationsPerFrame']:g}"
    table("allocations a frame", allocations, SIZES)

    problems = [f"{row['kind']} {row['size']}" for row in ours["assignments"]]
    result["assignments"]["vedette"] = {
        problem: {key: row[key] for key in ("microseconds", "pairs", "cost")}
        for problem, row in zip(problems, ours["assignments"])
    }
    for row, problem in zip(ours["assignments"], problems):
        costs = np.loadtxt(options.out / f"assignment-{row['kind']}-{row['size']}.csv", delimiter=",", ndmin=2)
        for name, solve in solvers():
            found = time_solver(solve, costs)
            if found["pairs"] != row["pairs"] or abs(found["cost"] - row["cost"]) > 1e-6:
                print(f"{problem}: {name} makes {found['pairs']} pairs of cost {found['cost']}, vedette {row}")
            result["assignments"].setdefault(name, {})[problem] = found
    table(
        "microseconds a problem",
        {
            name: {problem: f"{found['microseconds']:.1f}" for problem, found in row.items()}
            for name, row in result["assignments"].items()
        },
        problems,
    )
    least = {
        size: min(row[size] for name, row in result["trackers"].items() if not name.startswith("vedette"))
        / max(row[size] for name, row in result["trackers"].items() if name.startswith("vedette"))
        for size in SIZES
    }
    print("\nOur slowest tracker against the fastest reference: " + ", ".join(f"{s}: {r:.0f} x" for s, r in least.items()))
    (options.out / "times.json").write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
