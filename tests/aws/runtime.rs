//! `bootstrap` under a runtime API that hands it one event and takes its answer, as Lambda does.

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

/// What the runtime API has to give and to take (AWS Lambda, "Using the Lambda runtime API").
struct Invocation {
    event: Mutex<Option<String>>,
    answer: Mutex<Option<oneshot::Sender<Value>>>,
}

async fn next(State(invocation): State<Arc<Invocation>>) -> Response {
    let event = invocation.event.lock().unwrap().take();
    let Some(event) = event else {
        // Lambda holds this call until there is another event.
        return std::future::pending().await;
    };
    let mut headers = HeaderMap::new();
    headers.insert(
        "lambda-runtime-aws-request-id",
        "request-1".parse().unwrap(),
    );
    headers.insert(
        "lambda-runtime-deadline-ms",
        "99999999999999".parse().unwrap(),
    );
    headers.insert(
        "lambda-runtime-invoked-function-arn",
        "arn:aws:lambda:us-east-1:000000000000:function:f"
            .parse()
            .unwrap(),
    );
    (headers, event).into_response()
}

async fn answer(State(invocation): State<Arc<Invocation>>, body: String) -> &'static str {
    if let Some(waiting) = invocation.answer.lock().unwrap().take() {
        let value = serde_json::from_str(&body).unwrap_or(Value::String(body));
        drop(waiting.send(value));
    }
    "{}"
}

/// The process, ended with the test.
struct Function(Child);

impl Drop for Function {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

/// The development build, or what `cargo xtask package` has built and wants tried.
#[expect(
    clippy::disallowed_methods,
    reason = "cargo lets no argument through to a test"
)]
fn executable() -> PathBuf {
    std::env::var_os("BOOTSTRAP").map_or_else(
        || {
            let test = std::env::current_exe().unwrap();
            test.ancestors().nth(2).unwrap().join("bootstrap")
        },
        PathBuf::from,
    )
}

fn bootstrap(handler: &str, runtime: &str) -> Function {
    let program = executable();
    let child = Command::new(&program)
        .env_clear()
        .env("_HANDLER", handler)
        .env("AWS_LAMBDA_RUNTIME_API", runtime)
        .env("AWS_LAMBDA_FUNCTION_NAME", handler)
        .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256")
        .env("AWS_LAMBDA_FUNCTION_VERSION", "1")
        .env("AWS_REGION", "us-east-1")
        .env("AWS_ACCESS_KEY_ID", "test")
        .env("AWS_SECRET_ACCESS_KEY", "test")
        .env("SLIPWAY_TABLE", "slipway")
        .env("SLIPWAY_BUCKET", "slipway")
        .env("SLIPWAY_KMS_KEY", "alias/slipway")
        .env("SLIPWAY_BASE_URL", "https://api.example.org")
        .env("SLIPWAY_QUEUES_URL", "http://127.0.0.1:1/queues/")
        .env("SLIPWAY_PREFIX", "slipway")
        .env(
            "SLIPWAY_APPLICATION_ROLE",
            "arn:aws:iam::000000000000:role/application",
        )
        .env(
            "SLIPWAY_NODE_LAYERS",
            "24=arn:aws:lambda:us-east-1:000000000000:layer:node24:1",
        )
        .env(
            "SLIPWAY_TOPICS",
            "arn:aws:sns:us-east-1:000000000000:slipway-app-",
        )
        .env(
            "SLIPWAY_EVENTS_QUEUE",
            "arn:aws:sqs:us-east-1:000000000000:slipway-deliver_event",
        )
        .env("SLIPWAY_SCHEDULE_GROUP", "slipway")
        .env(
            "SLIPWAY_SCHEDULE_ROLE",
            "arn:aws:iam::000000000000:role/schedule",
        )
        .env(
            "SLIPWAY_JOBS_QUEUE",
            "arn:aws:sqs:us-east-1:000000000000:slipway-trigger_job",
        )
        .env("SLIPWAY_BUILD_PROJECT", "slipway-builder")
        // Nobody listens there: what these events ask needs no table.
        .env("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
        .stdout(Stdio::null())
        .spawn();
    Function(child.unwrap_or_else(|error| {
        panic!("{} cannot be started ({error}); `cargo build -p functions --features bootstrap` makes it", program.display())
    }))
}

pub(crate) async fn invoke(handler: &str, event: String) -> Value {
    let (sender, receiver) = oneshot::channel();
    let invocation = Arc::new(Invocation {
        event: Mutex::new(Some(event)),
        answer: Mutex::new(Some(sender)),
    });
    let api = Router::new()
        .route("/2018-06-01/runtime/invocation/next", get(next))
        .route(
            "/2018-06-01/runtime/invocation/{id}/{outcome}",
            post(answer),
        )
        .with_state(invocation);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, api).await });
    let _function = bootstrap(handler, &address.to_string());
    receiver.await.unwrap()
}
