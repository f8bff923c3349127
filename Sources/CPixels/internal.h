#ifndef VEDETTE_CPIXELS_INTERNAL_H
#define VEDETTE_CPIXELS_INTERNAL_H

#include "CPixels.h"

#if defined(__x86_64__)
#define VP_X86 1
#include <immintrin.h>
#define VP_AVX2 __attribute__((target("avx2,fma")))
#else
#define VP_X86 0
#endif

static inline float vp_clamp(float value) { return value < 0 ? 0 : (value > 255 ? 255 : value); }

/// Where the planes of red, green and blue start among the three of a target.
typedef struct {
    float *red;
    float *green;
    float *blue;
} vp_channels;

static inline vp_channels vp_channels_of(float *target, ptrdiff_t plane, const vp_layout *layout) {
    vp_channels channels = {target, target + plane, target + 2 * plane};
    if (layout->blue_first) {
        channels.red = target + 2 * plane;
        channels.blue = target;
    }
    return channels;
}

/// One pixel from Y - black, U - 128 and V - 128 to its three numbers.
static inline void vp_store(
    vp_channels to, ptrdiff_t at, float y, float u, float v, const vp_colour *colour, const vp_layout *layout) {
    const float grey = y * colour->gain;
    to.red[at] = (vp_clamp(grey + colour->red_v * v) - layout->mean) * layout->scale;
    to.green[at] = (vp_clamp(grey - colour->green_u * u - colour->green_v * v) - layout->mean) * layout->scale;
    to.blue[at] = (vp_clamp(grey + colour->blue_u * u) - layout->mean) * layout->scale;
}

#if VP_X86
/// The conversion's constants, spread over the eight lanes.
typedef struct {
    __m256 black, gain, red_v, green_u, green_v, blue_u, mean, scale;
} vp_lanes;

VP_AVX2 static inline vp_lanes vp_lanes_of(const vp_colour *colour, const vp_layout *layout) {
    vp_lanes lanes = {
        _mm256_set1_ps(colour->black),   _mm256_set1_ps(colour->gain),   _mm256_set1_ps(colour->red_v),
        _mm256_set1_ps(colour->green_u), _mm256_set1_ps(colour->green_v), _mm256_set1_ps(colour->blue_u),
        _mm256_set1_ps(layout->mean),    _mm256_set1_ps(layout->scale),
    };
    return lanes;
}

VP_AVX2 static inline __m256 vp_lay_out(__m256 value, const vp_lanes *lanes) {
    const __m256 clamped = _mm256_min_ps(_mm256_max_ps(value, _mm256_setzero_ps()), _mm256_set1_ps(255));
    return _mm256_mul_ps(_mm256_sub_ps(clamped, lanes->mean), lanes->scale);
}

/// As vp_store, eight pixels at once.
VP_AVX2 static inline void vp_store8(
    vp_channels to, ptrdiff_t at, __m256 y, __m256 u, __m256 v, const vp_lanes *lanes) {
    const __m256 grey = _mm256_mul_ps(y, lanes->gain);
    const __m256 red = _mm256_fmadd_ps(v, lanes->red_v, grey);
    const __m256 green = _mm256_fnmadd_ps(v, lanes->green_v, _mm256_fnmadd_ps(u, lanes->green_u, grey));
    const __m256 blue = _mm256_fmadd_ps(u, lanes->blue_u, grey);
    _mm256_storeu_ps(to.red + at, vp_lay_out(red, lanes));
    _mm256_storeu_ps(to.green + at, vp_lay_out(green, lanes));
    _mm256_storeu_ps(to.blue + at, vp_lay_out(blue, lanes));
}
#endif

#endif
