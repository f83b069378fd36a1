//! The preload says, file by file, which port an application asked for and which one it got; the application could write there
//! as well, so a number is all that is read.

use std::path::Path;

use files::{Dir, Kind};
use hosting::PORT;

/// Characters of a port.
const PORT_CHARACTERS: u64 = 5;

/// The port of 127.0.0.1 that stands for port 8080 of the application.
pub(crate) fn serving(folder: &Dir) -> Option<u16> {
    let content = folder.read(Path::new(&PORT.to_string()), PORT_CHARACTERS);
    let port = String::from_utf8(content.ok()?).ok()?.parse().ok()?;
    (port != 0).then_some(port)
}

/// The other ports that it asked for, in order.
pub(crate) fn others(folder: &Dir) -> Vec<u16> {
    let is_port = |name: &std::ffi::OsString| folder.kind(Path::new(name)) == Some(Kind::File);
    let names = folder.names().unwrap_or_default();
    let mut ports: Vec<u16> = names
        .iter()
        .filter(|name| is_port(name))
        .filter_map(|name| name.to_str()?.parse().ok())
        .filter(|port| *port != PORT)
        .collect();
    ports.sort_unstable();
    ports
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_number_in_a_plain_file_is_a_port() {
        let folder = tempfile::tempdir().unwrap();
        let ports = Dir::open(folder.path()).unwrap();
        let file = folder.path().join("8080");
        assert_eq!(serving(&ports), None);
        for (text, port) in [
            ("40123", Some(40123)),
            ("0", None),
            ("99999", None),
            ("", None),
            ("8080/../x", None),
        ] {
            std::fs::write(&file, text).unwrap();
            assert_eq!(serving(&ports), port, "{text}");
        }
        std::fs::remove_file(&file).unwrap();
        std::fs::write(folder.path().join("3000"), "40124").unwrap();
        std::os::unix::fs::symlink("3000", &file).unwrap();
        assert_eq!(serving(&ports), None, "a symlink");
        std::fs::remove_file(&file).unwrap();
        let made = std::process::Command::new("mkfifo").arg(&file).status();
        assert!(made.unwrap().success());
        assert_eq!(serving(&ports), None, "a pipe, which nobody waits for");
        assert_eq!(others(&ports), [3000]);
    }
}
