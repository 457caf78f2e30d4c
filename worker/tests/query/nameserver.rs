//! A nameserver on loopback, which knows a few names and says nothing of all others.

use std::{
    net::{SocketAddr, UdpSocket},
    sync::{mpsc, Mutex},
    thread,
};

/// A running nameserver. It ends with the test's process.
pub(crate) struct Nameserver {
    pub(crate) at: SocketAddr,
    asked: Mutex<mpsc::Receiver<String>>,
}

impl Nameserver {
    /// One that knows these names, each with an address.
    pub(crate) fn start(known: &'static [(&'static str, [u8; 4])]) -> Self {
        let socket = UdpSocket::bind(("127.0.0.1", 0)).expect("a port");
        let at = socket.local_addr().expect("its address");
        let (send, receive) = mpsc::channel();
        thread::spawn(move || {
            let mut buffer = [0; 1024];
            while let Ok((len, from)) = socket.recv_from(&mut buffer) {
                let Some((name, answer)) = reply(&buffer[..len], known) else {
                    continue;
                };
                // Nobody need listen.
                let _ = send.send(name);
                if let Some(answer) = answer {
                    let _ = socket.send_to(&answer, from);
                }
            }
        });
        Self {
            at,
            asked: Mutex::new(receive),
        }
    }

    /// Waits until this many different names have been asked for.
    pub(crate) fn wait_for(&self, names: usize) {
        let asked = self.asked.lock().expect("one waits");
        let mut seen = std::collections::BTreeSet::new();
        while seen.len() < names {
            seen.insert(asked.recv().expect("it runs"));
        }
    }
}

/// The name that a query asks for, and the answer if there is one.
fn reply(query: &[u8], known: &[(&str, [u8; 4])]) -> Option<(String, Option<Vec<u8>>)> {
    let mut labels = Vec::new();
    let mut at = 12;
    while let Some(len) = query.get(at).copied().filter(|len| *len > 0) {
        let label = query.get(at + 1..at + 1 + usize::from(len))?;
        labels.push(String::from_utf8_lossy(label).to_ascii_lowercase());
        at += 1 + usize::from(len);
    }
    // The name's end, its type and its class.
    let question = query.get(12..at + 5)?;
    let is_a = query.get(at + 1..at + 3)? == [0, 1];
    let name = labels.join(".");
    let Some((_, address)) = known.iter().find(|(it, _)| *it == name) else {
        return Some((name, None));
    };
    let mut answer = query.get(..2)?.to_vec();
    // A response, recursion asked for and there; one question, an answer or none.
    answer.extend([0x81, 0x80, 0, 1, 0, u8::from(is_a), 0, 0, 0, 0]);
    answer.extend(question);
    if is_a {
        // The question's name, type A, class IN, a minute, four bytes.
        answer.extend([0xC0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4]);
        answer.extend(address);
    }
    Some((name, Some(answer)))
}
