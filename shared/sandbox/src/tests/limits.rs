//! A command that passes a limit is ended for it, with all its children, and the exit names the limit.

use std::time::Duration;

use super::bench::{benches, mark, root, sleeping, text};
use crate::{Exit, LimitHit};

#[tokio::test]
async fn wall_time_ends_children_of_children_too() {
    for bench in benches() {
        let mark = mark();
        let mut command = bench.script(&format!(
            "trap '' TERM; sh -c 'sh -c \"sleep {mark} & sleep {mark}\" & setsid sleep {mark}'; sleep {mark}"
        ));
        let wall = Duration::from_millis(400);
        command.limits.wall = Some(wall);
        let (exit, _) = bench.run(command).await;
        assert_eq!(exit, Exit::Limit(LimitHit::Wall(wall)), "{}", bench.name);
        assert_eq!(sleeping(&mark), 0, "{}", bench.name);
    }
}

#[tokio::test]
async fn endless_output_is_cut_at_the_limit() {
    for bench in benches() {
        let mut command = bench.script("yes & yes >&2");
        command.limits.output_bytes = Some(100_000);
        let (exit, lines) = bench.run(command).await;
        assert_eq!(
            exit,
            Exit::Limit(LimitHit::Output(100_000)),
            "{}",
            bench.name
        );
        let bytes: usize = lines.iter().map(|line| line.text.len() + 1).sum();
        assert!(
            (99_000..=100_002).contains(&bytes),
            "{}: {bytes}",
            bench.name
        );
    }
}

#[tokio::test]
async fn memory_of_all_processes_together_is_limited() {
    for bench in benches() {
        // Sorting holds its input until the input ends.
        let hold = "(head -c 30000000 /dev/zero; sleep 1000) | sort";
        let mut command = bench.script(&format!("{hold} & {hold} & {hold}"));
        command.limits.memory_bytes = 60_000_000;
        let (exit, _) = bench.run(command).await;
        assert_eq!(
            exit,
            Exit::Limit(LimitHit::Memory(60_000_000)),
            "{}",
            bench.name
        );
    }
}

/// Python, as no shell can call `memfd_create(2)`; without it the test says so and shows nothing.
fn python() -> bool {
    let there = std::path::Path::new("/usr/bin/python3").exists();
    if !there {
        eprintln!("SKIPPED: no Python at /usr/bin/python3");
    }
    there
}

/// Fills a file in memory without ever mapping it, and keeps it open.
const HOLDS: &str = r#"
import os, time
file = os.memfd_create("held")
for _ in range(MEGABYTES): os.write(file, bytes(1 << 20))
print("filled", flush=True)
"#;

#[tokio::test]
async fn memory_in_files_that_nobody_maps_is_limited() {
    for bench in benches().into_iter().filter(|_| python()) {
        let script = HOLDS.replace("MEGABYTES", "300") + "time.sleep(1000)";
        let mut command = bench.script(&format!("exec /usr/bin/python3 -c '{script}'"));
        command.limits.memory_bytes = 100 << 20;
        command.limits.wall = Some(Duration::from_secs(120));
        let (exit, _) = bench.run(command).await;
        assert_eq!(
            exit,
            Exit::Limit(LimitHit::Memory(100 << 20)),
            "{}",
            bench.name
        );
    }
}

#[tokio::test]
async fn memory_that_is_held_mapped_and_shared_counts_once() {
    for bench in benches().into_iter().filter(|_| python()) {
        let map = "import mmap; m = mmap.mmap(file, 64 << 20); sum(m[i] for i in range(0, 64 << 20, 4096)); os.fork(); \
                   sum(m[i] for i in range(0, 64 << 20, 4096)); time.sleep(1)";
        let script = HOLDS.replace("MEGABYTES", "64") + map;
        let mut command = bench.script(&format!("exec /usr/bin/python3 -c '{script}'"));
        command.limits.memory_bytes = 110 << 20;
        let (exit, lines) = bench.run(command).await;
        assert_eq!(exit, Exit::Code(0), "{}: {}", bench.name, text(&lines));
    }
}

#[tokio::test]
async fn processes_are_limited_and_the_sandbox_does_not_count_itself() {
    for bench in benches() {
        let mut command = bench.script("for i in 1 2 3 4 5 6; do sleep 1000 & done; wait");
        command.limits.processes = 6;
        let (exit, _) = bench.run(command.clone()).await;
        assert_eq!(exit, Exit::Limit(LimitHit::Processes(6)), "{}", bench.name);
        command.limits.processes = 7;
        command.limits.wall = Some(Duration::from_millis(900));
        let (exit, _) = bench.run(command).await;
        assert_eq!(
            exit,
            Exit::Limit(LimitHit::Wall(Duration::from_millis(900))),
            "{}",
            bench.name
        );
    }
}

#[tokio::test]
async fn a_fork_bomb_is_ended() {
    for bench in benches() {
        let mark = mark();
        let mut command = bench.script(&format!("while :; do setsid sleep {mark} & done"));
        command.limits.processes = 50;
        let (exit, _) = bench.run(command).await;
        assert_eq!(exit, Exit::Limit(LimitHit::Processes(50)), "{}", bench.name);
        assert_eq!(sleeping(&mark), 0, "{}", bench.name);
    }
}

#[tokio::test]
async fn the_disk_is_limited_however_many_files_fill_it() {
    for bench in benches() {
        let mut command = bench.script(
            "i=0; while :; do i=$((i+1)); mkdir -p deep/$i; head -c 100000 /dev/zero > deep/$i/file; done",
        );
        command.limits.disk_bytes = 1 << 20;
        let (exit, _) = bench.run(command).await;
        assert_eq!(exit, Exit::Limit(LimitHit::Disk(1 << 20)), "{}", bench.name);
        std::fs::remove_dir_all(bench.inside().join("deep")).unwrap();
        let mut command = bench.script("truncate -s 900M sparse; ln -s / root; sleep 1");
        command.limits.disk_bytes = 1 << 20;
        let (exit, _) = bench.run(command).await;
        assert_eq!(exit, Exit::Code(0), "{}: no block is taken", bench.name);
    }
}

#[tokio::test]
async fn files_are_limited_in_size_and_number() {
    for bench in benches() {
        let mut command =
            bench.script("ulimit -n; ulimit -c; exec head -c 2000000 /dev/zero > big");
        command.limits.file_bytes = 1 << 20;
        command.limits.open_files = 64;
        let (exit, lines) = bench.run(command).await;
        assert_eq!(
            (exit, text(&lines)),
            (Exit::Signal(25), "64\n0".into()),
            "{}",
            bench.name
        );
        assert_eq!(
            std::fs::metadata(bench.inside().join("big")).unwrap().len(),
            1 << 20
        );
    }
}

#[tokio::test]
async fn threads_of_all_processes_together_are_limited() {
    if !std::path::Path::new("/usr/bin/node").exists() {
        return eprintln!("SKIPPED: no Node.js at /usr/bin/node");
    }
    for bench in benches() {
        let mut command = bench.script(
            "exec node -e 'require(\"fs\").readFile(\"/dev/null\", () => {}); setTimeout(() => {}, 1e6)'",
        );
        command
            .env
            .push(("UV_THREADPOOL_SIZE".into(), "100".into()));
        command.limits.processes = 10;
        let (exit, _) = bench.run(command).await;
        assert_eq!(exit, Exit::Limit(LimitHit::Threads(80)), "{}", bench.name);
    }
}

#[tokio::test]
async fn open_files_of_all_processes_together_are_limited() {
    for bench in benches() {
        let mut command = bench.script("");
        command.program = "bash".into();
        // Each child inherits the open files.
        command.args[1] =
            "for i in {1..200}; do exec {fd}</dev/null; done; for i in 1 2 3; do sleep 1000 & done; wait".into();
        let (exit, _) = bench.run(command).await;
        assert_eq!(
            exit,
            Exit::Limit(LimitHit::OpenFiles(512)),
            "{}",
            bench.name
        );
    }
}

#[tokio::test]
async fn deleted_files_that_are_open_count_on_the_disk() {
    for bench in benches() {
        let mut command =
            bench.script("exec 3>file; rm file; head -c 3000000 /dev/zero >&3; exec sleep 1000");
        command.limits.disk_bytes = 1 << 20;
        let (exit, _) = bench.run(command).await;
        assert_eq!(exit, Exit::Limit(LimitHit::Disk(1 << 20)), "{}", bench.name);
    }
}

#[tokio::test]
async fn a_command_ends_before_the_platform_where_memory_runs_out() {
    for bench in benches() {
        let (_, output) = bench.sh("cat /proc/self/oom_score_adj").await;
        assert_eq!(output, "500", "{}", bench.name);
    }
}

#[tokio::test]
async fn all_commands_together_leave_processes_to_the_rest_of_the_machine() {
    for bench in benches().into_iter().filter(|_| root()) {
        let (_, output) = bench.sh("grep 'Max processes' /proc/self/limits").await;
        let limit = output.split_ascii_whitespace().nth(3).unwrap();
        let limit: u64 = limit.parse().expect("it is not unlimited");
        assert!(limit <= 16_384, "{}: {limit}", bench.name);
    }
}

#[tokio::test]
async fn the_disk_is_looked_at_by_a_thread_apart() {
    for bench in benches() {
        let mut command = bench.script("head -c 3000000 /dev/zero > file; exec sleep 1000");
        command.limits.disk_bytes = 1 << 20;
        let (exit, _) = bench.run(command).await;
        assert_eq!(exit, Exit::Limit(LimitHit::Disk(1 << 20)), "{}", bench.name);
    }
    let threads = std::fs::read_dir("/proc/self/task").unwrap();
    let names: Vec<String> = threads
        .flatten()
        .filter_map(|thread| std::fs::read_to_string(thread.path().join("comm")).ok())
        .collect();
    for name in ["sandbox-sampler\n", "sandbox-disk\n"] {
        assert!(names.iter().any(|other| other == name), "{names:?}");
    }
}
