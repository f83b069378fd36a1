//! GET /connectors/{id}: what was published, for the Projects that may see it (contract, section 4).

use serde_json::{Value, json};

use crate::house::{in_a_project, in_the_house, redacted};

#[test]
fn a_connector_shows_what_was_published() {
    in_a_project(async |shop| {
        let draft = shop.draft("minimal").await.published().await;
        let answer = shop.get(&format!("/connectors/{}", draft.id)).await;
        answer.of_status(200);
        insta::assert_snapshot!(redacted(&answer.text), @r#"{"id":"{id}","key":"{shop}-minimal","version":1,"name":"minimal","integrationTypes":["other"],"creator":{"email":"ada@example.org"},"repository":{"url":"https://github.com/tests/{shop}/minimal.git","tag":"v1"},"configurations":[{"applicationName":"service","applicationType":"service","standardConfiguration":[{"key":"GREETING","description":"A value that the service echoes","required":false,"default":"hello"}],"securedConfiguration":[{"key":"TOKEN","description":"A secret that the service echoes","required":false}]}],"private":true,"supportedRegions":[],"certified":false}"#);
        let by_key = shop
            .get(&format!("/connectors/key={}-minimal", shop.key))
            .await;
        assert_eq!(by_key.json(), answer.json());
    });
}

#[test]
fn a_draft_that_was_never_published_is_no_connector() {
    in_a_project(async |shop| {
        let draft = shop.draft("minimal").await;
        insta::assert_snapshot!(shop.get(&format!("/connectors/{}", draft.id)).await.errors(), @"
        404
        ResourceNotFound: The Connector with ID '{id}' was not found.
        ");
    });
}

#[test]
fn a_change_of_the_draft_shows_only_when_it_is_published_again() {
    in_a_project(async |shop| {
        let draft = shop.draft("minimal").await.published().await;
        let path = format!("/connectors/{}", draft.id);
        let rename = json!([{"action": "setName", "name": "Tax sync"}]);
        assert_eq!(draft.act(rename).await.of_status(201)["hasChanges"], true);
        assert_eq!(shop.get(&path).await.of_status(200)["name"], "minimal");
        let draft = draft.published().await;
        let connector = shop.get(&path).await.of_status(200);
        assert_eq!(
            (&connector["name"], &connector["version"]),
            (&json!("Tax sync"), &json!(2))
        );
        assert_eq!(draft.read().await["hasChanges"], false);
    });
}

#[test]
fn a_private_connector_is_seen_by_its_projects_only() {
    in_the_house(async |house| {
        let (owner, friend, stranger) = (
            house.project().await,
            house.project().await,
            house.project().await,
        );
        let draft = owner.draft("minimal").await.published().await;
        let path = format!("/connectors/{}", draft.id);
        friend.get(&path).await.of_status(404);
        let project = format!("europe-west1.gcp:{}", friend.key);
        let add = json!([{"action": "addPrivateProject", "privateProject": project}]);
        draft.act(add).await.of_status(201);
        assert_eq!(
            friend
                .get(&path)
                .await
                .of_status(200)
                .get("privateProjects"),
            None::<&Value>
        );
        stranger.get(&path).await.of_status(404);
        let remove = json!([{"action": "removePrivateProject", "privateProject": project}]);
        draft.act(remove).await.of_status(201);
        friend.get(&path).await.of_status(404);
    });
}
