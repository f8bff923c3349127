#include "internal.h"

#include <libyuv/convert.h>
#include <libyuv/convert_from_argb.h>
#include <libyuv/scale.h>
#include <png.h>
#include <stdlib.h>
#include <string.h>
#include <turbojpeg.h>
#include <webp/decode.h>

struct vi_decoder {
    tjhandle jpeg;
};

vi_decoder *vi_decoder_new(void) {
    vi_decoder *decoder = calloc(1, sizeof *decoder);
    if (!decoder) return NULL;
    decoder->jpeg = tjInitDecompress();
    if (!decoder->jpeg) {
        free(decoder);
        return NULL;
    }
    return decoder;
}

void vi_decoder_free(vi_decoder *decoder) {
    if (!decoder) return;
    tjDestroy(decoder->jpeg);
    free(decoder);
}

// Four bytes a pixel for pictures that have no planes of their own; rows one after the other.
static uint8_t *new_pixels(int width, int height) {
    return aligned_alloc(64, ((size_t)width * (size_t)height * 4 + 127) / 64 * 64);
}

static vi_status from_bgra(const uint8_t *pixels, vi_planes t) {
    int failed = ARGBToJ420(pixels, t.width * 4, t.y, t.y_stride, t.u, t.u_stride, t.v, t.v_stride, t.width, t.height);
    return failed ? VI_FAILED : VI_OK;
}

// --- JPEG -----------------------------------------------------------------------------------------------------------

// Whether a call of the library gave the whole picture. It goes on after damage and calls that a warning: all of them
// are failures to us but those that touch no pixel.
static vi_status judge_jpeg(tjhandle jpeg, int result, vi_message *message) {
    if (result == 0) return VI_OK;
    const char *text = tjGetErrorStr2(jpeg);
    vi_say(message, text);
    if (strstr(text, "Premature end") || strstr(text, "premature end")) return VI_TRUNCATED;
    if (tjGetErrorCode(jpeg) == TJERR_WARNING &&
        (strstr(text, "extraneous bytes") || strstr(text, "JFIF") || strstr(text, "Adobe") || strstr(text, "ICC")))
        return VI_OK;
    if (strstr(text, "Unsupported") || strstr(text, "not supported") || strstr(text, "DNL")) return VI_UNSUPPORTED;
    if (strstr(text, "Insufficient memory") || strstr(text, "Memory allocation failure")) return VI_NO_MEMORY;
    return VI_CORRUPT;
}

// Y, Cb and Cr as the file has them, without a detour over RGB. 4:2:0 goes straight into the picture.
static vi_status decode_planes(tjhandle jpeg, const uint8_t *bytes, size_t count, int subsampling, vi_planes t,
                               vi_message *message) {
    if (subsampling == TJSAMP_420 || subsampling == TJSAMP_GRAY) {
        unsigned char *planes[3] = {t.y, t.u, t.v};
        int strides[3] = {t.y_stride, t.u_stride, t.v_stride};
        int result = tjDecompressToYUVPlanes(jpeg, bytes, count, planes, t.width, strides, t.height, TJFLAG_LIMITSCANS);
        vi_status status = judge_jpeg(jpeg, result, message);
        if (status != VI_OK || subsampling == TJSAMP_420) return status;
        memset(t.u, 128, (size_t)t.u_stride * (size_t)vi_half(t.height));
        memset(t.v, 128, (size_t)t.v_stride * (size_t)vi_half(t.height));
        return VI_OK;
    }
    int width = tjPlaneWidth(1, t.width, subsampling), height = tjPlaneHeight(1, t.height, subsampling);
    int luma_width = tjPlaneWidth(0, t.width, subsampling), luma_height = tjPlaneHeight(0, t.height, subsampling);
    if (width <= 0 || height <= 0 || luma_width <= 0 || luma_height <= 0) return VI_UNSUPPORTED;
    size_t luma = (size_t)luma_width * (size_t)luma_height, chroma = (size_t)width * (size_t)height;
    uint8_t *memory = malloc(luma + 2 * chroma + 64);
    if (!memory) return VI_NO_MEMORY;
    unsigned char *planes[3] = {memory, memory + luma, memory + luma + chroma};
    int strides[3] = {luma_width, width, width};
    int result = tjDecompressToYUVPlanes(jpeg, bytes, count, planes, t.width, strides, t.height, TJFLAG_LIMITSCANS);
    vi_status status = judge_jpeg(jpeg, result, message);
    if (status == VI_OK) {
        for (int row = 0; row < t.height; row++)
            memcpy(t.y + (ptrdiff_t)row * t.y_stride, planes[0] + (size_t)row * (size_t)luma_width, (size_t)t.width);
        ScalePlane(planes[1], width, width, height, t.u, t.u_stride, vi_half(t.width), vi_half(t.height), kFilterBox);
        ScalePlane(planes[2], width, width, height, t.v, t.v_stride, vi_half(t.width), vi_half(t.height), kFilterBox);
    }
    free(memory);
    return status;
}

// Ink to light, in place. With an Adobe marker the file holds 255 minus the ink.
static void cmyk_to_bgra(uint8_t *pixels, size_t count, bool adobe) {
    uint8_t flip = adobe ? 0 : 255;
    for (size_t i = 0; i < count; i++) {
        uint8_t *p = pixels + 4 * i;
        unsigned c = p[0] ^ flip, m = p[1] ^ flip, y = p[2] ^ flip, k = p[3] ^ flip;
        p[0] = (uint8_t)((y * k + 127) / 255);
        p[1] = (uint8_t)((m * k + 127) / 255);
        p[2] = (uint8_t)((c * k + 127) / 255);
        p[3] = 255;
    }
}

// Everything else: RGB and CMYK files, and unusual subsamplings.
static vi_status decode_pixels(tjhandle jpeg, const uint8_t *bytes, size_t count, bool cmyk, bool adobe, vi_planes t,
                               vi_message *message) {
    uint8_t *pixels = new_pixels(t.width, t.height);
    if (!pixels) return VI_NO_MEMORY;
    int result = tjDecompress2(jpeg, bytes, count, pixels, t.width, t.width * 4, t.height, cmyk ? TJPF_CMYK : TJPF_BGRX,
                               TJFLAG_LIMITSCANS);
    vi_status status = judge_jpeg(jpeg, result, message);
    if (status == VI_OK) {
        if (cmyk) cmyk_to_bgra(pixels, (size_t)t.width * (size_t)t.height, adobe);
        status = from_bgra(pixels, t);
    }
    free(pixels);
    return status;
}

vi_status vi_decode_jpeg(vi_decoder *decoder, const uint8_t *bytes, size_t count, int width, int height, int components,
                         bool adobe, vi_picture *picture, vi_message *message) {
    tjhandle jpeg = decoder->jpeg;
    vi_say(message, "");
    int stated_width = 0, stated_height = 0, subsampling = -1, colours = -1;
    // Fails for subsamplings it has no name for, which can still be decoded as pixels.
    bool planar = tjDecompressHeader3(jpeg, bytes, count, &stated_width, &stated_height, &subsampling, &colours) == 0 &&
                  (colours == TJCS_YCbCr || colours == TJCS_GRAY) && subsampling >= 0;
    if (stated_width > 0 && stated_width != width) return VI_CORRUPT;
    if (stated_height > 0 && stated_height != height) return VI_CORRUPT;
    vi_status status = vi_picture_init(picture, width, height);
    if (status != VI_OK) return status;
    status = planar ? decode_planes(jpeg, bytes, count, subsampling, picture->planes, message)
                    : decode_pixels(jpeg, bytes, count, components == 4, adobe, picture->planes, message);
    if (status != VI_OK) vi_picture_free(picture);
    return status;
}

// --- PNG ------------------------------------------------------------------------------------------------------------

vi_status vi_decode_png(const uint8_t *bytes, size_t count, int width, int height, vi_picture *picture,
                        vi_message *message) {
    vi_say(message, "");
    png_image image;
    memset(&image, 0, sizeof image);
    image.version = PNG_IMAGE_VERSION;
    if (!png_image_begin_read_from_memory(&image, bytes, count)) {
        vi_say(message, image.message);
        return VI_CORRUPT;
    }
    if (image.width != (unsigned)width || image.height != (unsigned)height) {
        png_image_free(&image);
        return VI_CORRUPT;
    }
    // Without it, a 16-bit file that does not say otherwise would be taken for linear light and come out far too
    // bright.
    image.flags |= PNG_IMAGE_FLAG_16BIT_sRGB;
    image.format = PNG_FORMAT_RGB;
    uint8_t *pixels = malloc(PNG_IMAGE_SIZE(image) + 64);
    if (!pixels) {
        png_image_free(&image);
        return VI_NO_MEMORY;
    }
    png_color white = {255, 255, 255};
    vi_status status = VI_OK;
    if (!png_image_finish_read(&image, &white, pixels, 0, NULL)) {
        vi_say(message, image.message);
        status = strstr(image.message, "emory") ? VI_NO_MEMORY : VI_CORRUPT;
    } else {
        status = vi_picture_init(picture, width, height);
    }
    if (status == VI_OK) {
        vi_planes t = picture->planes;
        if (RAWToJ420(pixels, width * 3, t.y, t.y_stride, t.u, t.u_stride, t.v, t.v_stride, width, height) != 0) {
            vi_picture_free(picture);
            status = VI_FAILED;
        }
    }
    free(pixels);
    return status;
}

// --- WebP -----------------------------------------------------------------------------------------------------------

static vi_status judge_webp(VP8StatusCode code, vi_message *message) {
    switch (code) {
    case VP8_STATUS_OK: return VI_OK;
    case VP8_STATUS_OUT_OF_MEMORY: return VI_NO_MEMORY;
    case VP8_STATUS_UNSUPPORTED_FEATURE: return VI_UNSUPPORTED;
    case VP8_STATUS_NOT_ENOUGH_DATA: return VI_TRUNCATED;
    default: vi_say(message, "its WebP data is damaged"); return VI_CORRUPT;
    }
}

static void over_white(uint8_t *bgra, size_t count) {
    for (size_t i = 0; i < count; i++) {
        uint8_t *p = bgra + 4 * i;
        unsigned alpha = p[3];
        for (int c = 0; c < 3; c++) p[c] = (uint8_t)((p[c] * alpha + 255 * (255 - alpha) + 127) / 255);
    }
}

vi_status vi_decode_webp(const uint8_t *bytes, size_t count, int width, int height, vi_picture *picture,
                         vi_message *message) {
    vi_say(message, "");
    WebPDecoderConfig config;
    if (!WebPInitDecoderConfig(&config)) return VI_FAILED;
    vi_status status = judge_webp(WebPGetFeatures(bytes, count, &config.input), message);
    if (status != VI_OK) return status;
    if (config.input.width != width || config.input.height != height) return VI_CORRUPT;
    if (config.input.has_animation) {
        vi_say(message, "animated WebP");
        return VI_UNSUPPORTED;
    }
    status = vi_picture_init(picture, width, height);
    if (status != VI_OK) return status;
    vi_planes t = picture->planes;
    config.output.is_external_memory = 1;
    bool planar = config.input.format == 1 && !config.input.has_alpha;
    uint8_t *pixels = NULL;
    if (planar) {  // lossy: I420 as it is in the file
        config.output.colorspace = MODE_YUV;
        config.output.u.YUVA = (WebPYUVABuffer){
            .y = t.y,
            .u = t.u,
            .v = t.v,
            .y_stride = t.y_stride,
            .u_stride = t.u_stride,
            .v_stride = t.v_stride,
            .y_size = (size_t)t.y_stride * (size_t)t.height,
            .u_size = (size_t)t.u_stride * (size_t)vi_half(t.height),
            .v_size = (size_t)t.v_stride * (size_t)vi_half(t.height),
        };
    } else {
        pixels = new_pixels(width, height);
        if (!pixels) {
            vi_picture_free(picture);
            return VI_NO_MEMORY;
        }
        config.output.colorspace = MODE_BGRA;
        config.output.u.RGBA = (WebPRGBABuffer){
            .rgba = pixels, .stride = width * 4, .size = (size_t)width * (size_t)height * 4};
    }
    status = judge_webp(WebPDecode(bytes, count, &config), message);
    WebPFreeDecBuffer(&config.output);
    if (status == VI_OK && planar) {
        vi_to_full_range(vi_view_of(t), VI_LIMITED_601, t);
    } else if (status == VI_OK) {
        if (config.input.has_alpha) over_white(pixels, (size_t)width * (size_t)height);
        status = from_bgra(pixels, t);
    }
    free(pixels);
    if (status != VI_OK) vi_picture_free(picture);
    return status;
}
