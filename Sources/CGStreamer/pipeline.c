#include <string.h>

#include "internal.h"

/// A paced picture that comes later than this is dropped.
#define LATEST (60 * GST_MSECOND)

// MARK: The sink

static GstFlowReturn on_sample(GstAppSink *sink, gpointer data) {
    vg_pipeline *pipeline = data;
    GstSample *sample = gst_app_sink_pull_sample(sink);
    if (!sample) return GST_FLOW_EOS;
    vg_frame *frame = vg_frame_new(pipeline, sample);
    if (frame) pipeline->on_frame(pipeline->context, frame);
    return GST_FLOW_OK;
}

/// Numbers the pictures before the queue that may drop them.
static GstPadProbeReturn number(GstPad *pad, GstPadProbeInfo *probe, gpointer data) {
    vg_pipeline *pipeline = data;
    g_mutex_lock(&pipeline->lock);
    pipeline->numbered[pipeline->count++ % VG_NUMBERED] = GST_PAD_PROBE_INFO_BUFFER(probe);
    g_mutex_unlock(&pipeline->lock);
    return GST_PAD_PROBE_OK;
}

/// Tells the decoder that padded rows are welcome; it would otherwise copy every picture to remove the padding.
static GstPadProbeReturn accept_padding(GstPad *pad, GstPadProbeInfo *probe, gpointer data) {
    GstQuery *query = GST_PAD_PROBE_INFO_QUERY(probe);
    if (GST_QUERY_TYPE(query) != GST_QUERY_ALLOCATION || !(GST_PAD_PROBE_INFO_TYPE(probe) & GST_PAD_PROBE_TYPE_PUSH)) {
        return GST_PAD_PROBE_OK;
    }
    gst_query_add_allocation_meta(query, GST_VIDEO_META_API_TYPE, NULL);
    return GST_PAD_PROBE_HANDLED;
}

static void probe(
    GstElement *element, const char *name, GstPadProbeType type, GstPadProbeCallback call, vg_pipeline *p) {
    GstPad *pad = gst_element_get_static_pad(element, name);
    gst_pad_add_probe(pad, type, call, p, NULL);
    gst_object_unref(pad);
}

// MARK: Building

/// The elements of a pipeline while it is put together; the first that is not installed is remembered.
typedef struct {
    GstBin *bin;
    GstElement *last;
    const char *missing;
} assembly;

static GstElement *add(assembly *a, const char *factory) {
    if (a->missing) return NULL;
    GstElement *element = gst_element_factory_make(factory, NULL);
    if (!element) {
        a->missing = factory;
        return NULL;
    }
    gst_bin_add(a->bin, element);
    return element;
}

/// Adds an element and connects it to the one before, unless that one's output comes only later.
static GstElement *append(assembly *a, const char *factory) {
    GstElement *element = add(a, factory);
    if (element && a->last) gst_element_link(a->last, element);
    if (element) a->last = element;
    return element;
}

static void configure(vg_pipeline *p, const vg_configuration *configuration) {
    if (p->decoder) {
        GstCaps *video = gst_caps_from_string("video/x-raw(ANY)");
        // Only video is decoded, and never on a graphics card, whose pictures would have to be fetched back.
        g_object_set(p->decoder, "caps", video, "expose-all-streams", FALSE, "force-sw-decoders", TRUE, NULL);
        gst_caps_unref(video);
    }
    g_object_set(p->convert, "n-threads", 1, NULL);
    bool live = p->pacing == VG_PACING_LIVE;
    g_object_set(p->queue, "max-size-buffers", live ? 1 : 3, "max-size-bytes", 0, "max-size-time", (guint64)0, NULL);
    if (live) gst_util_set_object_arg(G_OBJECT(p->queue), "leaky", "downstream");
    bool paced = p->pacing == VG_PACING_CLOCK;
    g_object_set(p->sink, "sync", paced, "max-buffers", 1, "drop", live, "enable-last-sample", FALSE, NULL);
    if (paced) g_object_set(p->sink, "qos", TRUE, "max-lateness", (gint64)LATEST, NULL);

    GstAppSinkCallbacks callbacks;
    memset(&callbacks, 0, sizeof callbacks);
    callbacks.new_sample = on_sample;
    gst_app_sink_set_callbacks(GST_APP_SINK(p->sink), &callbacks, p, NULL);

    // Before the numbering, which knows a picture by its buffer: drawing may replace that.
    if (configuration->clock) probe(p->queue, "sink", GST_PAD_PROBE_TYPE_BUFFER, vg_draw_clock, p);
    probe(p->queue, "sink", GST_PAD_PROBE_TYPE_BUFFER, number, p);
    probe(p->sink, "sink", GST_PAD_PROBE_TYPE_QUERY_DOWNSTREAM, accept_padding, p);
    probe(p->convert, "sink", GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, vg_choose_format, p);
    if (paced) {
        GstPadProbeType both = GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM;
        probe(p->convert, "sink", both, vg_join_passes, p);
    }
    if (p->decoder) vg_watch_decoding(p);
}

vg_pipeline *vg_pipeline_new(
    const vg_configuration *configuration, vg_frame_callback on_frame, vg_event_callback on_event, void *context,
    const char **missing) {
    vg_pipeline *p = g_new0(vg_pipeline, 1);
    g_mutex_init(&p->lock);
    p->pacing = configuration->pacing;
    p->live = p->pacing == VG_PACING_LIVE;
    p->on_frame = on_frame;
    p->on_event = on_event;
    p->context = context;
    p->stream.rate_denominator = 1;
    gst_segment_init(&p->timeline, GST_FORMAT_TIME);
    p->pass_end = GST_CLOCK_TIME_NONE;
    p->bin = gst_pipeline_new(NULL);

    assembly a = {GST_BIN(p->bin), NULL, NULL};
    p->source = append(&a, configuration->source);
    if (configuration->caps) {
        GstElement *filter = append(&a, "capsfilter");
        if (filter) gst_util_set_object_arg(G_OBJECT(filter), "caps", configuration->caps);
    }
    if (!configuration->raw) {
        // rtspsrc has no output to connect yet; linking is then refused here and done when the server has answered.
        p->decoder = append(&a, "decodebin");
        a.last = NULL;
    }
    p->convert = append(&a, "videoconvert");
    p->format = append(&a, "capsfilter");
    if (p->pacing != VG_PACING_LIVE) {
        GstElement *flip = append(&a, "videoflip");
        // Telephones write how they were held into the file.
        if (flip) gst_util_set_object_arg(G_OBJECT(flip), "video-direction", "auto");
    }
    p->queue = append(&a, "queue");
    p->sink = append(&a, "appsink");
    *missing = a.missing;
    if (a.missing) {
        vg_pipeline_free(p);
        return NULL;
    }
    configure(p, configuration);

    // Said explicitly, because capture times rely on it: the pipeline's clock is CLOCK_MONOTONIC.
    GstClock *clock = gst_system_clock_obtain();
    gst_pipeline_use_clock(GST_PIPELINE(p->bin), clock);
    gst_object_unref(clock);
    GstBus *bus = gst_element_get_bus(p->bin);
    gst_bus_set_sync_handler(bus, vg_on_message, p, NULL);
    gst_object_unref(bus);
    return p;
}

bool vg_pipeline_set(vg_pipeline *p, const char *property, const char *value) {
    GParamSpec *specification = g_object_class_find_property(G_OBJECT_GET_CLASS(p->source), property);
    if (!specification) return false;
    if (G_IS_PARAM_SPEC_STRING(specification)) {
        // Not gst_util_set_object_arg: it would take a value in quotes for an escaped one.
        g_object_set(p->source, property, value, NULL);
    } else {
        gst_util_set_object_arg(G_OBJECT(p->source), property, value);
    }
    return true;
}

// MARK: Life

bool vg_pipeline_prepare(vg_pipeline *p) {
    return gst_element_set_state(p->bin, GST_STATE_PAUSED) != GST_STATE_CHANGE_FAILURE;
}

bool vg_pipeline_play(vg_pipeline *p) {
    return gst_element_set_state(p->bin, GST_STATE_PLAYING) != GST_STATE_CHANGE_FAILURE;
}

bool vg_pipeline_rewind(vg_pipeline *p, bool flush, bool segment) {
    GstSeekFlags flags = (flush ? GST_SEEK_FLAG_FLUSH : 0) | (segment ? GST_SEEK_FLAG_SEGMENT : 0);
    g_atomic_int_set(&p->joining, !flush);
    return gst_element_seek(
        p->bin, 1, GST_FORMAT_TIME, flags, GST_SEEK_TYPE_SET, 0, GST_SEEK_TYPE_NONE, (gint64)GST_CLOCK_TIME_NONE);
}

bool vg_pipeline_is_live(const vg_pipeline *p) { return g_atomic_int_get(&p->live); }

static bool has_running_task(GstElement *element) {
    bool running = false;
    GST_OBJECT_LOCK(element);
    for (GList *entry = element->pads; entry && !running; entry = entry->next) {
        GstPad *pad = entry->data;
        GST_OBJECT_LOCK(pad);
        GstTask *task = GST_PAD_TASK(pad);
        running = task && gst_task_get_state(task) == GST_TASK_STARTED;
        GST_OBJECT_UNLOCK(pad);
    }
    GST_OBJECT_UNLOCK(element);
    return running;
}

bool vg_pipeline_is_idle(vg_pipeline *p) {
    bool idle = true;
    GValue item = G_VALUE_INIT;
    GstIterator *elements = gst_bin_iterate_recurse(GST_BIN(p->bin));
    for (bool done = false; !done;) {
        switch (gst_iterator_next(elements, &item)) {
        case GST_ITERATOR_OK: {
            GstElement *element = g_value_get_object(&item);
            GstElementFactory *factory = gst_element_get_factory(element);
            // Queues' threads run even when nothing will ever come.
            bool is_queue = factory && g_str_has_suffix(GST_OBJECT_NAME(factory), "queue");
            if (!is_queue && has_running_task(element)) idle = false;
            g_value_reset(&item);
            done = !idle;
            break;
        }
        case GST_ITERATOR_RESYNC: gst_iterator_resync(elements); break;
        default: done = true;
        }
    }
    g_value_unset(&item);
    gst_iterator_free(elements);
    return idle;
}

void vg_pipeline_describe(vg_pipeline *p, vg_stream_info *info) {
    g_mutex_lock(&p->lock);
    *info = p->stream;
    g_mutex_unlock(&p->lock);
}

void vg_pipeline_stop(vg_pipeline *p) {
    gst_element_set_state(p->bin, GST_STATE_NULL);
    GstBus *bus = gst_element_get_bus(p->bin);
    gst_bus_set_sync_handler(bus, NULL, NULL, NULL);
    gst_object_unref(bus);
}

void vg_pipeline_free(vg_pipeline *p) {
    gst_object_unref(p->bin);
    gst_caps_replace(&p->caps, NULL);
    g_mutex_clear(&p->lock);
    g_free(p);
}
