//! A command cannot use the keys of the session in which the platform was started.

use super::bench::{benches, text};
use crate::Exit;

/// Set for the copy of this test that plays the platform.
const ROLE: &str = "SANDBOX_TEST_KEYS";

/// Perl's numbers of `add_key` and `keyctl`; no shell can call them.
const CALLS: Option<(u32, u32)> = if cfg!(target_arch = "x86_64") {
    Some((248, 250))
} else if cfg!(target_arch = "aarch64") {
    Some((217, 219))
} else {
    None
};

#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "it tells the copy of this test what to play"
)]
fn the_session_keyring_of_the_platform_is_closed_to_commands() {
    let Some((add_key, keyctl)) = CALLS.filter(|_| std::path::Path::new("/usr/bin/perl").exists())
    else {
        return eprintln!("SKIPPED: no Perl at /usr/bin/perl, or another processor");
    };
    if std::env::var(ROLE).is_ok() {
        return play_the_platform(keyctl);
    }
    // A new session keyring, a key in it, and a process that finds the key there.
    let script = format!(
        r#"my ($type, $name, $secret) = ("user", "sandbox-test", "secret");
        exit 77 if syscall({keyctl}, 1, 0) < 0;
        exit 77 if syscall({add_key}, $type, $name, $secret, 6, -3) < 0;
        exec @ARGV"#
    );
    let platform = std::process::Command::new("/usr/bin/perl")
        .args(["-e", &script])
        .arg(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "tests::keys::the_session_keyring_of_the_platform_is_closed_to_commands",
            "--nocapture",
        ])
        .env(ROLE, "1")
        .status()
        .unwrap();
    if platform.code() == Some(77) {
        return eprintln!("SKIPPED: no keys can be made here");
    }
    assert!(platform.success());
}

fn play_the_platform(keyctl: u32) {
    // Search in the session keyring.
    let search = format!(
        r#"my ($type, $name) = ("user", "sandbox-test");
        print(syscall({keyctl}, 10, -3, $type, $name, 0) < 0 ? $! : "found", "\n")"#
    );
    let found = std::process::Command::new("/usr/bin/perl")
        .args(["-e", &search])
        .output()
        .unwrap();
    assert_eq!(found.stdout, b"found\n", "the platform has the key");
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    for bench in benches() {
        let command = bench.script(&format!("exec perl -e '{search}'"));
        let (exit, lines) = runtime.block_on(bench.run(command));
        assert_eq!(
            (exit, text(&lines)),
            (Exit::Code(0), "Required key not available".into()),
            "{}",
            bench.name
        );
    }
}
