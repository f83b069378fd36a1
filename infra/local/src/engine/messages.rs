//! Messages: the SQS protocol in memory. They end with the process; the rows say what is still to be done.

use std::sync::Arc;

use async_trait::async_trait;
use aws_smithy_types::body::SdkBody;
use http::{Request, Response, StatusCode};
use http_body_util::BodyExt;
use rustack_sqs_core::config::SqsConfig;
use rustack_sqs_core::handler::RustackSqsHandler;
use rustack_sqs_core::provider::RustackSqs;
use rustack_sqs_http::dispatch::dispatch_operation;
use rustack_sqs_http::response::error_to_response;
use rustack_sqs_http::router::resolve_operation;

use super::clients::REGION;
use super::connector::Service;

/// The account in the addresses and names of queues.
const ACCOUNT: &str = "000000000000";

/// The request id of error answers, which nobody looks up.
const REQUEST: &str = "embedded";

/// The queues of one engine.
#[derive(Clone)]
pub(super) struct Messages {
    handler: Arc<RustackSqsHandler>,
}

impl Messages {
    /// No queues yet.
    pub(super) fn new() -> Messages {
        let config = SqsConfig {
            skip_signature_validation: true,
            default_region: REGION.into(),
            account_id: ACCOUNT.into(),
            host: "messages.invalid".into(),
            port: 80,
        };
        Messages {
            handler: Arc::new(RustackSqsHandler::new(Arc::new(RustackSqs::new(config)))),
        }
    }
}

/// The ARN by which a queue is named as the place of dead letters.
pub(super) fn arn(queue: &str) -> String {
    format!("arn:aws:sqs:{REGION}:{ACCOUNT}:{queue}")
}

#[async_trait]
impl Service for Messages {
    async fn answer(&self, request: Request<SdkBody>) -> Response<SdkBody> {
        let (head, body) = request.into_parts();
        let Ok(body) = body.collect().await else {
            let mut refused = Response::new(SdkBody::empty());
            *refused.status_mut() = StatusCode::BAD_REQUEST;
            return refused;
        };
        let response = match resolve_operation(&head.headers) {
            Ok(operation) => dispatch_operation(&*self.handler, operation, body.to_bytes()).await,
            Err(error) => Err(error),
        };
        response
            .unwrap_or_else(|error| error_to_response(&error, REQUEST))
            .map(SdkBody::from_body_1_x)
    }
}
