//! GET of Deployments: one by id or key, and the Project's list (contract, section 2.1).

use serde_json::{Value, json};

use crate::house::{Project, in_a_project, in_the_house};

async fn keys(shop: &Project, query: &str) -> Value {
    let page = shop.get(&shop.deployments(query)).await.of_status(200);
    let results = page["results"].as_array().unwrap();
    let keys: Vec<&Value> = results.iter().map(|one| &one["key"]).collect();
    json!([
        keys,
        page["limit"],
        page["offset"],
        page["count"],
        page["total"]
    ])
}

#[test]
fn deployments_are_listed_filtered_and_paged() {
    in_a_project(async |shop| {
        let draft = shop
            .draft("minimal")
            .await
            .previewed()
            .await
            .published()
            .await;
        for (key, connector) in [
            ("first", json!({"id": draft.id})),
            ("second", json!({"id": draft.id, "staged": true})),
        ] {
            let mut body = draft.deployment(json!([]));
            body["key"] = json!(key);
            body["connector"] = connector;
            shop.post(&shop.deployments(""), &body).await.of_status(201);
        }
        assert_eq!(
            keys(&shop, "").await,
            json!([["second", "first"], 20, 0, 2, 2])
        );
        assert_eq!(
            keys(&shop, "?sort=createdAt+asc&limit=1").await,
            json!([["first"], 1, 0, 1, 2])
        );
        assert_eq!(
            keys(&shop, "?deploymentType=preview").await[0],
            json!(["second"])
        );
        assert_eq!(
            keys(&shop, "?deploymentType=sandbox").await[0],
            json!(["first"])
        );
        assert_eq!(
            keys(&shop, "?integrationTypes=tax").await,
            json!([[], 20, 0, 0, 0])
        );
        let errors = shop
            .get(&shop.deployments("?deploymentType=staging&limit=x"))
            .await
            .errors();
        assert!(errors.starts_with("400\nInvalidQueryParam"), "{errors}");
    });
}

#[test]
fn an_unknown_deployment_is_told() {
    in_a_project(async |shop| {
        let id = shop.deployments("/0a8f3a52-7d6e-4c1b-9e0f-3d2c1b0a9f8e");
        let told = [
            shop.get(&id).await.errors(),
            shop.get(&shop.deployments("/key=nothing")).await.errors(),
            shop.get(&shop.deployments("/nothing")).await.errors(),
            shop.get(&format!("{id}/logs")).await.errors(),
            shop.get(&format!("{id}/revisions")).await.errors(),
        ];
        insta::assert_snapshot!(told.join("\n"), @"
        404
        ResourceNotFound: The Deployment with ID '{id}' was not found.
        404
        ResourceNotFound: The Deployment with key 'nothing' was not found.
        400
        InvalidPathParam: Request path param is not valid
          detailedErrorMessage: 'nothing' is neither an id, which is a UUID, nor key= followed by a key
        404
        ResourceNotFound: The Deployment with ID '{id}' was not found.
        404
        ResourceNotFound: The Deployment with ID '{id}' was not found.
        ");
    });
}

#[test]
fn the_same_key_names_another_deployment_in_another_project() {
    in_the_house(async |house| {
        let (one, two) = (house.project().await, house.project().await);
        let mut ids = Vec::new();
        for shop in [&one, &two] {
            let draft = shop.draft("minimal").await.previewed().await;
            let mut body = draft.deployment(json!([]));
            body["key"] = json!("tax");
            shop.post(&shop.deployments(""), &body).await.of_status(201);
            ids.push(
                shop.get_settled(&shop.deployments("/key=tax"))
                    .await
                    .of_status(200)["id"]
                    .clone(),
            );
        }
        assert_ne!(ids[0], ids[1]);
    });
}
