//! The development node from the outside: the program is run as people run it, one command at a
//! time, with the engines as they were built.
//!
//! The engines are looked for where `PINK_ENGINES` says, or in `target/engines`. Tests fail, and
//! say so, when they aren't there.

mod activate;
mod arguments;
mod bad_base_path;
mod bad_code;
mod bad_engine;
mod bad_input;
mod compiled;
mod damage;
mod estimates;
mod factory;
mod governance;
mod hints;
mod keys;
mod node;
mod output;
mod queries;
mod rehearse;
mod remove_code;
mod rent;
mod rollback;
mod same_roots;
mod serve;
mod snapshot;
mod token;
mod upgrade;
mod witness;
mod words;
