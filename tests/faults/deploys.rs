//! Whatever fails in a run, and however often, the revision that served serves on by its own schedules, or the new one serves by its own;
//! no request fails meanwhile, and the Deployment can be redeployed afterwards.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_util::future::join_all;
use reqwest::Method;
use serde_json::json;
use store::keys;
use store::rows::ScheduleRow;
use uuid::Uuid;

use crate::house::{Deployment, Draft, House, Operator, Project, fixture, in_a_house};

use super::injector::{Calls, Injector};
use super::ports::faulty;

/// More than a run of any kind calls the ports; the last number is reached by none, which the test asserts.
const CALLS: usize = 11;
/// The same for what undoes a run.
const UNDOING: usize = 6;
/// The schedule of the job of the first version; the second has an event application in its place.
const DAILY: &str = "0 1 * * *";

/// Commits the Connector with a second application of these properties.
fn commit(shop: &Project, other: &str, tag: &str) {
    let package = fixture("minimal/service/package.json");
    let code = fixture("minimal/service/index.js");
    let files = [
        ("connect.yaml", &*connect_yaml(other)),
        ("other/package.json", &package),
        ("other/index.js", &code),
    ];
    shop.commit("minimal", &files, tag);
}

/// Properties of a job that runs once a day.
fn job() -> String {
    format!("    applicationType: job\n    properties:\n      schedule: \"{DAILY}\"\n")
}

fn connect_yaml(other: &str) -> String {
    format!(
        "deployAs:\n  - name: service\n    applicationType: service\n    endpoint: /service\n    scripts:\n      postDeploy: echo after\n      preUndeploy: echo before\n  - name: other\n    endpoint: /other\n{other}"
    )
}

/// A Deployment, the faults of its calls, and what serves.
struct Case<'a> {
    house: &'a House,
    deployment: Deployment,
    calls: Arc<Calls>,
    client: Arc<Client>,
    other: Uuid,
    /// The number of the revision that serves, and its schedule.
    serves: Option<(u64, Option<&'static str>)>,
    number: usize,
}

/// What the client of a Deployment may expect.
#[derive(Default)]
struct Client {
    /// The service has been deployed, and is not being undeployed.
    expects: AtomicBool,
    leaves: AtomicBool,
}

/// Calls the service until the test is over; each answer must be the service's own while it serves.
async fn call_on(deployment: Deployment, calls: Arc<Calls>, client: Arc<Client>, number: usize) {
    let application = deployment.application("service").await;
    let url = application["url"].as_str().unwrap();
    let path = format!("/apps{}", url.split_once("/apps").unwrap().1);
    let expects = || client.expects.load(Ordering::SeqCst) && !calls.is_removed();
    while !client.leaves.load(Ordering::SeqCst) {
        let request = deployment.project.anonymous(Method::GET, &path);
        let expected = expects();
        let answer = deployment.project.send(request).await;
        assert!(
            answer.status == 200 || !expected || !expects(),
            "call {number}: {} {}",
            answer.status,
            answer.text
        );
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

impl<'a> Case<'a> {
    /// Begins to deploy, with a fault at this call if `fails`.
    async fn create(
        house: &'a House,
        injector: &Injector,
        draft: &Draft,
        (number, fails): (usize, bool),
    ) -> Self {
        let calls = Arc::<Calls>::default();
        if fails {
            calls.fail_at(number);
        }
        let deployment = draft.deploy(json!([])).await;
        let id = |name: &str| -> Uuid { name.parse().unwrap() };
        let mut ids = vec![id(&deployment.id)];
        for name in ["service", "other"] {
            let application = deployment.application(name).await;
            ids.push(id(application["id"].as_str().unwrap()));
        }
        injector.register(ids.clone(), &calls);
        Self {
            house,
            deployment,
            calls,
            client: Arc::default(),
            other: ids[2],
            serves: None,
            number,
        }
    }

    /// Waits for the end of a deploy run; `schedule` is that of its revision. Whether it ended well.
    async fn ended(&mut self, what: &str, schedule: Option<&'static str>) -> bool {
        let settled = self.deployment.settled().await;
        let passed = settled["status"] == "Deployed";
        let told = format!("{what}, call {}: {settled}", self.number);
        assert!(passed || settled["status"] == "Failed", "{told}");
        let path = self.deployment.path("/revisions");
        let revisions = self.deployment.project.get(&path).await.of_status(200);
        let current = revisions["results"].as_array().unwrap().iter();
        let current = current
            .filter(|one| one["currentRevision"] == true)
            .find_map(|one| one["revisionNumber"].as_u64());
        if passed {
            assert_ne!(current, self.serves.map(|(number, _)| number), "{told}");
            self.serves = current.map(|number| (number, schedule));
            self.client.expects.store(true, Ordering::SeqCst);
        } else {
            assert_eq!(current, self.serves.map(|(number, _)| number), "{told}");
        }
        let answer = self.deployment.call("/service").await;
        match self.serves {
            Some((number, _)) => {
                let seen = answer.of_status(200);
                let seen = seen["environment"]["K_REVISION"].as_str().unwrap();
                assert!(
                    seen.ends_with(&format!("-{number:05}")),
                    "{told} serves {seen}"
                );
            }
            None => assert_eq!(answer.status, 404, "{told}"),
        }
        let row: Option<ScheduleRow> = self
            .house
            .platform()
            .desk
            .store
            .get(&keys::schedule(self.other))
            .await
            .unwrap();
        let set = row.map(|row| row.schedule.to_string());
        let expected = self.serves.and_then(|(_, schedule)| schedule);
        assert_eq!(set.as_deref(), expected, "{told}");
        passed
    }

    async fn redeploy(&self) {
        let redeploy = json!({"updateConnector": true});
        self.deployment.redeploy(redeploy).await.of_status(201);
    }

    async fn roll_back(&self, revision: u64) {
        let version = self.deployment.read().await["version"].clone();
        let path = self
            .deployment
            .path(&format!("/revisions/{revision}/rollback"));
        let body = json!({"version": version});
        self.deployment
            .project
            .post(&path, &body)
            .await
            .of_status(201);
    }

    /// The first deploy, and if it failed, another.
    async fn first(&mut self, reached: &AtomicBool) {
        let passed = self.ended("the first deploy", Some(DAILY)).await;
        note(reached, self.calls.mend());
        if !passed {
            self.redeploy().await;
            assert!(self.ended("a deploy after the first", Some(DAILY)).await);
        }
    }

    /// A redeploy to the second version, a rollback to the first, and an undeploy, each with a fault at the same call.
    async fn second(&mut self, reached: &AtomicBool) {
        let first = self.serves.unwrap().0;
        self.calls.fail_at(self.number);
        self.redeploy().await;
        let passed = self.ended("a redeploy", None).await;
        note(reached, self.calls.mend());
        if !passed {
            self.redeploy().await;
            assert!(self.ended("a redeploy after a failed one", None).await);
        }
        self.calls.fail_at(self.number);
        self.roll_back(first).await;
        self.ended("a rollback", Some(DAILY)).await;
        note(reached, self.calls.mend());
        self.calls.fail_at(self.number);
        let path = self.deployment.path("");
        self.deployment.project.delete(&path).await.of_status(202);
        if let Some(stays) = self.deployment.gone().await {
            assert_eq!(stays["status"], "UndeployFailed");
            assert_eq!(self.deployment.call("/service").await.status, 200);
            note(reached, self.calls.mend());
            self.client.expects.store(false, Ordering::SeqCst);
            assert_eq!(self.deployment.undeploy("").await, None);
        }
        self.client.leaves.store(true, Ordering::SeqCst);
        self.client.expects.store(false, Ordering::SeqCst);
        note(reached, self.calls.mend());
    }

    /// A redeploy whose switch fails always, and then what undoes it three times.
    async fn undone(&mut self, reached: &AtomicBool) {
        let next = self.serves.unwrap().0 + 1;
        assert_eq!(next, 2);
        self.calls.fail_after("switch 2", self.number);
        self.redeploy().await;
        assert!(!self.ended("a redeploy that is undone", None).await);
        note(reached, self.calls.mend());
        self.redeploy().await;
        assert!(self.ended("a redeploy after an undone one", None).await);
        self.client.leaves.store(true, Ordering::SeqCst);
    }
}

fn note(reached: &AtomicBool, failed: bool) {
    reached.fetch_or(failed, Ordering::SeqCst);
}

#[test]
fn a_call_that_fails_three_times_in_any_run_costs_no_request_and_leaves_one_whole_revision() {
    let injector = Injector::new();
    let operator = Operator {
        ports: faulty(&injector),
        ..Operator::default()
    };
    in_a_house(House::of(operator), async |house| {
        let shop = house.project().await;
        shop.repository("minimal");
        commit(&shop, &job(), "v1");
        commit(&shop, "    applicationType: event\n", "v2");
        let draft = shop.draft("minimal").await.previewed().await;
        let mut cases = Vec::new();
        for number in 0..CALLS {
            cases.push(Case::create(house, &injector, &draft, (number, true)).await);
        }
        for number in 0..UNDOING {
            cases.push(Case::create(house, &injector, &draft, (number, false)).await);
        }
        let reached: Vec<AtomicBool> = cases.iter().map(|_| AtomicBool::new(false)).collect();
        let deploys = cases.iter_mut().zip(&reached);
        join_all(deploys.map(|(case, reached)| case.first(reached))).await;
        let moved = draft.act(json!([{"action": "setRepository", "tag": "v2"}]));
        moved.await.of_status(201);
        draft.previewed().await;
        let later = cases.iter_mut().zip(&reached).enumerate();
        join_all(later.map(|(position, (case, reached))| async move {
            let (deployment, calls) = (case.deployment.clone(), case.calls.clone());
            let client = call_on(deployment, calls, case.client.clone(), case.number);
            let runs = async {
                if position < CALLS {
                    case.second(reached).await;
                } else {
                    case.undone(reached).await;
                }
            };
            tokio::join!(client, runs);
        }))
        .await;
        let reached: Vec<bool> = reached
            .iter()
            .map(|one| one.load(Ordering::SeqCst))
            .collect();
        for numbers in [&reached[..CALLS], &reached[CALLS..]] {
            let last = numbers.len() - 1;
            assert!(
                numbers[..last].iter().all(|reached| *reached),
                "{numbers:?}"
            );
            assert!(
                !numbers[last],
                "there are more calls than were tried: {numbers:?}"
            );
        }
    });
}

/// The platform has moved the routes already, and cannot say so: nobody else may take the run for a failed one.
#[test]
fn a_redeploy_whose_end_cannot_be_written_for_a_while_costs_no_request_and_ends_well() {
    let injector = Injector::new();
    let operator = Operator {
        ports: faulty(&injector),
        weather: injector.weather(),
        ..Operator::default()
    };
    in_a_house(House::of(operator), async |house| {
        let shop = house.project().await;
        shop.repository("minimal");
        commit(&shop, &job(), "v1");
        let draft = shop.draft("minimal").await.previewed().await;
        let mut case = Case::create(house, &injector, &draft, (0, false)).await;
        assert!(case.ended("the first deploy", Some(DAILY)).await);
        let (deployment, calls) = (case.deployment.clone(), case.calls.clone());
        let client = call_on(deployment, calls, case.client.clone(), 0);
        let redeploy = async {
            // Three attempts, of three requests each.
            injector.lose_after_switch(9);
            case.redeploy().await;
            assert!(case.ended("a redeploy", Some(DAILY)).await);
            assert!(injector.has_lost_all());
            case.client.leaves.store(true, Ordering::SeqCst);
        };
        tokio::join!(client, redeploy);
    });
}
