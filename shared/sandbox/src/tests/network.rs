//! A command without network reaches not even the machine itself.

use std::net::TcpListener;

use super::bench::benches;
use crate::{Exit, Network};

#[tokio::test]
async fn without_network_the_platforms_own_ports_are_closed() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    for bench in benches() {
        let mut command = bench.script("");
        command.program = "bash".into();
        command.args[1] = format!("exec 3<>/dev/tcp/127.0.0.1/{port}").into();
        let (exit, lines) = bench.run(command.clone()).await;
        assert_eq!(exit, Exit::Code(0), "{}: {lines:?}", bench.name);
        command.network = Network::None;
        let (exit, lines) = bench.run(command).await;
        if bench
            .means
            .namespaces
            .as_ref()
            .is_some_and(|bwrap| bwrap.network)
        {
            assert_eq!(exit, Exit::Code(1), "{}: {lines:?}", bench.name);
        } else {
            eprintln!("SKIPPED: {} cannot close the network", bench.name);
            assert_eq!(exit, Exit::Code(0), "{}: {lines:?}", bench.name);
        }
    }
}
