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

use super::weather::{Fate, Protocol, Weather};

/// Something that answers the HTTP requests of one AWS protocol.
#[async_trait]
pub(super) trait Service: Send + Sync + 'static {
    /// The answer; failures are answers too, as the protocol writes them.
    async fn answer(&self, request: http::Request<SdkBody>) -> http::Response<SdkBody>;
}

/// The HTTP client of an SDK client whose every request goes to `service`, in this weather.
pub(super) fn in_process(
    service: impl Service,
    protocol: Protocol,
    weather: &Weather,
) -> SharedHttpClient {
    SharedHttpClient::new(InProcess {
        connector: SharedHttpConnector::new(Connector {
            service: Arc::new(service),
            protocol,
            weather: weather.clone(),
        }),
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

struct Connector {
    service: Arc<dyn Service>,
    protocol: Protocol,
    weather: Weather,
}

impl fmt::Debug for Connector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Connector")
    }
}

impl HttpConnector for Connector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let service = Arc::clone(&self.service);
        let fate = self.weather.of(self.protocol, &request);
        HttpConnectorFuture::new(async move {
            let lost = || ConnectorError::timeout("it is lost".into());
            match fate {
                Fate::Fair => answer(&*service, request).await,
                Fate::Late(time) => {
                    tokio::time::sleep(time).await;
                    answer(&*service, request).await
                }
                Fate::Throttled => Ok(throttled()),
                Fate::RequestLost => Err(lost()),
                Fate::AnswerLost => {
                    answer(&*service, request).await?;
                    Err(lost())
                }
                Fate::Twice => {
                    if let Some(copy) = request.try_clone() {
                        answer(&*service, copy).await?;
                    }
                    answer(&*service, request).await
                }
            }
        })
    }
}

async fn answer(
    service: &dyn Service,
    request: HttpRequest,
) -> Result<HttpResponse, ConnectorError> {
    let request = request
        .try_into_http1x()
        .map_err(|error| ConnectorError::user(error.into()))?;
    let response = service.answer(request).await;
    HttpResponse::try_from(response).map_err(|error| ConnectorError::other(error.into(), None))
}

/// What AWS answers where too many requests come.
fn throttled() -> HttpResponse {
    let body = r#"{"__type":"ThrottlingException","message":"Rate exceeded"}"#;
    let mut response = HttpResponse::new(http::StatusCode::BAD_REQUEST.into(), SdkBody::from(body));
    let headers = response.headers_mut();
    headers.insert("content-type", "application/x-amz-json-1.0");
    headers.insert("x-amzn-errortype", "ThrottlingException");
    response
}
