//! What a request meets on its way to a service: nothing, but in tests of bad luck, and of how many requests there are.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use aws_smithy_runtime_api::client::orchestrator::HttpRequest;

/// One of the three protocols.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Protocol {
    /// DynamoDB's.
    Rows,
    /// SQS's.
    Messages,
    /// S3's.
    Blobs,
}

/// What becomes of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It is answered.
    Fair,
    /// It is answered after others that came later.
    Late(Duration),
    /// It is refused, as too many came.
    Throttled,
    /// It never arrives.
    RequestLost,
    /// It arrives and does its work, and its answer does not.
    AnswerLost,
    /// It arrives twice.
    Twice,
}

type Decides = dyn Fn(Protocol, &str) -> Fate + Send + Sync;

/// Decides the fate of each request, by its protocol and its operation (of blobs, the method); fair by default.
#[derive(Clone, Default)]
pub struct Weather(Option<Arc<Decides>>);

impl Weather {
    /// Other weather.
    pub fn new(decides: impl Fn(Protocol, &str) -> Fate + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(decides)))
    }

    pub(super) fn of(&self, protocol: Protocol, request: &HttpRequest) -> Fate {
        let Some(decides) = &self.0 else {
            return Fate::Fair;
        };
        let operation = request.headers().get("x-amz-target");
        let operation = operation.and_then(|target| target.rsplit('.').next());
        decides(protocol, operation.unwrap_or_else(|| request.method()))
    }
}

impl fmt::Debug for Weather {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Weather")
    }
}
