//! An answer of the API: asserted by its status, shown as a person reads it.

use reqwest::header::HeaderMap;
use serde_json::Value;

use super::redacted;

/// Status, headers and body.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Answer {
    pub(super) async fn of(request: reqwest::RequestBuilder) -> Self {
        let response = request.send().await.expect("the platform answers");
        Self {
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            text: response.text().await.expect("the answer is whole"),
        }
    }

    /// The body, which is JSON in every answer.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }

    /// The body of an answer with this status.
    #[track_caller]
    pub(crate) fn of_status(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.text);
        self.json()
    }

    /// A header's text.
    #[track_caller]
    pub(crate) fn header(&self, name: &str) -> &str {
        let value = self
            .headers
            .get(name)
            .unwrap_or_else(|| panic!("there is no header {name}"));
        value.to_str().unwrap()
    }

    /// Status and errors, one line each, with the details below.
    #[track_caller]
    pub(crate) fn errors(&self) -> String {
        let body = self.json();
        assert_eq!(body["statusCode"], self.status, "{}", self.text);
        assert_eq!(
            body["message"], body["errors"][0]["message"],
            "{}",
            self.text
        );
        let mut told = self.status.to_string();
        for error in body["errors"].as_array().expect("errors is a list") {
            told += &format!("\n{}: {}", text(&error["code"]), text(&error["message"]));
            for (name, value) in error.as_object().expect("an error is an object") {
                if !["code", "message"].contains(&name.as_str()) {
                    let value = text(value).replace('\n', "\n    ");
                    told += &format!("\n  {name}: {value}");
                }
            }
        }
        redacted(told)
    }
}

fn text(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}
