#include "internal.h"

#include <string.h>

static inline int limit(int v, int low, int high) { return v < low ? low : v > high ? high : v; }

static inline uint8_t mix(uint8_t under, uint8_t over, int quarters) {
    return (uint8_t)((under * (4 - quarters) + over * quarters + 2) / 4);
}

void vi_fill(vi_planes t, int x0, int y0, int x1, int y1, vi_colour colour) {
    x0 = limit(x0, 0, t.width);
    x1 = limit(x1, 0, t.width);
    y0 = limit(y0, 0, t.height);
    y1 = limit(y1, 0, t.height);
    if (x0 >= x1 || y0 >= y1) return;
    for (int y = y0; y < y1; y++) memset(t.y + (ptrdiff_t)y * t.y_stride + x0, colour.y, (size_t)(x1 - x0));
    for (int cy = y0 / 2; cy < vi_half(y1); cy++) {
        // How many of the two rows (and below, columns) of a chroma sample are filled; a sample at the far edge of an
        // odd picture has only one, which then counts for both.
        int rows = 2 - (2 * cy < y0) - (2 * cy + 2 > y1 && 2 * cy + 1 < t.height);
        uint8_t *u = t.u + (ptrdiff_t)cy * t.u_stride, *v = t.v + (ptrdiff_t)cy * t.v_stride;
        for (int cx = x0 / 2; cx < vi_half(x1); cx++) {
            int columns = 2 - (2 * cx < x0) - (2 * cx + 2 > x1 && 2 * cx + 1 < t.width);
            u[cx] = mix(u[cx], colour.u, rows * columns);
            v[cx] = mix(v[cx], colour.v, rows * columns);
        }
    }
}

void vi_put(vi_planes t, int x, int y, vi_view patch) {
    for (int row = 0; row < patch.height; row++)
        memcpy(t.y + (ptrdiff_t)(y + row) * t.y_stride + x, patch.y + (ptrdiff_t)row * patch.y_stride,
               (size_t)patch.width);
    size_t width = (size_t)vi_half(patch.width);
    for (int row = 0; row < vi_half(patch.height); row++) {
        ptrdiff_t line = y / 2 + row;
        memcpy(t.u + line * t.u_stride + x / 2, patch.u + (ptrdiff_t)row * patch.u_stride, width);
        memcpy(t.v + line * t.v_stride + x / 2, patch.v + (ptrdiff_t)row * patch.v_stride, width);
    }
}

static inline uint8_t blend(uint8_t under, uint8_t over, int alpha) {
    return (uint8_t)((under * (255 - alpha) + over * alpha + 127) / 255);
}

void vi_ink(vi_planes p, vi_colour plate, vi_colour ink, const uint8_t *mask, int mask_stride, int mask_width,
            int mask_height, int x, int y) {
    vi_fill(p, 0, 0, p.width, p.height, plate);
    for (int row = 0; row < mask_height; row++) {
        const uint8_t *cover = mask + (ptrdiff_t)row * mask_stride;
        uint8_t *luma = p.y + (ptrdiff_t)(y + row) * p.y_stride + x;
        for (int i = 0; i < mask_width; i++) luma[i] = blend(plate.y, ink.y, cover[i]);
    }
    for (int cy = y / 2; cy < vi_half(y + mask_height); cy++)
        for (int cx = x / 2; cx < vi_half(x + mask_width); cx++) {
            int sum = 0;
            for (int row = 2 * cy - y; row < 2 * cy - y + 2; row++)
                for (int column = 2 * cx - x; column < 2 * cx - x + 2; column++)
                    if (row >= 0 && row < mask_height && column >= 0 && column < mask_width)
                        sum += mask[(ptrdiff_t)row * mask_stride + column];
            p.u[(ptrdiff_t)cy * p.u_stride + cx] = blend(plate.u, ink.u, sum / 4);
            p.v[(ptrdiff_t)cy * p.v_stride + cx] = blend(plate.v, ink.v, sum / 4);
        }
}
