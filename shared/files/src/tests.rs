//! A stranger who changes a folder while the platform works in it changes nothing outside of it.

#![allow(clippy::disallowed_types, reason = "a test removes its own folder")]

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::*;

const LIMITS: WalkLimits = WalkLimits {
    entries: 1000,
    depth: 40,
};

/// A host folder with a secret in it, and beside it the folder that strangers write to.
struct Host {
    folder: tempfile::TempDir,
}

impl Host {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir_all(folder.path().join("host/etc")).unwrap();
        fs::write(folder.path().join("host/etc/secret"), "secret").unwrap();
        fs::create_dir(folder.path().join("room")).unwrap();
        Self { folder }
    }

    fn path(&self, path: &str) -> std::path::PathBuf {
        self.folder.path().join(path)
    }

    fn room(&self) -> Dir {
        Dir::open(&self.path("room")).unwrap()
    }

    /// Links out of the room in every way: relative, absolute, through `/proc`, through another link.
    fn ways_out(&self) -> Vec<std::path::PathBuf> {
        let host = self.path("host/etc");
        let own = std::process::id();
        symlink("../host", self.path("room/hop")).unwrap();
        vec![
            "../host/etc".into(),
            host.clone(),
            Path::new("/proc/self/root").join(host.strip_prefix("/").unwrap()),
            Path::new(&format!("/proc/{own}/root")).join(host.strip_prefix("/").unwrap()),
            "hop/etc".into(),
        ]
    }

    fn untouched(&self) {
        let names: Vec<_> = fs::read_dir(self.path("host/etc"))
            .unwrap()
            .map(|entry| entry.unwrap().file_name())
            .collect();
        assert_eq!(
            names,
            ["secret"],
            "something was written or removed outside"
        );
        assert_eq!(fs::read(self.path("host/etc/secret")).unwrap(), b"secret");
    }
}

#[test]
fn no_call_follows_a_link_whatever_it_leads_through() {
    let host = Host::new();
    let room = host.room();
    for way in host.ways_out() {
        let _ = fs::remove_file(host.path("room/out"));
        symlink(&way, host.path("room/out")).unwrap();
        let (out, inside) = (Path::new("out"), Path::new("out/secret"));
        let new = Path::new("out/new");
        assert!(room.open_dir(out).is_err(), "{way:?}");
        assert!(room.open_file(inside).is_err(), "{way:?}");
        assert!(room.read(inside, 100).is_err(), "{way:?}");
        assert!(room.metadata(inside).is_err(), "{way:?}");
        assert!(room.create_file(new, false).is_err(), "{way:?}");
        assert!(
            room.create_dir_all(Path::new("out/a/b")).is_err(),
            "{way:?}"
        );
        assert!(room.create_link(new, Path::new("x")).is_err(), "{way:?}");
        assert!(room.remove_file(inside).is_err(), "{way:?}");
        assert!(room.remove_all(inside).is_err(), "{way:?}");
        assert_eq!(room.kind(out), Some(Kind::Link));
        room.remove_all(out).unwrap();
        assert_eq!(room.kind(out), None);
    }
    for path in [
        "..",
        "../host/etc/secret",
        "a/../../host/etc/secret",
        "/etc/passwd",
    ] {
        assert!(room.open_file(Path::new(path)).is_err(), "{path}");
        assert!(room.create_file(Path::new(path), false).is_err(), "{path}");
        assert!(room.remove_all(Path::new(path)).is_err(), "{path}");
    }
    host.untouched();
}

#[test]
fn without_openat2_the_same_paths_are_refused() {
    use rustix::fs::{Mode, OFlags};
    let host = Host::new();
    fs::create_dir_all(host.path("room/a/b")).unwrap();
    fs::write(host.path("room/a/b/file"), "x").unwrap();
    symlink("b", host.path("room/a/link")).unwrap();
    symlink(host.path("host/etc"), host.path("room/out")).unwrap();
    let room = host.room();
    let open = |path: &str| {
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW;
        resolve::by_component(room.fd(), Path::new(path), flags, Mode::empty()).is_ok()
    };
    assert!(open("a/b/file") && open("a/b") && open(""));
    assert!(!open("a/link/file") && !open("a/link") && !open("out/secret") && !open("out"));
}

#[test]
fn a_link_that_stays_inside_is_no_way_either_but_is_read_as_a_link() {
    let host = Host::new();
    fs::create_dir(host.path("room/real")).unwrap();
    fs::write(host.path("room/real/file"), "x").unwrap();
    symlink("real", host.path("room/link")).unwrap();
    let room = host.room();
    assert!(room.open_file(Path::new("link/file")).is_err());
    let target = room.read_link(Path::new("link")).unwrap();
    assert_eq!(target, Path::new("real"));
    assert_eq!(room.read(Path::new("real/file"), 1).unwrap(), b"x");
    assert!(room.read(Path::new("real/file"), 0).is_err(), "a limit");
}

#[test]
fn a_pipe_a_socket_and_a_device_are_no_files_and_nobody_waits_for_them() {
    let host = Host::new();
    let status = std::process::Command::new("mkfifo")
        .arg(host.path("room/pipe"))
        .status();
    assert!(status.unwrap().success());
    let _socket = std::os::unix::net::UnixListener::bind(host.path("room/socket")).unwrap();
    let room = host.room();
    for name in ["pipe", "socket"] {
        assert!(room.open_file(Path::new(name)).is_err(), "{name}");
        assert_eq!(room.kind(Path::new(name)), Some(Kind::Other));
    }
    let found = walk(&room, Path::new(""), LIMITS, |_| false).unwrap();
    assert_eq!(found, []);
    let devices = Dir::open(Path::new("/dev")).unwrap();
    assert!(devices.open_file(Path::new("null")).is_err());
}

#[test]
fn a_copy_goes_nowhere_else_when_its_target_has_links_in_place_of_folders_and_files() {
    let host = Host::new();
    for folder in ["room/from/a/b", "room/to"] {
        fs::create_dir_all(host.path(folder)).unwrap();
    }
    fs::write(host.path("room/from/a/b/secret"), "overwritten").unwrap();
    fs::write(host.path("room/from/secret"), "new").unwrap();
    let (from, to) = (
        Dir::open(&host.path("room/from")).unwrap(),
        Dir::open(&host.path("room/to")).unwrap(),
    );
    // A link in the place of a file is replaced, one in the place of a folder is an error.
    symlink(host.path("host/etc/secret"), host.path("room/to/secret")).unwrap();
    symlink(host.path("host"), host.path("room/to/a")).unwrap();
    let error = copy_tree(&from, &to, LIMITS).unwrap_err();
    assert!(error.to_string().contains("symbolic link"), "{error}");
    host.untouched();
    fs::remove_file(host.path("room/to/a")).unwrap();
    copy_tree(&from, &to, LIMITS).unwrap();
    assert_eq!(fs::read(host.path("room/to/secret")).unwrap(), b"new");
    host.untouched();
}

#[test]
fn a_folder_that_is_swapped_for_a_link_in_a_loop_never_leads_out() {
    let host = Host::new();
    fs::create_dir_all(host.path("room/from/a")).unwrap();
    fs::write(host.path("room/from/a/planted"), "x").unwrap();
    fs::create_dir_all(host.path("room/to/a")).unwrap();
    symlink("../../host/etc", host.path("room/to/link")).unwrap();
    let from = Dir::open(&host.path("room/from")).unwrap();
    let to = Dir::open(&host.path("room/to")).unwrap();
    let over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let path = |name: &str| host.path("room/to").join(name);
            while !over.load(Ordering::Relaxed) {
                let _ = fs::rename(path("a"), path("aside"));
                let _ = fs::rename(path("link"), path("a"));
                let _ = fs::rename(path("a"), path("link"));
                let _ = fs::rename(path("aside"), path("a"));
            }
        });
        for _ in 0..300 {
            let _ = copy_tree(&from, &to, LIMITS);
            for entry in walk(&to, Path::new(""), LIMITS, |_| false).unwrap_or_default() {
                let inside = to.read(&entry.path, 100);
                assert_ne!(inside.unwrap_or_default(), b"secret", "{entry:?}");
            }
            let _ = to.remove_all(Path::new("a/planted"));
        }
        over.store(true, Ordering::Relaxed);
    });
    host.untouched();
}

#[test]
fn a_listing_ends_at_its_limits() {
    let host = Host::new();
    fs::create_dir_all(host.path("room/a/b/c")).unwrap();
    for number in 0..10 {
        fs::write(host.path(&format!("room/{number}")), "").unwrap();
    }
    let room = host.room();
    let list = |entries, depth| {
        walk(&room, Path::new(""), WalkLimits { entries, depth }, |_| {
            false
        })
    };
    assert_eq!(list(13, 3).unwrap().len(), 10);
    assert!(matches!(list(12, 3), Err(WalkError::TooMany(12))));
    assert!(matches!(
        list(13, 2),
        Err(WalkError::TooDeep { limit: 2, .. })
    ));
}

#[test]
fn empty_files_and_folders_take_space_too_and_a_tree_hides_nothing_in_its_depth() {
    let host = Host::new();
    let room = host.room();
    for number in 0..100 {
        room.write(Path::new(&number.to_string()), b"").unwrap();
    }
    symlink(host.path("host"), host.path("room/link")).unwrap();
    assert_eq!(disk_usage(&room, u64::MAX).unwrap(), 101 * 4096);
    assert!(
        disk_usage(&room, 10 * 4096).unwrap() > 10 * 4096,
        "it stops"
    );
    // Deeper than a path can be long.
    let mut folder = room.create_dir_all(Path::new("deep")).unwrap();
    for _ in 0..40 {
        folder = folder.create_dir_all(Path::new(&"d".repeat(255))).unwrap();
    }
    folder.write(Path::new("large"), &[1; 1 << 20]).unwrap();
    assert!(disk_usage(&room, u64::MAX).unwrap() > 1 << 20);
    for _ in 0..500 {
        folder = folder.create_dir_all(Path::new("d")).unwrap();
    }
    assert_eq!(disk_usage(&room, u64::MAX).unwrap(), u64::MAX);
}

#[test]
fn a_tree_is_removed_however_deep_it_is_and_whatever_its_permissions_and_names() {
    let host = Host::new();
    fs::create_dir(host.path("room/tree")).unwrap();
    // Deeper than a path can be long, and than a process may have open files.
    let mut folder = Dir::open(&host.path("room/tree")).unwrap();
    for _ in 0..6_000 {
        folder = folder.create_dir_all(Path::new("d")).unwrap();
    }
    for name in [".removed-1", ".removed-2/x/y", "shut/x"] {
        fs::create_dir_all(host.path("room/tree").join(name)).unwrap();
    }
    fs::write(host.path("room/tree/.removed-3"), "").unwrap();
    symlink(host.path("host"), host.path("room/tree/.removed-4")).unwrap();
    for shut in ["room/tree/shut/x", "room/tree/shut"] {
        fs::set_permissions(host.path(shut), fs::Permissions::from_mode(0o000)).unwrap();
    }
    host.room().remove_all(Path::new("tree")).unwrap();
    assert!(!host.path("room/tree").exists());
    host.room().remove_all(Path::new("tree")).unwrap();
    host.untouched();
}

#[test]
fn a_dropped_folder_goes_in_the_background_also_where_its_name_became_a_link() {
    let host = Host::new();
    let kept = TemporaryFolder::create_in(&host.path("room"), "work-").unwrap();
    let gone = TemporaryFolder::create_in(&host.path("room"), "work-").unwrap();
    let (kept_path, gone_path) = (kept.path().to_owned(), gone.path().to_owned());
    gone.dir().write(Path::new("file"), b"x").unwrap();
    fs::rename(&kept_path, host.path("moved")).unwrap();
    symlink(host.path("host"), &kept_path).unwrap();
    drop((kept, gone));
    assert!(wait_until_removed(Duration::from_secs(60)));
    assert!(!gone_path.exists());
    assert!(
        fs::symlink_metadata(&kept_path).is_err(),
        "the link itself is gone"
    );
    host.untouched();
}

#[test]
fn a_link_that_could_leave_the_tree_is_told_apart() {
    let stays = |path: &str, target: &str| link_stays_inside(Path::new(path), Path::new(target));
    assert!(stays("a/node_modules/.bin/tsc", "../typescript/bin/tsc"));
    assert!(stays("a/node_modules/common", "../../common"));
    assert!(!stays("a/b", "../../etc"));
    assert!(!stays("a", "/etc/passwd"));
    assert!(!stays("a/b/c", "x/../../../.."));
}
