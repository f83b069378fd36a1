//! What a server says is replayed with every byte changed: there may be an error, but no panic and no waiting.

use std::io::Cursor;

use gix_transport::client::git::{ConnectMode, blocking_io::Connection};

use super::*;
use crate::limits::GitLimits;

fn line(text: &str) -> Vec<u8> {
    format!("{:04x}{text}", text.len() + 4).into_bytes()
}

/// A greeting, a listing of one annotated tag, and an answer with an empty pack.
fn conversation() -> Vec<u8> {
    let id = "1234567890123456789012345678901234567890";
    let peeled = "0987654321098765432109876543210987654321";
    let mut pack = b"\x01PACK\0\0\0\x02\0\0\0\0".to_vec();
    let mut hasher = gix_hash::hasher(gix_hash::Kind::Sha1);
    hasher.update(&pack[1..]);
    pack.extend(hasher.try_finalize().expect("no collision").as_slice());
    let pack_line = [format!("{:04x}", pack.len() + 4).into_bytes(), pack].concat();
    [
        line("version 2\n"),
        line("agent=git/2.47.3\n"),
        line("ls-refs=unborn\n"),
        line("fetch=shallow filter\n"),
        line("object-format=sha1\n"),
        b"0000".to_vec(),
        line(&format!("{id} refs/tags/v1 peeled:{peeled}\n")),
        b"0000".to_vec(),
        line("shallow-info\n"),
        line(&format!("shallow {peeled}")),
        b"0001".to_vec(),
        line("packfile\n"),
        line("\x02Counting objects\n"),
        pack_line,
        b"0000".to_vec(),
    ]
    .concat()
}

/// Goes through the whole conversation.
fn talk(says: Vec<u8>) -> Result<(ObjectId, bool), Failure> {
    let attempt = Attempt::start(GitLimits::default());
    let host = None::<(&str, Option<u16>)>;
    let mode = ConnectMode::Process;
    let connection = Connection::new(
        Cursor::new(says),
        std::io::sink(),
        Protocol::V2,
        "",
        host,
        mode,
        false,
    );
    let wire = Wire::of(Box::new(connection));
    let mut session = Session::open(wire, Arc::clone(&attempt))?;
    let target = session.find_tag(&Tag::parse("v1").expect("a tag"))?;
    let mut pack = session.fetch_commit(target.named, Files::None)?;
    Ok((target.peeled, pack.read(&target.named)?.is_some()))
}

#[tokio::test]
async fn a_good_conversation_is_understood() {
    let (peeled, found) = talk(conversation())
        .map_err(|failure| format!("{failure:?}"))
        .expect("understood");
    assert_eq!(
        peeled.to_string(),
        "0987654321098765432109876543210987654321"
    );
    assert!(!found);
}

#[tokio::test]
async fn a_conversation_with_any_byte_changed_or_cut_off_ends() {
    let good = conversation();
    for at in 0..good.len() {
        for flip in [0x01, 0x10, 0xff] {
            let mut bad = good.clone();
            bad[at] ^= flip;
            let _ = talk(bad);
        }
        assert!(talk(good[..at].to_vec()).is_err(), "cut off at {at}");
    }
}
