//! A repository is read before anything is stored: the tag is resolved and connect.yaml validated (contract, section 16).

use domain::connector::Repository;
use domain::connector_staged::Source;
use domain::error::ErrorCode;
use domain::spec;
use serde_json::json;
use source::SourceError;
use web::Fail;

use crate::platform::Platform;

/// Reads connect.yaml at the tag.
pub(crate) async fn read(platform: &Platform, repository: Repository) -> Result<Source, Fail> {
    let Repository { url, tag } = &repository;
    let read = platform.git.read_file(url, tag, "connect.yaml").await;
    let (commit, file) = read.map_err(fail)?;
    let place = [("url", json!(url.as_str())), ("tag", json!(tag.as_str()))];
    let Some(file) = file else {
        return Err(ErrorCode::ConnectorSpecificationFileNotFound
            .with(place)
            .into());
    };
    let invalid = |detail: String| {
        Fail::from(
            ErrorCode::ConnectorSpecificationFileNotValid
                .with(place.clone())
                .because(detail),
        )
    };
    let text =
        String::from_utf8(file).map_err(|error| invalid(format!("[file content]: {error}")))?;
    let spec = spec::read(&text).map_err(|findings| {
        let lines = findings.iter().map(|finding| {
            format!(
                "{finding} (line {}, column {}); {}",
                finding.line, finding.column, finding.hint
            )
        });
        invalid(lines.collect::<Vec<_>>().join("\n"))
    })?;
    Ok(Source {
        repository,
        commit,
        spec,
    })
}

fn fail(error: SourceError) -> Fail {
    match error {
        SourceError::Fault(fault) => Fail::fault(report(&fault)),
        error => {
            tracing::info!(cause = report(&error), "a repository could not be read");
            ErrorCode::GitRepositoryNotReachable
                .detail(error.to_string())
                .into()
        }
    }
}

/// An error with everything behind it, for the log.
fn report(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}
