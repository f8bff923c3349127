#!/usr/bin/python3
"""Makes a small video file for tests: a moving ball, and sound if asked.

Needs python3-gi and gstreamer1.0-plugins-{base,good,bad,ugly}.
"""
import argparse
import struct
import sys

import gi

gi.require_version("Gst", "1.0")
from gi.repository import Gst  # noqa: E402

ENCODERS = {
    "h264": "x264enc speed-preset=ultrafast threads=1 bframes=2 b-adapt=false key-int-max={fps} ! h264parse",
    "h265": "x265enc speed-preset=ultrafast key-int-max={fps} ! h265parse",
    "vp8": "vp8enc deadline=1",
    "mjpeg": "jpegenc",
}
MUXERS = {
    "mp4": "mp4mux name=mux", "faststart": "mp4mux faststart=true name=mux", "mkv": "matroskamux name=mux",
    "ts": "mpegtsmux name=mux", "avi": "avimux name=mux", "raw": "identity name=mux",
}


def note_rotation(path, degrees):
    """Writes the matrix of ISO 14496-12, 8.3.2, into the first track's header, as telephones do."""
    one, minus_one = 0x10000, 0xFFFF0000
    a, b, c, d = {90: (0, one, minus_one, 0), 180: (minus_one, 0, 0, minus_one), 270: (0, minus_one, one, 0)}[degrees]
    with open(path, "r+b") as file:
        data = file.read()
        header = data.index(b"tkhd") + 4
        # Version 0: flags, four 32-bit fields and the duration, then 16 bytes more before the matrix.
        assert data[header] == 0
        file.seek(header + 40)
        file.write(struct.pack(">9I", a, b, 0, c, d, 0, 0, 0, 0x40000000))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("output")
    parser.add_argument("--frames", type=int, default=50)
    parser.add_argument("--width", type=int, default=320)
    parser.add_argument("--height", type=int, default=240)
    parser.add_argument("--fps", type=int, default=25)
    parser.add_argument("--codec", choices=ENCODERS, default="h264")
    parser.add_argument("--container", choices=MUXERS, default="mp4")
    parser.add_argument("--format", default="I420",
                        help="pixel format and further caps, such as Y42B or I420,colorimetry=bt709")
    parser.add_argument("--pattern", default="ball")
    parser.add_argument("--audio", action="store_true")
    parser.add_argument("--no-video", action="store_true")
    parser.add_argument("--rotate", type=int, default=0, choices=(0, 90, 180, 270),
                        help="how the picture is to be turned, noted in an MP4")
    o = parser.parse_args()
    Gst.init(None)
    parts = [MUXERS[o.container] + " ! filesink name=out"]
    if not o.no_video:
        parts.append(
            f"videotestsrc pattern={o.pattern} num-buffers={o.frames} ! video/x-raw,format={o.format},width={o.width},"
            f"height={o.height},framerate={o.fps}/1 ! {ENCODERS[o.codec].format(fps=o.fps)} ! queue ! mux.")
    if o.audio or o.no_video:
        blocks = max(1, o.frames * 8000 // o.fps // 1024)
        parts.append(
            f"audiotestsrc num-buffers={blocks} samplesperbuffer=1024 ! audio/x-raw,rate=8000,channels=1 "
            "! avenc_aac ! aacparse ! queue ! mux.")
    pipeline = Gst.parse_launch(" ".join(parts))
    pipeline.get_by_name("out").set_property("location", o.output)
    pipeline.set_state(Gst.State.PLAYING)
    message = pipeline.get_bus().timed_pop_filtered(60 * Gst.SECOND, Gst.MessageType.EOS | Gst.MessageType.ERROR)
    pipeline.set_state(Gst.State.NULL)
    if message is None or message.type == Gst.MessageType.ERROR:
        sys.exit(str(message.parse_error()) if message else "too slow")
    if o.rotate:
        note_rotation(o.output, o.rotate)


main()
