#include "CMemory.h"

#include <malloc.h>

void vm_bound_allocator(void) {
    mallopt(M_ARENA_MAX, 2);
    mallopt(M_MMAP_THRESHOLD, 256 * 1024);
}
