//! Commands touch their own files, environment and processes, and nothing else of the machine.

use super::bench::{benches, quoted, text};
use crate::Exit;

#[tokio::test]
async fn the_environment_is_what_was_given_and_the_folder() {
    for bench in benches() {
        let mut command = bench.script("exec env");
        command.env.push(("SECRET".into(), "a b\nc".into()));
        let (exit, lines) = bench.run(command).await;
        let mut lines: Vec<String> = lines.into_iter().map(|line| line.text).collect();
        lines.sort();
        let cwd = bench.inside().canonicalize().unwrap();
        let expected = [
            "PATH=/usr/bin:/bin",
            &format!("PWD={}", cwd.display()),
            "SECRET=a b",
            "c",
        ];
        assert_eq!(
            (exit, lines),
            (Exit::Code(0), expected.map(String::from).to_vec()),
            "{}",
            bench.name
        );
    }
}

#[tokio::test]
async fn secrets_are_on_no_command_line() {
    for bench in benches() {
        let mut command = bench.script("echo ready; read never");
        command.args[1] = "echo ready; sleep 1000".into();
        command.env.push(("SECRET".into(), "kept-from-ps".into()));
        let mut running = bench.start(command).unwrap();
        assert_eq!(running.lines().recv().await.unwrap().text, "ready");
        let pid = running.id();
        let line = std::fs::read(format!("/proc/{pid}/cmdline")).unwrap();
        assert!(
            !String::from_utf8_lossy(&line).contains("kept-from-ps"),
            "{}",
            bench.name
        );
    }
}

#[tokio::test]
async fn files_outside_can_neither_be_read_nor_listed_nor_written() {
    for bench in benches().into_iter().filter(|bench| bench.keeps_files()) {
        let outside = quoted(&bench.outside());
        std::os::unix::fs::symlink(bench.outside(), bench.inside().join("link")).unwrap();
        for attempt in [
            format!("cat {outside}/secret"),
            format!("ls {outside}"),
            format!("echo x > {outside}/secret"),
            format!("rm {outside}/secret"),
            format!("mv {outside}/secret ."),
            format!("ln {outside}/secret hard"),
            "cat link/secret".into(),
            "cat ../outside/secret".into(),
            "cat /etc/shadow".into(),
            "ls /root /home".into(),
            "echo x > /usr/sandbox-test".into(),
            "echo x > /sandbox-test".into(),
            "echo x > /dev/shm/sandbox-test".into(),
            "mknod device b 8 0".into(),
            "mount -t tmpfs none .".into(),
        ] {
            let (exit, output) = bench.sh(&attempt).await;
            assert!(
                matches!(exit, Exit::Code(1..)),
                "{}: {attempt}: {exit:?} {output}",
                bench.name
            );
            assert!(!output.contains("hidden"), "{}: {attempt}", bench.name);
        }
        let kept = std::fs::read_to_string(bench.outside().join("secret")).unwrap();
        assert_eq!(kept, "hidden\n");
    }
}

#[tokio::test]
async fn readable_is_not_writable_and_writable_is_both() {
    for bench in benches().into_iter().filter(|bench| bench.keeps_files()) {
        let mut command = bench.script(&format!(
            "cat {0}/secret && mkdir a && echo mine > a/file && mv a/file b && cat b; \
             echo x > /dev/null && head -c 1 /dev/urandom > /dev/null && cat /proc/self/comm; \
             echo x > {0}/secret",
            quoted(&bench.outside())
        ));
        command.read.push(bench.outside());
        let (exit, lines) = bench.run(command).await;
        let output = text(&lines);
        assert!(
            output.starts_with("hidden\nmine\ncat\n"),
            "{}: {output}",
            bench.name
        );
        assert!(matches!(exit, Exit::Code(1..)), "{}: {exit:?}", bench.name);
    }
}

#[tokio::test]
async fn other_processes_can_be_neither_looked_into_nor_signalled() {
    for bench in benches().into_iter().filter(|bench| bench.keeps_files()) {
        let platform = std::process::id();
        for attempt in [
            format!("cat /proc/{platform}/environ"),
            format!("ls /proc/{platform}/root"),
            format!("readlink /proc/{platform}/fd/0"),
            format!("kill -s CONT {platform}"),
        ] {
            let (exit, output) = bench.sh(&attempt).await;
            assert!(
                matches!(exit, Exit::Code(1..)),
                "{}: {attempt}: {exit:?} {output}",
                bench.name
            );
        }
    }
}

#[tokio::test]
async fn root_keeps_no_powers() {
    for bench in benches() {
        let (_, output) = bench
            .sh("grep -E '^(CapEff|NoNewPrivs)' /proc/self/status")
            .await;
        assert_eq!(
            output, "CapEff:\t0000000000000000\nNoNewPrivs:\t1",
            "{}",
            bench.name
        );
    }
}

#[tokio::test]
async fn paths_given_through_symbolic_links_work_under_both_names() {
    for bench in benches() {
        let link = bench.outside().join("link");
        std::os::unix::fs::symlink(bench.inside(), &link).unwrap();
        let mut command = bench.script(&format!(
            "echo x > {}/one && echo y > {}/two && cat one two && /bin/sh -c 'echo z'",
            quoted(&link),
            quoted(&bench.inside())
        ));
        command.write = vec![link.clone()];
        command.cwd = link;
        let (exit, lines) = bench.run(command).await;
        assert_eq!(
            (exit, text(&lines)),
            (Exit::Code(0), "x\ny\nz".into()),
            "{}",
            bench.name
        );
    }
}
