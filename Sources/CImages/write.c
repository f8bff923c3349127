#include "internal.h"

#include <pango/pangocairo.h>
#include <stdlib.h>

struct vi_writer {
    PangoFontMap *fonts;
    PangoContext *context;
    PangoLayout *layout;
    PangoFontDescription *description;
    cairo_surface_t *surface;
};

vi_writer *vi_writer_new(void) {
    vi_writer *writer = calloc(1, sizeof *writer);
    if (!writer) return NULL;
    // Its own font map: the default one belongs to the thread that asks.
    writer->fonts = pango_cairo_font_map_new();
    writer->context = pango_font_map_create_context(writer->fonts);
    cairo_font_options_t *options = cairo_font_options_create();
    // Grey smoothing only: sub-pixel colours make no sense in a mask, and hinted widths change with the renderer.
    cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_ON);
    pango_cairo_context_set_font_options(writer->context, options);
    cairo_font_options_destroy(options);
    writer->layout = pango_layout_new(writer->context);
    pango_layout_set_single_paragraph_mode(writer->layout, TRUE);
    pango_layout_set_ellipsize(writer->layout, PANGO_ELLIPSIZE_MIDDLE);
    pango_layout_set_alignment(writer->layout, PANGO_ALIGN_LEFT);
    writer->description = pango_font_description_from_string("DejaVu Sans, sans-serif Bold");
    return writer;
}

void vi_writer_free(vi_writer *writer) {
    if (!writer) return;
    if (writer->surface) cairo_surface_destroy(writer->surface);
    pango_font_description_free(writer->description);
    g_object_unref(writer->layout);
    g_object_unref(writer->context);
    g_object_unref(writer->fonts);
    free(writer);
}

static inline int at_least_one(int n) { return n < 1 ? 1 : n; }

vi_status vi_write(vi_writer *writer, const char *utf8, int count, int font_pixels, int max_width, vi_mask *mask) {
    pango_font_description_set_absolute_size(writer->description, (double)font_pixels * PANGO_SCALE);
    pango_layout_set_font_description(writer->layout, writer->description);
    pango_layout_set_width(writer->layout, max_width * PANGO_SCALE);
    pango_layout_set_text(writer->layout, utf8, count);
    PangoRectangle extents;
    pango_layout_get_pixel_extents(writer->layout, NULL, &extents);
    int width = at_least_one(extents.width > max_width ? max_width : extents.width);
    // Signs stacked on signs can make a line as high as a house.
    int highest = 2 * font_pixels;
    int height = at_least_one(extents.height > highest ? highest : extents.height);
    if (writer->surface) cairo_surface_destroy(writer->surface);
    writer->surface = cairo_image_surface_create(CAIRO_FORMAT_A8, width, height);
    if (cairo_surface_status(writer->surface) != CAIRO_STATUS_SUCCESS) return VI_NO_MEMORY;
    cairo_t *pen = cairo_create(writer->surface);
    // Right-to-left text stands at the right end of the line: bring its left end to 0.
    cairo_move_to(pen, -extents.x, -extents.y);
    pango_cairo_show_layout(pen, writer->layout);
    cairo_status_t drawn = cairo_status(pen);
    cairo_destroy(pen);
    if (drawn != CAIRO_STATUS_SUCCESS) return VI_FAILED;
    cairo_surface_flush(writer->surface);
    *mask = (vi_mask){
        .pixels = cairo_image_surface_get_data(writer->surface),
        .width = width,
        .height = height,
        .stride = cairo_image_surface_get_stride(writer->surface),
    };
    return VI_OK;
}
