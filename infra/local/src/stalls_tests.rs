//! The looks of a second at a runtime of one thread, at times that the tests choose.

use std::slice::from_ref;

use super::*;

struct Scene {
    begin: Instant,
    heart: Arc<Heart>,
    slot: Arc<Slot>,
    watch: Watch,
}

impl Scene {
    fn new() -> Self {
        let begin = Instant::now();
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap();
        let id = runtime.handle().id();
        Self {
            begin,
            heart: Arc::new(Heart {
                runtime: "requests",
                id,
                last: Mutex::new(begin),
            }),
            slot: Arc::new(Slot {
                runtime: Some(id),
                running: Mutex::default(),
            }),
            watch: Watch::at(begin),
        }
    }

    fn at(&self, milliseconds: u64) -> Instant {
        self.begin + Duration::from_millis(milliseconds)
    }

    fn runs(&self, name: &'static str, since: u64) {
        *lock(&self.slot.running) = Some(Running {
            name: name.into(),
            since: self.at(since),
            number: since,
        });
    }

    fn beats(&self, at: u64) {
        *lock(&self.heart.last) = self.at(at);
    }

    fn look(&mut self, at: u64) -> Vec<Stall> {
        let now = self.at(at);
        self.watch
            .look(now, from_ref(&self.heart), from_ref(&self.slot))
    }
}

fn stall(whole: bool, milliseconds: u64, ran: &'static str) -> Stall {
    Stall {
        runtime: "requests",
        whole,
        lasted: Duration::from_millis(milliseconds),
        ran: [ran.into()].into(),
    }
}

#[test]
fn a_stall_of_a_runtime_is_told_with_what_ran_once_it_is_over() {
    let mut scene = Scene::new();
    scene.runs("connectors-search", 0);
    for at in [100, 200, 300, 400, 500] {
        assert_eq!(scene.look(at), []);
    }
    *lock(&scene.slot.running) = None;
    scene.beats(520);
    assert_eq!(scene.look(600), [stall(true, 400, "connectors-search")]);
    scene.beats(650);
    assert_eq!(scene.look(700), []);
}

#[test]
fn a_thread_that_one_task_holds_is_told_where_the_others_go_on() {
    let mut scene = Scene::new();
    scene.runs("preview", 50);
    for at in [100, 200, 300, 400] {
        scene.beats(at);
        assert_eq!(scene.look(at), []);
    }
    scene.runs("deploy", 450);
    scene.beats(500);
    assert_eq!(scene.look(500), [stall(false, 350, "preview")]);
}

#[test]
fn a_machine_that_stood_still_is_no_stall() {
    let mut scene = Scene::new();
    scene.runs("preview", 0);
    assert_eq!(scene.look(100), []);
    assert_eq!(scene.look(9000), []);
    scene.beats(9010);
    scene.runs("deploy", 9020);
    assert_eq!(scene.look(9100), []);
}

#[test]
fn a_stall_that_does_not_end_is_told_once() {
    let mut scene = Scene::new();
    scene.runs("sweep", 0);
    let told: Vec<Stall> = (1..200).flat_map(|tick| scene.look(tick * 100)).collect();
    let whole: Vec<_> = told.iter().filter(|stall| stall.whole).collect();
    assert_eq!(whole.len(), 1, "{told:?}");
}

#[tokio::test]
async fn a_task_is_known_by_its_name_while_it_is_polled() {
    let ran = || SLOT.with(|slot| lock(&slot.running).clone().map(|one| one.name.into_owned()));
    let inner = named("inner", async { ran() });
    let outer = named("outer", async { (ran(), inner.await, ran()) });
    let name = |name: &str| Some(name.to_owned());
    assert_eq!(outer.await, (name("outer"), name("inner"), name("outer")));
    assert_eq!(ran(), None);
}
