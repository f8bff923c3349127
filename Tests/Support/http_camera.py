#!/usr/bin/python3
"""A loopback HTTP camera for tests; the first line on standard output is `PORT <number>`.

    /stream.mjpeg        JPEGs as multipart/x-mixed-replace, --fps of them a second, for ever or --frames
    /hang                accepts the request and never answers
    /files/NAME          a file of the folder --files, with ranges
    anything else        404

With --user and --password everything asks for basic authentication. Needs python3-gi and gstreamer1.0-plugins-good.
Ends when standard input ends.
"""
import argparse
import base64
import http.server
import os
import re
import sys
import tempfile
import threading
import time

import gi

gi.require_version("Gst", "1.0")
from gi.repository import Gst  # noqa: E402


def pictures(width, height):
    """A few JPEGs of a moving ball."""
    Gst.init(None)
    with tempfile.TemporaryDirectory() as folder:
        pipeline = Gst.parse_launch(
            "videotestsrc pattern=ball num-buffers=10 ! video/x-raw,format=I420,width=%d,height=%d ! jpegenc "
            "! multifilesink name=out" % (width, height))
        pipeline.get_by_name("out").set_property("location", os.path.join(folder, "%03d.jpg"))
        pipeline.set_state(Gst.State.PLAYING)
        pipeline.get_bus().timed_pop_filtered(10 * Gst.SECOND, Gst.MessageType.EOS | Gst.MessageType.ERROR)
        pipeline.set_state(Gst.State.NULL)
        result = []
        for name in sorted(os.listdir(folder)):
            with open(os.path.join(folder, name), "rb") as file:
                result.append(file.read())
        return result


class Handler(http.server.BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def do_GET(self):
        o = self.server.options
        if o.user is not None:
            wanted = "Basic " + base64.b64encode(f"{o.user}:{o.password or ''}".encode()).decode()
            if self.headers.get("Authorization") != wanted:
                self.send_response(401)
                self.send_header("WWW-Authenticate", 'Basic realm="camera"')
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
        path = self.path.split("?")[0]
        try:
            if path == "/stream.mjpeg":
                self.stream(o)
            elif path == "/hang":
                time.sleep(60)
            elif path.startswith("/files/") and o.files:
                self.file(os.path.join(o.files, os.path.basename(path)))
            else:
                self.send_error(404)
        except (BrokenPipeError, ConnectionResetError):
            pass

    def stream(self, o):
        self.send_response(200)
        self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=frame")
        self.end_headers()
        self.wfile.write(b"--frame\r\n")
        start = time.monotonic()
        count = 0
        while not o.frames or count < o.frames:
            picture = self.server.pictures[count % len(self.server.pictures)]
            # The next boundary is sent with the picture before it, as several makers' cameras do.
            self.wfile.write(b"Content-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n" % len(picture))
            self.wfile.write(picture + b"\r\n--frame\r\n")
            count += 1
            time.sleep(max(0, start + count / o.fps - time.monotonic()))

    def file(self, path):
        if not os.path.isfile(path):
            self.send_error(404)
            return
        with open(path, "rb") as file:
            data = file.read()
        asked = re.match(r"bytes=(\d+)-(\d*)$", self.headers.get("Range", ""))
        first = int(asked.group(1)) if asked else 0
        last = int(asked.group(2)) if asked and asked.group(2) else len(data) - 1
        self.send_response(206 if asked else 200)
        self.send_header("Accept-Ranges", "bytes")
        if asked:
            self.send_header("Content-Range", f"bytes {first}-{last}/{len(data)}")
        self.send_header("Content-Length", str(last + 1 - first))
        self.end_headers()
        self.wfile.write(data[first:last + 1])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--user")
    parser.add_argument("--password")
    parser.add_argument("--fps", type=float, default=25)
    parser.add_argument("--frames", type=int, default=0)
    parser.add_argument("--width", type=int, default=640)
    parser.add_argument("--height", type=int, default=360)
    parser.add_argument("--files", metavar="FOLDER")
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.options = parser.parse_args()
    server.pictures = pictures(server.options.width, server.options.height)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(f"PORT {server.server_address[1]}", flush=True)
    sys.stdin.read()


main()
