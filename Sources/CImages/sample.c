#include "internal.h"

// Positions and weights in 1/256 pixel: finer than an eye can see move, and four products still fit 16 bits each.
enum { ONE = 256 };

typedef struct {
    int32_t left;
    int32_t weight;  // of the right neighbour, 0..<ONE
} tap;

size_t vi_sample_scratch(int width) {
    return (size_t)width * sizeof(tap);
}

// The two neighbours of `position` on a line of `count` pixels, and the weight of the second.
static tap place(double position, int count) {
    if (!(position > 0)) return (tap){0, 0};
    if (position >= count - 1) return (tap){count - 1, 0};
    int left = (int)position;
    int weight = (int)((position - left) * ONE);
    return (tap){left, weight};
}

static void sample_plane(const uint8_t *source, int stride, int width, int height, double x, double y, double step,
                         uint8_t *target, int target_stride, int target_width, int target_height, tap *taps) {
    for (int i = 0; i < target_width; i++) taps[i] = place(x + step * i, width);
    for (int row = 0; row < target_height; row++) {
        tap v = place(y + step * row, height);
        const uint8_t *upper = source + (ptrdiff_t)v.left * stride;
        const uint8_t *lower = v.weight ? upper + stride : upper;
        int below = v.weight, above = ONE - below;
        uint8_t *out = target + (ptrdiff_t)row * target_stride;
        for (int i = 0; i < target_width; i++) {
            int left = taps[i].left, weight = taps[i].weight, right = left + (weight != 0);
            int a = upper[left] * above + lower[left] * below;
            int b = upper[right] * above + lower[right] * below;
            out[i] = (uint8_t)((a * (ONE - weight) + b * weight + ONE * ONE / 2) >> 16);
        }
    }
}

void vi_sample(vi_view s, double x, double y, double step, vi_planes t, void *scratch) {
    // Positions are of pixel centres. A chroma sample lies in the middle of its four pixels, as in JPEG.
    double luma_x = x + (step - 1) / 2, luma_y = y + (step - 1) / 2;
    double chroma_x = x / 2 + (step - 1) / 2, chroma_y = y / 2 + (step - 1) / 2;
    sample_plane(s.y, s.y_stride, s.width, s.height, luma_x, luma_y, step, t.y, t.y_stride, t.width, t.height, scratch);
    int width = vi_half(t.width), height = vi_half(t.height);
    int source_width = vi_half(s.width), source_height = vi_half(s.height);
    sample_plane(s.u, s.u_stride, source_width, source_height, chroma_x, chroma_y, step, t.u, t.u_stride, width, height,
                 scratch);
    sample_plane(s.v, s.v_stride, source_width, source_height, chroma_x, chroma_y, step, t.v, t.v_stride, width, height,
                 scratch);
}
