// Pictures to a video file.
#include <gst/app/gstappsrc.h>

#include "internal.h"

/// Bytes of pictures that may wait for the encoder.
#define WAITING (8 * 1000 * 1000)

struct vg_writer {
    GstElement *bin;
    GstElement *source;
    gint width, height;
    /// What went wrong, once something did.
    char *problem;
};

static char *error_text(GstMessage *message) {
    GError *error = NULL;
    gst_message_parse_error(message, &error, NULL);
    char *text = g_strdup(error->message);
    g_error_free(error);
    return text;
}

/// Whether writing has failed by now.
static bool has_failed(vg_writer *writer) {
    if (writer->problem == NULL) {
        GstBus *bus = gst_element_get_bus(writer->bin);
        GstMessage *message = gst_bus_pop_filtered(bus, GST_MESSAGE_ERROR);
        gst_object_unref(bus);
        if (message != NULL) {
            writer->problem = error_text(message);
            gst_message_unref(message);
        }
    }
    return writer->problem != NULL;
}

static char *problem_on_bus(vg_writer *writer, GstClockTime patience) {
    if (writer->problem != NULL) return g_strdup(writer->problem);
    GstBus *bus = gst_element_get_bus(writer->bin);
    GstMessage *message = gst_bus_timed_pop_filtered(bus, patience, GST_MESSAGE_ERROR | GST_MESSAGE_EOS);
    gst_object_unref(bus);
    char *text = NULL;
    if (message == NULL) return g_strdup("the encoder did not finish in time");
    if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_ERROR) text = error_text(message);
    gst_message_unref(message);
    return text;
}

static void writer_free(vg_writer *writer) {
    gst_element_set_state(writer->bin, GST_STATE_NULL);
    gst_object_unref(writer->source);
    gst_object_unref(writer->bin);
    g_free(writer->problem);
    g_free(writer);
}

vg_writer *vg_writer_new(const char *path, char **problem) {
    *problem = NULL;
    const char *start = vg_start();
    if (start != NULL) {
        *problem = g_strdup(start);
        return NULL;
    }
    // Constant text: the path is set as a property below.
    const char *encoder = vg_has_element("x264enc") ? "x264enc speed-preset=veryfast quantizer=21 pass=quant"
                                                    : "openh264enc bitrate=4000000 complexity=low";
    char *text = g_strdup_printf(
        "appsrc name=in format=time max-bytes=0 ! jpegdec ! videoconvert ! videoscale ! capsfilter name=size ! %s"
        " ! h264parse ! mp4mux ! filesink name=out",
        encoder);
    GError *error = NULL;
    GstElement *bin = gst_parse_launch_full(text, NULL, GST_PARSE_FLAG_FATAL_ERRORS, &error);
    g_free(text);
    if (bin == NULL) {
        *problem = g_strdup(error != NULL ? error->message : "no H.264 encoder");
        g_clear_error(&error);
        return NULL;
    }
    g_clear_error(&error);
    vg_writer *writer = g_new0(vg_writer, 1);
    writer->bin = bin;
    writer->source = gst_bin_get_by_name(GST_BIN(bin), "in");
    GstElement *out = gst_bin_get_by_name(GST_BIN(bin), "out");
    g_object_set(out, "location", path, NULL);
    gst_object_unref(out);
    if (gst_element_set_state(bin, GST_STATE_PLAYING) == GST_STATE_CHANGE_FAILURE) {
        *problem = problem_on_bus(writer, GST_SECOND);
        writer_free(writer);
        return NULL;
    }
    return writer;
}

bool vg_writer_push(vg_writer *writer, const uint8_t *jpeg, int64_t size, int32_t width, int32_t height, int64_t time) {
    if (writer->width != width || writer->height != height) {
        GstCaps *caps = gst_caps_new_simple("image/jpeg", "width", G_TYPE_INT, width, "height", G_TYPE_INT, height,
                                            "framerate", GST_TYPE_FRACTION, 0, 1, NULL);
        gst_app_src_set_caps(GST_APP_SRC(writer->source), caps);
        gst_caps_unref(caps);
        if (writer->width == 0) {
            // H.264 in this form needs even sides; later pictures of another size are scaled to the first's.
            GstElement *size = gst_bin_get_by_name(GST_BIN(writer->bin), "size");
            GstCaps *even = gst_caps_new_simple("video/x-raw", "format", G_TYPE_STRING, "I420", "width", G_TYPE_INT,
                                                MAX(2, width & ~1), "height", G_TYPE_INT, MAX(2, height & ~1), NULL);
            g_object_set(size, "caps", even, NULL);
            gst_caps_unref(even);
            gst_object_unref(size);
        }
        writer->width = width;
        writer->height = height;
    }
    // Not the source's own blocking: after an error nobody takes anything any more, and it would wait for ever.
    while (gst_app_src_get_current_level_bytes(GST_APP_SRC(writer->source)) > WAITING) {
        if (has_failed(writer)) return false;
        g_usleep(2000);
    }
    if (has_failed(writer)) return false;
    GstBuffer *buffer = gst_buffer_new_memdup(jpeg, (gsize)size);
    GST_BUFFER_PTS(buffer) = (GstClockTime)time;
    return gst_app_src_push_buffer(GST_APP_SRC(writer->source), buffer) == GST_FLOW_OK;
}

char *vg_writer_finish(vg_writer *writer) {
    if (!has_failed(writer)) gst_app_src_end_of_stream(GST_APP_SRC(writer->source));
    char *problem = problem_on_bus(writer, 60 * GST_SECOND);
    writer_free(writer);
    return problem;
}

void vg_writer_text_free(char *text) { g_free(text); }
