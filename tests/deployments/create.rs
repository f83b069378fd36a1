//! POST /{projectKey}/deployments: what is deployed, and how it is shown (contract, sections 5.1, 5.2 and 15.7).

use serde_json::{Value, json};

use crate::house::{Deployment, in_a_project, in_the_house, redacted, values};

#[test]
fn a_deployment_is_shown_in_the_order_of_the_contract_and_serves() {
    in_a_project(async |shop| {
        let draft = shop.draft("minimal").await.published().await;
        let body = json!({
            "key": "tax-prod",
            "connector": {"key": format!("{}-minimal", shop.key)},
            "region": "europe-west1.gcp",
            "configurations": values("service", &[("GREETING", "hi")], &[("TOKEN", "s3cret-token")]),
        });
        let answer = shop.post(&shop.deployments(""), &body).await;
        answer.of_status(201);
        insta::assert_snapshot!(redacted(&answer.text), @r#"{"id":"{id}","key":"tax-prod","version":1,"type":"sandbox","connector":{"id":"{id}","key":"{shop}-minimal","version":1,"name":"minimal","integrationTypes":["other"],"creator":{"email":"ada@example.org"},"repository":{"url":"https://github.com/tests/{shop}/minimal.git","tag":"v1"},"configurations":[{"applicationName":"service","applicationType":"service","standardConfiguration":[{"key":"GREETING","description":"A value that the service echoes","required":false,"default":"hello"}],"securedConfiguration":[{"key":"TOKEN","description":"A secret that the service echoes","required":false}]}],"certified":false,"supportedRegions":[]},"details":{"build":{"id":"{id}"}},"deployedRegion":"europe-west1.gcp","applications":[{"id":"{id}","applicationName":"service","standardConfiguration":[{"key":"GREETING","value":"hi"}],"securedConfiguration":[{"key":"TOKEN","value":"********"}],"url":"http://{platform}/apps/{id}"}],"preview":false,"status":"Deploying"}"#);
        let deployed = shop
            .get_settled(&shop.deployments("/key=tax-prod"))
            .await
            .of_status(200);
        assert_eq!(
            (&deployed["status"], &deployed["connector"]["id"]),
            (&json!("Deployed"), &json!(draft.id))
        );
        insta::assert_snapshot!(redacted(deployed["details"].to_string()), @r#"{"build":{"id":"{id}","report":{"entries":[{"type":"Information","title":"Application started","application":"service","createdAt":"{time}"}]}}}"#);
    });
}

#[test]
fn a_draft_is_deployed_as_a_preview_without_a_type() {
    in_a_project(async |shop| {
        let draft = shop.draft("minimal").await.previewed().await;
        let deployment = draft.deployed(json!([])).await;
        let shown = deployment.read().await;
        assert_eq!(
            (&shown["type"], &shown["preview"]),
            (&json!("preview"), &json!(true))
        );
        let answer = deployment.call("/service").await.of_status(200);
        assert_eq!(answer["environment"]["GREETING"], "hello");
    });
}

// As the official client creates one: every application, empty lists, and a globalConfiguration that the Connector does not have.
#[test]
fn empty_lists_and_a_connector_version_are_taken_as_the_official_client_sends_them() {
    in_a_project(async |shop| {
        let draft = shop.draft("minimal").await.published().await;
        let version =
            shop.get(&format!("/connectors/{}", draft.id)).await.json()["version"].clone();
        let empty = json!({"standardConfiguration": [], "securedConfiguration": []});
        let body = json!({
            "type": "production",
            "connector": {"id": draft.id, "version": version, "staged": false},
            "region": "europe-west1.gcp",
            "configurations": values("service", &[], &[]),
            "globalConfiguration": empty,
        });
        let deployment = Deployment::create(&shop, &body).await.settled().await;
        assert_eq!(
            (&deployment["status"], &deployment["type"]),
            (&json!("Deployed"), &json!("production"))
        );
        assert_eq!(deployment.get("globalConfiguration"), None::<&Value>);
    });
}

#[test]
fn two_deployments_of_one_connector_live_side_by_side() {
    in_a_project(async |shop| {
        let draft = shop.draft("minimal").await.previewed().await;
        let one = draft
            .deployed(values("service", &[("GREETING", "one")], &[]))
            .await;
        let two = draft
            .deployed(values("service", &[("GREETING", "two")], &[]))
            .await;
        for (deployment, greeting) in [(&one, "one"), (&two, "two")] {
            let answer = deployment.call("/service").await.of_status(200);
            assert_eq!(answer["environment"]["GREETING"], greeting);
        }
    });
}

#[test]
fn a_project_that_a_private_connector_names_deploys_it() {
    in_the_house(async |house| {
        let (owner, friend) = (house.project().await, house.project().await);
        let draft = owner
            .draft("minimal")
            .await
            .previewed()
            .await
            .published()
            .await;
        for connector in [
            json!({"id": draft.id}),
            json!({"id": draft.id, "staged": true}),
        ] {
            let body =
                json!({"connector": connector, "region": "europe-west1.gcp", "configurations": []});
            let refused = friend.post(&friend.deployments(""), &body).await.errors();
            assert!(refused.contains("ConnectorReferenceNotFound"), "{refused}");
        }
        let project = format!("europe-west1.gcp:{}", friend.key);
        let add = json!([{"action": "addPrivateProject", "privateProject": project}]);
        draft.act(add).await.of_status(201);
        for connector in [
            json!({"id": draft.id}),
            json!({"id": draft.id, "staged": true}),
        ] {
            let body =
                json!({"connector": connector, "region": "europe-west1.gcp", "configurations": []});
            let deployment = Deployment::create(&friend, &body).await;
            assert_eq!(deployment.settled().await["status"], "Deployed");
        }
    });
}

#[test]
fn the_environment_holds_what_was_declared_and_nothing_of_the_platform() {
    in_the_house(async |house| {
        let shop = house.project().await;
        let draft = shop.draft("leaks-environment").await.previewed().await;
        let deployment = draft
            .deployed(values("service", &[], &[("TOKEN", "s3cret-token")]))
            .await;
        let seen = deployment.call("/service").await.of_status(200);
        let folder = house.data().display().to_string();
        let changing = regex::Regex::new(r"\{data\}/(run/[^/]+|apps/[0-9a-f]{64})").unwrap();
        let lines = seen.as_object().unwrap().iter().map(|(name, value)| {
            // Which Node is used, and where it is, is the machine's.
            let value = if name == "PATH" {
                "{path}"
            } else {
                value.as_str().unwrap()
            };
            let value = value.replace(&folder, "{data}");
            redacted(format!("{name}={}", changing.replace_all(&value, "{own}")))
        });
        let mut lines: Vec<String> = lines.collect();
        lines.sort();
        insta::assert_snapshot!(lines.join("\n"), @r#"
        CONNECT_SERVICE_URL=http://{platform}/apps/{id}/service
        GREETING=hello
        HOME={own}/tmp
        K_CONFIGURATION=service-{id}
        K_REVISION=service-{id}-00001
        K_SERVICE=service-{id}
        LANG=C.UTF-8
        NODE_ENV=production
        NODE_OPTIONS=--require "{data}/runtime/port.cjs" --max-old-space-size=384
        PATH={path}
        PORT=8080
        PWD={own}/service
        SHOP=main
        SLIPWAY_PORTS={own}/ports
        TMPDIR={own}/tmp
        TOKEN=s3cret-token
        npm_lifecycle_event=start
        npm_package_name=leaks-environment
        npm_package_version=1.0.0
        "#);
    });
}
