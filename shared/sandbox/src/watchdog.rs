//! A killed platform leaves no process behind, even where there are no namespaces.
//!
//! Beside each command waits a POSIX shell that outlives the platform: it is told which process groups the command has,
//! reads the end of its input when the platform is gone, however it died, and then kills these groups.

use std::collections::BTreeSet;
use std::io::Write;
use std::os::unix::process::CommandExt;
use std::process::{Child, Stdio};

use rustix::fs::{OFlags, fcntl_setfl};

const SCRIPT: &str = r#"
trap '' HUP INT TERM
while read -r line; do groups=$line; done
for group in $groups; do kill -s KILL -- "-$group"; done
"#;

/// So that a line is shorter than what a pipe takes at once (POSIX: 512 bytes), however many groups a command makes.
const GROUPS: usize = 40;

/// Waits beside one command; dropping it sends it away without a kill.
#[derive(Debug)]
pub(crate) struct Watchdog {
    shell: Option<Child>,
    told: BTreeSet<i32>,
}

impl Watchdog {
    pub(crate) fn start(leader: i32) -> Watchdog {
        let shell = std::process::Command::new("/bin/sh")
            .args(["-c", SCRIPT, "sandbox-watchdog"])
            .env_clear()
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()
            .inspect_err(|error| {
                tracing::warn!(%error, "no watchdog: after a kill of the platform, processes may stay behind");
            });
        let mut watchdog = Watchdog {
            shell: shell.ok(),
            told: BTreeSet::new(),
        };
        watchdog.tell([leader].into());
        watchdog
    }

    /// These are the command's process groups now. The numbers of those that have ended may come to mean others.
    pub(crate) fn tell(&mut self, groups: BTreeSet<i32>) {
        if groups == self.told {
            return;
        }
        let numbers: Vec<String> = groups.iter().take(GROUPS).map(i32::to_string).collect();
        let Some(input) = self.shell.as_mut().and_then(|shell| shell.stdin.as_mut()) else {
            return;
        };
        // A shell that was stopped must not stop the platform.
        let told = fcntl_setfl(&*input, OFlags::NONBLOCK)
            .map_err(Into::into)
            .and_then(|()| writeln!(input, "{}", numbers.join(" ")));
        match told {
            Ok(()) => self.told = groups,
            Err(error) => tracing::warn!(%error, "the watchdog of a command does not listen"),
        }
    }
}

impl Drop for Watchdog {
    fn drop(&mut self) {
        if let Some(shell) = &mut self.shell {
            // If it is gone already, there is nobody to send away.
            let _ = shell.kill();
            let _ = shell.wait();
        }
    }
}
