//! After `kill -9` of the platform none of its commands goes on.

use std::io::{BufRead, BufReader};
use std::process::Stdio;

use super::bench::{benches, mark, wait_for_sleeping};

/// Set for the copy of this test that plays the platform: which bench, and for how long its commands sleep.
const ROLE: &str = "SANDBOX_TEST_PLATFORM";

#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "it tells the copy of this test what to play"
)]
fn nothing_survives_a_kill_of_the_platform() {
    if let Ok(role) = std::env::var(ROLE) {
        let (bench, mark) = role.split_once('/').unwrap();
        return play_the_platform(bench, mark);
    }
    for bench in benches() {
        let mark = mark();
        let mut platform = std::process::Command::new(std::env::current_exe().unwrap())
            .args([
                "--exact",
                "tests::survival::nothing_survives_a_kill_of_the_platform",
            ])
            .arg("--nocapture")
            .env(ROLE, format!("{}/{mark}", bench.name))
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let output = BufReader::new(platform.stdout.take().unwrap());
        assert!(
            output
                .lines()
                .any(|line| line.unwrap().contains("all are running"))
        );
        wait_for_sleeping(&mark, 4);
        platform.kill().unwrap();
        platform.wait().unwrap();
        wait_for_sleeping(&mark, 0);
    }
}

fn play_the_platform(name: &str, mark: &str) {
    let bench = benches()
        .into_iter()
        .find(|bench| bench.name == name)
        .unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    let script = format!("trap '' TERM HUP; sh -c 'sleep {mark} & sleep {mark}'");
    let start = || {
        runtime
            .block_on(async { bench.start(bench.script(&script)) })
            .unwrap()
    };
    // Started from a thread that ends at once, which must not end the command.
    let first = std::thread::scope(|scope| scope.spawn(start).join().unwrap());
    let second = start();
    wait_for_sleeping(mark, 4);
    println!("all are running: {} {}", first.id(), second.id());
    loop {
        std::thread::park();
    }
}
