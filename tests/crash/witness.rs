//! Hears what events and executions really came to an application, from the application itself: the log may be lost with the platform.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::Path;
use axum::routing::post;
use tokio::net::TcpListener;

#[derive(Clone)]
pub(super) struct Witness {
    url: String,
    heard: Arc<Mutex<BTreeMap<String, u32>>>,
}

impl Witness {
    pub(super) async fn listen() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let heard: Arc<Mutex<BTreeMap<String, u32>>> = Arc::default();
        let hears = heard.clone();
        let hear = move |Path(name): Path<String>| async move {
            *hears.lock().unwrap().entry(name).or_default() += 1;
        };
        let app = Router::new().route("/{name}", post(hear));
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { url, heard }
    }

    pub(super) fn url(&self) -> &str {
        &self.url
    }

    /// How often it was told of this.
    pub(super) fn heard(&self, name: &str) -> u32 {
        self.heard
            .lock()
            .unwrap()
            .get(name)
            .copied()
            .unwrap_or_default()
    }
}
