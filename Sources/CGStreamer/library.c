#include <time.h>

#include "internal.h"

const char *vg_start(void) {
    static gsize started = 0;
    static const char *problem = NULL;
    if (g_once_init_enter(&started)) {
        GError *error = NULL;
        if (!gst_init_check(NULL, NULL, &error)) {
            problem = error ? g_strdup(error->message) : "unknown reason";
            g_clear_error(&error);
        }
        g_once_init_leave(&started, 1);
    }
    return problem;
}

bool vg_has_element(const char *factory) {
    GstElementFactory *found = gst_element_factory_find(factory);
    if (!found) return false;
    gst_object_unref(found);
    return true;
}

gint64 vg_monotonic(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (gint64)now.tv_sec * GST_SECOND + now.tv_nsec;
}
