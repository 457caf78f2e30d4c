/* pink_engine_v1.h -- the engine ABI, major version 1.
 *
 * Copyright the authors. SPDX-License-Identifier: Apache-2.0
 *
 * Key words MUST, MUST NOT and MAY as in RFC 2119. LP64, little-endian. There is no padding:
 * every hole is a named `reserved` field that MUST be 0.
 *
 * An engine is a shared library with one exported symbol, `__pink_runtime_init`. A worker calls
 * it once in a process, before anything else in the library. Afterwards both sides call each
 * other through a PinkCrossCallV1: an id, the SCALE tuple of the arguments, and an output
 * function that takes the reply, a SCALE `Result<_, Fault>`. What the calls are, and the bytes of
 * what they speak of, is specified in docs/abi.md.
 *
 * Minors only add ocalls, and fields at the end of structs. An engine MUST NOT make an ocall that
 * the worker's minor hasn't got: docs/abi.md says which minor each needs.
 *
 * The ocall `poll`, since minor 1: an engine asks it again and again while it works at a query or
 * an estimate. When it answers with a fault, the ecall MUST end with a fault soon. What other
 * ecalls do MUST NOT depend on it.
 *
 * Pointers. All are borrowed for the duration of the call that passes them, unless it is said
 * otherwise; none may be NULL, unless it is said otherwise.
 */
#ifndef PINK_ENGINE_V1_H
#define PINK_ENGINE_V1_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#define PINK_V1_ASSERT(c, m) static_assert(c, m)
#else
#define PINK_V1_ASSERT(c, m) _Static_assert(c, m)
#endif

#define PINK_V1_ABI_MAJOR 1
#define PINK_V1_ABI_MINOR 1
#define PINK_V1_INIT_SYMBOL "__pink_runtime_init"

enum {
    PINK_V1_OK = 0,              /* the engine is ready; `entry` is filled in               */
    PINK_V1_E_ARGUMENT = -1,     /* a NULL pointer, or a struct too short for this minor     */
    PINK_V1_E_UNSUPPORTED = -2,  /* another major version                                   */
    PINK_V1_E_PANIC = -3,        /* the engine panicked; it MUST NOT be called              */
    PINK_V1_E_REINITIALISED = -4 /* called before in this process with another config        */
};

/* Takes one reply.
 *
 * @param ctx   What the caller gave to the cross call; the callee MUST NOT look inside.
 * @param data  The reply; non-NULL even if `len` is 0.
 * @param len   Its bytes. */
typedef void (*PinkOutputV1)(void *ctx, const uint8_t *data, uint64_t len);

/* Carries one call. The callee MUST call `output` exactly once, on the same thread, before it
 * returns, and MUST NOT let a panic or an exception through. Ecalls MAY run on several threads at
 * once; an ocall MUST be made on the thread of the ecall that it belongs to.
 *
 * @param call_id  The call's id.
 * @param data     The SCALE tuple of its arguments; MAY be NULL if `len` is 0.
 * @param len      Their bytes.
 * @param ctx      Passed to `output` as it is; MAY be NULL.
 * @param output   Takes the reply, a SCALE `Result<_, Fault>`. */
typedef void (*PinkCrossCallV1)(uint32_t call_id, const uint8_t *data, uint64_t len, void *ctx,
                                PinkOutputV1 output);

/* The worker's allocator. From `init` on the engine MUST allocate through it, and through
 * nothing else; what was allocated before MUST NOT be given to `realloc` or `dealloc`. All
 * functions MAY be called from any thread. None of them answers NULL, whatever limit is passed:
 * the ecall's end tells. */
typedef struct PinkAllocatorV1 {
    uint32_t struct_size; /* sizeof(PinkAllocatorV1) as the worker knows it */
    uint32_t reserved;
    void *ctx; /* the worker's; names the engine in its counters */

    /* Allocates.
     *
     * @param ctx    The allocator's.
     * @param size   Bytes, above 0.
     * @param align  A power of two.
     * @return       Memory with undefined contents. */
    void *(*alloc)(void *ctx, uint64_t size, uint64_t align);

    /* Allocates memory that is 0.
     *
     * @param ctx    The allocator's.
     * @param size   Bytes, above 0.
     * @param align  A power of two.
     * @return       Memory of zeros. */
    void *(*alloc_zeroed)(void *ctx, uint64_t size, uint64_t align);

    /* Changes the size of a block; what both sizes have in common is kept.
     *
     * @param ctx       The allocator's.
     * @param ptr       The block; not to be used any more.
     * @param size      Its size, as it was allocated.
     * @param align     Its alignment, as it was allocated.
     * @param new_size  Bytes, above 0.
     * @return          The block, which MAY lie elsewhere. */
    void *(*realloc)(void *ctx, void *ptr, uint64_t size, uint64_t align, uint64_t new_size);

    /* Gives a block back.
     *
     * @param ctx    The allocator's.
     * @param ptr    The block.
     * @param size   Its size, as it was allocated.
     * @param align  Its alignment, as it was allocated. */
    void (*dealloc)(void *ctx, void *ptr, uint64_t size, uint64_t align);
} PinkAllocatorV1;

/* What the worker gives. It is borrowed for the duration of `init`; the allocator that it points
 * to lives as long as the process. */
typedef struct PinkConfigV1 {
    uint32_t struct_size; /* sizeof(PinkConfigV1) as the worker knows it */
    uint16_t abi_major;   /* MUST be PINK_V1_ABI_MAJOR */
    uint16_t abi_minor;
    PinkCrossCallV1 ocall;            /* never NULL */
    const PinkAllocatorV1 *allocator; /* never NULL */
} PinkConfigV1;

/* What the engine gives. The worker sets `struct_size` before the call; the engine fills in the
 * rest, and MUST NOT write beyond it. */
typedef struct PinkEntryV1 {
    uint32_t struct_size; /* sizeof(PinkEntryV1) as the worker knows it */
    uint16_t abi_major;
    uint16_t abi_minor;
    uint32_t engine_major; /* the version of the rules: libpink.so.MAJOR.MINOR */
    uint32_t engine_minor;
    PinkCrossCallV1 ecall; /* never NULL after PINK_V1_OK */
} PinkEntryV1;

/* The one exported symbol.
 *
 * @param config  The worker's side, borrowed; the allocator that it points to lives as long as the
 *                process.
 * @param entry   Receives the engine's side.
 * @return        PINK_V1_OK; a second call with the same config answers as the first did, with
 *                another one PINK_V1_E_REINITIALISED; PINK_V1_E_ARGUMENT, PINK_V1_E_UNSUPPORTED,
 *                PINK_V1_E_PANIC. */
int32_t __pink_runtime_init(const PinkConfigV1 *config, PinkEntryV1 *entry);
typedef int32_t (*PinkInitV1)(const PinkConfigV1 *config, PinkEntryV1 *entry);

PINK_V1_ASSERT(sizeof(void *) == 8, "LP64 only");
PINK_V1_ASSERT(sizeof(PinkAllocatorV1) == 48, "PinkAllocatorV1");
PINK_V1_ASSERT(offsetof(PinkAllocatorV1, ctx) == 8, "PinkAllocatorV1.ctx");
PINK_V1_ASSERT(offsetof(PinkAllocatorV1, alloc) == 16, "PinkAllocatorV1.alloc");
PINK_V1_ASSERT(offsetof(PinkAllocatorV1, alloc_zeroed) == 24, "PinkAllocatorV1.alloc_zeroed");
PINK_V1_ASSERT(offsetof(PinkAllocatorV1, realloc) == 32, "PinkAllocatorV1.realloc");
PINK_V1_ASSERT(offsetof(PinkAllocatorV1, dealloc) == 40, "PinkAllocatorV1.dealloc");
PINK_V1_ASSERT(sizeof(PinkConfigV1) == 24, "PinkConfigV1");
PINK_V1_ASSERT(offsetof(PinkConfigV1, ocall) == 8, "PinkConfigV1.ocall");
PINK_V1_ASSERT(offsetof(PinkConfigV1, allocator) == 16, "PinkConfigV1.allocator");
PINK_V1_ASSERT(sizeof(PinkEntryV1) == 24, "PinkEntryV1");
PINK_V1_ASSERT(offsetof(PinkEntryV1, engine_major) == 8, "PinkEntryV1.engine_major");
PINK_V1_ASSERT(offsetof(PinkEntryV1, ecall) == 16, "PinkEntryV1.ecall");

#ifdef __cplusplus
}
#endif
#endif
