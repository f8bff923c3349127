#include <string.h>

#include "internal.h"

static bool link_pads(GstPad *from, GstElement *to) {
    GstPad *sink = gst_element_get_static_pad(to, "sink");
    bool linked = !gst_pad_is_linked(sink) && gst_pad_link(from, sink) == GST_PAD_LINK_OK;
    gst_object_unref(sink);
    return linked;
}

// MARK: The source's pads (rtspsrc has them only once the server has answered)

static gboolean on_select_stream(GstElement *source, guint number, GstCaps *caps, gpointer data) {
    vg_pipeline *pipeline = data;
    const GstStructure *stream = gst_caps_get_structure(caps, 0);
    const char *media = gst_structure_get_string(stream, "media");
    // Only the first video stream is set up: sound and metadata are not even sent.
    return media && g_str_equal(media, "video") && g_atomic_int_add(&pipeline->video_offered, 1) == 0;
}

static void on_source_pad(GstElement *source, GstPad *pad, gpointer data) {
    vg_pipeline *pipeline = data;
    link_pads(pad, pipeline->decoder);
}

static void on_source_complete(GstElement *source, gpointer data) {
    vg_pipeline *pipeline = data;
    if (g_atomic_int_get(&pipeline->video_offered) == 0) vg_emit(pipeline, VG_EVENT_NO_VIDEO, "", "");
}

// MARK: The decoder

static void on_decoded_pad(GstElement *decoder, GstPad *pad, gpointer data) {
    vg_pipeline *pipeline = data;
    if (link_pads(pad, pipeline->convert)) g_atomic_int_set(&pipeline->video_found, 1);
}

static void on_decoder_complete(GstElement *decoder, gpointer data) {
    vg_pipeline *pipeline = data;
    if (!g_atomic_int_get(&pipeline->video_found)) vg_emit(pipeline, VG_EVENT_NO_VIDEO, "", "");
}

static GstPadProbeReturn on_compressed(GstPad *pad, GstPadProbeInfo *probe, gpointer data) {
    vg_pipeline *pipeline = data;
    GstEvent *event = GST_PAD_PROBE_INFO_EVENT(probe);
    if (GST_EVENT_TYPE(event) != GST_EVENT_CAPS) return GST_PAD_PROBE_OK;
    GstCaps *caps;
    gst_event_parse_caps(event, &caps);
    g_mutex_lock(&pipeline->lock);
    g_strlcpy(
        pipeline->stream.codec, gst_structure_get_name(gst_caps_get_structure(caps, 0)), sizeof pipeline->stream.codec);
    g_mutex_unlock(&pipeline->lock);
    return GST_PAD_PROBE_OK;
}

static GstPadProbeReturn stamp_arrival(GstPad *pad, GstPadProbeInfo *probe, gpointer data) {
    GstBuffer *buffer = gst_buffer_make_writable(GST_PAD_PROBE_INFO_BUFFER(probe));
    GST_PAD_PROBE_INFO_DATA(probe) = buffer;
    // The demuxer stamps a picture with its first byte's block, which may be the one before: here it is complete.
    GST_BUFFER_PTS(buffer) = (GstClockTime)vg_monotonic();
    GST_BUFFER_DTS(buffer) = GST_CLOCK_TIME_NONE;
    GST_BUFFER_DURATION(buffer) = GST_CLOCK_TIME_NONE;
    return GST_PAD_PROBE_OK;
}

static GstPadProbeReturn note_arrival(GstPad *pad, GstPadProbeInfo *probe, gpointer data) {
    vg_pipeline *pipeline = data;
    GstClockTime stamp = GST_BUFFER_PTS(GST_PAD_PROBE_INFO_BUFFER(probe));
    if (!GST_CLOCK_TIME_IS_VALID(stamp)) return GST_PAD_PROBE_OK;
    g_mutex_lock(&pipeline->lock);
    guint at = pipeline->next_arrival++ % VG_ARRIVALS;
    pipeline->arrivals[at].stamp = stamp;
    pipeline->arrivals[at].arrival = vg_monotonic();
    g_mutex_unlock(&pipeline->lock);
    return GST_PAD_PROBE_OK;
}

/// One thread decodes: more of them delay pictures by one each, and the cores belong to the cameras side by side.
static void use_one_thread(GstElement *decoder) {
    static const char *const names[] = {"max-threads", "threads", "n-threads"};
    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        if (g_object_class_find_property(G_OBJECT_GET_CLASS(decoder), names[i])) {
            gst_util_set_object_arg(G_OBJECT(decoder), names[i], "1");
        }
    }
}

static void on_element_added(GstBin *bin, GstBin *parent, GstElement *element, gpointer data) {
    vg_pipeline *pipeline = data;
    GstElementFactory *factory = gst_element_get_factory(element);
    if (!factory) return;
    if (g_str_equal(GST_OBJECT_NAME(factory), "multipartdemux")) {
        // A stream of JPEGs over HTTP: a camera, which says nothing about time and has one stream only. Without the
        // last, decodebin would wait for more streams until its buffers are full.
        g_object_set(element, "single-stream", TRUE, NULL);
        g_object_set(pipeline->sink, "sync", FALSE, NULL);
        if (pipeline->pacing == VG_PACING_CLOCK) {
            gst_util_set_object_arg(G_OBJECT(pipeline->queue), "leaky", "downstream");
            g_object_set(pipeline->queue, "max-size-buffers", 1, NULL);
        }
        g_atomic_int_set(&pipeline->stamped, 1);
        g_atomic_int_set(&pipeline->live, 1);
        return;
    }
    const char *class = gst_element_factory_get_metadata(factory, GST_ELEMENT_METADATA_KLASS);
    if (!class || !strstr(class, "Decoder") || !(strstr(class, "Video") || strstr(class, "Image"))) return;
    use_one_thread(element);
    GstPad *pad = gst_element_get_static_pad(element, "sink");
    if (!pad) return;
    gst_pad_add_probe(pad, GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, on_compressed, pipeline, NULL);
    if (g_atomic_int_get(&pipeline->stamped)) {
        gst_pad_add_probe(pad, GST_PAD_PROBE_TYPE_BUFFER, stamp_arrival, pipeline, NULL);
    } else if (pipeline->pacing == VG_PACING_LIVE) {
        gst_pad_add_probe(pad, GST_PAD_PROBE_TYPE_BUFFER, note_arrival, pipeline, NULL);
    }
    gst_object_unref(pad);
}

void vg_watch_decoding(vg_pipeline *pipeline) {
    g_signal_connect(pipeline->bin, "deep-element-added", G_CALLBACK(on_element_added), pipeline);
    g_signal_connect(pipeline->decoder, "pad-added", G_CALLBACK(on_decoded_pad), pipeline);
    g_signal_connect(pipeline->decoder, "no-more-pads", G_CALLBACK(on_decoder_complete), pipeline);
    if (g_signal_lookup("select-stream", G_OBJECT_TYPE(pipeline->source))) {
        g_signal_connect(pipeline->source, "select-stream", G_CALLBACK(on_select_stream), pipeline);
        g_signal_connect(pipeline->source, "pad-added", G_CALLBACK(on_source_pad), pipeline);
        g_signal_connect(pipeline->source, "no-more-pads", G_CALLBACK(on_source_complete), pipeline);
    }
}

// MARK: Looping

/// When the picture's successor is due, in running time.
static GstClockTime end_of(vg_pipeline *pipeline, GstBuffer *buffer) {
    GstClockTime start = gst_segment_to_running_time(&pipeline->timeline, GST_FORMAT_TIME, GST_BUFFER_PTS(buffer));
    if (!GST_CLOCK_TIME_IS_VALID(start)) return GST_CLOCK_TIME_NONE;
    GstClockTime length = GST_BUFFER_DURATION(buffer);
    if (!GST_CLOCK_TIME_IS_VALID(length) || length == 0) {
        g_mutex_lock(&pipeline->lock);
        int numerator = pipeline->stream.rate_numerator, denominator = pipeline->stream.rate_denominator;
        g_mutex_unlock(&pipeline->lock);
        length = numerator > 0 ? gst_util_uint64_scale_int(GST_SECOND, denominator, numerator) : 40 * GST_MSECOND;
    }
    return start + length;
}

GstPadProbeReturn vg_join_passes(GstPad *pad, GstPadProbeInfo *probe, gpointer data) {
    vg_pipeline *pipeline = data;
    if (GST_PAD_PROBE_INFO_TYPE(probe) & GST_PAD_PROBE_TYPE_BUFFER) {
        GstBuffer *buffer = GST_PAD_PROBE_INFO_BUFFER(probe);
        if (GST_BUFFER_PTS_IS_VALID(buffer)) pipeline->pass_end = end_of(pipeline, buffer);
        return GST_PAD_PROBE_OK;
    }
    GstEvent *event = GST_PAD_PROBE_INFO_EVENT(probe);
    if (GST_EVENT_TYPE(event) != GST_EVENT_SEGMENT) return GST_PAD_PROBE_OK;
    gst_event_copy_segment(event, &pipeline->timeline);
    if (!g_atomic_int_compare_and_exchange(&pipeline->joining, 1, 0)) return GST_PAD_PROBE_OK;
    // Demuxers go on from the last picture's beginning, not from its end: two pictures would be due at once.
    if (GST_CLOCK_TIME_IS_VALID(pipeline->pass_end) && pipeline->timeline.base < pipeline->pass_end) {
        pipeline->timeline.base = pipeline->pass_end;
        GstEvent *joined = gst_event_new_segment(&pipeline->timeline);
        gst_event_set_seqnum(joined, gst_event_get_seqnum(event));
        gst_event_unref(event);
        GST_PAD_PROBE_INFO_DATA(probe) = joined;
    }
    return GST_PAD_PROBE_OK;
}

// MARK: The output format

GstPadProbeReturn vg_choose_format(GstPad *pad, GstPadProbeInfo *probe, gpointer data) {
    vg_pipeline *pipeline = data;
    GstEvent *event = GST_PAD_PROBE_INFO_EVENT(probe);
    if (GST_EVENT_TYPE(event) != GST_EVENT_CAPS) return GST_PAD_PROBE_OK;
    GstCaps *caps;
    GstVideoInfo info;
    gst_event_parse_caps(event, &caps);
    if (!gst_video_info_from_caps(&info, caps)) return GST_PAD_PROBE_OK;

    char *colorimetry = gst_video_colorimetry_to_string(&info.colorimetry);
    g_mutex_lock(&pipeline->lock);
    g_strlcpy(pipeline->stream.format, GST_VIDEO_INFO_NAME(&info), sizeof pipeline->stream.format);
    g_strlcpy(pipeline->stream.colorimetry, colorimetry ? colorimetry : "", sizeof pipeline->stream.colorimetry);
    pipeline->stream.rate_numerator = GST_VIDEO_INFO_FPS_N(&info);
    pipeline->stream.rate_denominator = MAX(1, GST_VIDEO_INFO_FPS_D(&info));
    g_mutex_unlock(&pipeline->lock);

    // A frame is limited BT.601, limited BT.709 or full-range BT.601. What is one of these passes untouched; full-range
    // or wide-gamut video is converted to limited BT.709, and RGB to what its size suggests.
    GstVideoColorMatrix matrix = info.colorimetry.matrix;
    bool full = info.colorimetry.range == GST_VIDEO_COLOR_RANGE_0_255;
    bool known = matrix == GST_VIDEO_COLOR_MATRIX_BT601 || matrix == GST_VIDEO_COLOR_MATRIX_FCC ||
        matrix == GST_VIDEO_COLOR_MATRIX_SMPTE240M || (matrix == GST_VIDEO_COLOR_MATRIX_BT709 && !full);
    const char *wanted = colorimetry;
    if (!GST_VIDEO_INFO_IS_YUV(&info)) {
        wanted = GST_VIDEO_INFO_HEIGHT(&info) >= 720 ? GST_VIDEO_COLORIMETRY_BT709 : GST_VIDEO_COLORIMETRY_BT601;
    } else if (!known) {
        wanted = GST_VIDEO_COLORIMETRY_BT709;
    }
    GstCaps *output = gst_caps_new_simple("video/x-raw", "format", G_TYPE_STRING, "I420", NULL);
    bool as_it_is = GST_VIDEO_INFO_FORMAT(&info) == GST_VIDEO_FORMAT_I420 && known;
    if (!as_it_is && wanted) gst_caps_set_simple(output, "colorimetry", G_TYPE_STRING, wanted, NULL);
    g_object_set(pipeline->format, "caps", output, NULL);
    gst_caps_unref(output);
    g_free(colorimetry);
    return GST_PAD_PROBE_OK;
}
