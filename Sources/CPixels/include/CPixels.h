/// Pixel kernels between an I420 frame and the tensor a model reads.
///
/// They are C because Swift's vector integer-to-float conversion is slow and because a function compiled for AVX2 has
/// to be chosen at run time. Every kernel has a portable twin with the same result up to rounding.
#ifndef VEDETTE_CPIXELS_H
#define VEDETTE_CPIXELS_H

#include <stddef.h>
#include <stdint.h>

/// An I420 picture or a part of one. Chroma planes have (width + 1) / 2 columns and (height + 1) / 2 rows.
typedef struct {
    const uint8_t *_Nonnull y;
    const uint8_t *_Nonnull u;
    const uint8_t *_Nonnull v;
    ptrdiff_t y_stride;
    ptrdiff_t u_stride;
    ptrdiff_t v_stride;
    int32_t width;
    int32_t height;
} vp_picture;

/// From Y, U, V to red, green, blue, all 0...255 before clamping:
/// R = (Y - black) * gain + red_v * (V - 128), G = ... - green_u * (U - 128) - green_v * (V - 128), B = ... + blue_u *
/// (U - 128).
typedef struct {
    float black;
    float gain;
    float red_v;
    float green_u;
    float green_v;
    float blue_u;
} vp_colour;

/// How a pixel value 0...255 becomes a model's number, (value - mean) * scale, and the order of the three planes.
typedef struct {
    float mean;
    float scale;
    int32_t blue_first;
} vp_layout;

/// An affine map: x' = xx * x + xy * y + x0, y' = yx * x + yy * y + y0, where integer coordinates are pixel centres.
typedef struct {
    float xx;
    float xy;
    float x0;
    float yx;
    float yy;
    float y0;
} vp_affine;

/// Whether this processor runs the AVX2 + FMA versions, which the kernels below then use by themselves.
int32_t vp_has_avx2(void);

/// Scales `source` to width x height pixels. Shrinking averages all the pixels that a target pixel covers (by more than
/// two) or interpolates (by less); enlarging interpolates. The target's chroma rows are (width + 1) / 2 apart, its luma
/// rows `width`.
///
/// A function of its own because libyuv's takes fifteen arguments and an enumeration.
/// Returns 0, or libyuv's error for an impossible size.
int32_t vp_scale(
    const vp_picture *_Nonnull source, uint8_t *_Nonnull y, uint8_t *_Nonnull u, uint8_t *_Nonnull v, int32_t width,
    int32_t height);

/// Converts `source` to three planes of `columns` x `rows` floats at `target`, top left, each value clamped to 0...255
/// and then laid out; what lies right of and below the picture becomes black. Chroma is repeated, not interpolated.
///
/// The picture must fit: source->width <= columns, source->height <= rows.
void vp_planar(
    const vp_picture *_Nonnull source, const vp_colour *_Nonnull colour, const vp_layout *_Nonnull layout,
    float *_Nonnull target, int32_t columns, int32_t rows);
void vp_planar_portable(
    const vp_picture *_Nonnull source, const vp_colour *_Nonnull colour, const vp_layout *_Nonnull layout,
    float *_Nonnull target, int32_t columns, int32_t rows);

/// Samples `source` at `map` of every pixel of a square of `side` pixels (a multiple of 8), bilinearly in luma and
/// chroma; what lies outside the picture is black.
///
/// `target` receives three planes of side x side floats, laid out; `luma` one plane of unscaled Y. Either may be null.
void vp_warp(
    const vp_picture *_Nonnull source, const vp_colour *_Nonnull colour, const vp_layout *_Nonnull layout,
    const vp_affine *_Nonnull map, int32_t side, float *_Nullable target, float *_Nullable luma);
void vp_warp_portable(
    const vp_picture *_Nonnull source, const vp_colour *_Nonnull colour, const vp_layout *_Nonnull layout,
    const vp_affine *_Nonnull map, int32_t side, float *_Nullable target, float *_Nullable luma);

/// How much of the contrast is fine detail: what a blur of 5 x 5 pixels takes away, as root mean square, over the
/// standard deviation. A picture that is blurred already loses little. 0 for a flat area.
///
/// Judges columns left..<right and rows top..<bottom of a plane of `side` x `side` floats, which must be two pixels
/// inside it, and at most 508 columns.
float vp_detail(
    const float *_Nonnull luma, int32_t side, int32_t left, int32_t top, int32_t right, int32_t bottom);

#endif
