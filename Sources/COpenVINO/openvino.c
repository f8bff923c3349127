#include "COpenVINO.h"

#include <dlfcn.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// MARK: OpenVINO's C API, as far as it is used (stable since 2022.1)

typedef int32_t ov_status;
enum { OV_OK = 0, OV_F32 = 4 };

typedef struct ov_core ov_core;
typedef struct ov_model ov_model;
typedef struct ov_compiled_model ov_compiled_model;
typedef struct ov_infer_request ov_infer_request;
typedef struct ov_tensor ov_tensor;
typedef struct ov_port ov_port;

typedef struct {
    int64_t min;
    int64_t max;
} ov_dimension;

typedef struct {
    ov_dimension rank;
    ov_dimension *dims;
} ov_partial_shape;

typedef struct {
    int64_t rank;
    int64_t *dims;
} ov_shape;

typedef struct {
    const char *build_number;
    const char *description;
} ov_version;

/// name, result, parameters
#define OV_FUNCTIONS(F) \
    F(ov_get_last_err_msg, const char *, (void)) \
    F(ov_free, void, (const char *)) \
    F(ov_get_openvino_version, ov_status, (ov_version *)) \
    F(ov_version_free, void, (ov_version *)) \
    F(ov_core_create, ov_status, (ov_core **)) \
    F(ov_core_read_model, ov_status, (const ov_core *, const char *, const char *, ov_model **)) \
    F(ov_core_compile_model, ov_status, \
      (const ov_core *, const ov_model *, const char *, size_t, ov_compiled_model **, ...)) \
    F(ov_model_free, void, (ov_model *)) \
    F(ov_model_inputs_size, ov_status, (const ov_model *, size_t *)) \
    F(ov_model_outputs_size, ov_status, (const ov_model *, size_t *)) \
    F(ov_model_const_input_by_index, ov_status, (const ov_model *, size_t, ov_port **)) \
    F(ov_model_const_output_by_index, ov_status, (const ov_model *, size_t, ov_port **)) \
    F(ov_model_reshape_single_input, ov_status, (const ov_model *, ov_partial_shape)) \
    F(ov_port_get_any_name, ov_status, (const ov_port *, char **)) \
    F(ov_port_get_partial_shape, ov_status, (const ov_port *, ov_partial_shape *)) \
    F(ov_port_get_element_type, ov_status, (const ov_port *, int32_t *)) \
    F(ov_output_const_port_free, void, (ov_port *)) \
    F(ov_partial_shape_create_static, ov_status, (int64_t, const int64_t *, ov_partial_shape *)) \
    F(ov_partial_shape_free, void, (ov_partial_shape *)) \
    F(ov_compiled_model_create_infer_request, ov_status, (const ov_compiled_model *, ov_infer_request **)) \
    F(ov_compiled_model_free, void, (ov_compiled_model *)) \
    F(ov_tensor_create_from_host_ptr, ov_status, (int32_t, ov_shape, void *, ov_tensor **)) \
    F(ov_tensor_data, ov_status, (const ov_tensor *, void **)) \
    F(ov_tensor_get_size, ov_status, (const ov_tensor *, size_t *)) \
    F(ov_tensor_free, void, (ov_tensor *)) \
    F(ov_infer_request_set_input_tensor_by_index, ov_status, (ov_infer_request *, size_t, const ov_tensor *)) \
    F(ov_infer_request_get_output_tensor_by_index, ov_status, (const ov_infer_request *, size_t, ov_tensor **)) \
    F(ov_infer_request_infer, ov_status, (ov_infer_request *)) \
    F(ov_infer_request_free, void, (ov_infer_request *))

struct vo_library {
    ov_core *core;
#define MEMBER(name, result, parameters) result(*name) parameters;
    OV_FUNCTIONS(MEMBER)
#undef MEMBER
};

struct vo_model {
    vo_library *library;
    ov_model *model;
};

struct vo_compiled {
    vo_library *library;
    ov_compiled_model *compiled;
};

struct vo_request {
    vo_library *library;
    ov_infer_request *request;
};

/// Writes what OpenVINO says about the last failure, in one line. False, so that a failing function can return it.
static bool fail(const vo_library *library, ov_status status, char *error) {
    const char *text = library->ov_get_last_err_msg();
    if (!text || !*text) {
        snprintf(error, VO_ERROR_SIZE, "OpenVINO error %d", status);
        return false;
    }
    size_t at = 0;
    for (; *text && at < VO_ERROR_SIZE - 1; text++) {
        const char next = *text == '\n' || *text == '\t' ? ' ' : *text;
        if (next == ' ' && at > 0 && error[at - 1] == ' ') { continue; }
        error[at++] = next;
    }
    while (at > 0 && error[at - 1] == ' ') { at--; }
    error[at] = 0;
    return false;
}

// MARK: library

vo_library *vo_library_open(const char *path, char *error) {
    void *handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!handle) {
        const char *reason = dlerror();
        snprintf(error, VO_ERROR_SIZE, "%s", reason ? reason : "cannot be loaded");
        return NULL;
    }
    vo_library *library = calloc(1, sizeof *library);
    if (!library) {
        snprintf(error, VO_ERROR_SIZE, "out of memory");
        return NULL;
    }
#define FETCH(name, result, parameters) \
    *(void **)&library->name = dlsym(handle, #name); \
    if (!library->name) { \
        snprintf(error, VO_ERROR_SIZE, "it has no function " #name); \
        goto failed; \
    }
    OV_FUNCTIONS(FETCH)
#undef FETCH
    const ov_status status = library->ov_core_create(&library->core);
    if (status != OV_OK) {
        fail(library, status, error);
        goto failed;
    }
    return library;
failed:
    free(library);
    dlclose(handle);
    return NULL;
}

void vo_library_version(vo_library *library, char *text, size_t size) {
    ov_version version = {0};
    text[0] = 0;
    if (library->ov_get_openvino_version(&version) != OV_OK) { return; }
    snprintf(text, size, "%s", version.build_number ? version.build_number : "");
    library->ov_version_free(&version);
}

void vo_release_memory(void) {
#if defined(__GLIBC__)
    malloc_trim(0);
#endif
}

// MARK: model

vo_model *vo_model_read(vo_library *library, const char *path, char *error) {
    ov_model *read = NULL;
    const ov_status status = library->ov_core_read_model(library->core, path, NULL, &read);
    if (status != OV_OK) {
        fail(library, status, error);
        return NULL;
    }
    vo_model *model = calloc(1, sizeof *model);
    if (!model) {
        library->ov_model_free(read);
        snprintf(error, VO_ERROR_SIZE, "out of memory");
        return NULL;
    }
    model->library = library;
    model->model = read;
    return model;
}

void vo_model_free(vo_model *model) {
    if (!model) { return; }
    model->library->ov_model_free(model->model);
    free(model);
}

size_t vo_model_port_count(const vo_model *model, bool outputs) {
    const vo_library *library = model->library;
    size_t count = 0;
    const ov_status status = outputs ? library->ov_model_outputs_size(model->model, &count)
                                     : library->ov_model_inputs_size(model->model, &count);
    return status == OV_OK ? count : 0;
}

bool vo_model_port(const vo_model *model, bool outputs, size_t index, vo_port *port, char *error) {
    const vo_library *library = model->library;
    ov_port *found = NULL;
    memset(port, 0, sizeof *port);
    ov_status status = outputs ? library->ov_model_const_output_by_index(model->model, index, &found)
                               : library->ov_model_const_input_by_index(model->model, index, &found);
    if (status != OV_OK) { return fail(library, status, error); }

    char *name = NULL;
    // A tensor without a name is legal; the port then keeps an empty one.
    if (library->ov_port_get_any_name(found, &name) == OV_OK && name) {
        snprintf(port->name, sizeof port->name, "%s", name);
        library->ov_free(name);
    }
    int32_t type = 0;
    ov_partial_shape shape = {0};
    status = library->ov_port_get_element_type(found, &type);
    if (status == OV_OK) { status = library->ov_port_get_partial_shape(found, &shape); }
    bool done = status == OV_OK;
    if (!done) {
        fail(library, status, error);
    } else if (shape.rank.min != shape.rank.max || shape.rank.max > VO_MAX_RANK) {
        snprintf(
            error, VO_ERROR_SIZE, "the number of dimensions of '%s' is not fixed or above %d", port->name, VO_MAX_RANK);
        done = false;
    } else {
        port->is_float = type == OV_F32;
        port->rank = (int32_t)shape.rank.max;
        for (int32_t i = 0; i < port->rank; i++) {
            const ov_dimension size = shape.dims[i];
            port->dimensions[i] = size.min == size.max ? size.max : -1;
        }
    }
    if (status == OV_OK) { library->ov_partial_shape_free(&shape); }
    library->ov_output_const_port_free(found);
    return done;
}

bool vo_model_reshape(vo_model *model, const int64_t *dimensions, int32_t rank, char *error) {
    const vo_library *library = model->library;
    ov_partial_shape shape = {0};
    ov_status status = library->ov_partial_shape_create_static(rank, dimensions, &shape);
    if (status != OV_OK) { return fail(library, status, error); }
    status = library->ov_model_reshape_single_input(model->model, shape);
    library->ov_partial_shape_free(&shape);
    return status == OV_OK ? true : fail(library, status, error);
}

// MARK: compiled model

vo_compiled *vo_compile(const vo_model *model, int32_t streams, char *error) {
    vo_library *library = model->library;
    char count[16];
    snprintf(count, sizeof count, "%d", streams);
    ov_compiled_model *made = NULL;
    // Pairs of key and value; the count is that of both.
    const ov_status status = library->ov_core_compile_model(
        library->core, model->model, "CPU", 10, &made, "PERFORMANCE_HINT", "THROUGHPUT", "NUM_STREAMS", count,
        "INFERENCE_NUM_THREADS", count, "INFERENCE_PRECISION_HINT", "f32", "ENABLE_CPU_PINNING", "NO");
    if (status != OV_OK) {
        fail(library, status, error);
        return NULL;
    }
    vo_compiled *compiled = calloc(1, sizeof *compiled);
    if (!compiled) {
        library->ov_compiled_model_free(made);
        snprintf(error, VO_ERROR_SIZE, "out of memory");
        return NULL;
    }
    compiled->library = library;
    compiled->compiled = made;
    return compiled;
}

void vo_compiled_free(vo_compiled *compiled) {
    if (!compiled) { return; }
    compiled->library->ov_compiled_model_free(compiled->compiled);
    free(compiled);
}

// MARK: request

vo_request *vo_request_create(const vo_compiled *compiled, char *error) {
    vo_library *library = compiled->library;
    ov_infer_request *made = NULL;
    const ov_status status = library->ov_compiled_model_create_infer_request(compiled->compiled, &made);
    if (status != OV_OK) {
        fail(library, status, error);
        return NULL;
    }
    vo_request *request = calloc(1, sizeof *request);
    if (!request) {
        library->ov_infer_request_free(made);
        snprintf(error, VO_ERROR_SIZE, "out of memory");
        return NULL;
    }
    request->library = library;
    request->request = made;
    return request;
}

bool vo_request_bind(vo_request *request, const int64_t *dimensions, int32_t rank, float *memory, char *error) {
    const vo_library *library = request->library;
    // OpenVINO takes the dimensions as variable, but copies them.
    const ov_shape shape = {rank, (int64_t *)dimensions};
    ov_tensor *tensor = NULL;
    ov_status status = library->ov_tensor_create_from_host_ptr(OV_F32, shape, memory, &tensor);
    if (status != OV_OK) { return fail(library, status, error); }
    status = library->ov_infer_request_set_input_tensor_by_index(request->request, 0, tensor);
    // The request holds the tensor by itself.
    library->ov_tensor_free(tensor);
    return status == OV_OK ? true : fail(library, status, error);
}

bool vo_request_infer(vo_request *request, char *error) {
    const ov_status status = request->library->ov_infer_request_infer(request->request);
    return status == OV_OK ? true : fail(request->library, status, error);
}

bool vo_request_output(
    const vo_request *request, size_t index, const float **data, size_t *count, char *error) {
    const vo_library *library = request->library;
    ov_tensor *tensor = NULL;
    void *memory = NULL;
    ov_status status = library->ov_infer_request_get_output_tensor_by_index(request->request, index, &tensor);
    if (status != OV_OK) { return fail(library, status, error); }
    status = library->ov_tensor_data(tensor, &memory);
    if (status == OV_OK) { status = library->ov_tensor_get_size(tensor, count); }
    // The memory belongs to the request, not to this handle on it.
    library->ov_tensor_free(tensor);
    *data = memory;
    return status == OV_OK ? true : fail(library, status, error);
}

void vo_request_free(vo_request *request) {
    if (!request) { return; }
    request->library->ov_infer_request_free(request->request);
    free(request);
}
