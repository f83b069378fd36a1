//! Packs made by hand: what git would never send, and a server can.

use std::io::{Cursor, Write};

use gix_object::Kind;

use super::*;
use crate::limits::{GitLimits, MIB};

/// A pack of these entries, each given as header and content.
fn pack(entries: &[(Vec<u8>, Vec<u8>)]) -> Vec<u8> {
    let mut pack = b"PACK\0\0\0\x02".to_vec();
    pack.extend((entries.len() as u32).to_be_bytes());
    for (header, content) in entries {
        pack.extend(header);
        let mut packed = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
        packed.write_all(content).expect("in memory");
        pack.extend(packed.finish().expect("in memory"));
    }
    sign(&mut pack);
    pack
}

fn sign(pack: &mut Vec<u8>) {
    let mut hasher = gix_hash::hasher(HASH);
    hasher.update(pack);
    pack.extend(hasher.try_finalize().expect("no collision").as_slice());
}

/// Kind and size, as the first bytes of an entry have them.
fn header(kind: u8, size: usize) -> Vec<u8> {
    let mut bytes = vec![kind << 4 | (size & 0xf) as u8];
    let mut rest = size >> 4;
    while rest > 0 {
        *bytes.last_mut().expect("one at least") |= 0x80;
        bytes.push((rest & 0x7f) as u8);
        rest >>= 7;
    }
    bytes
}

fn number(mut number: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    loop {
        let low = (number & 0x7f) as u8;
        number >>= 7;
        if number == 0 {
            bytes.push(low);
            return bytes;
        }
        bytes.push(low | 0x80);
    }
}

/// As much as one byte of a delta copies.
const COPIED: usize = 64 * 1024;

/// A file of zeros, and files that each repeat it so many times.
fn with_copies(size: usize, times: &[usize]) -> Vec<u8> {
    let base = (header(3, size), vec![0; size]);
    let copy = if size == COPIED {
        vec![0x80]
    } else {
        vec![0x90, size as u8]
    };
    let deltas = times.iter().map(|times| {
        let mut delta = number(size as u64);
        delta.extend(number((size * times) as u64));
        delta.extend(copy.repeat(*times));
        let mut start = header(7, delta.len());
        start.extend(id_of_zeros(size).as_slice());
        (start, delta)
    });
    pack(&std::iter::once(base).chain(deltas).collect::<Vec<_>>())
}

fn id_of_zeros(size: usize) -> gix_hash::ObjectId {
    gix_object::compute_hash(HASH, Kind::Blob, &vec![0; size]).expect("no collision")
}

fn receive(bytes: Vec<u8>, limits: GitLimits) -> Result<Pack, Failure> {
    let attempt = Attempt::start(limits);
    Pack::receive(&mut Cursor::new(bytes), attempt.limits.file_bytes, &attempt)
}

#[tokio::test]
async fn an_object_made_of_a_delta_has_its_content() {
    let mut pack = receive(with_copies(COPIED, &[2]), GitLimits::default())
        .map_err(drop)
        .expect("a good pack");
    let found = pack
        .read(&id_of_zeros(2 * COPIED))
        .map_err(drop)
        .expect("readable");
    let (kind, read) = found.expect("there");
    assert_eq!(kind, Kind::Blob);
    assert!(read == vec![0; 2 * COPIED]);
}

#[tokio::test]
async fn a_few_bytes_that_become_a_gigabyte_are_not_unpacked() {
    let bytes = with_copies(COPIED, &[16 * 1024]);
    assert!(bytes.len() < 1024);
    let failure = receive(bytes, GitLimits::default()).err();
    let limit = 50 * MIB;
    assert!(
        matches!(failure, Some(Failure::TooLarge(Exceeded::File { path: None, limit: l })) if l == limit)
    );
}

#[tokio::test]
async fn many_objects_that_are_too_large_together_are_not_unpacked() {
    let failure = receive(with_copies(COPIED, &[640; 20]), GitLimits::default()).err();
    let limit = 500 * MIB;
    assert!(matches!(failure, Some(Failure::TooLarge(Exceeded::Tree(l))) if l == limit));
}

#[tokio::test]
async fn a_pack_with_any_byte_changed_is_refused_or_read_but_never_crashes() {
    let mut good = with_copies(100, &[2, 3]);
    good.truncate(good.len() - HASH.len_in_bytes());
    for at in 0..good.len() {
        for flip in [0x01, 0x80, 0xff] {
            let mut bad = good.clone();
            bad[at] ^= flip;
            sign(&mut bad);
            let limits = GitLimits {
                file_bytes: MIB,
                ..Default::default()
            };
            let outcome = receive(bad, limits).and_then(|mut pack| pack.read(&id_of_zeros(200)));
            match outcome.err() {
                None | Some(Failure::Refused(_) | Failure::TooLarge(_)) => {}
                Some(failure) => panic!("byte {at}: {failure:?}"),
            }
        }
    }
}
