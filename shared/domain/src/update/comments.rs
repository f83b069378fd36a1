//! The conversation of a certification fits into its draft: it never stops a certifier, and begins each certification with room.

use crate::connector_staged::{CertificationInfo, CertificationInfoComment, ConnectorStaged};
use crate::error::{ApiError, ErrorCode};
use crate::limits::COMMENTS_BYTES;
use crate::names::ProjectKey;
use crate::time::Timestamp;

/// Adds what a creator says.
///
/// # Errors
/// There are as many comments as there can be.
pub(super) fn add(
    staged: &mut ConnectorStaged,
    comment: String,
    project: &ProjectKey,
    now: Timestamp,
) -> Result<(), ApiError> {
    let info = staged.certification_info.get_or_insert_default();
    let bytes = bytes(info);
    if bytes + comment.len() > COMMENTS_BYTES {
        return Err(ErrorCode::InvalidJsonInput.detail(format!(
            "the certification comments have {bytes} bytes already; {COMMENTS_BYTES} is the most there can be"
        )));
    }
    push(info, comment, project, now);
    Ok(())
}

/// Adds what a certifier says; where it is full, the oldest comments go, so that a decision is always possible.
pub(super) fn add_by_certifier(
    staged: &mut ConnectorStaged,
    comment: &str,
    certifier: &ProjectKey,
    now: Timestamp,
) {
    let info = staged.certification_info.get_or_insert_default();
    shorten(info, COMMENTS_BYTES.saturating_sub(comment.len()));
    push(info, comment.to_owned(), certifier, now);
}

/// Leaves the creator at least half of the room for a new certification; the oldest comments go.
pub(super) fn make_room(staged: &mut ConnectorStaged) {
    if let Some(info) = &mut staged.certification_info {
        shorten(info, COMMENTS_BYTES / 2);
    }
}

fn push(info: &mut CertificationInfo, comment: String, project: &ProjectKey, now: Timestamp) {
    info.comments.push(CertificationInfoComment {
        user_id: project.to_string(),
        datetime: now,
        comment,
    });
}

fn bytes(info: &CertificationInfo) -> usize {
    info.comments.iter().map(|one| one.comment.len()).sum()
}

fn shorten(info: &mut CertificationInfo, most: usize) {
    let mut bytes = bytes(info);
    let too_many = info.comments.iter().take_while(|one| {
        let goes = bytes > most;
        bytes = bytes.saturating_sub(if goes { one.comment.len() } else { 0 });
        goes
    });
    let too_many = too_many.count();
    info.comments.drain(..too_many);
}
