//! A create that is sent again under its `Idempotency-Key` makes nothing new: the answer is written in the transaction of the create, so
//! that there are both or neither. Two at a time meet in that transaction; who comes second is given the first one's answer.

use domain::error::ErrorCode;
use domain::limits;
use http::{HeaderName, HeaderValue, Response, StatusCode};
use lambda_http::Body;
use store::rows::IdempotencyRow;
use store::{Commit, CommitError, keys};
use web::{Answer, Caller, Fail, IdempotencyKey, Request};
use work::Desk;

const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// The answer that was given under the request's key; none where it has no key, or a new one.
///
/// # Errors
/// `InvalidHeader` for what is no key; `IdempotencyKeyReused` where something else was asked for under it.
pub(crate) async fn recall(
    desk: &Desk,
    client: &str,
    request: &Request,
) -> Result<Option<Response<Body>>, Fail> {
    let Some(sent) = IdempotencyKey::of(request)? else {
        return Ok(None);
    };
    let row: Option<IdempotencyRow> = desk
        .store
        .get(&keys::idempotency(client, &sent.key))
        .await?;
    // The table removes what has expired some time later only.
    let Some(row) = row.filter(|row| row.expires_at > desk.clock.now()) else {
        return Ok(None);
    };
    if row.fingerprint != sent.fingerprint {
        return Err(ErrorCode::IdempotencyKeyReused.plain().into());
    }
    let status = StatusCode::from_u16(row.status).map_err(Fail::fault)?;
    let mut answer = web::text(status, row.body)?;
    answer
        .headers_mut()
        .insert(REPLAYED, HeaderValue::from_static("true"));
    Ok(Some(answer))
}

/// Commits a create, and its answer with it where the request has a key.
///
/// # Errors
/// What `refused` makes of a commit that did not come through.
pub(crate) async fn create<S>(
    desk: &Desk,
    caller: &Caller<S>,
    request: &Request,
    commit: Commit,
    answer: Answer,
    refused: impl FnOnce(CommitError) -> Fail,
) -> Answer
where
    S: web::Scope,
{
    let answer = answer?;
    let Some(sent) = IdempotencyKey::of(request)? else {
        desk.commit(commit).await.map_err(refused)?;
        return Ok(answer);
    };
    let now = desk.clock.now();
    let row = IdempotencyRow {
        client: caller.client().to_owned(),
        key: sent.key,
        fingerprint: sent.fingerprint,
        status: answer.status().as_u16(),
        body: String::from_utf8_lossy(answer.body()).into_owned(),
        expires_at: now.after(limits::IDEMPOTENCY),
    };
    match desk.commit(commit.create_until(&row, now)).await {
        Ok(()) => Ok(answer),
        // The same request may have come first; where it has not, something else is in the way.
        Err(error @ CommitError::Refused(_)) => match recall(desk, caller.client(), request).await?
        {
            Some(given) => Ok(given),
            None => Err(refused(error)),
        },
        Err(error) => Err(refused(error)),
    }
}
