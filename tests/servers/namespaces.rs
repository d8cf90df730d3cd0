//! Network namespaces of Linux, in which a network can fail as a real one does.

use crate::{installed, process::Folder};
use std::{fs, path::Path, process::Command};

/// The outputs of a client and a server, whose network failed between them.
#[derive(Debug)]
pub struct Outputs {
    /// The output of the client.
    pub client: String,
    /// The output of the server.
    pub server: String,
}

/// Runs `script` in a namespace of its own, with both programs and a folder for their outputs.
/// `None` if namespaces cannot be made here, or a tool is missing.
pub fn run(script: &str, client: &Path, server: &Path) -> Option<Outputs> {
    for tool in ["ip", "nsenter", "unshare"] {
        installed::or_skipped(tool, installed::program(tool))?;
    }
    let made = |arguments: &[&str]| {
        let status = Command::new("unshare").args(arguments).status();
        status.is_ok_and(|status| status.success())
    };
    // Without the rights of root, or without the driver of virtual links.
    let link =
        "ip link add name n0 type veth peer name n1 && echo 3 >/proc/sys/net/ipv4/tcp_retries2";
    if !made(&["-n", "sh", "-c", link]) {
        installed::skip("network namespaces cannot be made here");
        return None;
    }
    let folder = Folder::new();
    let output = Command::new("unshare")
        .args(["-n", "sh", script])
        .args([client, server, folder.path()])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    let read = |name| fs::read_to_string(folder.path().join(name)).unwrap();
    Some(Outputs {
        client: read("order"),
        server: read("server"),
    })
}
