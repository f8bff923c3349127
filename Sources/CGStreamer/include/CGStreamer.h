// Video to frames through GStreamer, behind opaque handles: no type of GLib or GStreamer crosses this header.
//
// A pipeline has one fixed shape, so that nothing is ever parsed from text that came from outside:
//
//     source -> (caps) -> decodebin -> videoconvert -> (caps) -> videoflip -> queue -> appsink
//
// The source is any element, its properties are set by name. Elements that a pipeline does not need are left out.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

typedef struct vg_pipeline vg_pipeline;
typedef struct vg_frame vg_frame;

// MARK: Library

/// Starts GStreamer; further calls cost nothing. Thread-safe.
///
/// Returns NULL, or what went wrong (never freed).
const char *_Nullable vg_start(void);

/// Whether the plugin that makes elements of this kind is installed.
bool vg_has_element(const char *factory);

// MARK: Frames

typedef enum { VG_MATRIX_601, VG_MATRIX_709 } vg_matrix;

/// One picture in I420, mapped for reading as long as its handle lives.
typedef struct {
    const uint8_t *_Nonnull planes[3];
    int32_t strides[3];
    int32_t width, height;
    vg_matrix matrix;
    bool full_range;
    /// Nanoseconds of CLOCK_MONOTONIC: when the picture reached this machine (live), was due (paced), was decoded
    /// (every).
    int64_t capture;
    /// Nanoseconds from the start of a recording; -1 when unknown or live.
    int64_t stream_time;
    /// The picture's number at the sink, from 0; pictures dropped there leave a gap.
    uint64_t sequence;
} vg_frame_info;

vg_frame_info vg_frame_get(const vg_frame *frame);

/// Gives the picture back to the decoder. Any thread, also after the pipeline is gone.
void vg_frame_free(vg_frame *frame);

// MARK: Events

typedef enum {
    /// The first picture is there (a recording) or the source has been opened (live).
    VG_EVENT_READY,
    VG_EVENT_PLAYING,
    VG_EVENT_END,
    /// The end of a pass through a looping recording: time for vg_pipeline_rewind.
    VG_EVENT_PASS_END,
    VG_EVENT_ERROR,
    VG_EVENT_WARNING,
    /// `message` names what is missing, `debug` is GStreamer's own identifier for it.
    VG_EVENT_MISSING_PLUGIN,
    /// Everything in the source was looked at and none of it is video.
    VG_EVENT_NO_VIDEO,
} vg_event_kind;

/// What an error is about.
typedef enum {
    VG_FAULT_OTHER,
    VG_FAULT_NOT_FOUND,
    VG_FAULT_NOT_AUTHORIZED,
    /// Could not be opened or connected.
    VG_FAULT_OPEN,
    VG_FAULT_BUSY,
    /// Opened, then could not be read or written.
    VG_FAULT_READ,
    /// Not a kind of data that GStreamer knows as video.
    VG_FAULT_TYPE,
    /// No decoder for it.
    VG_FAULT_CODEC,
    /// Damaged.
    VG_FAULT_DATA,
    /// The flow of data stopped for a reason that another event gives.
    VG_FAULT_STREAM,
} vg_fault;

/// The strings live as long as the call.
typedef struct {
    vg_event_kind kind;
    vg_fault fault;
    /// Error domain, such as "gst-resource-error-quark".
    const char *domain;
    int32_t code;
    const char *message;
    /// The developers' text; may hold the address with its secrets.
    const char *debug;
    /// The kind of element that posted it, such as "rtspsrc".
    const char *element;
} vg_event;

/// On a streaming thread, one call at a time. The callee owns the frame. While it runs, a live pipeline drops pictures,
/// a paced one falls behind and drops, and one that gives every picture waits.
typedef void (*vg_frame_callback)(void *_Nullable context, vg_frame *frame);

/// On any thread, several at once possible. Must not call into the pipeline.
typedef void (*vg_event_callback)(void *_Nullable context, const vg_event *event);

// MARK: Pipelines

typedef enum {
    /// Newest picture wins, never waits for the clock.
    VG_PACING_LIVE,
    /// At the recording's own speed; late pictures are dropped.
    VG_PACING_CLOCK,
    /// Every picture in order, as fast as the callback takes them.
    VG_PACING_NONE,
} vg_pacing;

typedef struct {
    /// The element that makes the bytes, such as "filesrc".
    const char *source;
    vg_pacing pacing;
    /// What the source may give out, as caps; NULL for anything.
    const char *_Nullable caps;
    /// The source makes pictures, not compressed video: no decoder.
    bool raw;
    /// Stamp every picture with the time of day, drawn into it.
    bool clock;
} vg_configuration;

/// Builds a pipeline that is not started yet.
///
/// Returns NULL when an element's plugin is not installed; `missing` is then that element's name (static storage, or
/// the configuration's own string).
vg_pipeline *_Nullable vg_pipeline_new(
    const vg_configuration *configuration, vg_frame_callback on_frame, vg_event_callback on_event,
    void *_Nullable context, const char *_Nullable *_Nonnull missing);

/// Sets a property of the source. Text properties take `value` as it is; others as GStreamer writes them.
/// False when the source has no such property.
bool vg_pipeline_set(vg_pipeline *pipeline, const char *property, const char *value);

/// Opens the source and decodes up to the first picture. May block on the source's device. False when it failed; an
/// event says why.
bool vg_pipeline_prepare(vg_pipeline *pipeline);

/// Starts delivering. False when it failed (an event says why).
bool vg_pipeline_play(vg_pipeline *pipeline);

/// Starts the recording again from its first picture.
///
/// `flush` throws away what is decoded but not delivered (needed at the start and after VG_EVENT_END); without it the
/// next pass joins the one before without a gap. `segment` asks for VG_EVENT_PASS_END instead of VG_EVENT_END.
/// Never from a callback. False when the source cannot do it.
bool vg_pipeline_rewind(vg_pipeline *pipeline, bool flush, bool segment);

/// Whether pictures come as they are taken: true for live sources, also when that was found out from their data.
bool vg_pipeline_is_live(const vg_pipeline *pipeline);

/// Whether no thread reads or decodes any more. Any thread.
///
/// decodebin keeps the error of a demuxer to itself when it comes while the demuxer is being connected; the pipeline
/// then stands still without an event, and this is how to notice.
bool vg_pipeline_is_idle(vg_pipeline *pipeline);

typedef struct {
    /// The compressed format as caps, such as "video/x-h264"; empty before it is known or for raw video.
    char codec[48];
    /// Pixel format and colorimetry as decoded, before conversion; empty before they are known.
    char format[16];
    char colorimetry[32];
    /// Frames per second; 0/1 when the stream does not say.
    int32_t rate_numerator, rate_denominator;
} vg_stream_info;

/// What is known about the stream so far. Any thread.
void vg_pipeline_describe(vg_pipeline *pipeline, vg_stream_info *info);

/// Closes everything and waits until no callback runs or will run. Blocks; never from a callback.
void vg_pipeline_stop(vg_pipeline *pipeline);

/// Frees a pipeline that was stopped or never started.
void vg_pipeline_free(vg_pipeline *pipeline);

// MARK: Writing

/// A video file being written: JPEG pictures in, H.264 in MP4 out.
typedef struct vg_writer vg_writer;

/// Opens `path` for writing. Returns NULL with a text in `problem` (freed with vg_writer_text_free) when the file cannot be made
/// or no encoder is installed.
vg_writer *_Nullable vg_writer_new(const char *path, char *_Nullable *_Nonnull problem);

/// Adds a picture; copies it. `time` is nanoseconds from the start and rises from picture to picture. Blocks while the encoder is
/// behind. Returns false when writing has failed; vg_writer_finish tells why.
bool vg_writer_push(vg_writer *writer, const uint8_t *jpeg, int64_t size, int32_t width, int32_t height, int64_t time);

/// Completes the file and frees the writer. Blocks until it is written. Returns NULL, or what went wrong (freed with
/// vg_writer_text_free).
char *_Nullable vg_writer_finish(vg_writer *writer);

void vg_writer_text_free(char *_Nullable text);

#pragma clang assume_nonnull end
