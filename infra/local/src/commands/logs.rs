//! `slipway logs`: what the applications of a Deployment wrote and answered, once or as it comes; who is cut off misses nothing.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, bail};
use clap::Args;
use futures_util::StreamExt;
use hosting::LogEntry;
use hosting::logs::LogKind;
use http::StatusCode;
use http::header::CONTENT_TYPE;
use jiff::{SignedDuration, Timestamp};
use reqwest::RequestBuilder;
use secrets::Secret;
use serde::Deserialize;
use sse_stream::SseStream;
use uuid::Uuid;
use work::Clock;

use super::operator::{running, send};
use crate::gateway::{NewToken, TOKENS};
use crate::terminal;

/// Between two tries to reach a platform that is away.
const AGAIN: Duration = Duration::from_secs(1);

#[derive(Args)]
pub(super) struct Logs {
    /// The id or the key of the Deployment.
    deployment: String,
    /// Stays and shows what comes.
    #[arg(short, long)]
    follow: bool,
    /// Of this application only.
    #[arg(long, value_name = "NAME")]
    application: Option<String>,
    /// How far back to begin, as in 30m or 2h.
    #[arg(long, value_name = "TIME", default_value = "1h")]
    since: SignedDuration,
    /// Prints each entry as a line of JSON.
    #[arg(long)]
    json: bool,
    /// The Project of the Deployment.
    #[arg(long, default_value = "slipway-dev")]
    project: domain::names::ProjectKey,
    /// The data folder of a platform that runs on this machine.
    #[arg(long, default_value = ".slipway")]
    data: PathBuf,
    /// The URL of another platform; SLIPWAY_CLIENT_ID and SLIPWAY_CLIENT_SECRET name an API client of its Project.
    #[arg(long)]
    url: Option<String>,
}

pub(super) async fn run(options: Logs) -> anyhow::Result<()> {
    let mut source = Source::of(options).await?;
    if source.options.follow {
        source.follow().await
    } else {
        source.pages().await
    }
}

/// Where the entries come from.
struct Source {
    options: Logs,
    http: reqwest::Client,
    base: String,
    token: Secret,
    since: Timestamp,
}

#[derive(Deserialize)]
struct Token {
    access_token: String,
}

#[derive(Deserialize)]
struct Page {
    data: Vec<LogEntry>,
    next: String,
}

impl Source {
    async fn of(options: Logs) -> anyhow::Result<Self> {
        let since = Clock::system()
            .now()
            .0
            .checked_sub(options.since)
            .context("--since goes back further than time does")?;
        let (base, token) = sign_in(&options).await?;
        Ok(Self {
            http: reqwest::Client::new(),
            since,
            options,
            base,
            token,
        })
    }

    fn request(&self, more: &[(&str, &str)]) -> RequestBuilder {
        let name = &self.options.deployment;
        let deployment = match Uuid::try_parse(name) {
            Ok(id) => id.to_string(),
            Err(_) => format!("key={name}"),
        };
        let path = format!("{}/{}/deployments", self.base, self.options.project);
        let mut query = vec![("startDate", self.since.to_string())];
        let application = self.options.application.iter();
        query.extend(application.map(|name| ("applicationName", name.clone())));
        query.extend(
            more.iter()
                .map(|(name, value)| (*name, (*value).to_owned())),
        );
        let query = query.iter().map(|(name, value)| {
            let value =
                percent_encoding::utf8_percent_encode(value, percent_encoding::NON_ALPHANUMERIC);
            format!("{name}={value}")
        });
        let query = query.collect::<Vec<_>>().join("&");
        let request = self.http.get(format!("{path}/{deployment}/logs?{query}"));
        request.bearer_auth(self.token.expose())
    }

    /// Everything that there is now.
    async fn pages(&self) -> anyhow::Result<()> {
        let mut next = String::new();
        loop {
            let answer = self.request(&[("pageToken", &next)]).send().await;
            let answer = answer.with_context(|| self.away())?;
            let page: Page = accepted(answer).await?.json().await?;
            page.data.iter().for_each(|entry| self.print(entry));
            if page.next.is_empty() {
                return Ok(());
            }
            next = page.next;
        }
    }

    /// Everything as it comes, until the Deployment is gone.
    async fn follow(&mut self) -> anyhow::Result<()> {
        let mut place = None;
        loop {
            let mut request = self.request(&[("follow", "true")]);
            if let Some(place) = &place {
                request = request.header("last-event-id", place);
            }
            match request.send().await {
                Ok(answer) if answer.status() == StatusCode::UNAUTHORIZED && place.is_some() => {
                    (self.base, self.token) = sign_in(&self.options).await?;
                }
                Ok(answer) => {
                    if self.read(accepted(answer).await?, &mut place).await {
                        return Ok(());
                    }
                }
                Err(error) if place.is_none() => return Err(error).context(self.away()),
                Err(_) => tokio::time::sleep(AGAIN).await,
            }
        }
    }

    /// Prints the events of one answer; true where the last has come.
    async fn read(&self, answer: reqwest::Response, place: &mut Option<String>) -> bool {
        let bytes = futures_util::stream::unfold(answer, async |mut answer| {
            let chunk = answer.chunk().await.transpose()?;
            Some((chunk, answer))
        });
        let mut events = Box::pin(SseStream::from_bytes_stream(bytes));
        while let Some(Ok(event)) = events.next().await {
            if event.id.is_some() {
                *place = event.id;
            }
            let Some(data) = event.data else { continue };
            if event.event.as_deref() == Some("end") {
                return true;
            }
            if let Ok(entry) = serde_json::from_str(&data) {
                self.print(&entry);
            }
        }
        false
    }

    fn away(&self) -> String {
        format!("The platform at {} does not answer", self.base)
    }

    #[expect(clippy::print_stdout, reason = "the entries are the command's output")]
    fn print(&self, entry: &LogEntry) {
        if self.options.json {
            println!("{}", terminal::json(&serde_json::json!(entry).to_string()));
        } else {
            println!("{}", line(entry));
        }
    }
}

/// The id and the secret of an API client: from the environment, as the arguments of a process can be read by others.
#[expect(clippy::disallowed_methods, reason = "read once, at start")]
fn client() -> Option<(String, String)> {
    let id = std::env::var("SLIPWAY_CLIENT_ID").ok()?;
    Some((id, std::env::var("SLIPWAY_CLIENT_SECRET").ok()?))
}

/// The base URL, and a token for what is asked.
async fn sign_in(options: &Logs) -> anyhow::Result<(String, Secret)> {
    if let Some(url) = &options.url {
        let Some((id, secret)) = client() else {
            bail!("--url needs an API client: set SLIPWAY_CLIENT_ID and SLIPWAY_CLIENT_SECRET.");
        };
        let base = url.trim_end_matches('/').to_owned();
        let request = reqwest::Client::new()
            .post(format!("{base}/oauth/token"))
            .basic_auth(id, Some(secret))
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body("grant_type=client_credentials");
        let answer = request.send().await;
        let answer = answer.with_context(|| format!("The platform at {base} does not answer"))?;
        let token: Token = accepted(answer).await?.json().await?;
        return Ok((base, Secret::new(token.access_token)));
    }
    let Some(running) = running(&options.data).await else {
        bail!(
            "No platform runs on the data folder {}. Start it with `slipway up`, name its folder with --data, or another platform with --url.",
            options.data.display()
        );
    };
    let wanted = NewToken {
        project_key: options.project.clone(),
    };
    let request = reqwest::Client::new()
        .post(format!("{}{TOKENS}", running.url))
        .json(&wanted);
    let token: Token = serde_json::from_value(send(request, &running).await?)?;
    Ok((running.url, Secret::new(token.access_token)))
}

/// The answer, or what the platform has against the request.
async fn accepted(answer: reqwest::Response) -> anyhow::Result<reqwest::Response> {
    if answer.status().is_success() {
        return Ok(answer);
    }
    let status = answer.status();
    let body: serde_json::Value = answer.json().await.unwrap_or_default();
    let error = &body["errors"][0];
    let text = error["detailedErrorMessage"].as_str();
    match text.or_else(|| body["message"].as_str()) {
        Some(text) => bail!("The platform refused this: {text}"),
        None => bail!("The platform answered {status}"),
    }
}

/// An entry for a terminal.
fn line(entry: &LogEntry) -> String {
    let severity = serde_json::json!(entry.severity);
    format!(
        "{} {} {:<7} {}",
        entry.timestamp,
        terminal::line(entry.application_name.as_str()),
        severity.as_str().unwrap_or_default(),
        text(entry)
    )
}

/// What an entry tells, on one line, without what would steer the terminal of whoever reads it.
pub(crate) fn text(entry: &LogEntry) -> String {
    let details = &entry.details;
    let field = |name: &str| match &details[name] {
        serde_json::Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let text = match entry.kind {
        LogKind::HttpRequest => format!(
            "{} {} {} in {}",
            field("requestMethod"),
            field("requestUrl"),
            field("status"),
            field("latency")
        ),
        LogKind::ApplicationText => field("message"),
        LogKind::ApplicationJson => details.to_string(),
    };
    terminal::line(&text).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_a_line_that_says_when_who_and_what() {
        let entries = [
            r#"{"type":"APPLICATION_TEXT","severity":"DEFAULT","details":{"message":"listening"}}"#,
            r#"{"type":"APPLICATION_JSON","severity":"WARNING","details":{"severity":"warning","left":2}}"#,
            r#"{"type":"HTTP_REQUEST","severity":"INFO","details":{"requestMethod":"GET","requestUrl":"/service","status":200,"latency":"0.001200s"}}"#,
        ];
        let lines = entries.map(|text| {
            let mut entry: serde_json::Value = serde_json::from_str(text).unwrap();
            entry["deploymentId"] = Uuid::nil().to_string().into();
            entry["applicationName"] = "api".into();
            entry["timestamp"] = "2026-11-27T16:00:00.000Z".into();
            line(&serde_json::from_value(entry).unwrap())
        });
        insta::assert_snapshot!(lines.join("\n"), @r#"
        2026-11-27T16:00:00.000Z api DEFAULT listening
        2026-11-27T16:00:00.000Z api WARNING {"severity":"warning","left":2}
        2026-11-27T16:00:00.000Z api INFO    GET /service 200 in 0.001200s
        "#);
    }

    #[test]
    fn what_an_application_writes_cannot_change_what_is_read() {
        let entry = serde_json::json!({
            "type": "APPLICATION_TEXT",
            "severity": "INFO",
            "details": {"message": "paid \u{202e}001\u{202c} EUR\u{1b}[1A"},
            "deploymentId": Uuid::nil(),
            "applicationName": "api",
            "timestamp": "2026-11-27T16:00:00.000Z",
        });
        let shown = line(&serde_json::from_value(entry).unwrap());
        insta::assert_snapshot!(shown, @r"2026-11-27T16:00:00.000Z api INFO    paid \u{202e}001\u{202c} EUR\u{1b}[1A");
    }
}
