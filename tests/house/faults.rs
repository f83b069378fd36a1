//! A fault of the platform fails the test that met it, also where everything went well in the end: the log is where faults are told.

use std::io::Write;
use std::sync::{Mutex, Once};

use serde_json::Value;
use uuid::Uuid;

static FAULTS: Mutex<Vec<Value>> = Mutex::new(Vec::new());
static LISTENING: Once = Once::new();
/// Correlation ids of requests, and ids of runs, that are made to fail; what the log is told of them is no failure of the test.
static EXPECTED: Mutex<Vec<String>> = Mutex::new(Vec::new());

struct Faults;

impl Write for Faults {
    fn write(&mut self, line: &[u8]) -> std::io::Result<usize> {
        let fault: Value = serde_json::from_slice(line).expect("the log is JSON, a line at a time");
        let fields = &fault["fields"];
        let id = fields["correlation_id"].as_str().or(fields["run"].as_str());
        let expected = EXPECTED.lock().unwrap();
        // What tests of bad weather do to requests (see tests/weather) is no failure of the platform.
        let weather = ["it is lost", "Rate exceeded"];
        let weather = weather.iter().any(|one| fault.to_string().contains(one));
        if !weather && !id.is_some_and(|id| expected.iter().any(|one| one == id)) {
            FAULTS.lock().unwrap().push(fault);
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Collects what the platform logs as an error, from now on.
pub(super) fn listen() {
    LISTENING.call_once(|| {
        tracing_subscriber::fmt()
            .json()
            .with_max_level(tracing_subscriber::filter::LevelFilter::ERROR)
            .with_writer(|| Faults)
            .init();
    });
}

/// The request with this correlation id, or the run with this id, will meet a fault.
pub(crate) fn expect(id: &str) {
    EXPECTED.lock().unwrap().push(id.to_owned());
}

/// The faults that runs met, with the run's id.
pub(super) fn of_runs() -> Vec<(Uuid, String)> {
    let faults = FAULTS.lock().unwrap();
    faults
        .iter()
        .filter_map(|fault| Some((run_of(fault)?, fault.to_string())))
        .collect()
}

/// Whoever met the fault has failed already.
pub(super) fn forget(run: Uuid) {
    FAULTS
        .lock()
        .unwrap()
        .retain(|fault| run_of(fault) != Some(run));
}

fn run_of(fault: &Value) -> Option<Uuid> {
    fault["fields"]["run"].as_str()?.parse().ok()
}

/// Panics where any fault is left.
pub(super) fn none() {
    let faults = taken();
    assert!(faults.is_empty(), "the platform met faults:\n{faults}");
}

/// Prints what is left, beside what made a test fail.
#[expect(clippy::print_stdout, reason = "it is shown with the failed test only")]
pub(super) fn tell() {
    println!("{}", taken());
}

fn taken() -> String {
    let faults: Vec<Value> = std::mem::take(&mut *FAULTS.lock().unwrap());
    let faults: Vec<String> = faults.iter().map(Value::to_string).collect();
    faults.join("\n")
}
