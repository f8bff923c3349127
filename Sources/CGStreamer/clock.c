#include <string.h>
#include <time.h>

#include "internal.h"

// Seven-segment digits, so that a test picture needs no font library. Bits a...g from the lowest:
//     a
//   f   b
//     g
//   e   c
//     d
static const guint8 segments[10] = {0x3F, 0x06, 0x5B, 0x4F, 0x66, 0x6D, 0x7D, 0x07, 0x7F, 0x6F};

typedef struct {
    guint8 *luma;
    int stride, width, height;
} canvas;

static void fill(const canvas *c, int x, int y, int width, int height, guint8 value) {
    for (int row = MAX(y, 0); row < MIN(y + height, c->height); row++) {
        int left = MAX(x, 0), right = MIN(x + width, c->width);
        if (right > left) memset(c->luma + (gsize)row * c->stride + left, value, right - left);
    }
}

/// A digit `unit` * 5 wide and `unit` * 9 high, with strokes of `unit`.
static void digit(const canvas *c, int x, int y, int unit, int value) {
    const int box[7][4] = {{1, 0, 3, 1}, {4, 1, 1, 3}, {4, 5, 1, 3}, {1, 8, 3, 1}, {0, 5, 1, 3}, {0, 1, 1, 3},
                           {1, 4, 3, 1}};
    for (int s = 0; s < 7; s++) {
        if (segments[value] >> s & 1) {
            fill(c, x + box[s][0] * unit, y + box[s][1] * unit, box[s][2] * unit, box[s][3] * unit, 235);
        }
    }
}

GstPadProbeReturn vg_draw_clock(GstPad *pad, GstPadProbeInfo *probe, gpointer data) {
    GstBuffer *buffer = gst_buffer_make_writable(GST_PAD_PROBE_INFO_BUFFER(probe));
    GST_PAD_PROBE_INFO_DATA(probe) = buffer;
    GstCaps *caps = gst_pad_get_current_caps(pad);
    if (!caps) return GST_PAD_PROBE_OK;
    GstVideoInfo info;
    GstVideoFrame frame;
    bool known = gst_video_info_from_caps(&info, caps);
    gst_caps_unref(caps);
    if (!known || !gst_video_frame_map(&frame, &info, buffer, GST_MAP_READWRITE)) return GST_PAD_PROBE_OK;

    struct timespec now;
    struct tm local;
    clock_gettime(CLOCK_REALTIME, &now);
    localtime_r(&now.tv_sec, &local);
    const int digits[9] = {
        local.tm_hour / 10, local.tm_hour % 10, local.tm_min / 10, local.tm_min % 10, local.tm_sec / 10,
        local.tm_sec % 10, (int)(now.tv_nsec / 100000000), (int)(now.tv_nsec / 10000000 % 10),
        (int)(now.tv_nsec / 1000000 % 10)};

    canvas c = {
        GST_VIDEO_FRAME_PLANE_DATA(&frame, 0), GST_VIDEO_FRAME_PLANE_STRIDE(&frame, 0), GST_VIDEO_FRAME_WIDTH(&frame),
        GST_VIDEO_FRAME_HEIGHT(&frame)};
    // HH:MM:SS.mmm is 63 units wide; a dark plate a third of the picture wide stands behind it.
    int unit = MAX(1, c.width / 200);
    int x = 4 * unit, y = 4 * unit;
    fill(&c, x - 2 * unit, y - 2 * unit, 67 * unit, 13 * unit, 16);
    for (int i = 0; i < 9; i++) {
        digit(&c, x, y, unit, digits[i]);
        x += 6 * unit;
        if (i % 2 == 1 && i < 7) {
            if (i < 5) fill(&c, x, y + 2 * unit, unit, unit, 235);
            fill(&c, x, y + (i < 5 ? 6 : 8) * unit, unit, unit, 235);
            x += 3 * unit;
        }
    }
    gst_video_frame_unmap(&frame);
    return GST_PAD_PROBE_OK;
}
