//! How the demo tells its steps: text for people, with a spinner on a terminal, or one JSON object on each line for programs.

use std::io::{IsTerminal, Write, stdout};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;

use crate::terminal;

/// A step of the demo.
#[derive(Debug, Clone, Copy)]
pub struct Step {
    /// From 1.
    pub number: u32,
    /// Its name for programs.
    pub name: &'static str,
    /// Its name for people.
    pub what: &'static str,
}

/// How a step ended.
#[derive(Debug, Clone)]
pub enum Ended {
    /// What it found, in lines.
    Done(Vec<String>),
    /// Why it failed, in one paragraph.
    Failed(String),
}

/// Whoever is told.
pub trait Report: Send {
    /// A step begins; it may take minutes.
    fn begins(&mut self, step: &Step);
    /// It ended.
    fn ends(&mut self, step: &Step, took: Duration, ended: &Ended);
    /// The demo ended after this many steps.
    fn total(&mut self, steps: u32, took: Duration, ok: bool);
}

/// The report on standard output.
#[must_use]
pub fn report(json: bool) -> Box<dyn Report> {
    if json {
        Box::new(JsonLines(stdout()))
    } else if stdout().is_terminal() {
        Box::new(Spinner {
            lines: Lines::to(stdout()),
            bar: None,
        })
    } else {
        Box::new(Lines::to(stdout()))
    }
}

/// Plain lines.
pub(super) struct Lines<W>(W);

impl<W: Write> Lines<W> {
    pub(super) fn to(out: W) -> Self {
        Self(out)
    }

    // Who closed the output does not want to read on; the demo's end is told by its exit code too.
    fn line(&mut self, text: &str) {
        drop(writeln!(self.0, "{}", terminal::paragraph(text.trim_end())));
    }
}

impl<W: Write + Send> Report for Lines<W> {
    fn begins(&mut self, step: &Step) {
        self.line(&headline(step));
    }

    fn ends(&mut self, _: &Step, took: Duration, ended: &Ended) {
        let failed = ["failed".to_owned()];
        let told = match ended {
            Ended::Done(told) => told.as_slice(),
            // The paragraph itself is the command's error.
            Ended::Failed(_) => failed.as_slice(),
        };
        let first = told.first().map_or("done", String::as_str);
        self.line(&format!("    {:>10}  {first}", seconds(took)));
        for more in told.iter().skip(1) {
            self.line(&format!("    {:>10}  {more}", ""));
        }
    }

    fn total(&mut self, steps: u32, took: Duration, ok: bool) {
        let took = seconds(took);
        self.line(&match ok {
            true => format!("\nThe demo is done: {steps} steps in {took}."),
            false => format!("\nThe demo failed in step {steps}, after {took}."),
        });
    }
}

/// Lines on a terminal: a step that goes on has a spinner, which its lines replace.
struct Spinner<W> {
    lines: Lines<W>,
    bar: Option<ProgressBar>,
}

impl<W: Write + Send> Report for Spinner<W> {
    fn begins(&mut self, step: &Step) {
        let bar = ProgressBar::new_spinner().with_message(headline(step));
        if let Ok(style) = ProgressStyle::with_template("{msg} {spinner} {elapsed}") {
            bar.set_style(style);
        }
        bar.enable_steady_tick(Duration::from_millis(100));
        self.bar = Some(bar);
    }

    fn ends(&mut self, step: &Step, took: Duration, ended: &Ended) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
        self.lines.begins(step);
        self.lines.ends(step, took, ended);
    }

    fn total(&mut self, steps: u32, took: Duration, ok: bool) {
        self.lines.total(steps, took, ok);
    }
}

/// One JSON object on each line: `{"event":"step",…}` for a step that ended, `{"event":"done",…}` at the end.
struct JsonLines<W>(W);

impl<W: Write> JsonLines<W> {
    fn line(&mut self, value: &serde_json::Value) {
        drop(writeln!(self.0, "{}", terminal::json(&value.to_string())));
    }
}

impl<W: Write + Send> Report for JsonLines<W> {
    fn begins(&mut self, _: &Step) {}

    fn ends(&mut self, step: &Step, took: Duration, ended: &Ended) {
        let mut line = json!({
            "event": "step",
            "name": step.name,
            "millis": millis(took),
            "ok": matches!(ended, Ended::Done(_)),
            "number": step.number,
        });
        match ended {
            Ended::Done(told) => line["result"] = json!(told),
            Ended::Failed(why) => line["message"] = json!(why),
        }
        self.line(&line);
    }

    fn total(&mut self, steps: u32, took: Duration, ok: bool) {
        self.line(&json!({"event": "done", "steps": steps, "millis": millis(took), "ok": ok}));
    }
}

fn headline(step: &Step) -> String {
    format!("{:>2}  {}", step.number, step.what)
}

fn seconds(took: Duration) -> String {
    if took < Duration::from_secs(60) {
        return format!("{:.2} s", took.as_secs_f64());
    }
    format!("{} min {:02} s", took.as_secs() / 60, took.as_secs() % 60)
}

fn millis(took: Duration) -> u64 {
    u64::try_from(took.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tell(out: &mut dyn Report) {
        let step = |number, name, what| Step { number, name, what };
        let token = step(1, "token", "Get an access token");
        out.begins(&token);
        let told = vec![
            "scope manage_project:slipway-dev".to_owned(),
            "for 3600 s".to_owned(),
        ];
        out.ends(&token, Duration::from_millis(12), &Ended::Done(told));
        let preview = step(12, "preview", "Validate it");
        out.begins(&preview);
        out.ends(
            &preview,
            Duration::from_millis(83_100),
            &Ended::Failed("Step 12 failed.".to_owned()),
        );
        out.total(12, Duration::from_millis(83_200), false);
    }

    #[test]
    fn people_read_a_headline_then_the_time_and_what_was_found() {
        let mut lines = Lines::to(Vec::new());
        tell(&mut lines);
        insta::assert_snapshot!(String::from_utf8(lines.0).unwrap(), @r"
         1  Get an access token
                0.01 s  scope manage_project:slipway-dev
                        for 3600 s
        12  Validate it
            1 min 23 s  failed

        The demo failed in step 12, after 1 min 23 s.
        ");
    }

    #[test]
    fn programs_read_one_object_for_each_step_and_one_at_the_end() {
        let mut lines = JsonLines(Vec::new());
        tell(&mut lines);
        insta::assert_snapshot!(String::from_utf8(lines.0).unwrap(), @r#"
        {"event":"step","name":"token","millis":12,"ok":true,"number":1,"result":["scope manage_project:slipway-dev","for 3600 s"]}
        {"event":"step","name":"preview","millis":83100,"ok":false,"number":12,"message":"Step 12 failed."}
        {"event":"done","steps":12,"millis":83200,"ok":false}
        "#);
    }
}
