//! Links into the bucket: a GET with the engine's own signature gets its one object, and nothing else of the bucket is in reach.

use axum::body::Body;
use http::header::{RANGE, X_CONTENT_TYPE_OPTIONS};
use http::request::Parts;
use http::{HeaderValue, Method, Response, StatusCode, Uri};

use super::answer::{fault, method_not_allowed, refusal};
use crate::engine::Engine;
use crate::layout::BUCKET;

/// What every presigned link of S3 has (AWS Signature Version 4, in the query).
const SIGNATURE: &str = "X-Amz-Signature=";

/// Whether a request follows a link: a path of the bucket alone could be one of a Project.
pub(super) fn is_link(uri: &Uri) -> bool {
    let path = uri.path().strip_prefix('/');
    let in_bucket = path
        .and_then(|path| path.strip_prefix(BUCKET))
        .is_some_and(|key| key.starts_with('/'));
    in_bucket
        && uri
            .query()
            .is_some_and(|query| query.split('&').any(|one| one.starts_with(SIGNATURE)))
}

pub(super) async fn follow(
    engine: &Engine,
    request: Parts,
    correlation_id: &str,
) -> Response<Body> {
    if request.method != Method::GET {
        return method_not_allowed("A link is followed by GET.", "GET");
    }
    let range = request.headers.get(RANGE);
    let mut answer = engine.answer_link(&request.uri, range).await;
    match answer.status() {
        StatusCode::OK | StatusCode::PARTIAL_CONTENT | StatusCode::RANGE_NOT_SATISFIABLE => {
            let no_guess = HeaderValue::from_static("nosniff");
            answer
                .headers_mut()
                .insert(X_CONTENT_TYPE_OPTIONS, no_guess);
            answer
        }
        StatusCode::NOT_FOUND => refusal(
            StatusCode::NOT_FOUND,
            "ResourceNotFound",
            "The file behind this link is not stored any more.",
        ),
        StatusCode::INTERNAL_SERVER_ERROR => {
            let path = request.uri.path();
            fault(&format!("{path} cannot be read"), correlation_id)
        }
        _ => refusal(
            StatusCode::FORBIDDEN,
            "AuthorizationError",
            "This link has ended, or is not as it was given. Ask for the report again: its links are new.",
        ),
    }
}
