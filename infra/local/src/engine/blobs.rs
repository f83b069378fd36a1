//! Blobs: the S3 protocol on a folder. Every request is signed, of conditional writes only one succeeds, and an answer to a write
//! is given only after the blob is on disk.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;
use aws_smithy_types::body::SdkBody;
use http::{HeaderValue, Method, Request, Response, StatusCode, Uri, header};
use percent_encoding::percent_decode_str;
use s3s::auth::SimpleAuth;
use s3s::service::{S3Service, S3ServiceBuilder};
use s3s_fs::FileSystem;
use tokio::sync::Mutex;
use tracing::instrument::WithSubscriber;
use tracing::subscriber::NoSubscriber;

use super::EngineError;
use super::access::SignedPlainKeys;
use super::clients::BLOBS;
use super::connector::Service;
use super::folder::Folder;

/// The blobs of one folder. Clones are the same blobs.
#[derive(Clone)]
pub(super) struct Blobs {
    service: S3Service,
    key: Arc<AccessKey>,
    conditional: Arc<Mutex<()>>,
    root: Arc<Path>,
    folder: Option<Arc<Folder>>,
}

/// What signs requests and links; made anew with each process and known to nobody else.
pub(super) struct AccessKey {
    pub(super) id: String,
    pub(super) secret: String,
}

impl Blobs {
    /// Serves the folder `root`, which exists.
    pub(super) fn open(root: &Path, folder: Option<Arc<Folder>>) -> Result<Blobs, EngineError> {
        let files = FileSystem::new(root).map_err(|error| {
            let source = io::Error::other(format!("{error:?}"));
            EngineError::Unusable {
                path: root.to_owned(),
                source,
            }
        })?;
        let key = AccessKey {
            id: "slipway".into(),
            secret: fresh_secret(),
        };
        let mut service = S3ServiceBuilder::new(files);
        service.set_auth(SimpleAuth::from_single(key.id.clone(), key.secret.clone()));
        service.set_access(SignedPlainKeys);
        let service = service.build();
        Ok(Blobs {
            service,
            key: Arc::new(key),
            conditional: Arc::default(),
            root: root.into(),
            folder,
        })
    }

    /// What signs requests to these blobs.
    pub(super) fn key(&self) -> Arc<AccessKey> {
        Arc::clone(&self.key)
    }

    /// Answers a GET from outside the process, as if it had been sent to the address that its signature names.
    pub(super) async fn answer_link(
        &self,
        link: &Uri,
        range: Option<&HeaderValue>,
    ) -> Response<axum::body::Body> {
        let mut request = Request::new(s3s::Body::empty());
        let path = link.path_and_query().cloned();
        *request.uri_mut() = path.map(Uri::from).unwrap_or_default();
        let headers = request.headers_mut();
        headers.insert(header::HOST, HeaderValue::from_static(BLOBS));
        headers.extend(range.map(|range| (header::RANGE, range.clone())));
        // Whoever comes with an old link, or makes one up, is no fault of ours and writes nothing into our log.
        let answer = self.service.call(request);
        let answer = answer.with_subscriber(NoSubscriber::default()).await;
        answer
            .unwrap_or_else(|error| failed(&error))
            .map(axum::body::Body::new)
    }

    async fn serve(&self, mut request: Request<s3s::Body>) -> Response<s3s::Body> {
        // The signature covers the host, which a connection would have added.
        if let Some(host) = request
            .uri()
            .authority()
            .and_then(|host| HeaderValue::from_str(host.as_str()).ok())
        {
            request.headers_mut().entry(header::HOST).or_insert(host);
        }
        // s3s-fs looks at the condition first and writes later; in turn, two writers cannot both find it true.
        let headers = request.headers();
        let conditional = request.method() != Method::GET
            && (headers.contains_key(header::IF_NONE_MATCH)
                || headers.contains_key(header::IF_MATCH));
        let _turn = if conditional {
            Some(self.conditional.lock().await)
        } else {
            None
        };
        // Blobs beside rows in memory end with the test that wrote them.
        let written = (request.method() == Method::PUT && self.folder.is_some())
            .then(|| self.file_of(request.uri().path()));
        let response = match self.service.call(request).await {
            Ok(response) => response,
            Err(error) => failed(&error),
        };
        match written {
            Some(file) if response.status().is_success() => sync(file)
                .await
                .map_or_else(|error| failed(&error), |()| response),
            _ => response,
        }
    }

    fn file_of(&self, path: &str) -> PathBuf {
        let name = percent_decode_str(path).decode_utf8_lossy();
        self.root.join(name.trim_start_matches('/'))
    }
}

#[async_trait]
impl Service for Blobs {
    async fn answer(&self, request: Request<SdkBody>) -> Response<SdkBody> {
        self.serve(request.map(s3s::Body::http_body_unsync))
            .await
            .map(SdkBody::from_body_1_x)
    }
}

/// Makes a written blob and its name outlast a power cut, which s3s-fs does not.
async fn sync(file: PathBuf) -> io::Result<()> {
    let sync = move || {
        File::open(&file)?.sync_all()?;
        file.parent()
            .map_or(Ok(()), |folder| File::open(folder)?.sync_all())
    };
    tokio::task::spawn_blocking(sync)
        .await
        .map_err(io::Error::other)?
}

fn failed(error: &dyn std::fmt::Debug) -> Response<s3s::Body> {
    tracing::error!(?error, "the blob service failed");
    let mut response = Response::new(s3s::Body::empty());
    *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
    response
}

/// 122 random bits.
#[expect(
    clippy::disallowed_methods,
    reason = "a secret between the engine and itself: no caller needs to know or repeat it"
)]
fn fresh_secret() -> String {
    uuid::Uuid::new_v4().simple().to_string()
}
