//! What other services of AWS put into our queues becomes a message of ours before a worker sees it: an event that SNS passes on, and the
//! end of a build that EventBridge tells.

use std::collections::BTreeMap;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use store::rows::Message;
use uuid::Uuid;
use work::Fault;

use crate::events::{self, Publication, PublishError, PublishedMessage};
use crate::platform::Platform;

/// The variable of a build that names the run that ordered it.
pub const BUILD_RUN: &str = "SLIPWAY_RUN";

/// What a queue gave.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Body {
    Message(Message),
    Notification(Notification),
    BuildEnded { detail: BuildDetail },
}

/// An SNS notification as SQS has it (Amazon SNS, "Parsing message formats").
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Notification {
    message_id: Uuid,
    topic_arn: String,
    message: String,
    #[serde(default)]
    message_attributes: BTreeMap<String, Attribute>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Attribute {
    value: String,
}

/// "CodeBuild Build State Change" (AWS CodeBuild, "Build notifications input format reference").
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
struct BuildDetail {
    additional_information: BuildInformation,
}

#[derive(Debug, Deserialize)]
struct BuildInformation {
    environment: BuildEnvironment,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
struct BuildEnvironment {
    environment_variables: Vec<Variable>,
}

#[derive(Debug, Deserialize)]
struct Variable {
    name: String,
    value: String,
}

/// The message of a body; none where nothing is left to do with it.
///
/// # Errors
/// It is nothing that we know, or the table does not answer; it comes again, and in the end to the dead letters.
pub(crate) async fn read(platform: &Arc<Platform>, body: &str) -> Result<Option<Message>, Fault> {
    let unread = |why: String| Fault(format!("the message {body} cannot be read: {why}"));
    match serde_json::from_str(body).map_err(|error| unread(error.to_string()))? {
        Body::Message(message) => Ok(Some(message)),
        Body::Notification(notification) => {
            publish(platform, notification).await?;
            Ok(None)
        }
        Body::BuildEnded { detail } => {
            let variables = detail
                .additional_information
                .environment
                .environment_variables;
            let run = variables.iter().find(|one| one.name == BUILD_RUN);
            let run = run.and_then(|one| one.value.parse().ok());
            let run = run.ok_or_else(|| unread(format!("the build has no {BUILD_RUN}")))?;
            Ok(Some(Message::BuildEnded { run }))
        }
    }
}

/// Takes an event in under the id that SNS gave it, so that the same notification is one event however often it comes.
async fn publish(platform: &Arc<Platform>, notification: Notification) -> Result<(), Fault> {
    let topic = &notification.topic_arn;
    let application = platform.addresses.application_of(topic);
    let application =
        application.ok_or_else(|| Fault(format!("{topic} is no topic of an application")))?;
    let attributes = notification.message_attributes.into_iter();
    let message = PublishedMessage {
        data: STANDARD.encode(notification.message),
        attributes: attributes
            .map(|(name, attribute)| (name, attribute.value))
            .collect(),
    };
    let publication = Publication {
        id: notification.message_id,
        message,
    };
    match events::take_in(platform, application, vec![publication]).await {
        Ok(()) => Ok(()),
        Err(PublishError::Fault(fault)) => Err(fault),
        // Its topic is there before its first revision serves: the notification comes again, and in the end to the dead letters.
        Err(PublishError::NoTopic) => {
            Err(Fault(format!("no event application {application} serves")))
        }
        Err(refused) => {
            tracing::error!(%refused, %application, "an event is dropped");
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_of_body_is_told_apart() {
        let bodies = [
            r#"{"type":"deliver_event.v1","event":"00000000-0000-4000-8000-000000000001"}"#,
            r#"{"Type":"Notification","MessageId":"00000000-0000-4000-8000-000000000002","TopicArn":"arn:aws:sns:eu-central-1:123456789012:slipway-app-x","Message":"{}","Timestamp":"2026-11-22T16:00:00.000Z","MessageAttributes":{"kind":{"Type":"String","Value":"order"}}}"#,
            r#"{"source":"aws.codebuild","detail-type":"CodeBuild Build State Change","detail":{"build-status":"SUCCEEDED","additional-information":{"environment":{"environment-variables":[{"name":"SLIPWAY_RUN","type":"PLAINTEXT","value":"00000000-0000-4000-8000-000000000003"}]}}}}"#,
        ];
        let read = bodies.map(|body| match serde_json::from_str(body).unwrap() {
            Body::Message(message) => format!("{message:?}"),
            Body::Notification(one) => format!("{} {:?}", one.message_id, one.message_attributes),
            Body::BuildEnded { detail } => {
                format!(
                    "{:?}",
                    detail
                        .additional_information
                        .environment
                        .environment_variables
                )
            }
        });
        insta::assert_snapshot!(read.join("\n"), @r#"
        DeliverEvent { event: 00000000-0000-4000-8000-000000000001 }
        00000000-0000-4000-8000-000000000002 {"kind": Attribute { value: "order" }}
        [Variable { name: "SLIPWAY_RUN", value: "00000000-0000-4000-8000-000000000003" }]
        "#);
    }
}
