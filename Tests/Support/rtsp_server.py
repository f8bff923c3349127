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

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtsp", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtsp, GstRtspServer  # noqa: E402

ENCODERS = {
    "h264": "x264enc tune=zerolatency speed-preset=ultrafast threads=1 sliced-threads=false bitrate={kbps} "
            "key-int-max={fps} ! video/x-h264,profile=baseline ! h264parse ! rtph264pay name=pay0 pt=96 config-interval=-1",
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
    parser.add_argument("--audio", action="store_true", help="a sound stream beside the picture, first in the description")
    parser.add_argument("--no-video", action="store_true", help="sound only")
    parser.add_argument("--file", help="an MP4 recording instead of the test picture, looped")
    parser.add_argument("--passthrough", action="store_true", help="send the recording's H.264 as it is, without encoding")
    parser.add_argument("--freeze-after", type=int, default=0, metavar="N", help="stop sending after N packets' buffers")
    parser.add_argument("--die-after", type=int, default=0, metavar="N", help="end the process after N packets' buffers")
    parser.add_argument("--until-eof", action="store_true", help="end when standard input ends (when the parent is gone)")
    return parser.parse_args()


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
        sound = "audiotestsrc is-live=true volume=0.1 ! audio/x-raw,rate=8000,channels=1 ! alawenc ! rtppcmapay name={} pt=8"
        if o.no_video:
            return "( " + sound.format("pay0") + " )"
        if o.file and o.passthrough:
            picture = "filesrc name=file ! qtdemux ! h264parse ! rtph264pay name=pay0 pt=96 config-interval=-1"
        else:
            if o.file:
                source = ("filesrc name=file ! decodebin ! videoconvert n-threads=1 ! videoscale ! videorate "
                          "! identity sync=false")
            else:
                source = "videotestsrc is-live=true pattern=ball"
            encoder = ENCODERS[o.codec].format(kbps=o.kbps, fps=o.fps)
            caps = f"video/x-raw,format=I420,width={o.width},height={o.height},framerate={o.fps}/1"
            picture = f"{source} ! {caps} ! {encoder}"
        if o.audio:
            # The picture is named first or second by its payloader; cameras do both.
            picture = picture.replace("name=pay0", "name=pay1")
            return "( " + sound.format("pay0") + " " + picture + " )"
        return "( " + picture + " )"

    def do_configure(self, media):
        element = media.get_element()
        if self.options.file:
            element.get_by_name("file").set_property("location", os.path.abspath(self.options.file))
            media.connect("new-state", self.loop)
        payloader = element.get_by_name("pay1" if self.options.audio else "pay0")
        payloader.get_static_pad("sink").add_probe(Gst.PadProbeType.BUFFER, self.on_buffer)

    def on_buffer(self, pad, info):
        self.sent += 1
        if self.options.die_after and self.sent > self.options.die_after:
            os.kill(os.getpid(), signal.SIGKILL)
        if self.options.freeze_after and self.sent > self.options.freeze_after:
            self.frozen = True
        return Gst.PadProbeReturn.DROP if self.frozen else Gst.PadProbeReturn.OK

    def loop(self, media, state):
        """Sends the recording from its start again whenever a pass has ended."""
        if state != Gst.State.PLAYING or getattr(media, "loops", False):
            return
        media.loops = True
        pad = media.get_element().get_by_name("pay1" if self.options.audio else "pay0").get_static_pad("sink")

        def on_event(pad, info):
            if info.get_event().type == Gst.EventType.SEGMENT_DONE:
                GLib.idle_add(self.rewind, media.get_element(), Gst.SeekFlags.SEGMENT)
                return Gst.PadProbeReturn.DROP
            return Gst.PadProbeReturn.OK

        pad.add_probe(Gst.PadProbeType.EVENT_DOWNSTREAM, on_event)
        GLib.idle_add(self.rewind, media.get_element(), Gst.SeekFlags.SEGMENT | Gst.SeekFlags.FLUSH)

    @staticmethod
    def rewind(element, flags):
        file = element.get_by_name("file")
        # Upstream from the payloader, so that the seek reaches the demuxer whatever stands between.
        payloader = element.get_by_name("pay0") or element.get_by_name("pay1")
        payloader.send_event(Gst.Event.new_seek(
            1.0, Gst.Format.TIME, flags, Gst.SeekType.SET, 0, Gst.SeekType.NONE, -1))
        return file is None


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
