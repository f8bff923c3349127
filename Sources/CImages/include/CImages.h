// Pixels of still pictures: decoding, encoding, moving and drawing, over libturbojpeg, libpng, libwebp, libyuv and
// Pango.
//
// Swift calls these because pixel loops belong in C, and because the libraries report errors through longjmp, out
// parameters and macros that Swift cannot see. Nothing here keeps global state; a handle (vi_decoder, vi_encoder,
// vi_writer) is used by one thread at a time, everything else by any number of threads.
#ifndef CIMAGES_H
#define CIMAGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum {
    VI_OK = 0,
    VI_TRUNCATED,
    VI_CORRUPT,
    VI_UNSUPPORTED,
    VI_NO_MEMORY,
    VI_FAILED,
} vi_status;

// What went wrong, in the library's own words; an empty string when it said nothing.
typedef struct {
    char text[200];
} vi_message;

// Three planes of I420. `width` and `height` are of the luma; chroma has half of each, rounded up.
typedef struct {
    uint8_t *y, *u, *v;
    int y_stride, u_stride, v_stride;
    int width, height;
} vi_planes;

// The same, to be read only.
typedef struct {
    const uint8_t *y, *u, *v;
    int y_stride, u_stride, v_stride;
    int width, height;
} vi_view;

typedef enum { VI_LIMITED_601, VI_LIMITED_709, VI_FULL_601 } vi_colorimetry;

// --- Memory ---------------------------------------------------------------------------------------------------------

// A picture that owns its planes: rows start on cache lines, and luma has one spare column and row when its size is
// odd.
typedef struct {
    vi_planes planes;
    uint8_t *memory;
} vi_picture;

vi_status vi_picture_init(vi_picture *picture, int width, int height);
void vi_picture_free(vi_picture *picture);

// --- Decoding: always to full-range BT.601 I420, not yet upright ----------------------------------------------------

typedef struct vi_decoder vi_decoder;

vi_decoder *vi_decoder_new(void);
void vi_decoder_free(vi_decoder *decoder);

// `width`, `height` and `components` are what the caller read from the frame header and found acceptable; a file whose
// header turns out to say something else is refused. `adobe` tells that CMYK values are stored inverted.
// On success the caller owns `picture`.
vi_status vi_decode_jpeg(vi_decoder *decoder, const uint8_t *bytes, size_t count, int width, int height, int components,
                         bool adobe, vi_picture *picture, vi_message *message);
// Transparent parts become white.
vi_status vi_decode_png(const uint8_t *bytes, size_t count, int width, int height, vi_picture *picture,
                        vi_message *message);
vi_status vi_decode_webp(const uint8_t *bytes, size_t count, int width, int height, vi_picture *picture,
                         vi_message *message);

// --- Moving pixels --------------------------------------------------------------------------------------------------

// The upright picture for an EXIF orientation of 2...8; `upright` is made by the callee and owned by the caller.
vi_status vi_upright(const vi_picture *source, int orientation, vi_picture *upright);
// Scales `source` to the size of `target`, averaging when it shrinks.
vi_status vi_scale(vi_view source, vi_planes target);
// Copies to a target of the same size, turning the colours into full-range BT.601. In place when both are the same
// memory.
void vi_to_full_range(vi_view source, vi_colorimetry colorimetry, vi_planes target);
// A quarter of the pixels (half of each side, rounded down), for sampling without flicker. Fails for a source of one
// column or row.
vi_status vi_halve(vi_view source, vi_picture *half);
// Fills `target` from the part of `source` that begins at (`x`, `y`) and advances `step` source pixels for each target
// pixel, all in fractions of a pixel, with bilinear weights; outside the source its border is repeated. `scratch` holds
// vi_sample_scratch(target width) bytes.
void vi_sample(vi_view source, double x, double y, double step, vi_planes target, void *scratch);
size_t vi_sample_scratch(int width);

// --- Drawing --------------------------------------------------------------------------------------------------------

typedef struct {
    uint8_t y, u, v;
} vi_colour;

// Fills columns x0..<x1 and rows y0..<y1, cut to the picture. Chroma is mixed where a sample is covered in part.
void vi_fill(vi_planes target, int x0, int y0, int x1, int y1, vi_colour colour);
// Copies `patch` so that its top left comes to (`x`, `y`), both even; it lies wholly inside.
void vi_put(vi_planes target, int x, int y, vi_view patch);
// Fills a patch with `plate` and writes the mask over it in `ink`, its top left at (`x`, `y`), wholly inside.
void vi_ink(vi_planes patch, vi_colour plate, vi_colour ink, const uint8_t *mask, int mask_stride, int mask_width,
            int mask_height, int x, int y);

typedef struct vi_writer vi_writer;

// One line of text as coverage, 0...255 a pixel; `pixels` belongs to the writer until its next call.
typedef struct {
    const uint8_t *pixels;
    int width, height, stride;
} vi_mask;

vi_writer *vi_writer_new(void);
void vi_writer_free(vi_writer *writer);
// Sets `count` bytes of valid UTF-8 without control characters in one line of at most `max_width` pixels, shortened in
// the middle.
vi_status vi_write(vi_writer *writer, const char *utf8, int count, int font_pixels, int max_width, vi_mask *mask);

// --- Encoding -------------------------------------------------------------------------------------------------------

typedef struct vi_encoder vi_encoder;

vi_encoder *vi_encoder_new(void);
void vi_encoder_free(vi_encoder *encoder);
// A picture to draw in, kept and used again by later calls on this encoder. Its content is whatever was there before.
vi_status vi_encoder_canvas(vi_encoder *encoder, int width, int height, vi_planes *canvas);
// Bytes of memory the encoder keeps.
size_t vi_encoder_footprint(const vi_encoder *encoder);
// Encodes full-range BT.601 planes. The width and height of anything but the canvas are even. `jpeg` belongs to the
// encoder until its next call.
vi_status vi_encode_jpeg(vi_encoder *encoder, vi_view picture, int quality, const uint8_t **jpeg, size_t *count,
                         vi_message *message);

#ifdef __cplusplus
}
#endif

#endif
