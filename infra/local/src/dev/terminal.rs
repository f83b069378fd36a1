//! What is typed while the applications run.

/// A line, understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Typed {
    /// Runs a job now.
    Job(String),
    /// Sends an event with this JSON.
    Event(String, String),
    /// Runs a script of connect.yaml.
    Script(String, Script),
    /// Starts one application again, or all.
    Restart(Option<String>),
    /// Says what can be typed.
    Help,
    /// Ends.
    Quit,
}

/// The scripts of connect.yaml.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Script {
    PostDeploy,
    PreUndeploy,
}

/// What can be typed.
pub(super) const HELP: &str = "\
Type, and press Enter:
  job NAME                 runs a job now
  event NAME {\"json\": 1}   sends an event
  post-deploy NAME         runs its postDeploy script
  pre-undeploy NAME        runs its preUndeploy script
  restart [NAME]           starts one application again, or all
  quit                     ends, as Ctrl-C does";

/// Reads a line; none where it is empty.
pub(super) fn read(line: &str) -> Option<Result<Typed, String>> {
    let line = line.trim();
    let (word, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
    let rest = rest.trim();
    let named = |what: fn(String) -> Typed| {
        if rest.is_empty() {
            Err(format!("`{word}` needs the name of an application"))
        } else {
            Ok(what(rest.to_owned()))
        }
    };
    let typed = match word {
        "" => return None,
        "job" => named(Typed::Job),
        "post-deploy" => named(|name| Typed::Script(name, Script::PostDeploy)),
        "pre-undeploy" => named(|name| Typed::Script(name, Script::PreUndeploy)),
        "event" => event(rest),
        "restart" => Ok(Typed::Restart((!rest.is_empty()).then(|| rest.to_owned()))),
        "help" | "?" => Ok(Typed::Help),
        "quit" | "exit" | "q" => Ok(Typed::Quit),
        _ => Err(format!("there is no `{word}`; `help` says what there is")),
    };
    Some(typed)
}

fn event(rest: &str) -> Result<Typed, String> {
    let (name, json) = rest.split_once(char::is_whitespace).unwrap_or((rest, "{}"));
    if name.is_empty() {
        return Err("`event` needs the name of an application, and JSON".to_owned());
    }
    match serde_json::from_str::<serde_json::Value>(json) {
        Ok(_) => Ok(Typed::Event(name.to_owned(), json.trim().to_owned())),
        Err(error) => Err(format!("the event is no JSON: {error}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_understood_or_told_what_it_lacks() {
        let lines = [
            "job nightly",
            "job",
            "event orders {\"id\": 1}",
            "event orders",
            "event orders {id",
            "event",
            "post-deploy api",
            "restart",
            "restart api",
            "quit",
            "jobs nightly",
        ];
        let told = lines.map(|line| format!("{line}: {:?}", read(line).unwrap()));
        insta::assert_snapshot!(told.join("\n"), @r#"
        job nightly: Ok(Job("nightly"))
        job: Err("`job` needs the name of an application")
        event orders {"id": 1}: Ok(Event("orders", "{\"id\": 1}"))
        event orders: Ok(Event("orders", "{}"))
        event orders {id: Err("the event is no JSON: key must be a string at line 1 column 2")
        event: Err("`event` needs the name of an application, and JSON")
        post-deploy api: Ok(Script("api", PostDeploy))
        restart: Ok(Restart(None))
        restart api: Ok(Restart(Some("api")))
        quit: Ok(Quit)
        jobs nightly: Err("there is no `jobs`; `help` says what there is")
        "#);
        assert_eq!(read("  "), None);
    }
}
