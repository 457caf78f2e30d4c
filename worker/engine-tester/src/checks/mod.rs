//! The checks. Each module has those about one thing; here is the list, in the order in which
//! they are made: what others build on comes first.

mod arguments;
mod borrowed;
mod create;
mod descriptors;
mod entry;
mod file;
mod host_use;
mod init;
mod input;
mod memory;
mod prepare;
mod results;
mod threads;
mod trouble;

use crate::check::{Abi, Check};

const BOTH: &[Abi] = &[Abi::V1, Abi::V2];
const V1: &[Abi] = &[Abi::V1];
const V2: &[Abi] = &[Abi::V2];

/// What has to hold before an entry can be used.
const ENTERED: &[&str] = &[
    "elf",
    "exported-symbols",
    "loads",
    "entry-answers",
    "entry-magic",
    "entry-abi",
    "entry-size",
    "entry-functions",
    "init-answers",
];

/// What has to hold before an engine can be given work.
const WORKING: &[&str] = &[
    "elf",
    "exported-symbols",
    "loads",
    "entry-answers",
    "entry-magic",
    "entry-abi",
    "entry-size",
    "entry-functions",
    "init-answers",
    "create-instance",
    "describe",
    "executes",
    "statuses",
    "serves",
];

/// Every check, in the order in which they are made.
pub fn checks() -> &'static [Check] {
    CHECKS
}

macro_rules! checks {
    ($($name:literal, $abis:ident, needs $needs:expr, $run:path, $about:literal;)+) => {
        const CHECKS: &[Check] = &[$(Check {
            name: $name,
            about: $about,
            abis: $abis,
            needs: $needs,
            run: $run,
        }),+];
    };
}

checks! {
    "elf", BOTH, needs &[], file::elf,
        "a 64-bit shared library of this machine, without text relocations and executable stack";
    "needed-libraries", BOTH, needs &["elf"], file::needed_libraries,
        "needs the C library, the unwinder and the loader at most";
    "exported-symbols", BOTH, needs &["elf"], file::exported_symbols,
        "exports the one symbol of its ABI, and nothing else";
    "note", BOTH, needs &["elf"], file::note,
        "carries exactly one PINK note, in its section, aligned, of the ABI's type and magic";
    "loads", BOTH, needs &["elf", "exported-symbols"], file::loads,
        "is loaded by the system with all its symbols bound";

    "init-answers", V1, needs &["loads"], init::answers,
        "init answers OK to a host that keeps its side, and fills in the entry";
    "init-abi", V1, needs &["init-answers"], init::abi,
        "the entry's ABI is major 1";
    "init-note", V1, needs &["init-answers", "note"], init::note,
        "the entry's version and the description are those of the note";
    "init-null", V1, needs &["loads"], init::null,
        "init refuses NULL with E_ARGUMENT";
    "init-short-structs", V1, needs &["loads"], init::short_structs,
        "init refuses short structs with E_ARGUMENT, and writes nothing to them";
    "init-longer-structs", V1, needs &["loads"], init::longer_structs,
        "init serves a host of a later minor, and writes nothing beyond its own entry";
    "init-earlier-minor", V1, needs &["init-answers"], init::earlier_minor,
        "no ocall is made that a host of an earlier minor hasn't got";
    "init-future-major", V1, needs &["loads"], init::future_major,
        "init refuses a host of another major with E_UNSUPPORTED";
    "init-again", V1, needs &["init-answers"], init::again,
        "a second init answers as the first did to the same config, else E_REINITIALISED";

    "entry-answers", V2, needs &["loads"], entry::answers,
        "the entry function serves a host of this minor";
    "entry-magic", V2, needs &["entry-answers"], entry::magic,
        "the entry begins with the magic";
    "entry-abi", V2, needs &["entry-magic"], entry::abi,
        "the entry's ABI is major 2";
    "entry-size", V2, needs &["entry-abi"], entry::size,
        "the entry's size is at least that of this minor";
    "entry-functions", V2, needs &["entry-size"], entry::functions,
        "no function of the entry is NULL; name and build are UTF-8 and end";
    "entry-note", V2, needs &["entry-size", "note"], entry::note,
        "the entry states what the note states";
    "entry-later-minor", V2, needs ENTERED, entry::later_minor,
        "a host of a later minor is served";
    "entry-no-allocator", V2, needs &["entry-answers"], entry::no_allocator,
        "a call with no allocator, or one that is too short, answers NULL";
    "extension-unknown", V2, needs ENTERED, entry::extension_unknown,
        "an unknown extension is answered with NULL, on any thread";

    "create-instance", V2, needs ENTERED, create::instance,
        "create answers OK and gives an instance";
    "create-null", V2, needs &["create-instance"], create::null,
        "create and destroy refuse NULL with E_ARGUMENT";
    "create-future-major", V2, needs &["create-instance"], create::future_major,
        "create refuses a host of another major";
    "create-short-structs", V2, needs &["create-instance"], create::short_structs,
        "create refuses a host whose tables are short or missing with E_ARGUMENT";
    "create-longer-structs", V2, needs &["create-instance"], create::longer_structs,
        "create serves a host of a later minor";
    "destroy", V2, needs &["create-instance"], create::destroy,
        "destroy answers OK, on any thread";

    "describe", BOTH, needs &["init-answers", "create-instance"], results::describe,
        "describes itself without a look at the state, as note and entry do";
    "entry-other-allocator", V2, needs &["describe"], entry::other_allocator,
        "a later call with another allocator answers NULL and changes nothing";
    "executes", BOTH, needs &["describe"], results::executes,
        "work of every kind comes to an end, in time and without a crash";
    "ecall-replies-once", V1, needs &["executes"], init::ecall_replies_once,
        "every call gives one reply, on its thread, that isn't NULL";
    "statuses", BOTH, needs &["executes", "ecall-replies-once"], trouble::statuses,
        "every status is one that the header lists, whatever is asked";
    "serves", BOTH, needs &["statuses"], results::serves,
        "work that is in order is done, and never answered with a fault";
    "entry-constant", V2, needs WORKING, entry::constant,
        "the entry is the same table at every call, and never changes";
    "execute-null", V2, needs WORKING, arguments::null,
        "execute refuses NULL with E_ARGUMENT";
    "execute-short-structs", V2, needs WORKING, arguments::short_structs,
        "execute refuses short structs with E_ARGUMENT, and writes nothing to them";
    "execute-longer-structs", V2, needs WORKING, arguments::longer_structs,
        "execute serves a host of a later minor, and writes nothing beyond its own result";
    "execute-unknown-kind", V2, needs WORKING, arguments::unknown_kind,
        "execute refuses a kind or a view that it doesn't know with E_UNSUPPORTED";
    "input-undecodable", BOTH, needs WORKING, input::undecodable,
        "input that doesn't decode, or not to its end, is refused, and not with memory";
    "kind-and-mode", V2, needs WORKING, input::kind_and_mode,
        "a kind, a mode and a message that don't belong together are refused with E_ARGUMENT";
    "ecall-unknown", V1, needs WORKING, init::ecall_unknown,
        "an unknown call is answered with the fault that says so";
    "out-params-written", V2, needs WORKING, arguments::out_params_written,
        "after a call nothing of what was in the result before it is left";
    "output-released", V2, needs WORKING, memory::output_released,
        "released buffers are cleared, from any thread, and statics have no release";

    "outputs-decode", BOTH, needs WORKING, results::outputs_decode,
        "every output is the type that belongs to its kind, to the last byte";
    "receipts-add-up", BOTH, needs &["outputs-decode"], results::receipts_add_up,
        "gas used is within its limit, and fee and refund are the limit's price";
    "setup", BOTH, needs &["outputs-decode"], results::setup,
        "the setup succeeds and leaves the engine's version in the state";
    "contracts", BOTH, needs &["setup"], results::contracts,
        "a contract can be stored, made, called and asked";
    "estimate-exact", BOTH, needs &["contracts"], results::estimate_exact,
        "an estimate uses the very gas that the transaction does";

    "commit-once", BOTH, needs WORKING, host_use::commit_once,
        "at most one commit in a call";
    "commit-allowed", BOTH, needs WORKING, host_use::commit_allowed,
        "no commit in a query, an estimate or a view";
    "commit-form", BOTH, needs WORKING, host_use::commit_form,
        "commits ascend by key, no key twice, flags 0";
    "host-arguments", BOTH, needs WORKING, host_use::arguments,
        "the host is called with pointers, flags, levels and ids that the header allows";
    "off-chain", BOTH, needs WORKING, host_use::off_chain,
        "clock, network, cache and randomness are asked for in queries alone";
    "iterators", V2, needs WORKING, host_use::iterators,
        "iterators are few enough, and used only while they are open";
    "lent-bytes", V2, needs WORKING, host_use::lent_bytes,
        "bytes that were read are not written to";
    "host-on-thread", BOTH, needs WORKING, host_use::on_thread,
        "the host is called on the call's thread, while it runs";
    "host-calls-counted", V2, needs WORKING, host_use::calls_counted,
        "the result says how often the host was called";
    "host-buffers-released", V2, needs WORKING, host_use::buffers_released,
        "buffers of the host are released exactly once";
    "host-buffers-static", V2, needs WORKING, host_use::buffers_static,
        "buffers of the host that have no release are not released";

    "same-result", BOTH, needs WORKING, results::same_result,
        "the same work on the same state gives the same output and changes, gas included";
    "cache-only", BOTH, needs WORKING, results::cache_only,
        "a new instance gives what one with full caches gives";
    "arguments-borrowed", BOTH, needs &["same-result"], borrowed::arguments,
        "what a call passes is not written to, and not used after the call";
    "context-opaque", BOTH, needs &["same-result"], borrowed::context,
        "the context of the host is passed back, and not looked into";

    "allocates-through-host", BOTH, needs WORKING, memory::through_host,
        "what the engine holds and gives lies in the host's blocks";
    "allocator-use", BOTH, needs WORKING, memory::allocator_use,
        "blocks are given back once, as they were taken";
    "memory-to-baseline", BOTH, needs WORKING, memory::to_baseline,
        "memory stops growing when the same work is done again and again";

    "no-threads", BOTH, needs WORKING, threads::none,
        "no thread is started";
    "files-closed", BOTH, needs WORKING, descriptors::files_closed,
        "no file is left open";
    "stack-stated", BOTH, needs WORKING, threads::stack_stated,
        "the stack that the engine asks for is enough";
    "concurrent", BOTH, needs WORKING, threads::concurrent,
        "calls at the same time give what they give one by one";
    "reentered", V2, needs WORKING, threads::reentered,
        "an execute in the midst of an execute is refused with E_REENTERED";

    "host-fault-counts", BOTH, needs WORKING, trouble::host_fault_counts,
        "when the host fails the call fails, and nothing is staged after it";
    "cancelled", BOTH, needs WORKING, trouble::cancelled,
        "a query or an estimate ends as cancelled when it is told to, and nothing else does";
    "diagnostic-text", V2, needs WORKING, trouble::diagnostic_text,
        "what is said about a fault is UTF-8";
    "poisoned", BOTH, needs WORKING, trouble::poisoned,
        "after a panic an instance is poisoned for ever, and a new one is not";

    "prepare-table", V2, needs WORKING, prepare::table,
        "the table of pink.prepare/1 is whole, on any thread the same, and never changes";
    "prepare-null", V2, needs &["prepare-table"], prepare::null,
        "its functions refuse NULL and absent bytes with E_ARGUMENT";
    "prepare-compiler", V2, needs &["prepare-table"], prepare::compiler,
        "its compiler has one name";
    "prepare-compile", V2, needs &["prepare-compiler"], prepare::compile,
        "code is compiled, and what is no code is refused with E_ARGUMENT";
    "prepare-memory", V2, needs &["prepare-compile"], prepare::memory,
        "memory stops growing when the same code is compiled again and again";
    "prepare-install", V2, needs &["prepare-compile"], prepare::install,
        "what doesn't begin like an artefact, or names another compiler, is refused";
    "prepare-wanted", V2, needs &["prepare-table"], prepare::wanted,
        "what is wanted is told once, the most often run first";
    "prepare-mode", V2, needs &["prepare-table"], prepare::mode,
        "a mode that isn't one is refused with E_UNSUPPORTED";
    "prepare-results", V2, needs &["prepare-install", "prepare-mode"], prepare::results,
        "with an artefact and without, in both modes, calls give the same";
    "prepare-concurrent", V2, needs &["prepare-install"], prepare::concurrent,
        "code is compiled and installed while calls run, without a thread of the engine's own";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_once_and_needs_come_first() {
        for (at, check) in CHECKS.iter().enumerate() {
            let before = &CHECKS[..at];
            assert!(
                before.iter().all(|it| it.name != check.name),
                "{}",
                check.name
            );
            for need in check.needs {
                assert!(
                    before.iter().any(|it| it.name == *need),
                    "{} needs {need}",
                    check.name
                );
            }
            assert!(check.name.len() < 28 && !check.about.is_empty());
        }
    }

    /// The comparison with the headers names every check, and no other.
    #[test]
    fn the_comparison_is_with_these_checks() {
        let page = include_str!("../../README.md");
        let rows = page.lines().filter(|line| line.starts_with('|'));
        let named: std::collections::BTreeSet<_> = rows
            .filter_map(|row| row.rsplit('|').nth(1))
            .flat_map(|checks| checks.split('`').skip(1).step_by(2))
            .collect();
        let checks = CHECKS.iter().map(|check| check.name).collect();
        assert_eq!(named, checks);
    }
}
