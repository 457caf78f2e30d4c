//! Snapshots from the outside: files made by hand after their description, files altered in every way, and
//! servers that do what they shouldn't.

mod by_hand;
mod comparing;
mod files;
mod large;
mod scripted;
mod server;
mod sources;
