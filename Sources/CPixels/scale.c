#include "CPixels.h"

#include <libyuv/scale.h>

int32_t vp_scale(
    const vp_picture *source, uint8_t *y, uint8_t *u, uint8_t *v, int32_t width, int32_t height) {
    const int chroma_width = (width + 1) / 2;
    return I420Scale(
        source->y, (int)source->y_stride, source->u, (int)source->u_stride, source->v, (int)source->v_stride,
        source->width, source->height, y, width, u, chroma_width, v, chroma_width, width, height, kFilterBox);
}
