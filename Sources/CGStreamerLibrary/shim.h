// The headers of GStreamer that the CGStreamer target is compiled against. Swift imports CGStreamer, never this module:
// GLib's macros and its reference counting by hand do not survive the import.
#include <gst/app/gstappsink.h>
#include <gst/gst.h>
#include <gst/video/video.h>
