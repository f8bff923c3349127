#ifndef CIMAGES_INTERNAL_H
#define CIMAGES_INTERNAL_H

#include "include/CImages.h"

#include <stdio.h>

static inline int vi_half(int n) { return n / 2 + (n & 1); }
static inline int vi_even(int n) { return n + (n & 1); }

static inline vi_view vi_view_of(vi_planes p) {
    return (vi_view){p.y, p.u, p.v, p.y_stride, p.u_stride, p.v_stride, p.width, p.height};
}

static inline void vi_say(vi_message *message, const char *text) {
    snprintf(message->text, sizeof message->text, "%s", text ? text : "");
}

// Repeats the last column and row of a luma plane whose size is odd into the spare ones that vi_picture keeps for it.
void vi_pad_luma(vi_planes picture);

#endif
