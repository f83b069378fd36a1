//! A master key outlives restarts, opens nothing in the wrong place, and is refused when others could have read it.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use super::*;

fn refusal(path: &Path) -> String {
    let folder = path.parent().unwrap().display().to_string();
    let error = MasterKey::open(path).err().unwrap();
    error.to_string().replace(&folder, "DATA")
}

#[tokio::test]
async fn what_was_sealed_before_a_restart_opens_after_it_in_its_context_only() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("master.key");
    let sealed = {
        let key = MasterKey::open(&path).unwrap();
        secrets::seal(&key, "a", &"hunter2").await.unwrap()
    };
    assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, 0o600);
    let key = MasterKey::open(&path).unwrap();
    assert_eq!(
        secrets::open::<String>(&key, "a", &sealed).await.unwrap(),
        "hunter2"
    );
    let moved = secrets::open::<String>(&key, "b", &sealed)
        .await
        .unwrap_err();
    insta::assert_snapshot!(moved, @"the master key could not unwrap a data key: it was changed, or belongs to another context or master key");

    let other = MasterKey::open(&folder.path().join("other.key")).unwrap();
    assert!(secrets::open::<String>(&other, "a", &sealed).await.is_err());
    assert_eq!(
        fs::read_dir(folder.path()).unwrap().count(),
        2,
        "nothing temporary is left"
    );
}

#[test]
fn starts_at_the_same_time_end_up_with_one_key() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("master.key");
    let start = || *MasterKey::open(&path).unwrap().0;
    let keys: Vec<[u8; 32]> = std::thread::scope(|scope| {
        let started: Vec<_> = (0..8).map(|_| scope.spawn(start)).collect();
        started.into_iter().map(|key| key.join().unwrap()).collect()
    });
    assert!(keys.iter().all(|key| *key == keys[0]));
}

#[test]
fn a_key_that_others_could_have_read_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("master.key");
    MasterKey::open(&path).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
    insta::assert_snapshot!(refusal(&path), @"the master key `DATA/master.key` can be read or changed by others (mode 640): run `chmod 600 DATA/master.key`");
}

#[test]
fn a_damaged_key_is_refused_and_kept() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("master.key");
    for content in ["", "c2hvcnQ=\n", "no key at all"] {
        fs::write(&path, content).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        insta::allow_duplicates! {
            insta::assert_snapshot!(refusal(&path), @"`DATA/master.key` is no master key (32 bytes in Base64): put the right file back from your backup");
        }
        assert_eq!(fs::read_to_string(&path).unwrap(), content);
    }
}
