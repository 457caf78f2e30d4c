//! The files, as `cargo xtask console` built them.

/// A file of the page.
#[derive(Clone, Copy, Debug)]
pub struct File {
    /// Its name below the page's path.
    pub name: &'static str,
    /// Its media type.
    pub kind: &'static str,
    /// Its bytes, compressed.
    pub gzip: &'static [u8],
}

macro_rules! file {
    ($name:literal, $kind:literal) => {
        File {
            name: $name,
            kind: $kind,
            gzip: include_bytes!(concat!("../dist/", $name, ".gz")),
        }
    };
}

/// All of them. `index.html` is the page itself.
pub const FILES: &[File] = &[
    file!("index.html", "text/html; charset=utf-8"),
    file!("app.js", "text/javascript; charset=utf-8"),
    file!("app.css", "text/css; charset=utf-8"),
    // What speaks with the chain: the page shows how its worker stands before this is there.
    file!("chain.js", "text/javascript; charset=utf-8"),
    // The keys of development chains, loaded there alone.
    file!("dev.js", "text/javascript; charset=utf-8"),
    file!("keys.js", "text/javascript; charset=utf-8"),
    file!("plot.js", "text/javascript; charset=utf-8"),
    file!("icon.svg", "image/svg+xml"),
];
