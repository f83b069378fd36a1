//! Abstract Unix sockets have no file, so that rules about files do not keep a command from those of another.

use super::bench::{benches, text};
use crate::Exit;

/// Begins each script: `$at` is the address of this test's socket. Perl, as no shell can make such a socket.
const ADDRESS: &str = r#"
use Socket; socket(my $s, AF_UNIX, SOCK_STREAM, 0) or die; my $at = pack_sockaddr_un("\0sandbox-test-NUMBER"); $| = 1;
"#;

#[tokio::test]
async fn an_abstract_socket_of_a_command_is_closed_to_others() {
    if !std::path::Path::new("/usr/bin/perl").exists() {
        return eprintln!("SKIPPED: no Perl at /usr/bin/perl");
    }
    for bench in benches() {
        let closed = match &bench.means.namespaces {
            Some(bwrap) => bwrap.scoped,
            None => bench.means.landlock.is_some_and(|version| version >= 6),
        };
        if !closed {
            eprintln!("SKIPPED: {} has no scopes of Landlock", bench.name);
            continue;
        }
        let perl = |script: &str| {
            let address = ADDRESS.replace("NUMBER", &std::process::id().to_string());
            bench.script(&format!("exec perl -e '{address} {script}'"))
        };
        let listen = r#"bind($s, $at) && listen($s, 1) or die; print "listening\n"; sleep 1000"#;
        let mut listening = bench.start(perl(listen)).unwrap();
        let line = listening.lines().recv().await.unwrap();
        assert_eq!(line.text, "listening", "{}", bench.name);
        let connect = r#"print(connect($s, $at) ? "connected" : $!, "\n")"#;
        let (exit, lines) = bench.run(perl(connect)).await;
        assert_eq!(
            (exit, text(&lines)),
            (Exit::Code(0), "Operation not permitted".into()),
            "{}",
            bench.name
        );
        let both = r#"bind($s, pack_sockaddr_un("\0sandbox-test-own-" . $$)) && listen($s, 1) or die;
            socket(my $t, AF_UNIX, SOCK_STREAM, 0); print(connect($t, getsockname($s)) ? "connected" : $!, "\n")"#;
        let (_, lines) = bench.run(perl(both)).await;
        assert_eq!(text(&lines), "connected", "{}: its own", bench.name);
    }
}
