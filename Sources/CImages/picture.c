#include "internal.h"

#include <libyuv/convert.h>
#include <libyuv/rotate.h>
#include <libyuv/scale.h>
#include <stdlib.h>
#include <string.h>

vi_status vi_picture_init(vi_picture *picture, int width, int height) {
    memset(picture, 0, sizeof *picture);
    if (width <= 0 || height <= 0 || width > 1 << 16 || height > 1 << 16) return VI_FAILED;
    size_t y_stride = ((size_t)width + 127) / 128 * 128;
    size_t rows = (size_t)vi_even(height);
    size_t luma = y_stride * rows;
    // The 64 spare bytes: libyuv's widest loads may look past the end of a row.
    uint8_t *memory = aligned_alloc(64, luma + luma / 2 + 64);
    if (!memory) return VI_NO_MEMORY;
    picture->memory = memory;
    picture->planes = (vi_planes){
        .y = memory,
        .u = memory + luma,
        .v = memory + luma + luma / 4,
        .y_stride = (int)y_stride,
        .u_stride = (int)(y_stride / 2),
        .v_stride = (int)(y_stride / 2),
        .width = width,
        .height = height,
    };
    return VI_OK;
}

void vi_picture_free(vi_picture *picture) {
    free(picture->memory);
    memset(picture, 0, sizeof *picture);
}

void vi_pad_luma(vi_planes p) {
    if (p.width & 1)
        for (int row = 0; row < p.height; row++) {
            uint8_t *line = p.y + (ptrdiff_t)row * p.y_stride;
            line[p.width] = line[p.width - 1];
        }
    if (p.height & 1) {
        uint8_t *last = p.y + (ptrdiff_t)(p.height - 1) * p.y_stride;
        memcpy(last + p.y_stride, last, (size_t)vi_even(p.width));
    }
}

vi_status vi_upright(const vi_picture *source, int orientation, vi_picture *upright) {
    // A turn by `mode` after an optional flip upside down (libyuv's negative height) makes every one of the eight.
    enum RotationMode mode = kRotate0;
    bool flip = false;
    switch (orientation) {
    case 2: mode = kRotate180; flip = true; break;
    case 3: mode = kRotate180; break;
    case 4: flip = true; break;
    case 5: mode = kRotate90; flip = true; break;
    case 6: mode = kRotate90; break;
    case 7: mode = kRotate270; flip = true; break;
    case 8: mode = kRotate270; break;
    default: break;
    }
    vi_planes s = source->planes;
    bool sideways = mode == kRotate90 || mode == kRotate270;
    vi_status status = vi_picture_init(upright, sideways ? s.height : s.width, sideways ? s.width : s.height);
    if (status != VI_OK) return status;
    vi_planes t = upright->planes;
    if (I420Rotate(s.y, s.y_stride, s.u, s.u_stride, s.v, s.v_stride, t.y, t.y_stride, t.u, t.u_stride, t.v, t.v_stride,
                   s.width, flip ? -s.height : s.height, mode) != 0) {
        vi_picture_free(upright);
        return VI_FAILED;
    }
    return VI_OK;
}

vi_status vi_scale(vi_view s, vi_planes t) {
    int failed = I420Scale(s.y, s.y_stride, s.u, s.u_stride, s.v, s.v_stride, s.width, s.height, t.y, t.y_stride, t.u,
                           t.u_stride, t.v, t.v_stride, t.width, t.height, kFilterBox);
    return failed ? VI_FAILED : VI_OK;
}

vi_status vi_halve(vi_view source, vi_picture *half) {
    // An odd last column or row is left out, so that the factor is two exactly.
    source.width &= ~1;
    source.height &= ~1;
    vi_status status = vi_picture_init(half, source.width / 2, source.height / 2);
    if (status != VI_OK) return status;
    status = vi_scale(source, half->planes);
    if (status != VI_OK) vi_picture_free(half);
    return status;
}
