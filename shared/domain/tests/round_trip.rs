//! A specification comes back from its row as it went in, and says what holds where the file is silent.

use std::time::Duration;

use domain::spec::{self, HealthCheck, RetryPolicy, Spec};

const FULL: &str = r#"
deployAs:
  - name: api
    applicationType: service
    endpoint: /service
    healthCheck: { path: /health, intervalSeconds: 20 }
    scripts: { postDeploy: npm run post, preUndeploy: npm run pre }
    configuration:
      standardConfiguration: [{ key: LOG_LEVEL, description: How much to log, default: info }]
      securedConfiguration: [{ key: TOKEN, description: Token, required: true }]
  - { name: nightly, applicationType: job, endpoint: job, properties: { schedule: "0 2 * * *" } }
  - { name: listener, applicationType: event, endpoint: /event, retryPolicy: { strategy: immediate } }
  - { name: files, applicationType: assets }
inheritAs:
  apiClient: { scopes: [manage_orders, view_products] }
  configuration: { standardConfiguration: [{ key: SHOP, description: Which shop, required: true }] }
"#;

#[test]
fn a_specification_survives_its_row() {
    let spec = spec::read(FULL).expect("a valid file");
    let json = serde_json::to_string_pretty(&spec).expect("JSON");
    assert_eq!(serde_json::from_str::<Spec>(&json).expect("the same"), spec);
    insta::assert_snapshot!(json, @r#"
    {
      "applications": [
        {
          "name": "api",
          "kind": "service",
          "endpoint": "/service",
          "healthCheck": {
            "path": "/health",
            "intervalSeconds": 20
          },
          "scripts": {
            "postDeploy": "npm run post",
            "preUndeploy": "npm run pre"
          },
          "configuration": {
            "standard": [
              {
                "key": "LOG_LEVEL",
                "description": "How much to log",
                "required": false,
                "default": "info"
              }
            ],
            "secured": [
              {
                "key": "TOKEN",
                "description": "Token",
                "required": true
              }
            ]
          }
        },
        {
          "name": "nightly",
          "kind": "job",
          "endpoint": "job",
          "scripts": {},
          "configuration": {
            "standard": [],
            "secured": []
          },
          "schedule": "0 2 * * *"
        },
        {
          "name": "listener",
          "kind": "event",
          "endpoint": "/event",
          "scripts": {},
          "configuration": {
            "standard": [],
            "secured": []
          },
          "retryPolicy": {
            "strategy": "immediate"
          }
        },
        {
          "name": "files",
          "kind": "assets",
          "scripts": {},
          "configuration": {
            "standard": [],
            "secured": []
          }
        }
      ],
      "inherit": {
        "configuration": {
          "standard": [
            {
              "key": "SHOP",
              "description": "Which shop",
              "required": true
            }
          ],
          "secured": []
        },
        "apiClientScopes": [
          "manage_orders",
          "view_products"
        ]
      }
    }
    "#);
}

#[test]
fn a_row_of_an_older_version_without_optional_fields_is_read() {
    let spec: Spec = serde_json::from_str(r#"{"applications":[{"name":"mc","kind":"mc-app"}]}"#)
        .expect("readable");
    assert_eq!(
        spec.applications[0].kind.as_str(),
        "merchant-center-custom-application"
    );
}

#[test]
fn a_finding_survives_its_report() {
    let findings = spec::read("deployAs: 1").expect_err("a finding");
    let json = serde_json::to_string(&findings).expect("JSON");
    assert_eq!(
        serde_json::from_str::<Vec<spec::Finding>>(&json).expect("the same"),
        findings
    );
}

#[test]
fn a_health_check_has_defaults() {
    let check = HealthCheck {
        path: "/".to_owned(),
        interval_seconds: None,
        timeout_seconds: None,
        unhealthy_threshold: None,
    };
    let seconds = Duration::from_secs;
    assert_eq!(
        (check.interval(), check.timeout(), check.threshold()),
        (seconds(10), seconds(5), 3)
    );
}

#[test]
fn the_default_retry_policy_gives_up_after_five_attempts() {
    let waits = |policy: &RetryPolicy| {
        (1..)
            .map_while(|failed| policy.wait_after(failed))
            .map(|wait| wait.as_secs())
            .collect::<Vec<_>>()
    };
    assert_eq!(waits(&RetryPolicy::default()), [10, 20, 40, 80]);
    assert_eq!(waits(&RetryPolicy::Immediate), [0, 0, 0, 0]);
    let long = RetryPolicy::ExponentialBackoff {
        min_backoff_seconds: 100,
        max_backoff_seconds: 600,
        max_attempts: Some(100),
    };
    assert_eq!(waits(&long)[..5], [100, 200, 400, 600, 600]);
    assert_eq!(waits(&long).len(), 99);
}

#[test]
fn a_retry_policy_from_the_wire_is_checked() {
    let policy = |json: &str| {
        serde_json::from_str::<RetryPolicy>(json)
            .expect("readable")
            .check()
    };
    assert_eq!(policy(r#"{"strategy":"immediate"}"#), Ok(()));
    let backoff = |min: u32, max: u32, attempts: u32| {
        policy(&format!(
            r#"{{"strategy":"exponential-backoff","minBackoffSeconds":{min},"maxBackoffSeconds":{max},"maxAttempts":{attempts}}}"#
        ))
    };
    assert_eq!(backoff(1, 600, 100), Ok(()));
    let refused = [
        backoff(0, 10, 5),
        backoff(10, 601, 5),
        backoff(20, 10, 5),
        backoff(10, 20, 4),
    ];
    let words: Vec<String> = refused
        .into_iter()
        .map(|check| check.expect_err("refused"))
        .collect();
    insta::assert_snapshot!(words.join("\n"), @r"
    minBackoffSeconds is 0; it goes from 1 to 600
    maxBackoffSeconds is 601; it goes from 1 to 600
    minBackoffSeconds must be less than or equal to maxBackoffSeconds
    maxAttempts is 4; it goes from 5 to 100
    ");
}
