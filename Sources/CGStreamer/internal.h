// What the files of this target share.
#pragma once

#include <gst/app/gstappsink.h>
#include <gst/gst.h>
#include <gst/video/video.h>

#include "CGStreamer.h"

/// Pictures between the numbering probe and the sink: one waiting, one being delivered, and some more in a paced queue.
#define VG_NUMBERED 16

/// Compressed pictures whose arrival is remembered: more than a decoder holds back.
#define VG_ARRIVALS 64

struct vg_pipeline {
    GstElement *bin;
    GstElement *source;
    GstElement *decoder;
    GstElement *convert;
    GstElement *format;
    GstElement *queue;
    GstElement *sink;

    vg_pacing pacing;
    vg_frame_callback on_frame;
    vg_event_callback on_event;
    void *context;

    /// Pictures of an HTTP stream carry the moment they arrived as their timestamp.
    gint stamped;
    gint live;
    gint video_found;
    /// Number of the next video stream that an RTSP server offers.
    gint video_offered;

    /// Set when a pass is asked for that is to join the one before.
    gint joining;
    /// Used by the decoder's output thread only: the timeline as passed on, and where the newest picture ends on it.
    GstSegment timeline;
    GstClockTime pass_end;

    GMutex lock;
    /// Under the lock: how many pictures were numbered, and the buffers of the latest at their number modulo the
    /// length.
    guint64 count;
    GstBuffer *numbered[VG_NUMBERED];
    vg_stream_info stream;
    /// Under the lock, live only: when the compressed pictures of these timestamps were complete.
    struct {
        GstClockTime stamp;
        gint64 arrival;
    } arrivals[VG_ARRIVALS];
    guint next_arrival;

    /// Used by the sink's thread only.
    GstCaps *caps;
    GstVideoInfo info;
};

struct vg_frame {
    GstVideoFrame video;
    vg_frame_info info;
};

gint64 vg_monotonic(void);

/// Takes the sample; NULL when it is not an I420 picture.
vg_frame *vg_frame_new(vg_pipeline *pipeline, GstSample *sample);

/// Draws the time of day into an I420 picture.
GstPadProbeReturn vg_draw_clock(GstPad *pad, GstPadProbeInfo *probe, gpointer data);

/// Connects the source to the decoder and the decoder to the converter, and watches what the decoder builds.
void vg_watch_decoding(vg_pipeline *pipeline);

/// Chooses the output format when the decoded format is known; on the converter's sink pad.
GstPadProbeReturn vg_choose_format(GstPad *pad, GstPadProbeInfo *probe, gpointer data);

/// Makes each pass through a looping recording begin where the one before ended; on the converter's sink pad.
GstPadProbeReturn vg_join_passes(GstPad *pad, GstPadProbeInfo *probe, gpointer data);

/// Hands a message of the bus on as an event.
GstBusSyncReply vg_on_message(GstBus *bus, GstMessage *message, gpointer data);

void vg_emit(vg_pipeline *pipeline, vg_event_kind kind, const char *message, const char *debug);
