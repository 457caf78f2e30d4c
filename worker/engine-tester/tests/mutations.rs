//! The engine in C with one line changed, for the checks that no fixture is made for: each has to
//! be seen to fail, and alone.

use engine_tester::{run, Options, Outcome, Selection};
use std::{
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

const SOURCE: &str = include_str!("../fixtures/c/tiny.c");

/// What the engine has no extension with, and what it has one with.
const NO_EXTENSION: &str =
    "static const void *get_extension(const char *id)\n{\n    (void)id;\n    return NULL;\n}\n";
const EXTENSION: &str = include_str!("../fixtures/c/prepare.c");

/// A change of the source, and the checks that it has to fail.
struct Mutation {
    name: &'static str,
    /// What is replaced, each there once, and by what.
    changes: &'static [(&'static str, &'static str)],
    flags: &'static [&'static str],
    fails: &'static [&'static str],
}

fn compile(source: &str, mutation: &Mutation) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("mutations");
    std::fs::create_dir_all(&folder).unwrap();
    let mut text = source.to_owned();
    for (from, to) in mutation.changes {
        assert_eq!(text.matches(from).count(), 1, "{}: {from}", mutation.name);
        text = text.replace(from, to);
    }
    let source = folder.join(format!("{}.c", mutation.name));
    std::fs::write(&source, text).unwrap();
    let made = source.with_extension("so");
    let done = Command::new("cc")
        .args([
            "-std=gnu11",
            "-O1",
            "-shared",
            "-fPIC",
            "-fvisibility=hidden",
        ])
        .arg("-I")
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/../../capi/include"))
        .arg("-o")
        .arg(&made)
        .arg(&source)
        .args(mutation.flags)
        .output()
        .expect("a C compiler is needed to build the engines under test");
    let said = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{}: {said}", mutation.name);
    made
}

#[test]
fn each_change_fails_its_check_and_no_other() {
    hold(SOURCE, MUTATIONS);
}

/// The same engine, with a compiler.
#[test]
fn each_change_of_the_extension_fails_its_check_and_no_other() {
    assert_eq!(SOURCE.matches(NO_EXTENSION).count(), 1);
    hold(
        &SOURCE.replace(NO_EXTENSION, EXTENSION),
        MUTATIONS_OF_THE_EXTENSION,
    );
}

fn hold(source: &str, mutations: &[Mutation]) {
    let options = Options {
        selection: Selection::All,
        timeout: Duration::from_secs(20),
        program: env!("CARGO_BIN_EXE_engine-tester").into(),
        arguments: vec!["--in-this-process".into()],
    };
    let wrong: Vec<_> = mutations
        .iter()
        .filter_map(|mutation| {
            let report = run(&compile(source, mutation), &options, |_| {}).unwrap();
            let failed = report.names(Outcome::Failed);
            (failed != mutation.fails).then(|| {
                let rows = report.rows.iter();
                let details = rows.filter(|row| row.outcome == Outcome::Failed);
                let details: Vec<_> = details.map(ToString::to_string).collect();
                format!("{}: {failed:?}\n{}", mutation.name, details.join("\n"))
            })
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

macro_rules! mutations {
    ($LIST:ident: $($name:literal $([$($flag:literal)+])? { $($from:literal => $to:literal)* } $fails:expr;)+) => {
        const $LIST: &[Mutation] = &[$(Mutation {
            name: $name,
            changes: &[$(($from, $to)),*],
            flags: &[$($($flag),+)?],
            fails: &$fails,
        }),+];
    };
}

mutations! { MUTATIONS:
    "nothing" {} [];
    "executable-stack" ["-Wl,-z,execstack"] {} ["elf"];
    "needs-more" ["-Wl,--no-as-needed" "-lresolv"] {} ["needed-libraries"];
    "note-reserved" { "PINK_V2_ABI_MINOR, 0, MAJOR" => "PINK_V2_ABI_MINOR, 1, MAJOR" } ["note"];
    "note-alignment" { "used, aligned(4)" => "used, aligned(8)" } ["note"];
    "undefined-symbol" {
        "static const uint8_t *skip(In *in, uint64_t len)\n{"
            => "int missing(void);\nstatic const uint8_t *skip(In *in, uint64_t len)\n{ missing();"
    } ["loads"];
    "refuses" { "allocator = given;\n    return &ENTRY;" => "return NULL;" } ["entry-answers"];
    "null-function" { "    .get_extension = get_extension,\n" => "" } ["entry-functions"];
    "refuses-later-minor" { "(void)host_abi_minor;" => "if (host_abi_minor) return NULL;" }
        ["entry-later-minor"];
    "second-allocator" {
        "given) && none != given)\n        return NULL;" => "given) && none != given)\n        none = given;"
    } ["entry-other-allocator"];
    "short-allocator" { "!given || given->struct_size < sizeof *given" => "!given" }
        ["entry-no-allocator"];
    "second-table" {
        "allocator = given;\n    return &ENTRY;"
            => "allocator = given;\n    static PinkEngineEntry copy; static int calls;\n    copy = ENTRY;\n    return calls++ ? &copy : &ENTRY;"
    } ["entry-constant"];
    "any-extension" { "(void)id;\n    return NULL;" => "return id[5] == 'p' ? NULL : id;" } ["extension-unknown"];
    "no-instance" {
        "atomic_flag_clear(&(*out)->busy);\n    return PINK_OK;" => "*out = NULL; return PINK_OK;"
    } ["create-instance"];
    "create-null" { "!host || !out || host" => "!host || host" } ["create-null"];
    "create-future-major" { "host->abi_major != PINK_V2_ABI_MAJOR" => "0" }
        ["create-future-major"];
    "create-short" { "host->storage->struct_size < sizeof *host->storage" => "0" }
        ["create-short-structs"];
    "create-longer" { "host->struct_size < sizeof *host)" => "host->struct_size != sizeof *host)" }
        ["create-longer-structs"];
    "destroy-status" {
        "_Alignof(PinkEngine));\n    return PINK_OK;" => "_Alignof(PinkEngine));\n    return PINK_NONE;"
    } ["destroy"];
    "describes-more" { "put(call, &stack, sizeof stack);" => "put(call, &stack, 8); zeros(call, 1);" }
        ["describe"];
    "positive-status" { "mode = byte(in);" => "mode = byte(in); if (kind == PINK_EXEC_QUERY) return PINK_NONE;" }
        ["statuses"];
    "refuses-work" { "mode = byte(in);" => "mode = byte(in); if (kind == PINK_EXEC_QUERY) return PINK_E_HOST;" }
        ["serves"];
    "crash" { "mode = byte(in);" => "mode = byte(in); if (kind == PINK_EXEC_TX) __builtin_trap();" }
        ["executes"];
    "execute-null" { "!engine || !request" => "!request" } ["execute-null"];
    "execute-short" { "result->struct_size < sizeof *result ||" => "" } ["execute-short-structs"];
    "execute-beyond" {
        "memset(&result->diagnostic, 0, sizeof result->diagnostic);"
            => "memset(&result->diagnostic, 0, result->struct_size - 48);"
    } ["execute-longer-structs"];
    "unknown-kind" {
        "return PINK_E_UNSUPPORTED;\n    if (!request->input" => "return PINK_E_ARGUMENT;\n    if (!request->input"
    } ["execute-unknown-kind"];
    "unknown-view" { "return PINK_E_UNSUPPORTED; /* whatever" => "return PINK_E_ARGUMENT; /* whatever" }
        ["execute-unknown-kind"];
    "trailing-bytes" {
        "in->at != in->end)\n            return PINK_E_ARGUMENT;\n        zeros" => "0)\n            return PINK_E_ARGUMENT;\n        zeros"
    } ["input-undecodable"];
    "any-mode" { "mode != MODE[kind] ||" => "" } ["kind-and-mode"];
    "result-left" { "    memset(&result->output, 0, sizeof result->output);\n" => "" }
        ["out-params-written"];
    "not-cleared" { "    memset(buf, 0, sizeof *buf);\n" => "" } ["output-released"];
    "output-longer" { "zeros(call, 16 + 1); /* no weight" => "zeros(call, 16 + 2); /* no weight" }
        ["outputs-decode"];
    "fee-for-nothing" {
        "zeros(call, 3 * 16 + 16 + 16 + 16);" => "zeros(call, 3 * 16 + 16); put(call, \"\\1\", 1); zeros(call, 31);"
    } ["receipts-add-up"];
    "no-version" { "{VERSION, sizeof VERSION}" => "{VERSION, 4}" } ["setup"];
    "commit-flags" { "{sizeof set, 0, ops, len}" => "{sizeof set, 1, ops, len}" } ["commit-form"];
    "log-level" {
        "    add(sum, body" => "    call->calls++; call->host->env->log(call->ctx, 9, (PinkBytes){0}, text(\"x\"));\n    add(sum, body"
    } ["host-arguments"];
    "clock" {
        "#define MAJOR 0" => "#define MAJOR 2"
        "    add(sum, body" => "    PinkBuf now = {0}; call->calls++;\n    call->host->env->call(call->ctx, 9, (PinkBytes){0}, &now);\n    if (now.release) now.release(&now);\n    add(sum, body"
    } ["off-chain"];
    // In a query, but 0.1 is older than the call.
    "clock-too-early" {
        "mode = byte(in);" => "mode = byte(in);\n    if (kind == PINK_EXEC_QUERY) { PinkBuf now = {0}; call->calls++;\n    call->host->env->call(call->ctx, 9, (PinkBytes){0}, &now);\n    if (now.release) now.release(&now); }"
    } ["host-arguments"];
    "closed-iterator" {
        "    add(sum, body" => "    call->calls++; call->host->storage->iter_close(call->ctx, 5);\n    add(sum, body"
    } ["iterators"];
    "writes-to-lent" {
        "memcpy(sum, old.ptr, sizeof sum);" => "memcpy(sum, old.ptr, sizeof sum); ((uint8_t *)(uintptr_t)old.ptr)[0] ^= 1;"
    } ["lent-bytes"];
    "other-thread" {
        "#include <string.h>" => "#include <string.h>\n#include <pthread.h>"
        "static PinkStatus message(Call" => "static void *elsewhere(void *call) { PinkBytes out; get(call, \"x\", &out); return NULL; }\nstatic PinkStatus message(Call"
        "    add(sum, body" => "    pthread_t thread;\n    if (!pthread_create(&thread, NULL, elsewhere, call)) pthread_join(thread, NULL);\n    add(sum, body"
    } ["host-on-thread", "no-threads"];
    "not-counted" { "commit(call->ctx, &set);\n    call->calls++;" => "commit(call->ctx, &set);" }
        ["host-calls-counted"];
    "own-memory" {
        "#include <string.h>" => "#include <string.h>\n#include <stdlib.h>"
        "allocator->dealloc(allocator->ctx, buf->ptr, buf->cap, 1);" => "free(buf->ptr);"
        "allocator->alloc(allocator->ctx, buf.cap, 1);" => "malloc(buf.cap);"
    } ["output-released", "allocates-through-host"];
    "other-size" { "buf->cap, 1);" => "buf->cap + 1, 1);" } ["allocator-use"];
    "instance-kept" {
        "    allocator->dealloc(allocator->ctx, engine, sizeof *engine, _Alignof(PinkEngine));\n" => ""
    } ["memory-to-baseline"];
    "file-left-open" {
        "#include <string.h>" => "#include <string.h>\n#include <fcntl.h>"
        "    add(sum, body" => "    open(\"/dev/null\", O_RDONLY);\n    add(sum, body"
    } ["files-closed"];
    "more-stack" {
        "    add(sum, body" => "    volatile uint8_t big[8 << 20];\n    for (unsigned i = 0; i < sizeof big; i += 4096) big[i] = 1;\n    add(sum, body"
    } ["stack-stated"];
    "reentered" {
        "    if (atomic_flag_test_and_set(&engine->busy))\n        return PINK_E_REENTERED;\n" => ""
    } ["reentered"];
    "ignores-fault" {
        "if (may_commit && (status = commit(call, ops, len)) != PINK_OK)\n        return status;" => "if (may_commit) commit(call, ops, len);"
    } ["host-fault-counts"];
    "keeps-input" {
        "    const PinkHost *host;\n    atomic_flag busy;" => "    const PinkHost *host;\n    const volatile uint8_t *kept;\n    atomic_flag busy;"
        "    (*out)->host = host;" => "    (*out)->host = host;\n    (*out)->kept = NULL;"
        "    In in = {request" => "    if (engine->kept) (void)*engine->kept;\n    engine->kept = request->input.ptr;\n    In in = {request"
    } ["arguments-borrowed"];
    "writes-to-input" {
        "    add(sum, body" => "    *(volatile uint8_t *)(uintptr_t)body ^= 0;\n    add(sum, body"
    } ["arguments-borrowed"];
    "looks-into-context" {
        "    add(sum, body" => "    (void)*(const volatile uint8_t *)call->ctx;\n    add(sum, body"
    } ["context-opaque"];
    "releases-static" {
        "    add(sum, body" => "    PinkBuf code = {0}; static const uint8_t hash[32]; call->calls++;\n    status = call->host->env->call(call->ctx, 5, (PinkBytes){hash, 32}, &code);\n    if (status != PINK_OK) return status < 0 && status >= PINK_E_CANCELLED ? status : PINK_E_ARGUMENT;\n    code.release(&code);\n    add(sum, body"
    } ["host-buffers-static"];
    "diagnostic-bytes" {
        "        result->output = owned(call.out, call.len);" => "        result->output = owned(call.out, call.len);\n    else\n        result->diagnostic = owned(\"\\xff\", 1);"
    } ["diagnostic-text"];
    "ignores-poll" {
        "mode = byte(in);" => "mode = byte(in); call->calls++; call->host->env->poll(call->ctx);"
    } ["cancelled"];
}

mutations! { MUTATIONS_OF_THE_EXTENSION:
    "extension-nothing" {} [];
    "extension-short" { "sizeof PREPARE, 0, compiler" => "sizeof PREPARE - 8, 0, compiler" }
        ["prepare-table"];
    "extension-lacks-function" { "wanted, set_mode,\n" => "wanted, NULL,\n" "static PinkStatus set_mode" => "PinkStatus set_mode" }
        ["prepare-table"];
    "extension-second-table" {
        "    return id && !strcmp(id, PINK_PREPARE_ID) ? &PREPARE : NULL;"
            => "    static PinkPrepare copy; static int calls; copy = PREPARE;\n    return id && !strcmp(id, PINK_PREPARE_ID) ? (calls++ ? &copy : &PREPARE) : NULL;"
    } ["prepare-table"];
    "extension-null" { "!artefact || !diagnostic" => "!diagnostic" } ["prepare-null"];
    "extension-two-names" {
        "memcpy(out, COMPILER, sizeof *out);" => "memcpy(out, COMPILER, sizeof *out); static uint8_t calls; out->b[31] = calls++;"
    } ["prepare-compiler"];
    "extension-takes-anything" { "memcmp(code.ptr, \"\\0asm\\1\\0\\0\", 8)" => "0" }
        ["prepare-compile"];
    "extension-nameless" { "    memcpy(made + 8, COMPILER, 32);\n" => "" } ["prepare-compile"];
    "extension-artefact-left" { "    memset(artefact, 0, sizeof *artefact);\n" => "" }
        ["prepare-compile"];
    "extension-says-too-much" {
        "*artefact = owned(made, 48);" => "*artefact = owned(made, 48); *diagnostic = owned(\"done\", 4);"
    } ["prepare-compile"];
    "extension-leak" {
        "*artefact = owned(made, 48);" => "(void)owned(made, 48); *artefact = owned(made, 48);"
    } ["prepare-memory"];
    "extension-any-compiler" {
        "    if (memcmp(artefact.ptr + 8, COMPILER, 32))\n        return PINK_E_UNSUPPORTED;\n" => ""
    } ["prepare-install"];
    "extension-any-bytes" { "|| memcmp(artefact.ptr, &magic, 8)" => "|| !magic" }
        ["prepare-install"];
    "extension-tells-twice" { "RUN[told++]" => "RUN[*n & 1]" } ["prepare-wanted"];
    "extension-never-forgets" { "told < 2; ++*n)\n        out[*n] = RUN[told++]" => "*n < 2; ++*n)\n        out[*n] = RUN[*n + told]" }
        ["prepare-wanted"];
    "extension-order" { "5}, {{{2}}, 3}" => "3}, {{{2}}, 5}" } ["prepare-wanted"];
    "extension-any-mode" {
        "mode == PINK_PREPARE_NATIVE || mode == PINK_PREPARE_INTERPRETED" => "mode || 1"
    } ["prepare-mode"];
    "extension-mode-shows" {
        "#include <string.h>" => "#include <string.h>\nstatic uint32_t mode_now;"
        "    return mode == PINK" => "    mode_now = mode;\n    return mode == PINK"
        "    status = serve(" => "    status = mode_now == 2 ? PINK_E_HOST : serve("
    } ["prepare-results"];
    "extension-thread" ["-pthread"] {
        "static _Atomic(uint32_t) told;" => "static _Atomic(uint32_t) told;\n#include <pthread.h>\n#include <unistd.h>\nstatic void *stay(void *none) { for (;;) pause(); return none; }"
        "    *artefact = owned(made, 48);" => "    pthread_t thread; pthread_create(&thread, NULL, stay, NULL); pthread_detach(thread);\n    *artefact = owned(made, 48);"
    } ["prepare-concurrent"];
}
