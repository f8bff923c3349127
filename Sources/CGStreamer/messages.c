#include "internal.h"

static const char *text(const char *string) { return string ? string : ""; }

void vg_emit(vg_pipeline *pipeline, vg_event_kind kind, const char *message, const char *debug) {
    vg_event event = {kind, VG_FAULT_OTHER, "", 0, text(message), text(debug), ""};
    pipeline->on_event(pipeline->context, &event);
}

/// GStreamer's many error codes, reduced to what a reader would do something different about.
static vg_fault fault_of(const GError *error) {
    if (error->domain == GST_RESOURCE_ERROR) {
        switch (error->code) {
        case GST_RESOURCE_ERROR_NOT_FOUND: return VG_FAULT_NOT_FOUND;
        case GST_RESOURCE_ERROR_NOT_AUTHORIZED: return VG_FAULT_NOT_AUTHORIZED;
        case GST_RESOURCE_ERROR_OPEN_READ:
        case GST_RESOURCE_ERROR_OPEN_READ_WRITE: return VG_FAULT_OPEN;
        case GST_RESOURCE_ERROR_BUSY: return VG_FAULT_BUSY;
        default: return VG_FAULT_READ;
        }
    }
    if (error->domain == GST_STREAM_ERROR) {
        switch (error->code) {
        case GST_STREAM_ERROR_TYPE_NOT_FOUND:
        case GST_STREAM_ERROR_WRONG_TYPE: return VG_FAULT_TYPE;
        case GST_STREAM_ERROR_CODEC_NOT_FOUND: return VG_FAULT_CODEC;
        case GST_STREAM_ERROR_DECODE:
        case GST_STREAM_ERROR_DEMUX:
        case GST_STREAM_ERROR_FORMAT: return VG_FAULT_DATA;
        default: return VG_FAULT_STREAM;
        }
    }
    if (error->domain == GST_CORE_ERROR && error->code == GST_CORE_ERROR_MISSING_PLUGIN) return VG_FAULT_CODEC;
    return VG_FAULT_OTHER;
}

static void emit_error(vg_pipeline *pipeline, vg_event_kind kind, GstMessage *message) {
    GError *error = NULL;
    char *debug = NULL;
    if (kind == VG_EVENT_ERROR) {
        gst_message_parse_error(message, &error, &debug);
    } else {
        gst_message_parse_warning(message, &error, &debug);
    }
    const char *element = "";
    if (GST_IS_ELEMENT(GST_MESSAGE_SRC(message))) {
        GstElementFactory *factory = gst_element_get_factory(GST_ELEMENT(GST_MESSAGE_SRC(message)));
        if (factory) element = GST_OBJECT_NAME(factory);
    }
    vg_event event = {
        kind, fault_of(error), text(g_quark_to_string(error->domain)), error->code, text(error->message), text(debug),
        element};
    pipeline->on_event(pipeline->context, &event);
    g_clear_error(&error);
    g_free(debug);
}

/// decodebin describes what it lacks as a structure: `name` is for people, `detail` the caps or the element.
static void emit_missing(vg_pipeline *pipeline, const GstStructure *missing) {
    const GValue *detail = gst_structure_get_value(missing, "detail");
    char *identifier = NULL;
    if (detail && GST_VALUE_HOLDS_CAPS(detail)) {
        identifier = gst_caps_to_string(gst_value_get_caps(detail));
    } else if (detail && G_VALUE_HOLDS_STRING(detail)) {
        identifier = g_value_dup_string(detail);
    }
    vg_emit(pipeline, VG_EVENT_MISSING_PLUGIN, gst_structure_get_string(missing, "name"), identifier);
    g_free(identifier);
}

GstBusSyncReply vg_on_message(GstBus *bus, GstMessage *message, gpointer data) {
    vg_pipeline *pipeline = data;
    bool from_pipeline = GST_MESSAGE_SRC(message) == GST_OBJECT(pipeline->bin);
    switch (GST_MESSAGE_TYPE(message)) {
    case GST_MESSAGE_EOS: vg_emit(pipeline, VG_EVENT_END, "", ""); break;
    case GST_MESSAGE_SEGMENT_DONE: vg_emit(pipeline, VG_EVENT_PASS_END, "", ""); break;
    case GST_MESSAGE_ERROR: emit_error(pipeline, VG_EVENT_ERROR, message); break;
    case GST_MESSAGE_WARNING: emit_error(pipeline, VG_EVENT_WARNING, message); break;
    case GST_MESSAGE_ASYNC_DONE:
        if (from_pipeline) vg_emit(pipeline, VG_EVENT_READY, "", "");
        break;
    case GST_MESSAGE_STATE_CHANGED:
        if (from_pipeline) {
            GstState state;
            gst_message_parse_state_changed(message, NULL, &state, NULL);
            if (state == GST_STATE_PLAYING) vg_emit(pipeline, VG_EVENT_PLAYING, "", "");
        }
        break;
    case GST_MESSAGE_ELEMENT:
        if (gst_message_has_name(message, "missing-plugin")) emit_missing(pipeline, gst_message_get_structure(message));
        break;
    default: break;
    }
    // GstBus frees a message only when it is passed on: dropping it is the handler's to finish.
    gst_message_unref(message);
    return GST_BUS_DROP;
}
