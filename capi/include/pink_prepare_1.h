/* pink_prepare_1.h -- the extension "pink.prepare/1" of the engine ABI, major version 2.
 *
 * Copyright the authors. SPDX-License-Identifier: Apache-2.0
 *
 * An engine that can compile contracts' code ahead of their calls offers this table: the entry's
 * `get_extension` answers it to PINK_PREPARE_ID. All that pink_engine_v2.h says of versions, threads,
 * statuses and pointers holds here too; every MUST of an engine is a check of `engine-tester`.
 *
 * An artefact is what an engine makes of code: PINK_PREPARE_MAGIC, the compiler's name, and bytes that
 * mean something to the same engine alone. What `execute` gives MUST NOT depend on which artefacts are installed, nor on the mode: neither the
 * output, nor the state, nor what any gas is taken for. Only the time that it takes may.
 *
 * What is installed, the mode, and what is counted belong to the library and not to an instance; they
 * last as long as the process, also beyond a PINK_E_PANIC of an instance. All functions are [any]:
 * also on several threads at once, and while `execute` runs. Each thread has the entry's
 * `min_stack_bytes`. None has to do with a state, and none may call the host, beside its allocator.
 *
 * After a status below 0, all is as it was before the call.
 */
#ifndef PINK_PREPARE_1_H
#define PINK_PREPARE_1_H

#include "pink_engine_v2.h"

#ifdef __cplusplus
extern "C" {
#endif

#define PINK_PREPARE_ID "pink.prepare/1"
#define PINK_PREPARE_MAGIC UINT64_C(0x015452414B4E4950) /* "PINKART\1" as bytes */

/* How code is executed. */
enum {
    PINK_PREPARE_NATIVE = 1,     /* by an artefact, where one is installed; so it begins */
    PINK_PREPARE_INTERPRETED = 2 /* without, all of it                                   */
};

/* Code that was interpreted. */
typedef struct {
    PinkHash code_hash;
    uint64_t count; /* frames of it, at least 1 */
} PinkWanted;

typedef struct PinkPrepare {
    uint32_t struct_size; /* sizeof(PinkPrepare) as the engine knows it */
    uint32_t reserved;

    /* Names compiler, settings, and what this processor has. The name MUST be the same at each call of
     * a process; an artefact is for hosts on which it is the same, and for no others.
     *
     * @param out         Receives the name.
     * @param diagnostic  Receives UTF-8 for the operator after a fault, owned; otherwise absent.
     * @return            PINK_OK; PINK_E_ARGUMENT; PINK_E_UNSUPPORTED: it can't compile on this
     *                    processor; PINK_E_PANIC. */
    PinkStatus (*compiler)(PinkHash *out, PinkBuf *diagnostic);

    /* Compiles. It may take seconds. Nothing is installed by it.
     *
     * @param code        Code, as it lies in a state under its hash. MUST NOT be absent.
     * @param artefact    Receives the artefact, owned; absent after anything but PINK_OK.
     * @param diagnostic  Receives UTF-8 for the operator after a fault, owned; otherwise absent.
     * @return            PINK_OK; PINK_NONE: by the rules, code of this shape is only ever
     *                    interpreted; PINK_E_ARGUMENT: it isn't code that the rules accept;
     *                    PINK_E_HOST: the compiler failed; PINK_E_UNSUPPORTED as above;
     *                    PINK_E_PANIC. */
    PinkStatus (*compile)(PinkBytes code, PinkBuf *artefact, PinkBuf *diagnostic);

    /* Installs an artefact: in PINK_PREPARE_NATIVE, frames of this code that begin from now on run
     * by it. Installing for the same code again is done, and MAY change nothing.
     *
     * The host answers for the artefact: it MUST be what `compile` made of the code with this hash, in
     * this process or in another of the same host, to the last bit. An engine can't see that, and runs
     * it outside of any sandbox; so a host authenticates each with the hashes of the code and of the
     * engine's file, and takes none from anybody. What an engine can see it MUST refuse: bytes that
     * don't begin with the magic, and another compiler's name behind it.
     *
     * @param code_hash   The code's BLAKE2b-256.
     * @param artefact    The artefact; borrowed for the call.
     * @param diagnostic  Receives UTF-8 for the operator after a fault, owned; otherwise absent.
     * @return            PINK_OK; PINK_E_UNSUPPORTED: another compiler's; PINK_E_ARGUMENT: it is no
     *                    artefact, or says that it is other code's; PINK_E_HOST: it can't be loaded;
     *                    PINK_E_PANIC. */
    PinkStatus (*install)(const PinkHash *code_hash, PinkBytes artefact, PinkBuf *diagnostic);

    /* Tells what was interpreted for want of an artefact alone, and forgets it: code for which `compile`
     * MUST NOT answer PINK_NONE. An engine MAY forget some of it before, when it is much.
     *
     * @param out  Receives up to `cap`, by how often each was run, most often first, none twice. MAY be
     *             NULL if `cap` is 0.
     * @param cap  How many there is room for.
     * @param n    Receives how many there are.
     * @return     PINK_OK; PINK_E_ARGUMENT; PINK_E_PANIC. */
    PinkStatus (*wanted)(PinkWanted *out, uint32_t cap, uint32_t *n);

    /* Sets the mode. A frame that runs goes on as it began. What is installed stays so.
     *
     * @param mode  PINK_PREPARE_*.
     * @return      PINK_OK; PINK_E_UNSUPPORTED for another number; PINK_E_PANIC. */
    PinkStatus (*set_mode)(uint32_t mode);
} PinkPrepare;

PINK_V2_ASSERT(sizeof(PinkWanted) == 40, "PinkWanted");
PINK_V2_ASSERT(sizeof(PinkPrepare) == 48, "PinkPrepare");
PINK_V2_ASSERT(offsetof(PinkPrepare, compiler) == 8, "PinkPrepare");
PINK_V2_ASSERT(offsetof(PinkPrepare, set_mode) == 40, "PinkPrepare");

#ifdef __cplusplus
}
#endif
#endif
