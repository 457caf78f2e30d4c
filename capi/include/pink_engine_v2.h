/* pink_engine_v2.h -- the engine ABI, major version 2.
 *
 * Copyright the authors. SPDX-License-Identifier: Apache-2.0
 *
 * This header is the specification. Key words MUST, MUST NOT and MAY as in RFC 2119; every MUST
 * of an engine is a check of `engine-tester`. LP64, little-endian. There is no padding: every
 * hole is a named `reserved` field, which MUST be 0 when written and is ignored when read.
 *
 * Versions. The majors MUST be equal. Minors only add fields at the end of structs; a reader
 * tests with PINK_HAS whether a field is there. A value is never given a second meaning. Unknown
 * kinds, flags and ids MUST be refused with PINK_E_UNSUPPORTED.
 *
 * Threads. [any]: on any thread, at any time. [exec]: only from within `execute`, on the thread
 * that called it. [idle]: while no `execute` of that instance runs. One instance runs one
 * `execute` at a time; different instances MAY run at the same time. An engine MUST NOT start
 * threads.
 *
 * Statuses. 0 and above: done. Below 0: a fault of one side or of its surroundings. A fault is
 * never a contract's outcome: the host drops what the call staged. A status that isn't listed
 * counts as PINK_E_ARGUMENT. Out-parameters are meaningful only after PINK_OK (and, where said,
 * PINK_NONE). No panic and no exception may cross the border, in either direction.
 *
 * Pointers. All are borrowed for the duration of the call that passes them, unless it is said
 * otherwise; none may be NULL, unless it is said otherwise.
 */
#ifndef PINK_ENGINE_V2_H
#define PINK_ENGINE_V2_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#define PINK_V2_ASSERT(c, m) static_assert(c, m)
#else
#define PINK_V2_ASSERT(c, m) _Static_assert(c, m)
#endif

#define PINK_V2_MAGIC UINT64_C(0x00324E454B4E4950) /* "PINKEN2\0" as bytes */
#define PINK_V2_ABI_MAJOR 2
#define PINK_V2_ABI_MINOR 0
#define PINK_V2_ENTRY_SYMBOL "pink_engine_entry_v2"

/* Whether `field` is there in `*p`, as the writer of the struct knew it. */
#define PINK_HAS(T, p, field) \
    ((p)->struct_size >= offsetof(T, field) + sizeof(((const T *)0)->field))

typedef int32_t PinkStatus;
enum {
    PINK_OK = 0,             /* done; out-parameters are valid                              */
    PINK_NONE = 1,           /* done: no such key, or the iterator is at its end            */
    PINK_E_ARGUMENT = -1,    /* the caller broke this specification                         */
    PINK_E_UNSUPPORTED = -2, /* an unknown kind, id or flag                                 */
    PINK_E_PANIC = -3,       /* the callee panicked; the instance is poisoned from now on   */
    PINK_E_MEMORY = -4,      /* a soft limit of the host was passed                         */
    PINK_E_HOST = -5,        /* the host's store or network failed                          */
    PINK_E_CONFLICT = -6,    /* a second commit, or one where the state must not change     */
    PINK_E_POISONED = -7,    /* the instance panicked in an earlier call                    */
    PINK_E_REENTERED = -8,   /* an `execute` of this instance is running                    */
    PINK_E_CANCELLED = -9    /* QUERY and ESTIMATE: the deadline passed, or it is called off */
};

typedef struct PinkEngine PinkEngine;   /* the engine's; the host MUST NOT look inside */
typedef struct PinkHostCtx PinkHostCtx; /* the host's; the engine MUST NOT look inside */

typedef struct { uint8_t b[32]; } PinkHash;
typedef struct { uint32_t major, minor; } PinkVersion;
typedef struct { uint64_t ref_time, proof_size; } PinkWeight; /* picoseconds, bytes */

/* Borrowed bytes. Absent: `ptr` NULL and `len` 0. Empty: `ptr` non-NULL and `len` 0. */
typedef struct { const uint8_t *ptr; uint64_t len; } PinkBytes;

/* Owned bytes. Who receives one with a non-NULL `ptr` MUST call `release` on it exactly once,
 * from any thread; NULL `release` means that the bytes are static. `cap` and `owner` belong to
 * who made it. After `release`, `ptr` is NULL. */
typedef struct PinkBuf {
    uint8_t *ptr;
    uint64_t len;
    uint64_t cap;
    void *owner;
    void (*release)(struct PinkBuf *);
} PinkBuf;

/* ---- the host's side ---------------------------------------------------------------------- */

typedef struct {
    PinkBytes key;   /* never absent */
    PinkBytes value; /* absent: the key is removed */
} PinkOp;

typedef struct {
    uint32_t struct_size;
    uint32_t flags; /* MUST be 0 */
    const PinkOp *ops; /* MUST ascend by key, no key twice; NULL if `ops_len` is 0 */
    uint64_t ops_len;
} PinkCommit;

typedef struct { PinkBytes key, value; } PinkPair;

/* The state. Reads and iterators see it as it was when `execute` was called, with the block's
 * earlier messages and without what this call stages. All functions are [exec].
 *
 * Bytes that are read are borrowed: the engine MUST NOT write to them, and MUST NOT use them
 * after `execute` returned or after `lease_rewind` to a mark from before the read. */
typedef struct PinkStorage {
    uint32_t struct_size;
    uint32_t reserved;
    /* PINK_OK and the value, or PINK_NONE and absent. */
    PinkStatus (*get)(PinkHostCtx *, PinkBytes key, PinkBytes *out);
    /* `n` keys to `n` values, absent where there is none. */
    PinkStatus (*get_many)(PinkHostCtx *, const PinkBytes *keys, uint64_t n, PinkBytes *out);
    /* A mark for `lease_rewind`, which gives back what was lent since. */
    PinkStatus (*lease_mark)(PinkHostCtx *, uint64_t *mark);
    PinkStatus (*lease_rewind)(PinkHostCtx *, uint64_t mark);
    /* Over `start <= key < end`, ascending; an absent `end` means all that follow. `flags` MUST
     * be 0. At most 64 are open at a time; all are closed when `execute` returns. */
    PinkStatus (*iter_open)(PinkHostCtx *, PinkBytes start, PinkBytes end, uint32_t flags,
                            uint64_t *iter);
    /* Up to `cap` pairs into `out`, their number into `n`; PINK_NONE and 0 at the end. There may be
     * fewer than `cap` and more to come. */
    PinkStatus (*iter_next)(PinkHostCtx *, uint64_t iter, PinkPair *out, uint32_t cap,
                            uint32_t *n);
    PinkStatus (*iter_close)(PinkHostCtx *, uint64_t iter);
    /* Stages the change set of this call; the host copies it. At most once in an `execute`, and
     * never in a QUERY, an ESTIMATE or a VIEW. It takes effect if `execute` returns PINK_OK. */
    PinkStatus (*commit)(PinkHostCtx *, const PinkCommit *);
} PinkStorage;

/* Everything else. All functions are [exec]. */
typedef struct PinkEnv {
    uint32_t struct_size;
    uint32_t reserved;
    /* A line for the operator, never part of a result. `level`: 1 error ... 5 trace. `contract`
     * is 32 bytes or absent. `text` is UTF-8. */
    PinkStatus (*log)(PinkHostCtx *, uint32_t level, PinkBytes contract, PinkBytes text);
    /* In a QUERY or an ESTIMATE: PINK_E_CANCELLED when it should end. PINK_OK otherwise; what an
     * UPGRADE, a TX, a BEGIN or an IDLE does MUST NOT depend on it. */
    PinkStatus (*poll)(PinkHostCtx *);
    /* An ocall of the first ABI's table, by its id; storage, log and poll excepted, which have
     * functions of their own. `out` receives its reply, a SCALE `Result<_, Fault>`. */
    PinkStatus (*call)(PinkHostCtx *, uint32_t call_id, PinkBytes args, PinkBuf *out);
} PinkEnv;

/* The allocator that an engine MUST use for everything after the first call into the library,
 * and nothing else; what was allocated before MUST NOT be given to `realloc` or `dealloc`. [any].
 * `align` is a power of two, `size` above 0. None of the functions answers NULL. The same layout
 * as PinkAllocatorV1. */
typedef struct PinkAllocator {
    uint32_t struct_size;
    uint32_t reserved;
    void *ctx; /* passed back as it is; names the engine in the host's accounts */
    void *(*alloc)(void *ctx, uint64_t size, uint64_t align);
    void *(*alloc_zeroed)(void *ctx, uint64_t size, uint64_t align);
    void *(*realloc)(void *ctx, void *ptr, uint64_t size, uint64_t align, uint64_t new_size);
    void (*dealloc)(void *ctx, void *ptr, uint64_t size, uint64_t align);
} PinkAllocator;

/* What the host gives to an instance; lives as long as the process. */
typedef struct PinkHost {
    uint32_t struct_size;
    uint16_t abi_major;
    uint16_t abi_minor;
    uint64_t capabilities; /* none are defined yet: 0 */
    const PinkStorage *storage;
    const PinkEnv *env;
    /* [any] An optional table by its id, NULL if the host hasn't got it. */
    const void *(*get_extension)(const char *id);
} PinkHost;

/* ---- the engine's side -------------------------------------------------------------------- */

/* What is executed. The input is SCALE:
 *   UPGRADE, TX, QUERY, ESTIMATE   (Env, Message)      the output is a Receipt
 *   BEGIN, IDLE                    Block               the output is a BlockReceipt
 *   VIEW                           View                the output is the view's own type
 * The types are those of the first ABI; docs/abi.md lists them. */
enum {
    PINK_EXEC_UPGRADE = 1,
    PINK_EXEC_BEGIN = 2,
    PINK_EXEC_TX = 3,
    PINK_EXEC_IDLE = 4,
    PINK_EXEC_QUERY = 5,
    PINK_EXEC_ESTIMATE = 6,
    PINK_EXEC_VIEW = 7
};

typedef struct PinkExecRequest {
    uint32_t struct_size;
    uint32_t kind;    /* PINK_EXEC_* */
    PinkHostCtx *ctx; /* to be passed to every function of the host */
    PinkBytes input;  /* all that may influence the result, beside the state */
} PinkExecRequest;

/* `output` is consensus: equal on every host for equal input, state and engine. The rest is not. */
typedef struct PinkExecResult {
    uint32_t struct_size; /* set by the host before the call */
    uint32_t reserved;
    PinkBuf output;
    PinkBuf diagnostic; /* UTF-8 for the operator after a fault, or a NULL `ptr` */
    uint64_t host_calls; /* how often the engine called the host */
} PinkExecResult;

/* What the library is; static, never changes. The fields up to `abi_minor` never move. */
typedef struct PinkEngineEntry {
    uint64_t magic;       /* PINK_V2_MAGIC */
    uint32_t struct_size; /* at least that of this minor */
    uint16_t abi_major;
    uint16_t abi_minor;
    PinkVersion engine_version;
    uint64_t capabilities; /* none are defined yet: 0 */
    PinkHash cost_table_hash;
    PinkHash dep_tree_hash;
    uint64_t min_stack_bytes; /* stack left to the thread that calls `execute` */
    const char *name;         /* static, UTF-8, ends with a NUL */
    const char *build;        /* likewise */
    /* [any] A new instance. Caches MAY be shared by the instances of a library. The host's table
     * lives as long as the process. */
    PinkStatus (*create)(const PinkHost *, PinkEngine **out);
    /* [idle] Ends an instance; a poisoned one too. */
    PinkStatus (*destroy)(PinkEngine *);
    /* [idle] Does one thing. What an instance keeps between calls MUST be cache only. After
     * PINK_E_PANIC every further call answers PINK_E_POISONED. */
    PinkStatus (*execute)(PinkEngine *, const PinkExecRequest *, PinkExecResult *);
    /* [any] An optional table by its id, NULL if the engine hasn't got it. */
    const void *(*get_extension)(const char *id);
} PinkEngineEntry;

/* The one exported symbol. [any] NULL: "I can't serve this host." The first call fixes the
 * allocator for the process; a later one with another allocator answers NULL. The allocator's
 * struct lives as long as the process. */
const PinkEngineEntry *pink_engine_entry_v2(uint16_t host_abi_minor, const PinkAllocator *);
typedef const PinkEngineEntry *(*PinkEngineEntryV2)(uint16_t host_abi_minor,
                                                    const PinkAllocator *);

PINK_V2_ASSERT(sizeof(void *) == 8, "LP64 only");
PINK_V2_ASSERT(sizeof(PinkBytes) == 16, "PinkBytes");
PINK_V2_ASSERT(sizeof(PinkBuf) == 40, "PinkBuf");
PINK_V2_ASSERT(sizeof(PinkOp) == 32, "PinkOp");
PINK_V2_ASSERT(sizeof(PinkCommit) == 24, "PinkCommit");
PINK_V2_ASSERT(sizeof(PinkPair) == 32, "PinkPair");
PINK_V2_ASSERT(sizeof(PinkStorage) == 72, "PinkStorage");
PINK_V2_ASSERT(sizeof(PinkEnv) == 32, "PinkEnv");
PINK_V2_ASSERT(sizeof(PinkAllocator) == 48, "PinkAllocator");
PINK_V2_ASSERT(sizeof(PinkHost) == 40, "PinkHost");
PINK_V2_ASSERT(sizeof(PinkExecRequest) == 32, "PinkExecRequest");
PINK_V2_ASSERT(sizeof(PinkExecResult) == 96, "PinkExecResult");
PINK_V2_ASSERT(sizeof(PinkEngineEntry) == 152, "PinkEngineEntry");
PINK_V2_ASSERT(offsetof(PinkEngineEntry, struct_size) == 8, "frozen prefix");
PINK_V2_ASSERT(offsetof(PinkEngineEntry, abi_major) == 12, "frozen prefix");
PINK_V2_ASSERT(offsetof(PinkEngineEntry, engine_version) == 16, "PinkEngineEntry");
PINK_V2_ASSERT(offsetof(PinkEngineEntry, cost_table_hash) == 32, "PinkEngineEntry");
PINK_V2_ASSERT(offsetof(PinkEngineEntry, min_stack_bytes) == 96, "PinkEngineEntry");
PINK_V2_ASSERT(offsetof(PinkEngineEntry, create) == 120, "PinkEngineEntry");

#ifdef __cplusplus
}
#endif
#endif
