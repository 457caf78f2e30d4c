//! A way to a node on which connections are cut.

use std::{
    io::{Read, Write},
    net::{Shutdown, SocketAddr, TcpListener, TcpStream},
    sync::{
        atomic::{AtomicU32, Ordering},
        Arc,
    },
    thread,
};

/// Passes on what it is given, and cuts each connection behind a number of pieces of what the client says: the first behind
/// none, the third behind one, the fifth behind two; those between them behind some more, so that whoever pauses the
/// longer the more often it failed gets on in the meantime. From some connection on none is cut.
pub(crate) struct Cutting {
    address: SocketAddr,
    begun: Arc<AtomicU32>,
}

impl Cutting {
    pub(crate) fn start(node: &str, most: u32) -> Self {
        let node = node.trim_start_matches("ws://").to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let begun = Arc::new(AtomicU32::new(0));
        let count = begun.clone();
        thread::spawn(move || {
            // It ends with the process.
            for client in listener.incoming().map_while(Result::ok) {
                let nth = count.fetch_add(1, Ordering::SeqCst);
                let left = match nth % 2 {
                    0 => nth / 2,
                    _ => 24 + nth,
                };
                let left = (nth < most).then_some(left);
                if let Ok(node) = TcpStream::connect(&node) {
                    pass(client, node, left);
                }
            }
        });
        Self { address, begun }
    }

    pub(crate) fn url(&self) -> String {
        format!("ws://{}", self.address)
    }

    /// How many connections there were.
    pub(crate) fn connections(&self) -> u32 {
        self.begun.load(Ordering::SeqCst)
    }
}

fn pass(client: TcpStream, node: TcpStream, left: Option<u32>) {
    let clone = |stream: &TcpStream| stream.try_clone().expect("a handle");
    let (to_client, from_node) = (clone(&client), clone(&node));
    thread::spawn(move || copy(client, node, left));
    thread::spawn(move || copy(from_node, to_client, None));
}

fn copy(mut from: TcpStream, mut to: TcpStream, mut left: Option<u32>) {
    let mut piece = [0; 64 * 1024];
    while let Ok(read @ 1..) = from.read(&mut piece) {
        match left.as_mut() {
            Some(0) => break,
            Some(left) => *left -= 1,
            None => {}
        }
        if to.write_all(&piece[..read]).is_err() {
            break;
        }
    }
    // One of them may be gone.
    for stream in [from, to] {
        let _ = stream.shutdown(Shutdown::Both);
    }
}
