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
mod tests;
