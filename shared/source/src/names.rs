//! Which names of a stranger's tree may become files, and which links stay inside it. Pure rules.

use gix_object::bstr::{BStr, ByteSlice};
use gix_validate::path::component::{self, Mode, Options};

/// The longest name of a file that Linux and macOS take, in bytes.
const NAME_BYTES: usize = 255;

/// One name, fit to be created, or the clause that says why not.
pub(crate) fn file_name(name: &BStr, is_link: bool) -> Result<&str, &'static str> {
    // Windows' device names and characters are harmless here and do occur; its spellings of .git are not.
    let options = Options {
        protect_windows: false,
        protect_hfs: true,
        protect_ntfs: true,
    };
    let mode = is_link.then_some(Mode::Symlink);
    gix_validate::path::component(name, mode, options).map_err(|error| match error {
        component::Error::Empty => "the name is empty",
        component::Error::Relative => "'.' and '..' are not names",
        component::Error::DotGitDir => "it is a spelling of .git",
        component::Error::SymlinkedGitModules => ".gitmodules must not be a link",
        _ => "the name has a separator",
    })?;
    let name = name.to_str().map_err(|_| "the name is not UTF-8")?;
    if name.contains('\\') {
        return Err("the name has a separator");
    }
    if name.chars().any(char::is_control) {
        return Err("the name has a control character");
    }
    if name.len() > NAME_BYTES {
        return Err("the name has more than 255 bytes");
    }
    Ok(name)
}

/// Whether a link `depth` folders below the root can only lead to places below the root.
///
/// `..` may stand only at the beginning of the target: there it climbs through real folders, as links are created in no others.
/// Behind a name it could climb from wherever another link leads.
pub(crate) fn link_stays_inside(depth: usize, target: &BStr) -> bool {
    let Ok(target) = target.to_str() else {
        return false;
    };
    if target.is_empty()
        || target.starts_with('/')
        || target.contains('\\')
        || target.chars().any(char::is_control)
    {
        return false;
    }
    let mut parts = target
        .split('/')
        .filter(|part| !part.is_empty() && *part != ".")
        .peekable();
    let mut climbed = 0;
    while parts.next_if_eq(&"..").is_some() {
        climbed += 1;
    }
    climbed <= depth && parts.all(|part| part != ".." && file_name(part.into(), false).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_names_are_fine() {
        for name in [
            "a",
            "package.json",
            ".gitignore",
            "con",
            "a:b",
            "ä",
            "...",
            ".github",
        ] {
            assert_eq!(file_name(name.into(), false), Ok(name));
        }
    }

    #[test]
    fn no_spelling_of_git_and_no_path_is_a_name() {
        let zero_width = ".g\u{200c}it";
        let long = "a".repeat(256);
        for name in [
            "",
            ".",
            "..",
            "a/b",
            "/etc",
            "..\\a",
            ".git",
            ".GIT",
            ".Git",
            "git~1",
            "GIT~1",
            ".git ",
            ".git.",
            ".git::$INDEX_ALLOCATION",
            zero_width,
            "a\nb",
            "\u{1b}[2J",
            &long,
        ] {
            assert!(file_name(name.into(), false).is_err(), "{name:?}");
        }
        assert!(file_name(b"\xff".as_bstr(), false).is_err());
        assert!(file_name(".gitmodules".into(), true).is_err());
    }

    #[test]
    fn a_link_may_climb_as_far_as_the_root() {
        for (depth, target) in [
            (0, "a"),
            (0, "a/b"),
            (0, "./a//b/"),
            (0, "."),
            (1, "../a"),
            (1, ".."),
            (3, "../../.."),
        ] {
            assert!(link_stays_inside(depth, target.into()), "{depth} {target}");
        }
    }

    #[test]
    fn a_link_that_could_lead_out_is_refused() {
        for (depth, target) in [
            (0, ".."),
            (0, "../a"),
            (1, "../../a"),
            (0, "/etc/passwd"),
            (0, ""),
            (5, "a/../../b"),
            (5, "a/.."),
            (0, ".git/config"),
            (0, "a\\b"),
            (0, "a\0b"),
        ] {
            assert!(
                !link_stays_inside(depth, target.into()),
                "{depth} {target:?}"
            );
        }
    }
}
