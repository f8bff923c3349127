"""The Python trackers that Vedette is compared with, behind one call.

Each entry of REFERENCES makes a function that takes the detections of the next frame (an array of x1, y1, x2, y2, score)
and returns rows of x1, y1, x2, y2, id for what it reports in that frame. Parameters are the defaults of each package;
what differs stands below with its reason.
"""

import logging
import sys
import types
import warnings

import numpy as np

warnings.simplefilter("ignore")


def stub_torch():
    """Lets boxmot be imported without torch, of which its box trackers use nothing but the name."""

    class Stub(types.ModuleType):
        __path__ = []

        def __getattr__(self, name):
            if name.startswith("__"):
                raise AttributeError(name)
            value = type(name, (), {})
            setattr(self, name, value)
            return value

    for name in ("torch", "torch.nn", "torch.nn.functional", "torchvision", "torchvision.ops"):
        sys.modules.setdefault(name, Stub(name))


def roboflow(name):
    import supervision
    import trackers

    def make(rate):
        # Defaults, and the frame rate, which scales the patience.
        tracker = getattr(trackers, name)(frame_rate=rate)

        def step(rows):
            found = supervision.Detections(
                xyxy=rows[:, :4].astype(np.float32),
                confidence=rows[:, 4].astype(np.float32),
                class_id=np.zeros(len(rows), int),
            )
            out = tracker.update(found)
            return [(*box, id) for box, id in zip(out.xyxy, out.tracker_id) if id >= 0]

        return step

    return make


def supervision_bytetrack(rate):
    import supervision

    # Takes whole frame rates only; the rate scales the patience.
    tracker = supervision.ByteTrack(frame_rate=int(round(rate)))

    def step(rows):
        found = supervision.Detections(
            xyxy=rows[:, :4].astype(np.float32),
            confidence=rows[:, 4].astype(np.float32),
            class_id=np.zeros(len(rows), int),
        )
        out = tracker.update_with_detections(found)
        return [(*box, id) for box, id in zip(out.xyxy, out.tracker_id)] if len(out) else []

    return step


def norfair_iou(rate):
    import norfair

    # The distance and threshold of norfair's own MOTChallenge example for boxes.
    tracker = norfair.Tracker(distance_function="iou", distance_threshold=0.5)

    def step(rows):
        found = [norfair.Detection(row[:4].reshape(2, 2), scores=np.full(2, row[4])) for row in rows]
        out = tracker.update(detections=found)
        # Only what was detected in this frame, as all the others report.
        return [(*o.estimate.reshape(-1), o.id) for o in out if o.last_detection in found]

    return step


def boxmot(module, name, options):
    def make(rate):
        stub_torch()
        import importlib

        try:
            from loguru import logger

            logger.remove()
        except ImportError:
            pass
        logging.disable(logging.CRITICAL)
        maker = getattr(importlib.import_module(f"boxmot.trackers.box.{module}.tracker"), name)
        tracker = maker(**options)
        image = np.zeros((16, 16, 3), np.uint8)

        def step(rows):
            found = np.hstack([rows, np.zeros((len(rows), 1))]).astype(np.float32)
            return [tuple(row[:5]) for row in tracker.update(found, image)]

        return step

    return make


# The options of boxmot are those of its configuration files, which its own command line uses.
REFERENCES = {
    "trackers-sort": roboflow("SORTTracker"),
    "trackers-bytetrack": roboflow("ByteTrackTracker"),
    "trackers-ocsort": roboflow("OCSORTTracker"),
    "supervision-bytetrack": supervision_bytetrack,
    "norfair": norfair_iou,
    "boxmot-bytetrack": boxmot(
        "bytetrack", "ByteTrack", dict(min_conf=0.1, track_thresh=0.6, match_thresh=0.9, track_buffer=30)
    ),
    "boxmot-ocsort": boxmot(
        "ocsort", "OcSort", dict(min_conf=0.1, det_thresh=0.6, max_age=30, min_hits=3, delta_t=3, inertia=0.1)
    ),
}
