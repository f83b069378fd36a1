//! An SDK client reaches a service of the engine by a function call in place of a connection.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
    SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;

/// Something that answers the HTTP requests of one AWS protocol.
#[async_trait]
pub(super) trait Service: Send + Sync + 'static {
    /// The answer; failures are answers too, as the protocol writes them.
    async fn answer(&self, request: http::Request<SdkBody>) -> http::Response<SdkBody>;
}

/// The HTTP client of an SDK client whose every request goes to `service`.
pub(super) fn in_process(service: impl Service) -> SharedHttpClient {
    SharedHttpClient::new(InProcess {
        connector: SharedHttpConnector::new(Connector(Arc::new(service))),
    })
}

#[derive(Debug)]
struct InProcess {
    connector: SharedHttpConnector,
}

impl HttpClient for InProcess {
    fn http_connector(
        &self,
        _: &HttpConnectorSettings,
        _: &RuntimeComponents,
    ) -> SharedHttpConnector {
        self.connector.clone()
    }
}

struct Connector(Arc<dyn Service>);

impl fmt::Debug for Connector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Connector")
    }
}

impl HttpConnector for Connector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let service = Arc::clone(&self.0);
        HttpConnectorFuture::new(async move {
            let request = request
                .try_into_http1x()
                .map_err(|error| ConnectorError::user(error.into()))?;
            let response = service.answer(request).await;
            HttpResponse::try_from(response)
                .map_err(|error| ConnectorError::other(error.into(), None))
        })
    }
}
