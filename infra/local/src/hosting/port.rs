//! The preload says, file by file, which port an application asked for and which one it got; the application could write there
//! as well, so a number is all that is read.

use std::path::Path;

use hosting::PORT;

/// Characters of a port.
const PORT_CHARACTERS: u64 = 5;

/// The port of 127.0.0.1 that stands for port 8080 of the application.
pub(crate) fn serving(folder: &Path) -> Option<u16> {
    read(&folder.join(PORT.to_string()))
}

/// The other ports that it asked for, in order.
pub(crate) fn others(folder: &Path) -> Vec<u16> {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut ports: Vec<u16> = entries
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
        .filter(|port| *port != PORT)
        .collect();
    ports.sort_unstable();
    ports
}

fn read(file: &Path) -> Option<u16> {
    let metadata = std::fs::symlink_metadata(file).ok()?;
    if !metadata.is_file() || metadata.len() > PORT_CHARACTERS {
        return None;
    }
    let port = std::fs::read_to_string(file).ok()?.parse().ok()?;
    (port != 0).then_some(port)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_number_in_a_plain_file_is_a_port() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("8080");
        assert_eq!(serving(folder.path()), None);
        for (text, port) in [
            ("40123", Some(40123)),
            ("0", None),
            ("99999", None),
            ("", None),
            ("8080/../x", None),
        ] {
            std::fs::write(&file, text).unwrap();
            assert_eq!(serving(folder.path()), port, "{text}");
        }
        std::fs::remove_file(&file).unwrap();
        std::fs::write(folder.path().join("3000"), "40124").unwrap();
        std::os::unix::fs::symlink("3000", &file).unwrap();
        assert_eq!(serving(folder.path()), None, "a symlink");
        assert_eq!(others(folder.path()), [3000]);
    }
}
