/// A narrow door to OpenVINO's C API, opened at run time.
///
/// OpenVINO is declared here and fetched with dlopen, so that the program builds without its headers and a missing
/// library becomes an error message. Swift could not call it directly: compiling a model is variadic, and shapes are
/// passed as structures by value through function pointers.
///
/// Every function that may fail writes a text of at most VO_ERROR_SIZE bytes to `error` and returns null or false; what
/// it had made by then is freed.
#ifndef VEDETTE_COPENVINO_H
#define VEDETTE_COPENVINO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { VO_ERROR_SIZE = 1024, VO_MAX_RANK = 8, VO_NAME_SIZE = 128 };

typedef struct vo_library vo_library;
typedef struct vo_model vo_model;
typedef struct vo_compiled vo_compiled;
typedef struct vo_request vo_request;

/// An input or output of a model. A dimension of -1 is not fixed.
typedef struct {
    char name[VO_NAME_SIZE];
    int32_t rank;
    int64_t dimensions[VO_MAX_RANK];
    /// Whether the elements are 32-bit floats.
    bool is_float;
} vo_port;

/// Loads the library and starts its core. Never unloaded: its threads outlive any handle.
vo_library *_Nullable vo_library_open(const char *_Nonnull path, char *_Nonnull error);
/// The version the library reports, e.g. "2026.4.1-...".
void vo_library_version(vo_library *_Nonnull library, char *_Nonnull text, size_t size);

/// Gives memory that was freed back to the system. Reading and compiling a model leaves tens of megabytes of it with
/// the allocator, which would otherwise stay with the process.
void vo_release_memory(void);

/// Reads a model file (ONNX or OpenVINO's own). Freed with vo_model_free, also after compiling.
vo_model *_Nullable vo_model_read(vo_library *_Nonnull library, const char *_Nonnull path, char *_Nonnull error);
void vo_model_free(vo_model *_Nullable model);
size_t vo_model_port_count(const vo_model *_Nonnull model, bool outputs);
bool vo_model_port(
    const vo_model *_Nonnull model, bool outputs, size_t index, vo_port *_Nonnull port, char *_Nonnull error);
/// Fixes the shape of a model's only input.
bool vo_model_reshape(
    vo_model *_Nonnull model, const int64_t *_Nonnull dimensions, int32_t rank, char *_Nonnull error);

/// Compiles for the CPU: `streams` inferences side by side, one thread each, in full 32-bit precision, threads not
/// bound to cores (other work shares them).
vo_compiled *_Nullable vo_compile(const vo_model *_Nonnull model, int32_t streams, char *_Nonnull error);
void vo_compiled_free(vo_compiled *_Nullable compiled);

/// One inference at a time.
vo_request *_Nullable vo_request_create(const vo_compiled *_Nonnull compiled, char *_Nonnull error);
/// Makes the request read its only input from the caller's memory, which outlives it or the next call of this.
bool vo_request_bind(
    vo_request *_Nonnull request, const int64_t *_Nonnull dimensions, int32_t rank, float *_Nonnull memory,
    char *_Nonnull error);
/// Runs and waits.
bool vo_request_infer(vo_request *_Nonnull request, char *_Nonnull error);
/// Where the last inference left an output, and how many numbers it has; valid until the next inference.
bool vo_request_output(
    const vo_request *_Nonnull request, size_t index, const float *_Nullable *_Nonnull data, size_t *_Nonnull count,
    char *_Nonnull error);
void vo_request_free(vo_request *_Nullable request);

#endif
