#!/usr/bin/python3
"""A loopback RTSP camera for tests: rtsp://127.0.0.1:PORT/live

The port is chosen by the system unless given; the first line on standard output is `PORT <number>`.
Shows a moving test picture, or a recording over and over (--file). Needs the Debian packages
python3-gi gir1.2-gst-rtsp-server-1.0 gstreamer1.0-plugins-{base,good,bad,ugly} (x264enc).

Commands, one a line on standard input: `freeze` stops sending without closing anything, `thaw` goes on,
`quit` ends; so does the end of standard input with --until-eof.
"""
import argparse
import os
import signal
import sys
import threading
import time

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtsp", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtsp, GstRtspServer  # noqa: E402

ENCODERS = {
    "h264": "x264enc tune=zerolatency speed-preset=ultrafast threads=1 sliced-threads=false bitrate={kbps} "
            "key-int-max={fps} ! video/x-h264,profile=baseline ! h264parse "
            "! rtph264pay name=pay0 pt=96 config-interval=-1",
    "h265": "x265enc tune=zerolatency speed-preset=ultrafast bitrate={kbps} key-int-max={fps} ! h265parse "
            "! rtph265pay name=pay0 pt=96 config-interval=-1",
    "jpeg": "jpegenc quality=80 ! rtpjpegpay name=pay0 pt=26",
}


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--path", default="/live")
    parser.add_argument("--user")
    parser.add_argument("--password")
    parser.add_argument("--digest", action="store_true", help="digest instead of basic authentication")
    parser.add_argument("--width", type=int, default=640)
    parser.add_argument("--height", type=int, default=360)
    parser.add_argument("--fps", type=int, default=25)
    parser.add_argument("--kbps", type=int, default=2000)
    parser.add_argument("--codec", choices=sorted(ENCODERS), default="h264")
    parser.add_argument("--audio", action="store_true",
                        help="a sound stream beside the picture, first in the description")
    parser.add_argument("--no-video", action="store_true", help="sound only")
    parser.add_argument("--file", help="an MP4 recording instead of the test picture, looped")
    parser.add_argument("--passthrough", action="store_true",
                        help="send the recording's H.264 as it is, without encoding")
    parser.add_argument("--freeze-after", type=int, default=0, metavar="N",
                        help="stop sending after N frames")
    parser.add_argument("--die-after", type=int, default=0, metavar="N",
                        help="end the process after N frames")
    parser.add_argument("--until-eof", action="store_true",
                        help="end when standard input ends (when the parent is gone)")
    return parser.parse_args()


class Recording:
    """Reads a file at its own pace, over and over, into the appsrc of a stream."""

    def __init__(self, options, appsrc):
        self.options = options
        self.appsrc = appsrc
        self.stopped = False
        self.offset = 0
        self.reader = None
        threading.Thread(target=self.passes, daemon=True).start()

    def passes(self):
        steps = ("qtdemux ! h264parse config-interval=-1 ! video/x-h264,stream-format=byte-stream,alignment=au"
                 if self.options.passthrough
                 else "decodebin ! videoconvert n-threads=1 ! videoscale ! videorate ! " + raw_caps(self.options))
        while not self.stopped:
            clock = self.appsrc.get_clock()
            if clock is None:  # not playing yet
                time.sleep(0.01)
                continue
            # A pipeline for each pass: one made from text connects the demuxer's output only once.
            self.reader = Gst.parse_launch(f"filesrc name=file ! {steps} ! appsink name=out emit-signals=true")
            self.reader.get_by_name("file").set_property("location", os.path.abspath(self.options.file))
            self.reader.get_by_name("out").connect("new-sample", self.on_sample)
            self.offset = clock.get_time() - self.appsrc.get_base_time()
            self.reader.set_state(Gst.State.PLAYING)
            message = self.reader.get_bus().timed_pop_filtered(
                Gst.CLOCK_TIME_NONE, Gst.MessageType.EOS | Gst.MessageType.ERROR)
            self.reader.set_state(Gst.State.NULL)
            if message.type == Gst.MessageType.ERROR:
                print(f"{self.options.file}: {message.parse_error()[0].message}", file=sys.stderr)
                os._exit(1)

    def on_sample(self, sink):
        sample = sink.emit("pull-sample")
        buffer = sample.get_buffer().copy()
        buffer.pts += self.offset
        if buffer.dts != Gst.CLOCK_TIME_NONE:
            buffer.dts += self.offset
        self.appsrc.set_property("caps", sample.get_caps())
        if self.appsrc.emit("push-buffer", buffer) != Gst.FlowReturn.OK:
            self.stop()
        return Gst.FlowReturn.OK

    def stop(self, *_):
        if not self.stopped:
            self.stopped = True
            if self.reader:
                self.reader.get_bus().post(Gst.Message.new_eos(self.reader))


def raw_caps(options):
    return f"video/x-raw,format=I420,width={options.width},height={options.height},framerate={options.fps}/1"


class Camera(GstRtspServer.RTSPMediaFactory):
    """One shared stream; the elements are made anew when the first client comes."""

    def __init__(self, options):
        super().__init__()
        self.options = options
        self.frozen = False
        self.sent = 0
        self.set_shared(True)
        self.set_latency(0)
        self.set_launch(self.description())

    def description(self):
        o = self.options
        sound = ("audiotestsrc is-live=true volume=0.1 ! audio/x-raw,rate=8000,channels=1 ! alawenc "
                 "! rtppcmapay name={} pt=8")
        if o.no_video:
            return "( " + sound.format("pay0") + " )"
        source = ("appsrc name=recording format=time is-live=true" if o.file
                  else "videotestsrc is-live=true pattern=ball ! " + raw_caps(o))
        if o.file and o.passthrough:
            picture = source + " ! h264parse ! rtph264pay name=pay0 pt=96 config-interval=-1"
        else:
            picture = source + " ! " + ENCODERS[o.codec].format(kbps=o.kbps, fps=o.fps)
        if o.audio:
            # The picture is named first or second by its payloader; cameras do both.
            picture = picture.replace("name=pay0", "name=pay1")
            return "( " + sound.format("pay0") + " " + picture + " )"
        return "( " + picture + " )"

    def do_configure(self, media):
        element = media.get_element()
        if self.options.file:
            recording = Recording(self.options, element.get_by_name("recording"))
            media.connect("unprepared", recording.stop)
        payloader = element.get_by_name("pay1" if self.options.audio else "pay0")
        payloader.get_static_pad("sink").add_probe(Gst.PadProbeType.BUFFER, self.on_buffer)

    def on_buffer(self, pad, info):
        self.sent += 1
        if self.options.die_after and self.sent > self.options.die_after:
            os.kill(os.getpid(), signal.SIGKILL)
        if self.options.freeze_after and self.sent > self.options.freeze_after:
            self.frozen = True
        return Gst.PadProbeReturn.DROP if self.frozen else Gst.PadProbeReturn.OK


def main():
    options = arguments()
    Gst.init(None)
    loop = GLib.MainLoop()
    server = GstRtspServer.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service(str(options.port))
    camera = Camera(options)
    if options.user is not None:
        auth = GstRtspServer.RTSPAuth()
        role = GstRtspServer.RTSPToken()
        role.set_string("media.factory.role", "viewer")
        if options.digest:
            auth.set_supported_methods(GstRtsp.RTSPAuthMethod.DIGEST)
            auth.add_digest(options.user, options.password or "", role)
        else:
            auth.add_basic(GstRtspServer.RTSPAuth.make_basic(options.user, options.password or ""), role)
        server.set_auth(auth)
        permissions = GstRtspServer.RTSPPermissions()
        permissions.add_permission_for_role("viewer", "media.factory.access", True)
        permissions.add_permission_for_role("viewer", "media.factory.construct", True)
        camera.set_permissions(permissions)
    server.get_mount_points().add_factory(options.path, camera)
    if server.attach(None) == 0:
        sys.exit(f"port {options.port} is not free")
    print(f"PORT {server.get_bound_port()}", flush=True)

    def clean():
        server.get_session_pool().cleanup()
        return True

    def commands():
        for line in sys.stdin:
            if line.strip() == "freeze":
                camera.frozen = True
            elif line.strip() == "thaw":
                camera.frozen = False
            elif line.strip() == "quit":
                loop.quit()
                return
        if options.until_eof:
            loop.quit()

    GLib.timeout_add_seconds(2, clean)
    threading.Thread(target=commands, daemon=True).start()
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    loop.run()


main()
