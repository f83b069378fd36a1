//! One house for all tests that run at the same time: Projects keep them apart. Who comes first opens it, who leaves last closes it.

use std::any::Any;
use std::ops::Deref;
use std::panic::{AssertUnwindSafe, resume_unwind};
use std::sync::{Arc, LazyLock, Weak};

use domain::run::Run;
use futures_util::FutureExt;
use store::keys;
use tokio::runtime::Runtime;
use tokio::sync::Mutex;

use super::{House, Project, eventually, faults};

static RUNTIME: LazyLock<Runtime> =
    LazyLock::new(|| Runtime::new().expect("threads can be started"));
static OPEN: Mutex<Weak<House>> = Mutex::const_new(Weak::new());

/// A test's stay in the shared house.
pub(crate) struct Visit {
    house: Arc<House>,
    projects: std::sync::Mutex<Vec<String>>,
}

impl Deref for Visit {
    type Target = House;
    fn deref(&self) -> &House {
        &self.house
    }
}

impl Visit {
    /// A Project of this test.
    pub(crate) async fn project(&self) -> Project {
        let project = self.house.project().await;
        self.projects.lock().unwrap().push(project.key.clone());
        project
    }

    // A test that ends while its runs go on would hide how they end.
    async fn tidy(&self) {
        let projects = self.projects.lock().unwrap().clone();
        eventually("the runs of this test end", async || {
            self.open_runs(&projects).await.is_empty().then_some(())
        })
        .await;
        for (run, fault) in faults::of_runs() {
            let run: Option<Run> = self
                .platform()
                .desk
                .store
                .get(&keys::run(run))
                .await
                .unwrap();
            let mine = run.filter(|run| projects.iter().any(|key| key == run.owner.as_str()));
            if let Some(run) = mine {
                faults::forget(run.id);
                panic!("a run of this test met a fault: {fault}");
            }
        }
    }
}

/// Runs a test in the shared house.
pub(crate) fn in_the_house(test: impl AsyncFnOnce(&Visit)) {
    RUNTIME.block_on(async {
        let visit = Visit {
            house: enter().await,
            projects: std::sync::Mutex::default(),
        };
        let tested = async {
            test(&visit).await;
            visit.tidy().await;
        };
        let ended = AssertUnwindSafe(tested).catch_unwind().await;
        let last = Arc::into_inner(visit.house);
        leave(last, ended).await;
    });
}

/// Runs a test in the shared house, as a Project of its own.
pub(crate) fn in_a_project(test: impl AsyncFnOnce(Project)) {
    in_the_house(async |house: &Visit| test(house.project().await).await);
}

/// Runs a test in a house that it may restart, and whose clock it may move.
pub(crate) fn in_a_house_of_its_own(test: impl AsyncFnOnce(&mut House)) {
    in_a_house(House::start(), test);
}

/// Runs a test in a house that it has started itself.
pub(crate) fn in_a_house(start: impl Future<Output = House>, test: impl AsyncFnOnce(&mut House)) {
    RUNTIME.block_on(async {
        let mut house = start.await;
        let ended = AssertUnwindSafe(test(&mut house)).catch_unwind().await;
        leave(Some(house), ended).await;
    });
}

async fn leave(house: Option<House>, ended: Result<(), Box<dyn Any + Send>>) {
    match (house, ended) {
        (Some(house), Ok(())) => house.close().await,
        (Some(house), Err(panic)) => {
            house.abandon().await;
            resume_unwind(panic);
        }
        (None, Ok(())) => {}
        (None, Err(panic)) => resume_unwind(panic),
    }
}

async fn enter() -> Arc<House> {
    let mut open = OPEN.lock().await;
    if let Some(house) = open.upgrade() {
        return house;
    }
    let house = Arc::new(House::start().await);
    *open = Arc::downgrade(&house);
    house
}
