#include "internal.h"

#include <stdlib.h>
#include <string.h>
#include <turbojpeg.h>

struct vi_encoder {
    tjhandle jpeg;
    vi_picture canvas;
    size_t canvas_bytes;
    uint8_t *out;
    unsigned long out_bytes;
};

vi_encoder *vi_encoder_new(void) {
    vi_encoder *encoder = calloc(1, sizeof *encoder);
    if (!encoder) return NULL;
    encoder->jpeg = tjInitCompress();
    if (!encoder->jpeg) {
        free(encoder);
        return NULL;
    }
    return encoder;
}

void vi_encoder_free(vi_encoder *encoder) {
    if (!encoder) return;
    tjDestroy(encoder->jpeg);
    vi_picture_free(&encoder->canvas);
    tjFree(encoder->out);
    free(encoder);
}

size_t vi_encoder_footprint(const vi_encoder *encoder) { return encoder->canvas_bytes + encoder->out_bytes; }

vi_status vi_encoder_canvas(vi_encoder *encoder, int width, int height, vi_planes *canvas) {
    vi_planes *kept = &encoder->canvas.planes;
    if (kept->width != width || kept->height != height) {
        vi_picture_free(&encoder->canvas);
        encoder->canvas_bytes = 0;
        vi_status status = vi_picture_init(&encoder->canvas, width, height);
        if (status != VI_OK) return status;
        encoder->canvas_bytes = (size_t)kept->y_stride * (size_t)vi_even(height) / 2 * 3;
    }
    *canvas = *kept;
    return VI_OK;
}

vi_status vi_encode_jpeg(vi_encoder *encoder, vi_view picture, int quality, const uint8_t **jpeg, size_t *count,
                         vi_message *message) {
    vi_say(message, "");
    // The library reads whole 2x2 cells, so one column and row beyond an odd size: only the canvas has them.
    if (picture.y == encoder->canvas.planes.y) {
        vi_pad_luma(encoder->canvas.planes);
    } else if ((picture.width | picture.height) & 1) {
        return VI_FAILED;
    }
    unsigned long needed = tjBufSize(picture.width, picture.height, TJSAMP_420);
    if (needed == (unsigned long)-1) return VI_FAILED;
    if (needed > encoder->out_bytes) {
        tjFree(encoder->out);
        encoder->out = tjAlloc((int)needed);
        encoder->out_bytes = encoder->out ? needed : 0;
        if (!encoder->out) return VI_NO_MEMORY;
    }
    const unsigned char *planes[3] = {picture.y, picture.u, picture.v};
    int strides[3] = {picture.y_stride, picture.u_stride, picture.v_stride};
    unsigned long size = encoder->out_bytes;
    if (tjCompressFromYUVPlanes(encoder->jpeg, planes, picture.width, strides, picture.height, TJSAMP_420,
                                &encoder->out, &size, quality, TJFLAG_NOREALLOC) != 0) {
        vi_say(message, tjGetErrorStr2(encoder->jpeg));
        return VI_FAILED;
    }
    *jpeg = encoder->out;
    *count = size;
    return VI_OK;
}
