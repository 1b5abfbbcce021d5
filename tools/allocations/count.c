// Counts heap allocations of the program that it is preloaded into (LD_PRELOAD), in place of glibc's functions, which
// it calls. `spot bench model` asks it by spot_allocation_count.
#include <errno.h>
#include <stdatomic.h>
#include <stddef.h>

// glibc's own, under the names that it keeps for those who replace malloc.
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *former, size_t size);
void *__libc_memalign(size_t alignment, size_t size);

static atomic_long allocations;

long spot_allocation_count(void) { return atomic_load_explicit(&allocations, memory_order_relaxed); }

static void count(void) { atomic_fetch_add_explicit(&allocations, 1, memory_order_relaxed); }

void *malloc(size_t size) {
  count();
  return __libc_malloc(size);
}

void *calloc(size_t number, size_t size) {
  count();
  return __libc_calloc(number, size);
}

void *realloc(void *former, size_t size) {
  count();
  return __libc_realloc(former, size);
}

void *memalign(size_t alignment, size_t size) {
  count();
  return __libc_memalign(alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size) { return memalign(alignment, size); }

int posix_memalign(void **result, size_t alignment, size_t size) {
  void *memory = memalign(alignment, size);
  if (!memory) return ENOMEM;
  *result = memory;
  return 0;
}
