//! What each type of application sees.

use super::*;

fn key(name: &str, default: Option<&str>) -> StandardConfigurationKey {
    StandardConfigurationKey {
        key: name.to_owned(),
        description: "a key".to_owned(),
        required: false,
        default: default.map(str::to_owned),
    }
}

fn value(name: &str, value: &str) -> ConfigurationValue {
    ConfigurationValue {
        key: name.to_owned(),
        value: value.to_owned(),
    }
}

fn inputs(kind: Kind) -> Inputs<'static> {
    Inputs {
        kind,
        application: Uuid::from_u128(2),
        revision: 3,
        own: Declared::default(),
        global: Declared::default(),
        url: None,
        topic: None,
        api_client: None,
    }
}

fn shown(environment: &Environment) -> String {
    let line = |(name, value): &(String, Secret)| {
        let mark = if environment.secret_names.contains(name) {
            " (secret)"
        } else {
            ""
        };
        format!("{name}={}{mark}", value.expose())
    };
    environment
        .values
        .iter()
        .map(line)
        .collect::<Vec<_>>()
        .join("\n")
}

#[test]
fn a_service_sees_its_values_the_global_ones_and_cloud_runs_variables() {
    let keys = [
        key("LOG_LEVEL", Some("info")),
        key("RETRIES", Some("3")),
        key("UNSET", None),
    ];
    let standard = [value("LOG_LEVEL", "debug"), value("PORT", "9999")];
    let secured = [("TAX_TOKEN".to_owned(), Secret::new("s3cret"))];
    let global = [value("SHOP", "eu")];
    let seen = environment(&Inputs {
        own: Declared {
            keys: &keys,
            standard: &standard,
            secured: &secured,
        },
        global: Declared {
            standard: &global,
            ..Declared::default()
        },
        url: Some("http://127.0.0.1:8787/apps/2/service"),
        ..inputs(Kind::Service)
    });
    insta::assert_snapshot!(shown(&seen), @"
    CONNECT_SERVICE_URL=http://127.0.0.1:8787/apps/2/service
    K_CONFIGURATION=service-00000000-0000-0000-0000-000000000002
    K_REVISION=service-00000000-0000-0000-0000-000000000002-00003
    K_SERVICE=service-00000000-0000-0000-0000-000000000002
    LOG_LEVEL=debug
    PORT=8080
    RETRIES=3
    SHOP=eu
    TAX_TOKEN=s3cret (secret)
    ");
}

#[test]
fn an_event_application_learns_its_topic_in_its_regions_words() {
    let topics = [
        Topic::PubSub {
            project: "slipway".to_owned(),
            name: "t-1".to_owned(),
        },
        Topic::Sns {
            arn: "arn:aws:sns:eu-central-1:1:t-1".to_owned(),
        },
    ];
    let connect = |topic| {
        let seen = environment(&Inputs {
            topic: Some(topic),
            ..inputs(Kind::Event)
        });
        let lines = shown(&seen);
        let lines: Vec<&str> = lines
            .lines()
            .filter(|line| line.starts_with("CONNECT_"))
            .collect();
        lines.join("\n")
    };
    insta::assert_snapshot!(topics.iter().map(connect).collect::<Vec<_>>().join("\n\n"), @"
    CONNECT_GCP_PROJECT_ID=slipway
    CONNECT_GCP_TOPIC_NAME=t-1
    CONNECT_PROVIDER=GCP
    CONNECT_SUBSCRIPTION_DESTINATION=GoogleCloudPubSub

    CONNECT_AWS_TOPIC_ARN=arn:aws:sns:eu-central-1:1:t-1
    CONNECT_PROVIDER=AWS
    CONNECT_SUBSCRIPTION_DESTINATION=SNS
    ");
}

#[test]
fn an_inherited_api_client_wins_over_declared_values_and_its_secret_stays_secret() {
    let client = ApiClient {
        api_url: "https://api.example".to_owned(),
        auth_url: "https://auth.example".to_owned(),
        region: "europe-west1.gcp".to_owned(),
        project_key: "my-shop".to_owned(),
        client_id: "id-1".to_owned(),
        client_secret: Secret::new("hidden"),
        scope: "manage_orders:my-shop".to_owned(),
    };
    let standard = [
        value("CTP_CLIENT_SECRET", "theirs"),
        value("CTP_PROJECT_KEY", "theirs"),
    ];
    let seen = environment(&Inputs {
        own: Declared {
            standard: &standard,
            ..Declared::default()
        },
        api_client: Some(&client),
        ..inputs(Kind::Job)
    });
    let lines = shown(&seen);
    assert!(!lines.contains("theirs"), "{lines}");
    assert!(
        lines.contains("CTP_CLIENT_SECRET=hidden (secret)"),
        "{lines}"
    );
    assert_eq!(
        lines
            .lines()
            .filter(|line| line.starts_with("CTP_"))
            .count(),
        8
    );
}

#[test]
fn a_static_application_sees_its_url_and_standard_values_and_never_a_secret() {
    let standard = [value("CLOUD_IDENTIFIER", "gcp-eu")];
    let secured = [("TOKEN".to_owned(), Secret::new("s3cret"))];
    let declared = Declared {
        keys: &[],
        standard: &standard,
        secured: &secured,
    };
    let seen = environment(&Inputs {
        own: declared,
        global: declared,
        url: Some("http://2.localhost:8787"),
        ..inputs(Kind::Static {
            index_fallback: true,
        })
    });
    insta::assert_snapshot!(shown(&seen), @"
    APPLICATION_URL=http://2.localhost:8787
    CLOUD_IDENTIFIER=gcp-eu
    ");
}

#[test]
fn debug_output_shows_no_secret() {
    let secured = [("TOKEN".to_owned(), Secret::new("s3cret"))];
    let declared = Declared {
        secured: &secured,
        ..Declared::default()
    };
    let seen = environment(&Inputs {
        own: declared,
        ..inputs(Kind::Job)
    });
    assert!(!format!("{seen:?} {declared:?}").contains("s3cret"));
}
