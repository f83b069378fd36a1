//! An interrupt that comes while the platform starts is not lost, even where it was started with interrupts ignored, as a shell script
//! does with what it runs in the background.

use std::process::Stdio;
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::process::Command;

use super::folders::Folders;

/// A start and an end on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);
const LOOK_AGAIN: Duration = Duration::from_millis(1);

#[tokio::test]
async fn an_interrupt_that_comes_during_the_start_stops_the_platform() {
    let folders = Folders::new("early-stop", 0);
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = free.local_addr().unwrap();
    drop(free);
    let mut child = Command::new("sh")
        .args(["-c", "trap '' INT; exec \"$@\"", "sh"])
        .arg(folders.binary())
        .args(["up", "--listen", &address.to_string(), "--json", "--data"])
        .arg(folders.data())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    // It listens first of all, and is far from ready.
    let listens = async {
        while TcpStream::connect(address).await.is_err() {
            tokio::time::sleep(LOOK_AGAIN).await;
        }
    };
    tokio::time::timeout(PATIENCE, listens).await.unwrap();
    let id = child.id().unwrap().to_string();
    let interrupt = Command::new("kill").args(["-INT", &id]).status();
    assert!(interrupt.await.unwrap().success());
    let ended = tokio::time::timeout(PATIENCE, child.wait()).await;
    let status = ended.expect("the interrupt is not lost").unwrap();
    assert!(status.success(), "{status}");
    folders.remove();
}
