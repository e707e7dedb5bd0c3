//! Taking the steps of a scenario.

use std::collections::HashMap;
use std::fmt;
use std::rc::Rc;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_executor::{LocalExecutor, Task};
use futures_lite::future::{block_on, or};
use sealwood::{CancelToken, Progress};
use serde_json::{Map, Value};

use crate::file::Scenario;
use crate::outcome::compare_error;
use crate::step::{Step, Stop};
use crate::verb;
use crate::world::World;

/// A step that takes longer has failed.
const STEP_MAX: Duration = Duration::from_secs(60);

/// The step that did not do what the scenario says.
#[derive(Debug, Clone)]
pub struct Failure {
    /// The number of the step, from 1.
    pub step: usize,
    /// What is done there.
    pub verb: String,
    /// What came instead of what.
    pub what: String,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "step {} ({}): {}", self.step, self.verb, self.what)
    }
}

/// Runs a scenario to its end or to the first step that fails.
pub fn run(scenario: &Scenario) -> Result<(), Failure> {
    let executor = LocalExecutor::new();
    let world = Rc::new(World::new());
    let mut runner = Runner { executor: &executor, world, tasks: HashMap::new() };
    let steps = async {
        for (index, members) in scenario.steps.iter().enumerate() {
            runner.take(members.clone()).await.map_err(|what| Failure {
                step: index + 1,
                verb: members.get("do").and_then(Value::as_str).unwrap_or_default().to_owned(),
                what,
            })?;
        }
        match runner.tasks.keys().next() {
            Some(task) => Err(Failure {
                step: scenario.steps.len(),
                verb: "end".into(),
                what: format!("the task {task:?} was never awaited"),
            }),
            None => Ok(()),
        }
    };
    block_on(executor.run(steps))
}

struct Runner<'a> {
    executor: &'a LocalExecutor<'static>,
    world: Rc<World>,
    tasks: HashMap<String, Background>,
}

/// A step that was started and not awaited yet.
struct Background {
    cancel: CancelToken,
    task: Task<Result<(), String>>,
}

impl Runner<'_> {
    async fn take(&mut self, members: Map<String, Value>) -> Result<(), String> {
        let mut step = Step::new(members);
        let verb = step.need_text("do")?.to_owned();
        match verb.as_str() {
            "await" => return self.finish_task(&step).await,
            "cancel" => {
                let task = self.tasks.get(step.need_text("task")?).ok_or("no such task")?;
                task.cancel.cancel();
                return step.finish();
            }
            _ => {}
        }
        if verb != "progress"
            && let Some(name) = step.text("progress")?.map(str::to_owned)
        {
            let reports = Arc::new(Mutex::new(Vec::new()));
            self.world.progress.set(Some(&name), Arc::clone(&reports));
            step.observe(Arc::new(move |progress: Progress| {
                reports.lock().unwrap_or_else(PoisonError::into_inner).push(progress);
            }));
        }
        let background = step.text("background")?.map(str::to_owned);
        let cancel = step.context.cancel.clone();
        let work = Box::pin(take_and_compare(Rc::clone(&self.world), verb, step));
        match background {
            None => in_time(work).await,
            Some(name) => {
                let task = self.executor.spawn(work);
                if self.tasks.insert(name, Background { cancel, task }).is_some() {
                    return Err("a task of that name is not awaited yet".into());
                }
                Ok(())
            }
        }
    }

    async fn finish_task(&mut self, step: &Step) -> Result<(), String> {
        let task = self.tasks.remove(step.need_text("task")?).ok_or("no such task")?;
        step.finish()?;
        in_time(task.task).await
    }
}

async fn take_and_compare(world: Rc<World>, verb: String, step: Step) -> Result<(), String> {
    let expect = step.value("expect").cloned();
    let error = step.value("error").cloned();
    let outcome = verb::take(&world, &verb, &step).await;
    if let Err(Stop::Scenario(what)) = outcome {
        return Err(what);
    }
    step.finish()?;
    match (outcome, error) {
        (Ok(_), Some(error)) => Err(format!("expected the error {error}, the step succeeded")),
        (Ok(outcome), None) => outcome.compare(named(&world, expect)?.as_ref()),
        (Err(Stop::Error(came)), Some(error)) if expect.is_none() => compare_error(&came, &error),
        (Err(Stop::Error(came)), None) => Err(format!("failed with {} ({came})", came.code())),
        _ => Err("a step has one of \"expect\" and \"error\"".into()),
    }
}

/// What is expected, with the number of a revision in place of its name.
fn named(world: &World, mut expect: Option<Value>) -> Result<Option<Value>, String> {
    if let Some(Value::Object(members)) = &mut expect
        && let Some(revision) = members.get_mut("revision")
        && let Some(name) = revision.as_str()
    {
        *revision = world.revisions.get(name)?.into();
    }
    Ok(expect)
}

async fn in_time(work: impl Future<Output = Result<(), String>>) -> Result<(), String> {
    let late = async {
        sealwood::platform::sleep(STEP_MAX).await;
        Err(format!("no end after {} s", STEP_MAX.as_secs()))
    };
    or(work, late).await
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use serde_json::json;

    use super::*;

    /// Runs steps after a vault `v` was made in a host store `s`; the failure, if there is one.
    fn failure(steps: &[Value]) -> Option<Failure> {
        let vault = [
            json!({"do": "store", "as": "s", "kind": "host"}),
            json!({"do": "create", "store": "s", "as": "v", "secret": 1}),
        ];
        let steps = vault.iter().chain(steps).map(|step| step.as_object().unwrap().clone());
        run(&Scenario { name: "n".into(), steps: steps.collect() }).err()
    }

    #[test]
    fn a_scenario_fails_at_the_first_step_that_does_otherwise() {
        let put = json!({"do": "put", "vault": "v", "path": "a", "content": {"text": "one"}});
        let get = |expect: &str| json!({"do": "get", "vault": "v", "path": "a", "expect": {"text": expect}});
        assert!(failure(&[put.clone(), get("one")]).is_none());
        let failure = failure(&[put, get("one"), get("two"), get("three")]).unwrap();
        assert_eq!((failure.step, failure.verb.as_str()), (5, "get"));
    }

    #[test]
    fn nothing_a_scenario_says_is_passed_over() {
        let exists = |member: &str, value: Value| {
            let mut step = json!({"do": "exists", "vault": "v", "path": "a"});
            step[member] = value;
            failure(&[step])
        };
        assert!(exists("expect", false.into()).is_none());
        assert!(exists("expect", true.into()).is_some());
        assert!(exists("expect", Value::Null).is_some());
        assert!(exists("error", json!({"code": "not-found"})).is_some());
        assert!(exists("limit", 1.into()).is_some());
        assert!(exists("background", "t".into()).is_some(), "a task is awaited");
        assert!(failure(&[json!({"do": "exsits", "vault": "v", "path": "a"})]).is_some());
        assert!(failure(&[json!({"do": "exists", "vault": "w", "path": "a"})]).is_some());
        assert!(failure(&[json!({"do": "progress", "of": "p", "expect": {}})]).is_some());
    }

    #[test]
    fn an_error_is_the_one_that_is_expected() {
        let get = |error: Value| json!({"do": "get", "vault": "v", "path": "a", "error": error});
        assert!(failure(&[get(json!({"code": "not-found", "path": "a"}))]).is_none());
        assert!(failure(&[get(json!({"code": "not-found", "path": "b"}))]).is_some());
        assert!(failure(&[get(json!({"code": "closed"}))]).is_some());
        assert!(failure(&[json!({"do": "get", "vault": "v", "path": "a"})]).is_some());
    }
}
