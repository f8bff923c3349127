#include "internal.h"

#include <math.h>

/// A tap of a plane; `outside` where there is no pixel.
static inline float tap(
    const uint8_t *plane, ptrdiff_t stride, int32_t width, int32_t height, int32_t x, int32_t y, float outside) {
    return x >= 0 && y >= 0 && x < width && y < height ? (float)plane[y * stride + x] : outside;
}

/// The four neighbours of a position and their weights.
typedef struct {
    int32_t x;
    int32_t y;
    float right;
    float below;
} cell;

static inline cell cell_at(float x, float y) {
    const float left = floorf(x), top = floorf(y);
    const cell found = {(int32_t)left, (int32_t)top, x - left, y - top};
    return found;
}

static inline float blend(cell at, float a, float b, float c, float d) {
    const float upper = a + (b - a) * at.right;
    const float lower = c + (d - c) * at.right;
    return upper + (lower - upper) * at.below;
}

static inline float sample(
    const uint8_t *plane, ptrdiff_t stride, int32_t width, int32_t height, cell at, float outside) {
    return blend(
        at, tap(plane, stride, width, height, at.x, at.y, outside),
        tap(plane, stride, width, height, at.x + 1, at.y, outside),
        tap(plane, stride, width, height, at.x, at.y + 1, outside),
        tap(plane, stride, width, height, at.x + 1, at.y + 1, outside));
}

static inline float between(float value, float most) { return value < 0 ? 0 : (value > most ? most : value); }

/// One target pixel, at any position. Outside the picture luma is black; chroma continues the border, weighed by how
/// much of the sample lies inside: together the sample fades to black, as if red, green and blue were interpolated.
static void warp_pixel(
    const vp_picture *source, const vp_colour *colour, const vp_layout *layout, float x, float y, ptrdiff_t at,
    const vp_channels *to, float *luma) {
    const int32_t width = source->width, height = source->height;
    // Far outside everything is black; staying near keeps the conversion to integers defined.
    const float px = between(x + 2, (float)width + 4) - 2, py = between(y + 2, (float)height + 4) - 2;
    const cell full = cell_at(px, py);
    const float value = sample(source->y, source->y_stride, width, height, full, colour->black);
    if (luma) { luma[at] = value; }
    if (!to) { return; }
    const int32_t chroma_width = (width + 1) / 2, chroma_height = (height + 1) / 2;
    const cell half = cell_at(
        between((px - 0.5f) / 2, (float)(chroma_width - 1)), between((py - 0.5f) / 2, (float)(chroma_height - 1)));
    const int left = full.x >= 0 && full.x < width, right = full.x + 1 >= 0 && full.x + 1 < width;
    const int upper = full.y >= 0 && full.y < height, lower = full.y + 1 >= 0 && full.y + 1 < height;
    const float inside = blend(
        full, (float)(left && upper), (float)(right && upper), (float)(left && lower), (float)(right && lower));
    // A tap right of or below the last chroma sample has weight 0 here, so its value does not matter.
    const float u = sample(source->u, source->u_stride, chroma_width, chroma_height, half, 128) - 128;
    const float v = sample(source->v, source->v_stride, chroma_width, chroma_height, half, 128) - 128;
    vp_store(*to, at, value - colour->black, u * inside, v * inside, colour, layout);
}

void vp_warp_portable(
    const vp_picture *source, const vp_colour *colour, const vp_layout *layout, const vp_affine *map, int32_t side,
    float *target, float *luma) {
    vp_channels channels = {0};
    if (target) { channels = vp_channels_of(target, (ptrdiff_t)side * side, layout); }
    for (int32_t row = 0; row < side; row++) {
        for (int32_t column = 0; column < side; column++) {
            const float x = map->xx * (float)column + map->xy * (float)row + map->x0;
            const float y = map->yx * (float)column + map->yy * (float)row + map->y0;
            warp_pixel(
                source, colour, layout, x, y, (ptrdiff_t)row * side + column, target ? &channels : NULL, luma);
        }
    }
}

#if VP_X86

/// Eight bilinear samples of a plane. Reads four bytes at each tap: the caller keeps two pixels clear of the right
/// border.
VP_AVX2 static inline __m256 sample8(const uint8_t *plane, ptrdiff_t stride, __m256 x, __m256 y) {
    const __m256i ix = _mm256_cvttps_epi32(x), iy = _mm256_cvttps_epi32(y);
    const __m256 right = _mm256_sub_ps(x, _mm256_cvtepi32_ps(ix)), below = _mm256_sub_ps(y, _mm256_cvtepi32_ps(iy));
    const __m256i at = _mm256_add_epi32(_mm256_mullo_epi32(iy, _mm256_set1_epi32((int32_t)stride)), ix);
    const __m256i upper = _mm256_i32gather_epi32((const int *)plane, at, 1);
    const __m256i lower = _mm256_i32gather_epi32((const int *)(plane + stride), at, 1);
    const __m256i low = _mm256_set1_epi32(255);
    const __m256 a = _mm256_cvtepi32_ps(_mm256_and_si256(upper, low));
    const __m256 b = _mm256_cvtepi32_ps(_mm256_and_si256(_mm256_srli_epi32(upper, 8), low));
    const __m256 c = _mm256_cvtepi32_ps(_mm256_and_si256(lower, low));
    const __m256 d = _mm256_cvtepi32_ps(_mm256_and_si256(_mm256_srli_epi32(lower, 8), low));
    const __m256 above = _mm256_fmadd_ps(_mm256_sub_ps(b, a), right, a);
    const __m256 under = _mm256_fmadd_ps(_mm256_sub_ps(d, c), right, c);
    return _mm256_fmadd_ps(_mm256_sub_ps(under, above), below, above);
}

static inline int within(float value, float least, float most) { return value >= least && value <= most; }

VP_AVX2 static void warp_avx2(
    const vp_picture *source, const vp_colour *colour, const vp_layout *layout, const vp_affine *map, int32_t side,
    float *target, float *luma) {
    vp_channels channels = {0};
    if (target) { channels = vp_channels_of(target, (ptrdiff_t)side * side, layout); }
    const vp_lanes lanes = vp_lanes_of(colour, layout);
    const __m256 steps = _mm256_setr_ps(0, 1, 2, 3, 4, 5, 6, 7);
    const __m256 half = _mm256_set1_ps(0.5f), centre = _mm256_set1_ps(128);
    // Where four bytes from a tap, and the row below it, are inside luma and chroma alike.
    const int32_t chroma_width = (source->width + 1) / 2, chroma_height = (source->height + 1) / 2;
    const float most_x = fminf((float)(source->width - 5), 2 * (float)(chroma_width - 5));
    const float most_y = fminf((float)(source->height - 3), 2 * (float)(chroma_height - 3));
    for (int32_t row = 0; row < side; row++) {
        for (int32_t column = 0; column < side; column += 8) {
            const float x = map->xx * (float)column + map->xy * (float)row + map->x0;
            const float y = map->yx * (float)column + map->yy * (float)row + map->y0;
            const float last_x = x + 7 * map->xx, last_y = y + 7 * map->yx;
            const ptrdiff_t at = (ptrdiff_t)row * side + column;
            // The eight positions lie on a line: with both ends inside, all are.
            if (within(x, 1, most_x) && within(last_x, 1, most_x) && within(y, 1, most_y)
                && within(last_y, 1, most_y)) {
                const __m256 px = _mm256_fmadd_ps(steps, _mm256_set1_ps(map->xx), _mm256_set1_ps(x));
                const __m256 py = _mm256_fmadd_ps(steps, _mm256_set1_ps(map->yx), _mm256_set1_ps(y));
                const __m256 value = sample8(source->y, source->y_stride, px, py);
                if (luma) { _mm256_storeu_ps(luma + at, value); }
                if (target) {
                    const __m256 cx = _mm256_mul_ps(_mm256_sub_ps(px, half), half);
                    const __m256 cy = _mm256_mul_ps(_mm256_sub_ps(py, half), half);
                    const __m256 u = _mm256_sub_ps(sample8(source->u, source->u_stride, cx, cy), centre);
                    const __m256 v = _mm256_sub_ps(sample8(source->v, source->v_stride, cx, cy), centre);
                    vp_store8(channels, at, _mm256_sub_ps(value, lanes.black), u, v, &lanes);
                }
            } else {
                for (int32_t i = 0; i < 8; i++) {
                    warp_pixel(
                        source, colour, layout, x + (float)i * map->xx, y + (float)i * map->yx, at + i,
                        target ? &channels : NULL, luma);
                }
            }
        }
    }
}

#endif

void vp_warp(
    const vp_picture *source, const vp_colour *colour, const vp_layout *layout, const vp_affine *map, int32_t side,
    float *target, float *luma) {
#if VP_X86
    if (vp_has_avx2()) {
        warp_avx2(source, colour, layout, map, side, target, luma);
        return;
    }
#endif
    vp_warp_portable(source, colour, layout, map, side, target, luma);
}
