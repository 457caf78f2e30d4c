/* pink_engine_v2.h -- the engine ABI, major version 2.
 *
 * Copyright the authors. SPDX-License-Identifier: Apache-2.0
 *
 * This header is the specification of how the calls get across; what the calls are, and the bytes
 * of what they speak of, is specified in docs/abi.md. Key words MUST, MUST NOT and MAY as in
 * RFC 2119; every MUST of an engine is a check of `engine-tester`. LP64, little-endian. There is
 * no padding: every hole is a named `reserved` field, which MUST be 0 when written and is ignored
 * when read.
 *
 * Versions. The majors MUST be equal. Minors only add fields at the end of structs; a reader
 * tests with PINK_HAS whether a field is there. A value is never given a second meaning. Unknown
 * kinds, flags and ids MUST be refused with PINK_E_UNSUPPORTED. What isn't for every host or every
 * engine is an extension: a table that is asked for by its id with `get_extension`.
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
 * otherwise; none may be NULL, unless it is said otherwise. A callee that finds one to be NULL
 * answers PINK_E_ARGUMENT.
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
#define PINK_V2_MAX_ITERATORS 64 /* open at a time in one `execute` */

/* Whether `field` is there in `*p`, as the writer of the struct knew it. */
#define PINK_HAS(T, p, field) \
    ((p)->struct_size >= offsetof(T, field) + sizeof(((const T *)0)->field))

typedef int32_t PinkStatus;
enum {
    PINK_OK = 0,             /* done; out-parameters are valid                              */
    PINK_NONE = 1,           /* done: no such key, or the iterator is at its end            */
    PINK_E_ARGUMENT = -1,    /* the caller broke this specification                         */
    PINK_E_UNSUPPORTED = -2, /* an unknown kind, view, id or flag                           */
    PINK_E_PANIC = -3,       /* the callee panicked; the instance is poisoned from now on   */
    PINK_E_MEMORY = -4,      /* a soft limit of the host was passed                         */
    PINK_E_HOST = -5,        /* the host's store or network failed                          */
    PINK_E_CONFLICT = -6,    /* a second commit, or one where the state must not change     */
    PINK_E_POISONED = -7,    /* the instance panicked in an earlier call                    */
    PINK_E_REENTERED = -8,   /* an `execute` of this instance is running                    */
    PINK_E_CANCELLED = -9    /* QUERY and ESTIMATE: the deadline passed, or it is called off */
};

typedef struct PinkEngine PinkEngine;   /* an instance; the host MUST NOT look inside */
typedef struct PinkHostCtx PinkHostCtx; /* one call's host; the engine MUST NOT look inside */

typedef struct { uint8_t b[32]; } PinkHash;
typedef struct { uint32_t major, minor; } PinkVersion;

/* Borrowed bytes. Absent: `ptr` NULL and `len` 0. Empty: `ptr` non-NULL and `len` 0. */
typedef struct { const uint8_t *ptr; uint64_t len; } PinkBytes;

/* Owned bytes. Who receives one with a non-NULL `ptr` MUST call `release` on it exactly once;
 * a NULL `release` means that the bytes are static. `cap` and `owner` belong to who made it. */
typedef struct PinkBuf {
    uint8_t *ptr; /* NULL: there is nothing */
    uint64_t len;
    uint64_t cap;
    void *owner;
    /* [any] Gives the bytes back to who made them.
     *
     * @param buf  The buffer that the function was found in. Afterwards its `ptr` is NULL. */
    void (*release)(struct PinkBuf *buf);
} PinkBuf;

/* ---- the host's side ----------------------------------------------------------------------
 *
 * Beside what is listed at each, every function of PinkStorage and PinkEnv MAY answer
 * PINK_E_MEMORY (the call took more than it may), PINK_E_HOST and PINK_E_PANIC. */

typedef struct {
    PinkBytes key;   /* never absent */
    PinkBytes value; /* absent: the key is removed */
} PinkOp;

typedef struct {
    uint32_t struct_size; /* sizeof(PinkCommit) as the engine knows it */
    uint32_t flags;       /* MUST be 0 */
    const PinkOp *ops;    /* MUST ascend by key, no key twice; NULL if `ops_len` is 0 */
    uint64_t ops_len;
} PinkCommit;

typedef struct { PinkBytes key, value; } PinkPair; /* neither is absent */

/* The state. Reads and iterators see it as it was when `execute` was called, with the block's
 * earlier messages and without what this call stages. All functions are [exec]; the first
 * parameter of each is the request's `ctx`.
 *
 * Bytes that are read are lent: the engine MUST NOT write to them, and MUST NOT use them after
 * `execute` returned or after `lease_rewind` to a mark from before the read. */
typedef struct PinkStorage {
    uint32_t struct_size; /* sizeof(PinkStorage) as the host knows it */
    uint32_t reserved;

    /* Reads the value under a key.
     *
     * @param ctx  The request's.
     * @param key  The key. MAY be empty, MUST NOT be absent.
     * @param out  Receives the value, lent; absent if there is none.
     * @return     PINK_OK; PINK_NONE if there is no such key; PINK_E_ARGUMENT, PINK_E_MEMORY (too
     *             much is lent), PINK_E_HOST. */
    PinkStatus (*get)(PinkHostCtx *ctx, PinkBytes key, PinkBytes *out);

    /* Marks a point that `lease_rewind` can go back to.
     *
     * @param ctx   The request's.
     * @param mark  Receives the mark, a number that means nothing to the engine.
     * @return      PINK_OK; PINK_E_ARGUMENT. */
    PinkStatus (*lease_mark)(PinkHostCtx *ctx, uint64_t *mark);

    /* Gives back all that was lent since a mark.
     *
     * @param ctx   The request's.
     * @param mark  What `lease_mark` gave in this call and hasn't been gone back behind.
     * @return      PINK_OK; PINK_E_ARGUMENT. */
    PinkStatus (*lease_rewind)(PinkHostCtx *ctx, uint64_t mark);

    /* Opens an iterator over the pairs with `start <= key < end`, ascending. At most
     * PINK_V2_MAX_ITERATORS are open at a time; all are closed when `execute` returns.
     *
     * @param ctx    The request's.
     * @param start  The least key. MAY be empty, MUST NOT be absent.
     * @param end    The first key behind the range; absent: all that follow.
     * @param flags  MUST be 0.
     * @param iter   Receives the iterator, a number that no other iterator of this call gets.
     * @return       PINK_OK; PINK_E_ARGUMENT (too many are open, too), PINK_E_UNSUPPORTED. */
    PinkStatus (*iter_open)(PinkHostCtx *ctx, PinkBytes start, PinkBytes end, uint32_t flags,
                            uint64_t *iter);

    /* Reads the next pairs.
     *
     * @param ctx   The request's.
     * @param iter  An open iterator.
     * @param out   Receives up to `cap` pairs, lent. MAY be NULL if `cap` is 0.
     * @param cap   How many there is room for.
     * @param n     Receives how many there are; there MAY be fewer than `cap` and more to come.
     * @return      PINK_OK; PINK_NONE and 0 in `n` at the end; PINK_E_ARGUMENT, PINK_E_MEMORY,
     *              PINK_E_HOST. */
    PinkStatus (*iter_next)(PinkHostCtx *ctx, uint64_t iter, PinkPair *out, uint32_t cap,
                            uint32_t *n);

    /* Closes an iterator. What it lent stays lent.
     *
     * @param ctx   The request's.
     * @param iter  An open iterator.
     * @return      PINK_OK; PINK_E_ARGUMENT. */
    PinkStatus (*iter_close)(PinkHostCtx *ctx, uint64_t iter);

    /* Stages the change set of this call. At most once in an `execute`, and never in a QUERY, an
     * ESTIMATE or a VIEW. It takes effect if `execute` returns PINK_OK.
     *
     * @param ctx     The request's.
     * @param commit  The changes; the host copies them.
     * @return        PINK_OK; PINK_E_ARGUMENT, PINK_E_UNSUPPORTED (a flag), PINK_E_CONFLICT,
     *                PINK_E_MEMORY (more than one call may change). */
    PinkStatus (*commit)(PinkHostCtx *ctx, const PinkCommit *commit);
} PinkStorage;

/* Everything else. All functions are [exec]; the first parameter of each is the request's `ctx`. */
typedef struct PinkEnv {
    uint32_t struct_size; /* sizeof(PinkEnv) as the host knows it */
    uint32_t reserved;

    /* Writes a line for the operator, never part of a result.
     *
     * @param ctx       The request's.
     * @param level     1 error, 2 warning, 3 info, 4 debug, 5 trace.
     * @param contract  The 32 bytes of the contract that it is about; absent: none.
     * @param text      UTF-8, not absent.
     * @return          PINK_OK; PINK_E_ARGUMENT. An engine MAY ignore it. */
    PinkStatus (*log)(PinkHostCtx *ctx, uint32_t level, PinkBytes contract, PinkBytes text);

    /* Asks whether a QUERY or an ESTIMATE should go on. What an UPGRADE, a TX, a BEGIN or an IDLE
     * does MUST NOT depend on it.
     *
     * @param ctx  The request's.
     * @return     PINK_OK; in a QUERY or an ESTIMATE, PINK_E_CANCELLED when it should end: then
     *             `execute` MUST answer the same soon; PINK_E_MEMORY. */
    PinkStatus (*poll)(PinkHostCtx *ctx);

    /* Makes one of the ocalls of docs/abi.md that have no function of their own here.
     *
     * @param ctx      The request's.
     * @param call_id  The ocall's id.
     * @param args     The SCALE tuple of its arguments; MAY be absent if there are none.
     * @param out      Receives its reply, a SCALE `Result<_, Fault>`, owned.
     * @return         PINK_OK, whatever the reply says; PINK_E_ARGUMENT; PINK_E_UNSUPPORTED for an
     *                 ocall that has a function of its own. One that the engine's version hasn't
     *                 got is answered with the fault UnknownCall. */
    PinkStatus (*call)(PinkHostCtx *ctx, uint32_t call_id, PinkBytes args, PinkBuf *out);
} PinkEnv;

/* The allocator that an engine MUST use for everything after the first call into the library,
 * and nothing else; what was allocated before MUST NOT be given to `realloc` or `dealloc`. All
 * functions are [any]. None of them answers NULL, whatever limit is passed: the call's end tells. */
typedef struct PinkAllocator {
    uint32_t struct_size; /* sizeof(PinkAllocator) as the host knows it */
    uint32_t reserved;
    void *ctx; /* the host's; names the engine in its counters */

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
} PinkAllocator;

/* What the host gives to an instance; lives as long as the process, and so do its tables. */
typedef struct PinkHost {
    uint32_t struct_size; /* sizeof(PinkHost) as the host knows it */
    uint16_t abi_major;   /* PINK_V2_ABI_MAJOR */
    uint16_t abi_minor;
    const PinkStorage *storage;
    const PinkEnv *env;

    /* [any] Asks for an optional table of the host.
     *
     * @param id  Its name and version, like "pink.name/1"; UTF-8, ends with a NUL.
     * @return    The table, which begins with its size, is static and always the same; NULL if the
     *            host hasn't got it. No extension is defined yet. */
    const void *(*get_extension)(const char *id);
} PinkHost;

/* ---- the engine's side -------------------------------------------------------------------- */

/* What is executed. The input is SCALE; docs/abi.md defines its types to the byte:
 *   UPGRADE, TX, QUERY, ESTIMATE   (Env, Message)      the output is a Receipt
 *   BEGIN, IDLE                    Block               the output is a BlockReceipt
 *   VIEW                           View                the output is what that view shows */
enum {
    PINK_EXEC_UPGRADE = 1,  /* takes over an older version's state; mode Transaction */
    PINK_EXEC_BEGIN = 2,    /* the first work of a block                             */
    PINK_EXEC_TX = 3,       /* a message in order; mode Transaction                  */
    PINK_EXEC_IDLE = 4,     /* the last work of a block                              */
    PINK_EXEC_QUERY = 5,    /* a call off the chain; mode Query                      */
    PINK_EXEC_ESTIMATE = 6, /* a message that is tried out; mode Estimating          */
    PINK_EXEC_VIEW = 7      /* a look at the state                                   */
};

typedef struct PinkExecRequest {
    uint32_t struct_size; /* sizeof(PinkExecRequest) as the host knows it */
    uint32_t kind;        /* PINK_EXEC_* */
    PinkHostCtx *ctx;     /* to be passed to every function of the host */
    PinkBytes input;      /* all that may influence the result, beside the state */
} PinkExecRequest;

/* `output` is consensus: equal on every host for equal input, state and engine. The rest is not. */
typedef struct PinkExecResult {
    uint32_t struct_size; /* sizeof(PinkExecResult) as the host knows it; set before the call */
    uint32_t reserved;
    PinkBuf output;      /* `ptr` NULL unless `execute` returned PINK_OK */
    PinkBuf diagnostic;  /* UTF-8 for the operator after a fault, or a NULL `ptr` */
    uint64_t host_calls; /* how often the engine called the host */
} PinkExecResult;

/* What the library is; static, never changes. The fields up to `abi_minor` never move. */
typedef struct PinkEngineEntry {
    uint64_t magic;       /* PINK_V2_MAGIC */
    uint32_t struct_size; /* at least that of this minor */
    uint16_t abi_major;   /* PINK_V2_ABI_MAJOR */
    uint16_t abi_minor;
    PinkVersion engine_version; /* of the rules, as the note states it */
    PinkHash cost_table_hash;   /* likewise */
    PinkHash dep_tree_hash;     /* likewise */
    uint64_t min_stack_bytes;   /* stack left to the thread that calls `execute` */
    const char *name;           /* static, UTF-8, ends with a NUL */
    const char *build;          /* likewise */

    /* [any] Makes an instance. Caches MAY be shared by the instances of a library.
     *
     * @param host  The host's tables, which live as long as the process.
     * @param out   Receives the instance; NULL after a fault.
     * @return      PINK_OK; PINK_E_ARGUMENT for a table that is missing or too short;
     *              PINK_E_UNSUPPORTED for a host of another major; PINK_E_PANIC. */
    PinkStatus (*create)(const PinkHost *host, PinkEngine **out);

    /* [idle] Ends an instance; a poisoned one too.
     *
     * @param engine  The instance; not to be used any more.
     * @return        PINK_OK; PINK_E_ARGUMENT. */
    PinkStatus (*destroy)(PinkEngine *engine);

    /* [idle] Does one thing. What an instance keeps between calls MUST be cache only. After
     * PINK_E_PANIC every further call answers PINK_E_POISONED.
     *
     * @param engine   The instance.
     * @param request  What to do, and on which state.
     * @param result   Receives what came of it; all fields but `struct_size` and `reserved` are
     *                 written, whatever the status, unless that is PINK_E_ARGUMENT.
     * @return         PINK_OK; PINK_E_ARGUMENT if the input doesn't decode to its last byte, or
     *                 kind, mode and message don't belong together; PINK_E_UNSUPPORTED for an
     *                 unknown kind or view; PINK_E_PANIC, PINK_E_POISONED, PINK_E_REENTERED; or the
     *                 status with which the host failed. */
    PinkStatus (*execute)(PinkEngine *engine, const PinkExecRequest *request,
                          PinkExecResult *result);

    /* [any] Asks for an optional table of the engine.
     *
     * @param id  Its name and version, like "pink.name/1"; UTF-8, ends with a NUL.
     * @return    The table, which begins with its size, is static and always the same; NULL if the
     *            engine hasn't got it. "pink.prepare/1" is in pink_prepare_1.h; no other is defined. */
    const void *(*get_extension)(const char *id);
} PinkEngineEntry;

/* [any] The one exported symbol. The first call fixes the allocator for the process.
 *
 * @param host_abi_minor  The minor version of this ABI that the host speaks.
 * @param allocator       The host's allocator; the struct lives as long as the process.
 * @return                The entry, the same at every call; NULL: "I can't serve this host", and
 *                        so for NULL, for a table that is too short, and in a later call for
 *                        another allocator. */
const PinkEngineEntry *pink_engine_entry_v2(uint16_t host_abi_minor,
                                            const PinkAllocator *allocator);
typedef const PinkEngineEntry *(*PinkEngineEntryV2)(uint16_t host_abi_minor,
                                                    const PinkAllocator *allocator);

PINK_V2_ASSERT(sizeof(void *) == 8, "LP64 only");
PINK_V2_ASSERT(sizeof(PinkBytes) == 16, "PinkBytes");
PINK_V2_ASSERT(sizeof(PinkBuf) == 40, "PinkBuf");
PINK_V2_ASSERT(sizeof(PinkOp) == 32, "PinkOp");
PINK_V2_ASSERT(sizeof(PinkCommit) == 24, "PinkCommit");
PINK_V2_ASSERT(sizeof(PinkPair) == 32, "PinkPair");
PINK_V2_ASSERT(sizeof(PinkStorage) == 64, "PinkStorage");
PINK_V2_ASSERT(sizeof(PinkEnv) == 32, "PinkEnv");
PINK_V2_ASSERT(sizeof(PinkAllocator) == 48, "PinkAllocator");
PINK_V2_ASSERT(sizeof(PinkHost) == 32, "PinkHost");
PINK_V2_ASSERT(sizeof(PinkExecRequest) == 32, "PinkExecRequest");
PINK_V2_ASSERT(sizeof(PinkExecResult) == 96, "PinkExecResult");
PINK_V2_ASSERT(sizeof(PinkEngineEntry) == 144, "PinkEngineEntry");
PINK_V2_ASSERT(offsetof(PinkEngineEntry, struct_size) == 8, "frozen prefix");
PINK_V2_ASSERT(offsetof(PinkEngineEntry, abi_major) == 12, "frozen prefix");
PINK_V2_ASSERT(offsetof(PinkEngineEntry, engine_version) == 16, "PinkEngineEntry");
PINK_V2_ASSERT(offsetof(PinkEngineEntry, cost_table_hash) == 24, "PinkEngineEntry");
PINK_V2_ASSERT(offsetof(PinkEngineEntry, min_stack_bytes) == 88, "PinkEngineEntry");
PINK_V2_ASSERT(offsetof(PinkEngineEntry, create) == 112, "PinkEngineEntry");

#ifdef __cplusplus
}
#endif
#endif
