//! How commands end is told as it was, and after their end nothing of them is left.

use std::time::{Duration, Instant};

use super::bench::{benches, mark, sleeping, text, wait_for_sleeping};
use crate::{Exit, Line, Stream};

#[tokio::test]
async fn exit_codes_signals_and_both_outputs_arrive() {
    for bench in benches() {
        let (exit, lines) = bench
            .run(bench.script("echo out; echo err >&2; exit 7"))
            .await;
        assert_eq!(exit, Exit::Code(7), "{}", bench.name);
        assert_eq!(lines.len(), 2);
        for (stream, text) in [(Stream::Stdout, "out"), (Stream::Stderr, "err")] {
            let line = Line {
                stream,
                text: text.into(),
            };
            assert!(lines.contains(&line), "{}: {lines:?}", bench.name);
        }
        assert_eq!(
            bench.sh("kill -s SEGV $$").await.0,
            Exit::Signal(11),
            "{}",
            bench.name
        );
        assert_eq!(
            bench.sh("cat").await,
            (Exit::Code(0), String::new()),
            "stdin is empty"
        );
    }
}

#[tokio::test]
async fn what_a_command_leaves_running_ends_with_it() {
    for bench in benches() {
        let mark = mark();
        let script = format!(
            "sleep {mark} & (setsid sleep {mark} </dev/null >/dev/null 2>&1 &); until [ -e go ]; do :; done"
        );
        let mut running = bench.start(bench.script(&script)).unwrap();
        wait_for_sleeping(&mark, 2);
        running.look();
        std::fs::write(bench.inside().join("go"), "").unwrap();
        assert_eq!(running.wait().await, Exit::Code(0), "{}", bench.name);
        assert_eq!(sleeping(&mark), 0, "{}", bench.name);
    }
}

#[tokio::test]
async fn a_polite_command_ends_itself_when_stopped() {
    for bench in benches() {
        let script = "trap 'echo bye; exit 3' TERM; echo ready; while :; do sleep 0.01; done";
        let mut running = bench.start(bench.script(script)).unwrap();
        let mut lines = running.lines();
        assert_eq!(lines.recv().await.unwrap().text, "ready");
        assert_eq!(
            running.stop(Duration::from_secs(30)).await,
            Exit::Code(3),
            "{}",
            bench.name
        );
        let mut rest = Vec::new();
        while let Some(line) = lines.recv().await {
            rest.push(line);
        }
        assert!(text(&rest).contains("bye"), "{}: {rest:?}", bench.name);
        assert_eq!(running.wait().await, Exit::Code(3), "told again");
    }
}

#[tokio::test]
async fn an_ordinary_command_ends_by_the_signal_when_stopped() {
    for bench in benches() {
        let mut running = bench
            .start(bench.script("echo ready; exec sleep 1000"))
            .unwrap();
        assert_eq!(running.lines().recv().await.unwrap().text, "ready");
        assert_eq!(
            running.stop(Duration::from_secs(30)).await,
            Exit::Signal(15),
            "{}",
            bench.name
        );
    }
}

#[tokio::test]
async fn a_deaf_command_is_killed_after_the_grace() {
    for bench in benches() {
        let script = "trap '' TERM; echo ready; while :; do sleep 0.01; done";
        let mut running = bench.start(bench.script(script)).unwrap();
        assert_eq!(running.lines().recv().await.unwrap().text, "ready");
        let began = Instant::now();
        assert_eq!(
            running.stop(Duration::from_millis(200)).await,
            Exit::Signal(9),
            "{}",
            bench.name
        );
        assert!(
            began.elapsed() >= Duration::from_millis(200),
            "{}",
            bench.name
        );
    }
}

#[tokio::test]
async fn dropping_a_command_ends_it_with_its_children() {
    for bench in benches() {
        let mark = mark();
        let script = format!("trap '' TERM; sleep {mark} & (setsid sleep {mark} &); sleep {mark}");
        let running = bench.start(bench.script(&script)).unwrap();
        wait_for_sleeping(&mark, 3);
        drop(running);
        wait_for_sleeping(&mark, 0);
    }
}

#[test]
fn a_runtime_that_is_shut_down_leaves_nothing_running() {
    for bench in benches() {
        let mark = mark();
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()
            .unwrap();
        let script = format!("sleep {mark} & sleep {mark}");
        let running = runtime
            .block_on(async { bench.start(bench.script(&script)) })
            .unwrap();
        wait_for_sleeping(&mark, 2);
        drop(runtime);
        wait_for_sleeping(&mark, 0);
        drop(running);
    }
}

#[tokio::test]
async fn a_command_that_cannot_start_says_why() {
    for bench in benches() {
        let refused = |change: &dyn Fn(&mut crate::Command)| {
            let mut command = bench.script("true");
            change(&mut command);
            let folder = bench.inside().parent().unwrap().display().to_string();
            bench
                .start(command)
                .unwrap_err()
                .to_string()
                .replace(&folder, "FOLDER")
        };
        assert_eq!(
            refused(&|command| command.program = "no-such-program".into()),
            "the program `no-such-program` was not found: install it, or put its folder into the command's PATH (now `/usr/bin:/bin`)"
        );
        assert_eq!(
            refused(&|command| command.cwd = bench.outside()),
            "the working folder `FOLDER/outside` is outside what the command may read: add it to its readable or writable paths"
        );
        assert_eq!(
            refused(&|command| command.program = bench.outside().join("secret")),
            "the program `FOLDER/outside/secret` is outside what the command may read: add it to its readable or writable paths"
        );
        assert_eq!(
            refused(&|command| command.write.push(bench.inside().join("absent"))),
            "the writable path `FOLDER/inside/absent` does not exist: create it before the command starts"
        );
        assert_eq!(
            refused(&|command| command.env.push(("A=B".into(), "secret value".into()))),
            "the environment variable `A=B` cannot be given to a process: its name is empty, or contains `=` or a NUL byte"
        );
    }
}
