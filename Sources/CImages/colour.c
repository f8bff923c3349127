#include "internal.h"

#include <string.h>

// Limited range (16...235, chroma 16...240) to full range in 8.8 fixed point. Clamping first keeps every product within
// 16 bits, so that the compiler makes SSE2 and NEON of these loops: 255/219 is 298/256, 255/224 is 291/256. Source and
// target are either apart or the very same row, which the compiler cannot know: hence the pragmas.
static void expand_luma(const uint8_t *source, uint8_t *target, int count) {
#pragma clang loop vectorize(assume_safety)
    for (int i = 0; i < count; i++) {
        uint16_t v = source[i] > 16 ? (uint16_t)(source[i] - 16) : 0;
        v = v > 219 ? 219 : v;
        target[i] = (uint8_t)((uint16_t)(v * 298 + 128) >> 8);
    }
}

static void expand_chroma(const uint8_t *source, uint8_t *target, int count) {
#pragma clang loop vectorize(assume_safety)
    for (int i = 0; i < count; i++) {
        int16_t v = (int16_t)(source[i] - 128);
        v = v > 112 ? 112 : v < -112 ? -112 : v;
        int16_t c = (int16_t)((int16_t)(v * 291 + 128) >> 8);
        target[i] = (uint8_t)(c > 127 ? 255 : c + 128);
    }
}

static inline uint8_t clamp(int v) { return (uint8_t)(v < 0 ? 0 : v > 255 ? 255 : v); }

// One row of chroma from limited BT.709 to full BT.601, and what it adds to the luma of its 2x2 pixels.
// The factors are the product of the inverse BT.709 and the BT.601 matrices (ITU-R BT.709-6 and BT.601-7, section
// "signal format"), times 255/224, in 1/4096.
static void turn_chroma(const uint8_t *u, const uint8_t *v, uint8_t *to_u, uint8_t *to_v, int16_t *luma, int count) {
#pragma clang loop vectorize(assume_safety)
    for (int i = 0; i < count; i++) {
        int cb = u[i] - 128, cr = v[i] - 128;
        luma[i] = (int16_t)((474 * cb + 914 * cr + 2048) >> 12);
        to_u[i] = clamp(128 + ((4616 * cb - 516 * cr + 2048) >> 12));
        to_v[i] = clamp(128 + ((-338 * cb + 4585 * cr + 2048) >> 12));
    }
}

static void turn_luma(const uint8_t *source, uint8_t *target, const int16_t *add, int count) {
#pragma clang loop vectorize(assume_safety)
    for (int i = 0; i < count; i++) target[i] = clamp((((source[i] - 16) * 298 + 128) >> 8) + add[i]);
}

static void turn_709(vi_view s, vi_planes t) {
    // In pieces of 512 luma samples, so that what chroma adds stays on the stack.
    enum { PIECE = 512 };
    int16_t half[PIECE / 2], full[PIECE];
    for (int row = 0; row < vi_half(s.height); row++) {
        for (int x = 0; x < s.width; x += PIECE) {
            int count = s.width - x < PIECE ? s.width - x : PIECE;
            ptrdiff_t at = x / 2;
            turn_chroma(s.u + (ptrdiff_t)row * s.u_stride + at, s.v + (ptrdiff_t)row * s.v_stride + at,
                        t.u + (ptrdiff_t)row * t.u_stride + at, t.v + (ptrdiff_t)row * t.v_stride + at, half,
                        vi_half(count));
            for (int i = 0; i < vi_half(count); i++) full[2 * i] = full[2 * i + 1] = half[i];
            for (int line = 2 * row; line < 2 * row + 2 && line < s.height; line++)
                turn_luma(s.y + (ptrdiff_t)line * s.y_stride + x, t.y + (ptrdiff_t)line * t.y_stride + x, full, count);
        }
    }
}

static void copy_row(const uint8_t *source, uint8_t *target, int count) {
    if (source != target) memcpy(target, source, (size_t)count);
}

void vi_to_full_range(vi_view s, vi_colorimetry colorimetry, vi_planes t) {
    if (colorimetry == VI_LIMITED_709) {
        turn_709(s, t);
        return;
    }
    bool expand = colorimetry == VI_LIMITED_601;
    void (*move_luma)(const uint8_t *, uint8_t *, int) = expand ? expand_luma : copy_row;
    void (*move)(const uint8_t *, uint8_t *, int) = expand ? expand_chroma : copy_row;
    for (int row = 0; row < s.height; row++)
        move_luma(s.y + (ptrdiff_t)row * s.y_stride, t.y + (ptrdiff_t)row * t.y_stride, s.width);
    for (int row = 0; row < vi_half(s.height); row++) {
        move(s.u + (ptrdiff_t)row * s.u_stride, t.u + (ptrdiff_t)row * t.u_stride, vi_half(s.width));
        move(s.v + (ptrdiff_t)row * s.v_stride, t.v + (ptrdiff_t)row * t.v_stride, vi_half(s.width));
    }
}
