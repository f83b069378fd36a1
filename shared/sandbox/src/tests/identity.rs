//! A command is nobody on the machine, also where the platform is root.

use std::os::unix::fs::MetadataExt as _;

use super::bench::{benches, root, text};
use crate::{Exit, Priority};

#[tokio::test]
async fn no_command_runs_as_root_and_none_of_its_files_belongs_to_root() {
    for bench in benches().into_iter().filter(|_| root()) {
        std::fs::create_dir(bench.inside().join("made-by-the-platform")).unwrap();
        let (exit, output) = bench
            .sh("id -u; id -g; id -G; echo x > file; echo x > made-by-the-platform/file")
            .await;
        assert_eq!(
            (exit, output.as_str()),
            (Exit::Code(0), "60700\n60700\n60700"),
            "{}",
            bench.name
        );
        for path in [
            "",
            "file",
            "made-by-the-platform",
            "made-by-the-platform/file",
        ] {
            let metadata = bench.inside().join(path).metadata().unwrap();
            assert_eq!(
                (metadata.uid(), metadata.gid()),
                (60_700, 60_700),
                "{}: {path}",
                bench.name
            );
        }
    }
}

#[tokio::test]
async fn no_process_of_a_command_has_the_users_or_powers_of_root_outside_of_it() {
    for bench in benches().into_iter().filter(|_| root()) {
        let mut running = bench
            .start(bench.script("echo ready; exec sleep 1000"))
            .unwrap();
        assert_eq!(running.lines().recv().await.unwrap().text, "ready");
        let table = crate::processes::all();
        let leader = i32::try_from(running.id()).unwrap();
        let mut seen = 0;
        for process in table.iter().filter(|process| process.session == leader) {
            let status = format!("/proc/{}/status", process.id);
            let status = std::fs::read_to_string(status).unwrap();
            let line = |name: &str| {
                status
                    .lines()
                    .find(|line| line.starts_with(name))
                    .unwrap()
                    .to_owned()
            };
            assert_eq!(line("Uid:"), "Uid:\t60700\t60700\t60700\t60700");
            assert_eq!(line("Gid:"), "Gid:\t60700\t60700\t60700\t60700");
            assert!(line("Groups:").trim_end().ends_with("Groups:"), "{status}");
            seen += 1;
        }
        assert!(seen > 0, "{}", bench.name);
    }
}

#[tokio::test]
async fn no_setting_of_the_kernel_can_be_opened_for_writing() {
    for bench in benches() {
        // Everybody on a machine may open `ns_last_pid`; to write to it takes a capability.
        let script = r#"
            walk() {
                for f in "$1"/*; do
                    if [ -d "$f" ]; then [ -L "$f" ] || walk "$f"
                    elif [ -e "$f" ] && [ "${f##*/}" != ns_last_pid ] && { :; } 2>/dev/null >>"$f"; then echo "$f"
                    fi
                done
            }
            walk /proc/sys; walk /sys/kernel; walk /sys/power
            for f in /proc/sysrq-trigger /proc/irq/default_smp_affinity; do
                { :; } 2>/dev/null >>"$f" && echo "$f"
            done
            echo done
        "#;
        assert_eq!(
            bench.sh(script).await,
            (Exit::Code(0), "done".into()),
            "{}",
            bench.name
        );
    }
}

#[tokio::test]
async fn no_file_of_the_platform_stays_open_in_a_command() {
    for bench in benches() {
        let (_, output) = bench.sh("ls /proc/self/fd").await;
        // The last one is the folder that `ls` reads.
        assert_eq!(output, "0\n1\n2\n3", "{}", bench.name);
    }
}

#[tokio::test]
async fn namespaces_inside_of_the_namespaces_are_refused() {
    for bench in benches() {
        if !bench
            .means
            .namespaces
            .as_ref()
            .is_some_and(|bwrap| bwrap.no_nesting)
        {
            eprintln!("SKIPPED: {} forbids no nested namespaces", bench.name);
            continue;
        }
        let (exit, output) = bench.sh("unshare --user true").await;
        assert_eq!(exit, Exit::Code(1), "{}: {output}", bench.name);
    }
}

#[tokio::test]
async fn node_knows_its_user() {
    if !std::path::Path::new("/usr/bin/node").exists() {
        return eprintln!("SKIPPED: no Node.js at /usr/bin/node");
    }
    // Another user is looked up in the machine's own files.
    for bench in benches().into_iter().filter(|_| root()) {
        let script =
            r#"node -p 'const u = os.userInfo(); u.uid === process.getuid() && u.username'"#;
        let (exit, output) = bench.sh(script).await;
        assert_eq!(exit, Exit::Code(0), "{}: {output}", bench.name);
        if bench.means.views {
            assert_eq!(output, "slipway", "{}", bench.name);
        }
    }
}

#[tokio::test]
async fn low_priority_holds_for_the_command_and_against_other_sessions() {
    for bench in benches() {
        let mut command = bench.script("nice; cat /proc/self/autogroup 2>/dev/null");
        command.priority = Priority::Low;
        let (_, lines) = bench.run(command).await;
        let output = text(&lines);
        let mut lines = output.lines();
        assert_eq!(lines.next(), Some("15"), "{}", bench.name);
        if let Some(group) = lines.next() {
            assert!(group.ends_with(" nice 15"), "{}: {group}", bench.name);
        }
    }
}
