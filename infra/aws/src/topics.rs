//! The adapter of `Topics` on SNS: a topic for each event application, whose messages come to the events queue.

use async_trait::async_trait;
use aws_sdk_sns::Client;
use aws_sdk_sns::error::DisplayErrorContext;
use hosting::{Fault, Topics};
use serde_json::json;
use uuid::Uuid;

/// Topics of SNS.
pub struct SnsTopics {
    /// The client.
    pub client: Client,
    /// What stands before an application's id in the ARN of its topic.
    pub topics: String,
    /// The ARN of the queue.
    pub queue: String,
    /// The ARN of the principal that may publish; empty: only this account.
    pub publisher: String,
}

impl SnsTopics {
    fn arn(&self, application: Uuid) -> String {
        format!("{}{application}", self.topics)
    }
}

#[async_trait]
impl Topics for SnsTopics {
    async fn set(&self, application: Uuid) -> Result<(), Fault> {
        let fault = |doing: &str, cause: String| {
            Fault::because(
                format!("the topic of {application} cannot be {doing}"),
                cause,
            )
        };
        let arn = self.arn(application);
        let name = arn.rsplit(':').next().unwrap_or(&arn);
        let mut create = self.client.create_topic().name(name);
        if !self.publisher.is_empty() {
            create = create.attributes("Policy", policy(&arn, &self.publisher));
        }
        let created = create.send().await;
        created.map_err(|error| fault("made", DisplayErrorContext(error).to_string()))?;
        let subscribe = self.client.subscribe().topic_arn(&arn).protocol("sqs");
        let subscribed = subscribe.endpoint(&self.queue).send().await;
        subscribed
            .map(drop)
            .map_err(|error| fault("subscribed", DisplayErrorContext(error).to_string()))
    }

    async fn remove(&self, application: Uuid) -> Result<(), Fault> {
        // Its subscription goes with it, and a topic that is not there is removed already (Amazon SNS, DeleteTopic).
        let delete = self.client.delete_topic().topic_arn(self.arn(application));
        delete.send().await.map(drop).map_err(|error| {
            let cause = DisplayErrorContext(error).to_string();
            Fault::because(
                format!("the topic of {application} cannot be removed"),
                cause,
            )
        })
    }
}

/// The account's own rights come from its identities' policies; this lets somebody else publish.
fn policy(topic: &str, publisher: &str) -> String {
    json!({
        "Version": "2012-10-17",
        "Statement": [{
            "Sid": "publish",
            "Effect": "Allow",
            "Principal": { "AWS": publisher },
            "Action": "sns:Publish",
            "Resource": topic,
        }],
    })
    .to_string()
}
