//! What goes wrong inside stays in the log: an answer tells the correlation id, and nothing of tables, hosts, files or rows.

use reqwest::Method;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::keys::{self, RowKey};
use store::{Commit, Index, Row};
use uuid::Uuid;

use crate::aws::invoke;
use crate::house::{expect_fault, in_the_house};

/// Words of the machinery.
const INTERNAL: [&str; 13] = [
    "dynamo",
    "table",
    "getitem",
    "transact",
    "sqs",
    "kms",
    "127.0.0.1",
    "dispatch",
    "panicked",
    ".rs",
    "staged#",
    "missing field",
    "refused",
];

fn tells_nothing(text: &str) {
    let lower = text.to_ascii_lowercase();
    for word in INTERNAL {
        assert!(!lower.contains(word), "{word}: {text}");
    }
}

/// A row that no version of ours has written, where a draft should be.
#[derive(Serialize, Deserialize)]
struct Damaged {
    id: Uuid,
}

impl Row for Damaged {
    fn key(&self) -> RowKey {
        keys::staged(self.id)
    }

    fn version(&self) -> u64 {
        1
    }

    fn index(&self) -> Index {
        Index::default()
    }
}

#[test]
fn a_row_that_cannot_be_read_is_a_fault_under_the_correlation_id() {
    in_the_house(async |house| {
        let shop = house.project().await;
        let desk = &house.platform().desk;
        let row = Damaged {
            id: desk.ids.next(),
        };
        desk.commit(Commit::new().put(&row)).await.unwrap();
        let correlation_id = format!("damaged-{}", row.id);
        expect_fault(&correlation_id);
        let request = shop.request(Method::GET, &format!("/connectors/drafts/{}", row.id));
        let answer = shop
            .send(request.header("x-correlation-id", &correlation_id))
            .await;
        insta::assert_snapshot!(answer.errors(), @"
        500
        General: Something went wrong on our side. The log has it under the correlation id damaged-{id}.
        ");
        tells_nothing(&answer.text);
    });
}

#[tokio::test]
async fn a_table_that_does_not_answer_is_a_fault_that_may_pass() {
    let answer = invoke(
        "auth-token",
        include_str!("../events/auth-token.json").to_owned(),
    )
    .await;
    assert_eq!(answer["statusCode"], 503);
    assert_eq!(answer["headers"]["retry-after"], "1");
    let body = answer["body"].as_str().unwrap();
    insta::assert_snapshot!(body, @r#"{"statusCode":503,"message":"Something that the platform needs does not answer; try again after 1 s. The log has it under the correlation id event-1.","errors":[{"code":"ServiceUnavailable","message":"Something that the platform needs does not answer; try again after 1 s. The log has it under the correlation id event-1."}]}"#);
    tells_nothing(&answer.to_string());
}

#[tokio::test]
async fn what_no_function_takes_is_answered_in_the_envelope_on_aws_too() {
    let answer = invoke("default", include_str!("../events/default.json").to_owned()).await;
    assert_eq!(answer["statusCode"], 405);
    assert_eq!(answer["headers"]["allow"], "POST, GET");
    let body: Value = serde_json::from_str(answer["body"].as_str().unwrap()).unwrap();
    assert_eq!(body["errors"][0]["code"], "MethodNotAllowed");
}
