// Settings of the C library's allocator, whose header Swift's Glibc module leaves out.
#pragma once

/// Keeps the memory of a process that starts and ends many threads flat. Call once, before the first thread.
///
/// Two pools instead of eight per core, and every block from 256 KiB on (a video frame is one) from the system and back to it:
/// by default each new decoder thread may take a pool of its own, and frames freed in it stay there. With a camera that
/// came and went every five seconds, that was 10 MB each time.
void vm_bound_allocator(void);
