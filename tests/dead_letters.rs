//! Dead letters: what an application never acknowledged can be looked at, sent again and thrown away, and nobody else sees it.

use reqwest::Method;
use serde_json::{Value, json};

use crate::house::{Answer, Deployment, Project, eventually, in_a_project, in_the_house, redacted};

const LETTERS: &str = "/applications/event/dead-letters";

async fn deployed(shop: &Project) -> Deployment {
    let draft = shop.draft("minimal-event").await.previewed().await;
    draft.deployed(json!([])).await
}

/// The letters as the list has them, when there are so many.
async fn letters(deployment: &Deployment, count: usize) -> Vec<Value> {
    eventually(&format!("{count} events are given up"), async || {
        let page = deployment.project.get(&deployment.path(LETTERS)).await;
        let results = page.of_status(200)["results"].as_array().unwrap().clone();
        (results.len() == count).then_some(results)
    })
    .await
}

/// Publishes what the application answers with 503, and waits until all of it is given up.
async fn refused(deployment: &Deployment, count: usize) -> Vec<Value> {
    for number in 0..count {
        let event = json!({"answer": 503, "number": number});
        deployment.publish_event(&event).await.of_status(200);
    }
    letters(deployment, count).await
}

fn of(letter: &Value, rest: &str) -> String {
    format!("{LETTERS}/{}{rest}", letter["id"].as_str().unwrap())
}

async fn send(deployment: &Deployment, method: Method, rest: &str) -> Answer {
    let shop = &deployment.project;
    shop.send(shop.request(method, &deployment.path(rest)))
        .await
}

#[test]
fn a_dead_letter_shows_what_was_published_and_why_it_was_given_up() {
    in_a_project(async |shop| {
        let deployment = deployed(&shop).await;
        let listed = refused(&deployment, 1).await.remove(0);
        insta::assert_snapshot!(redacted(listed.to_string()), @r#"{"id":"{id}","publishedAt":"{time}","expiresAt":"{time}","attempts":5,"lastError":"the application answered 503","attributes":{},"bytes":25}"#);
        let whole = shop.get(&deployment.path(&of(&listed, ""))).await;
        let whole = whole.of_status(200);
        // {"answer":503,"number":0}
        assert_eq!(whole["data"], "eyJhbnN3ZXIiOjUwMywibnVtYmVyIjowfQ==");
        assert_eq!(whole["bytes"], 25);
        assert_eq!(whole["attempts"], 5);
    });
}

#[test]
fn a_letter_that_is_replayed_is_delivered_with_all_its_attempts_once() {
    in_a_project(async |shop| {
        let deployment = deployed(&shop).await;
        let letter = refused(&deployment, 1).await.remove(0);
        let path = of(&letter, "/replay");
        let both = tokio::join!(
            send(&deployment, Method::POST, &path),
            send(&deployment, Method::POST, &path)
        );
        let mut statuses = [both.0.status, both.1.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [202, 404]);
        let again = eventually("it is given up again", async || {
            let page = shop.get(&deployment.path(LETTERS)).await.of_status(200);
            page["results"].get(0).cloned()
        })
        .await;
        assert_eq!(
            (&again["id"], &again["attempts"]),
            (&letter["id"], &json!(5))
        );
        assert_eq!(deployment.logged("\"answer\":503", 10).await.len(), 10);
    });
}

#[test]
fn all_letters_are_replayed_the_oldest_first_or_purged() {
    in_a_project(async |shop| {
        let deployment = deployed(&shop).await;
        let newest_first = refused(&deployment, 3).await;
        let oldest_first = shop
            .get(&deployment.path(&format!("{LETTERS}?sort=createdAt&limit=2")))
            .await
            .of_status(200);
        assert_eq!(oldest_first["total"], 3);
        assert_eq!(oldest_first["results"][0]["id"], newest_first[2]["id"]);
        let replayed = send(&deployment, Method::POST, &format!("{LETTERS}/replay")).await;
        assert_eq!(replayed.of_status(202), json!({"count": 3, "remaining": 0}));
        letters(&deployment, 3).await;
        deployment.logged("\"answer\":503", 30).await;
        let one = send(&deployment, Method::DELETE, &of(&newest_first[0], "")).await;
        assert_eq!(one.of_status(200)["id"], newest_first[0]["id"]);
        let purged = send(&deployment, Method::DELETE, LETTERS).await;
        assert_eq!(purged.of_status(200), json!({"count": 2, "remaining": 0}));
        letters(&deployment, 0).await;
        let gone = send(&deployment, Method::DELETE, &of(&newest_first[0], "")).await;
        insta::assert_snapshot!(redacted(gone.errors()), @"
        404
        ResourceNotFound: The DeadLetter with ID '{id}' was not found.
        ");
    });
}

#[test]
fn what_has_no_dead_letters_says_so() {
    in_a_project(async |shop| {
        let draft = shop.draft("minimal").await.previewed().await;
        let service = draft.deployed(json!([])).await;
        let event = deployed(&shop).await;
        let told = [
            send(&service, Method::GET, "/applications/service/dead-letters").await,
            send(&service, Method::GET, LETTERS).await,
            send(&event, Method::GET, &format!("{LETTERS}/one")).await,
            send(
                &event,
                Method::POST,
                &format!("{LETTERS}/{}/replay", service.id),
            )
            .await,
        ];
        let told: Vec<String> = told.iter().map(Answer::errors).collect();
        insta::assert_snapshot!(redacted(told.join("\n")), @"
        400
        DeploymentApplicationTakesNoEvents: Application 'service' takes no events and has no dead letters.
        400
        DeploymentApplicationDoesNotExist: Deployment does not have an application named event.
        400
        InvalidPathParam: Request path param is not valid
          detailedErrorMessage: 'one' is not the id of a message, which is a UUID
        404
        ResourceNotFound: The DeadLetter with ID '{id}' was not found.
        ");
    });
}

#[test]
fn the_letters_of_another_project_are_not_there() {
    in_the_house(async |house| {
        let (shop, stranger) = (house.project().await, house.project().await);
        let theirs = deployed(&shop).await;
        let own = deployed(&stranger).await;
        let letter = refused(&theirs, 1).await.remove(0);
        // Neither by their path nor through a Deployment of one's own.
        stranger.get(&theirs.path(LETTERS)).await.of_status(403);
        for (method, rest) in [
            (Method::GET, ""),
            (Method::DELETE, ""),
            (Method::POST, "/replay"),
        ] {
            send(&own, method, &of(&letter, rest)).await.of_status(404);
        }
        letters(&own, 0).await;
        letters(&theirs, 1).await;
    });
}
