#pragma once

/// Calls of malloc and its kin so far, by all threads of the process. Linking this replaces those functions; it belongs
/// in benchmarks only.
unsigned long va_allocations(void);
