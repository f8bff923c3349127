#include <string.h>

#include "internal.h"

/// Older than this, a picture's timestamp is taken for wrong.
#define OLDEST (5 * GST_SECOND)

static guint64 number_of(vg_pipeline *pipeline, const GstBuffer *buffer) {
    g_mutex_lock(&pipeline->lock);
    guint64 number = pipeline->count > 0 ? pipeline->count - 1 : 0;
    // The newest first: a buffer that was used again was numbered again.
    for (guint64 back = 1; back <= VG_NUMBERED && back <= pipeline->count; back++) {
        if (pipeline->numbered[(pipeline->count - back) % VG_NUMBERED] == buffer) {
            number = pipeline->count - back;
            break;
        }
    }
    g_mutex_unlock(&pipeline->lock);
    return number;
}

/// When the compressed picture of this timestamp was complete; `otherwise` when that is not known.
static gint64 arrival_of(vg_pipeline *pipeline, GstClockTime stamp, gint64 otherwise) {
    gint64 arrival = otherwise;
    g_mutex_lock(&pipeline->lock);
    for (guint back = 1; back <= VG_ARRIVALS && back <= pipeline->next_arrival; back++) {
        guint at = (pipeline->next_arrival - back) % VG_ARRIVALS;
        if (pipeline->arrivals[at].stamp == stamp) {
            arrival = pipeline->arrivals[at].arrival;
            break;
        }
    }
    g_mutex_unlock(&pipeline->lock);
    return arrival;
}

static gint64 capture_time(vg_pipeline *pipeline, const GstSegment *segment, GstClockTime stamp) {
    gint64 arrival = vg_monotonic();
    if (!GST_CLOCK_TIME_IS_VALID(stamp)) return arrival;
    gint64 capture;
    if (g_atomic_int_get(&pipeline->stamped)) {
        capture = (gint64)stamp;
    } else if (pipeline->pacing == VG_PACING_NONE) {
        capture = arrival;
    } else {
        // The pipeline runs on the system's monotonic clock, so its base time is a reading of CLOCK_MONOTONIC.
        guint64 running = gst_segment_to_running_time(segment, GST_FORMAT_TIME, stamp);
        if (!GST_CLOCK_TIME_IS_VALID(running)) return arrival;
        capture = (gint64)(gst_element_get_base_time(pipeline->bin) + running);
        // A network camera's timestamps are smoothed, which puts some of them a little after the picture's arrival.
        if (pipeline->pacing == VG_PACING_LIVE) capture = MIN(capture, arrival_of(pipeline, stamp, arrival));
    }
    return capture > arrival || capture < arrival - (gint64)OLDEST ? arrival : capture;
}

vg_frame *vg_frame_new(vg_pipeline *pipeline, GstSample *sample) {
    GstBuffer *buffer = gst_sample_get_buffer(sample);
    GstCaps *caps = gst_sample_get_caps(sample);
    vg_frame *frame = NULL;
    if (!buffer || !caps) goto done;
    if (caps != pipeline->caps) {
        if (!gst_video_info_from_caps(&pipeline->info, caps)) goto done;
        gst_caps_replace(&pipeline->caps, caps);
    }
    const GstVideoInfo *video = &pipeline->info;
    if (GST_VIDEO_INFO_FORMAT(video) != GST_VIDEO_FORMAT_I420) goto done;

    frame = g_new(vg_frame, 1);
    // The mapping keeps a reference to the buffer, so the sample is not needed beyond this function.
    if (!gst_video_frame_map(&frame->video, video, buffer, GST_MAP_READ)) {
        g_free(frame);
        frame = NULL;
        goto done;
    }
    vg_frame_info *info = &frame->info;
    for (int plane = 0; plane < 3; plane++) {
        info->planes[plane] = GST_VIDEO_FRAME_PLANE_DATA(&frame->video, plane);
        info->strides[plane] = GST_VIDEO_FRAME_PLANE_STRIDE(&frame->video, plane);
    }
    info->width = GST_VIDEO_FRAME_WIDTH(&frame->video);
    info->height = GST_VIDEO_FRAME_HEIGHT(&frame->video);
    info->matrix = video->colorimetry.matrix == GST_VIDEO_COLOR_MATRIX_BT709 ? VG_MATRIX_709 : VG_MATRIX_601;
    info->full_range = video->colorimetry.range == GST_VIDEO_COLOR_RANGE_0_255;

    const GstSegment *segment = gst_sample_get_segment(sample);
    GstClockTime stamp = GST_BUFFER_PTS(buffer);
    info->capture = capture_time(pipeline, segment, stamp);
    info->stream_time = -1;
    if (!g_atomic_int_get(&pipeline->live) && GST_CLOCK_TIME_IS_VALID(stamp)) {
        guint64 time = gst_segment_to_stream_time(segment, GST_FORMAT_TIME, stamp);
        if (GST_CLOCK_TIME_IS_VALID(time)) info->stream_time = (gint64)time;
    }
    info->sequence = number_of(pipeline, buffer);
done:
    gst_sample_unref(sample);
    return frame;
}

vg_frame_info vg_frame_get(const vg_frame *frame) { return frame->info; }

void vg_frame_free(vg_frame *frame) {
    gst_video_frame_unmap(&frame->video);
    g_free(frame);
}
