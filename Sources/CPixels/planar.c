#include "internal.h"

#include <string.h>

/// Converts columns from..<picture->width of one row.
static void convert_tail(
    const uint8_t *y, const uint8_t *u, const uint8_t *v, int32_t from, int32_t width, const vp_colour *colour,
    const vp_layout *layout, vp_channels to, ptrdiff_t row) {
    for (int32_t x = from; x < width; x++) {
        vp_store(
            to, row + x, (float)y[x] - colour->black, (float)u[x / 2] - 128, (float)v[x / 2] - 128, colour, layout);
    }
}

/// Fills what the picture leaves free of the planes with black.
static void pad(
    const vp_picture *source, const vp_layout *layout, float *target, int32_t columns, int32_t rows) {
    const float black = -layout->mean * layout->scale;
    const ptrdiff_t plane = (ptrdiff_t)columns * rows;
    for (int channel = 0; channel < 3; channel++) {
        float *to = target + channel * plane;
        if (source->width < columns) {
            for (int32_t y = 0; y < source->height; y++) {
                for (int32_t x = source->width; x < columns; x++) { to[(ptrdiff_t)y * columns + x] = black; }
            }
        }
        for (ptrdiff_t i = (ptrdiff_t)source->height * columns; i < plane; i++) { to[i] = black; }
    }
}

void vp_planar_portable(
    const vp_picture *source, const vp_colour *colour, const vp_layout *layout, float *target, int32_t columns,
    int32_t rows) {
    const vp_channels to = vp_channels_of(target, (ptrdiff_t)columns * rows, layout);
    for (int32_t y = 0; y < source->height; y++) {
        convert_tail(
            source->y + y * source->y_stride, source->u + (y / 2) * source->u_stride,
            source->v + (y / 2) * source->v_stride, 0, source->width, colour, layout, to, (ptrdiff_t)y * columns);
    }
    pad(source, layout, target, columns, rows);
}

#if VP_X86

VP_AVX2 static inline __m256 widen(__m128i bytes) {
    return _mm256_cvtepi32_ps(_mm256_cvtepu8_epi32(bytes));
}

/// Four chroma bytes, each for two neighbouring pixels, less 128.
VP_AVX2 static inline __m256 chroma8(const uint8_t *bytes) {
    int32_t four;
    memcpy(&four, bytes, sizeof four);
    const __m128i single = _mm_cvtsi32_si128(four);
    return _mm256_sub_ps(widen(_mm_unpacklo_epi8(single, single)), _mm256_set1_ps(128));
}

VP_AVX2 static void planar_avx2(
    const vp_picture *source, const vp_colour *colour, const vp_layout *layout, float *target, int32_t columns,
    int32_t rows) {
    const vp_channels to = vp_channels_of(target, (ptrdiff_t)columns * rows, layout);
    const vp_lanes lanes = vp_lanes_of(colour, layout);
    for (int32_t row = 0; row < source->height; row++) {
        const uint8_t *y = source->y + row * source->y_stride;
        const uint8_t *u = source->u + (row / 2) * source->u_stride;
        const uint8_t *v = source->v + (row / 2) * source->v_stride;
        int32_t x = 0;
        for (; x + 8 <= source->width; x += 8) {
            const __m256 luma = _mm256_sub_ps(widen(_mm_loadl_epi64((const __m128i *)(y + x))), lanes.black);
            vp_store8(to, (ptrdiff_t)row * columns + x, luma, chroma8(u + x / 2), chroma8(v + x / 2), &lanes);
        }
        convert_tail(y, u, v, x, source->width, colour, layout, to, (ptrdiff_t)row * columns);
    }
    pad(source, layout, target, columns, rows);
}

int32_t vp_has_avx2(void) { return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"); }

#else

int32_t vp_has_avx2(void) { return 0; }

#endif

void vp_planar(
    const vp_picture *source, const vp_colour *colour, const vp_layout *layout, float *target, int32_t columns,
    int32_t rows) {
#if VP_X86
    if (vp_has_avx2()) {
        planar_avx2(source, colour, layout, target, columns, rows);
        return;
    }
#endif
    vp_planar_portable(source, colour, layout, target, columns, rows);
}
