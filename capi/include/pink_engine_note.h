/* pink_engine_note.h -- the ELF note that every engine carries, whatever its ABI.
 *
 * Copyright the authors. SPDX-License-Identifier: Apache-2.0
 *
 * Key words MUST, MUST NOT and MAY as in RFC 2119. Little-endian. There is no padding: every hole
 * is a named `reserved` field that MUST be 0.
 *
 * A worker reads the note before any code of the library runs. An engine MUST carry exactly one
 * note of owner "PINK", in section ".note.pink", aligned to 4 bytes. The note's type MUST be the
 * major version of the engine's ABI. A PinkEngineNote is the first bytes of its descriptor; a later
 * minor version of an ABI MAY add fields at the end.
 */
#ifndef PINK_ENGINE_NOTE_H
#define PINK_ENGINE_NOTE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
#define PINK_NOTE_ASSERT(c, m) static_assert(c, m)
#else
#define PINK_NOTE_ASSERT(c, m) _Static_assert(c, m)
#endif

#define PINK_NOTE_OWNER "PINK"
#define PINK_NOTE_SECTION ".note.pink"
#define PINK_NOTE_MAGIC_V1 UINT64_C(0x00314E454B4E4950) /* "PINKEN1\0" as bytes */
#define PINK_NOTE_MAGIC_V2 UINT64_C(0x00324E454B4E4950) /* "PINKEN2\0" as bytes */

typedef struct PinkEngineNote {
    uint64_t magic;     /* MUST be that of abi_major */
    uint16_t abi_major; /* MUST be the note's type */
    uint16_t abi_minor;
    uint32_t reserved;
    uint32_t engine_major; /* the version of the rules: libpink.so.MAJOR.MINOR */
    uint32_t engine_minor;
    uint8_t cost_table_hash[32]; /* BLAKE2b-256 of the rules' cost table and limits */
    uint8_t dep_tree_hash[32];   /* BLAKE2b-256 of the engine's deps.txt */
} PinkEngineNote;

PINK_NOTE_ASSERT(sizeof(PinkEngineNote) == 88, "PinkEngineNote");
PINK_NOTE_ASSERT(offsetof(PinkEngineNote, abi_major) == 8, "PinkEngineNote.abi_major");
PINK_NOTE_ASSERT(offsetof(PinkEngineNote, engine_major) == 16, "PinkEngineNote.engine_major");
PINK_NOTE_ASSERT(offsetof(PinkEngineNote, cost_table_hash) == 24, "PinkEngineNote.cost_table_hash");
PINK_NOTE_ASSERT(offsetof(PinkEngineNote, dep_tree_hash) == 56, "PinkEngineNote.dep_tree_hash");

#endif
