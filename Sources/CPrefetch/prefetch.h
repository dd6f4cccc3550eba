/// What Swift has no name for.

/// Begins to fetch the line of memory at `address` and does not wait for it.
static inline void prefetchLine(const void *address) { __builtin_prefetch(address); }
