//! Every failure of a user's application or script is told alike: what happened, what to do, and the last lines of its output.

use std::fmt::{self, Write as _};
use std::time::Duration;

use domain::names::ApplicationName;
use uuid::Uuid;

use crate::PORT;
use crate::launch::Launch;

/// Lines of output that a failure shows (contract, section 16).
pub const LAST_LINES: usize = 20;
/// Characters of each of these lines: twenty of them and the sentences around fit a report message.
const LAST_LINE_CHARACTERS: usize = 160;

/// How a process ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    /// By itself, with this exit code.
    Code(i32),
    /// By this signal.
    Signal(i32),
    /// It was stopped as it took longer than this.
    Time(Duration),
    /// It was stopped at another limit; the text completes "it was stopped because …".
    Limit(String),
}

impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Code(code) => write!(f, "ended with exit code {code}"),
            Self::Signal(signal) => write!(f, "was ended by signal {signal}"),
            Self::Time(limit) => {
                write!(
                    f,
                    "was stopped because it took longer than {} seconds",
                    limit.as_secs()
                )
            }
            Self::Limit(why) => write!(f, "was stopped because {why}"),
        }
    }
}

/// Why an application did not become healthy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StartProblem {
    /// Its process ended before it was healthy.
    Ended(End),
    /// It never listened on the port; it may listen on others.
    PortClosed {
        /// The ports that it asked for instead.
        listens_on: Vec<u16>,
        /// How long it had.
        limit: Duration,
    },
    /// It listens, but its health check does not pass.
    HealthCheck {
        /// The path of the check.
        path: String,
        /// What the last check saw: `answered 500`, `did not answer within 5 seconds`.
        seen: String,
        /// How long it had.
        limit: Duration,
    },
}

/// The verdict on an application that does not start; becomes an `Error` entry of the report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StartFailure {
    /// The application.
    pub application: ApplicationName,
    /// What failed, in a few words.
    pub title: String,
    /// What is wrong, what to do, and the last lines of output.
    pub message: String,
}

impl StartFailure {
    /// Tells the problem; `last_lines` are masked already.
    #[must_use]
    pub fn new(
        application: &ApplicationName,
        problem: &StartProblem,
        last_lines: &[String],
    ) -> Self {
        let mut message = match problem {
            StartProblem::Ended(end) => format!(
                "The application {end} before it listened on port {PORT} and was healthy. \
                 Start it on your machine with the same configuration values to see the same failure."
            ),
            StartProblem::PortClosed { listens_on, limit } => port_closed(listens_on, *limit),
            StartProblem::HealthCheck { path, seen, limit } => format!(
                "The application listens on port {PORT}, but its health check GET {path} {seen}, for {} seconds. \
                 Let this path answer with a status from 200 to 399 once the application can serve, \
                 or correct `healthCheck` in connect.yaml.",
                limit.as_secs()
            ),
        };
        append_lines(&mut message, last_lines);
        Self {
            application: application.clone(),
            title: "Application did not start".to_owned(),
            message,
        }
    }
}

/// An application that served and ends again and again; becomes a `Warning` entry of the report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CrashLoop {
    /// The Deployment.
    pub deployment: Uuid,
    /// The revision that serves.
    pub revision: u64,
    /// The application.
    pub application: ApplicationName,
    /// How often it crashed, how the last time, what to do, and the last lines of output.
    pub message: String,
}

impl CrashLoop {
    /// The entry's title.
    pub const TITLE: &str = "Application crashes again and again";

    /// Tells the loop; `why` completes "the application …", `last_lines` are masked already.
    #[must_use]
    pub fn new(launch: &Launch, crashes: u32, why: &str, last_lines: &[String]) -> Self {
        let mut message = format!(
            "It crashed {crashes} times in a row; the last time, it {why}. It is started again with growing pauses, and requests meanwhile get 503. \
             Roll back to an earlier revision, or mend it and redeploy."
        );
        append_lines(&mut message, last_lines);
        Self {
            deployment: launch.deployment,
            revision: launch.revision,
            application: launch.name.clone(),
            message,
        }
    }
}

impl fmt::Display for StartFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({}): {}", self.title, self.application, self.message)
    }
}

fn port_closed(listens_on: &[u16], limit: Duration) -> String {
    let remedy = "Listen on process.env.PORT, on all addresses.";
    let seconds = limit.as_secs();
    if listens_on.is_empty() {
        return format!(
            "The application runs, but listened on no port for {seconds} seconds; \
             Connect sends requests to port {PORT} (PORT). {remedy}"
        );
    }
    let ports: Vec<String> = listens_on.iter().map(u16::to_string).collect();
    let word = if ports.len() == 1 { "port" } else { "ports" };
    format!(
        "It listens on {word} {}; Connect sends requests to port {PORT} (PORT), which stayed closed for {seconds} seconds. {remedy}",
        ports.join(", ")
    )
}

/// What came of a script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScriptOutcome {
    /// How it ended.
    pub end: End,
    /// The last lines of its output, masked.
    pub last_lines: Vec<String>,
}

impl ScriptOutcome {
    /// The report's message where the script failed; nothing where it ended with exit code 0.
    #[must_use]
    pub fn failure(&self) -> Option<String> {
        if self.end == End::Code(0) {
            return None;
        }
        let mut message = format!(
            "The script {}. It must end with exit code 0, also when it runs a second time; its whole output is in the logs.",
            self.end
        );
        append_lines(&mut message, &self.last_lines);
        Some(message)
    }
}

fn append_lines(message: &mut String, lines: &[String]) {
    let lines = &lines[lines.len().saturating_sub(LAST_LINES)..];
    if lines.is_empty() {
        message.push_str(" It wrote nothing.");
        return;
    }
    message.push_str(" Its last lines:");
    for line in lines {
        let cut: String = line.chars().take(LAST_LINE_CHARACTERS).collect();
        let mark = if cut.len() < line.len() { "…" } else { "" };
        let _ = write!(message, "\n  {cut}{mark}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(problem: StartProblem, lines: &[&str]) -> String {
        let name = ApplicationName::parse("api").unwrap();
        let lines: Vec<String> = lines.iter().map(ToString::to_string).collect();
        StartFailure::new(&name, &problem, &lines).to_string()
    }

    #[test]
    fn a_crash_tells_its_exit_code_and_last_lines() {
        insta::assert_snapshot!(
            told(StartProblem::Ended(End::Code(1)), &["Error: no TAX_TOKEN", "    at boot (index.js:3)"]),
            @"
        Application did not start (api): The application ended with exit code 1 before it listened on port 8080 and was healthy. Start it on your machine with the same configuration values to see the same failure. Its last lines:
          Error: no TAX_TOKEN
              at boot (index.js:3)
        "
        );
    }

    #[test]
    fn another_port_is_named() {
        let limit = Duration::from_secs(60);
        insta::assert_snapshot!(
            told(StartProblem::PortClosed { listens_on: vec![3000], limit }, &["ready"]),
            @"
        Application did not start (api): It listens on port 3000; Connect sends requests to port 8080 (PORT), which stayed closed for 60 seconds. Listen on process.env.PORT, on all addresses. Its last lines:
          ready
        "
        );
        insta::assert_snapshot!(
            told(StartProblem::PortClosed { listens_on: vec![], limit }, &[]),
            @"Application did not start (api): The application runs, but listened on no port for 60 seconds; Connect sends requests to port 8080 (PORT). Listen on process.env.PORT, on all addresses. It wrote nothing."
        );
    }

    #[test]
    fn a_failing_health_check_tells_its_path_and_its_answer() {
        let problem = StartProblem::HealthCheck {
            path: "/health".to_owned(),
            seen: "answered 500".to_owned(),
            limit: Duration::from_secs(60),
        };
        insta::assert_snapshot!(
            told(problem, &[]),
            @"Application did not start (api): The application listens on port 8080, but its health check GET /health answered 500, for 60 seconds. Let this path answer with a status from 200 to 399 once the application can serve, or correct `healthCheck` in connect.yaml. It wrote nothing."
        );
    }

    #[test]
    fn a_script_that_hangs_is_told_with_its_last_lines_only() {
        let outcome = ScriptOutcome {
            end: End::Time(Duration::from_secs(600)),
            last_lines: (0..40).map(|n| format!("line {n}")).collect(),
        };
        let message = outcome.failure().unwrap();
        assert!(
            message.starts_with("The script was stopped because it took longer than 600 seconds."),
            "{message}"
        );
        assert_eq!(message.lines().count(), 1 + LAST_LINES);
        assert!(message.ends_with("line 39"), "{message}");
    }

    #[test]
    fn the_longest_verdict_fits_a_report_message() {
        let long = "x".repeat(100_000);
        let message = told(StartProblem::Ended(End::Code(1)), &vec![long.as_str(); 50]);
        assert!(
            message.chars().count() <= domain::limits::REPORT_MESSAGE_CHARACTERS,
            "{}",
            message.len()
        );
    }
}
