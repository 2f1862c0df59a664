//! A client for the interop suite. See ../../README.md for what every client accepts and prints.

use resonate_sdk::prelude::*;
use resonate_sdk::types::Value;
use serde::Deserialize;
use serde_json::json;

#[derive(Deserialize)]
struct Call {
    id: String,
    function: String,
    args: (String, u64),
}

#[tokio::main]
async fn main() -> Result<()> {
    let resonate = Resonate::new(ResonateConfig {
        url: Some(std::env::var("RESONATE_URL").expect("RESONATE_URL")),
        group: Some("interop-clients".into()),
        ..Default::default()
    });
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["call", group, calls] => call(&resonate, group, serde_json::from_str(calls)?).await?,
        ["settle", id, value] => {
            let value: serde_json::Value = serde_json::from_str(value)?;
            resonate
                .promises
                .resolve(id, Value::from_serializable(value)?)
                .await?;
        }
        ["schedule", name, cron, group, call] => {
            schedule(&resonate, name, cron, group, serde_json::from_str(call)?).await?
        }
        ["unschedule", name] => resonate.schedules.delete(name).await?,
        _ => panic!("unknown command {arguments:?}"),
    }
    resonate.stop().await
}

/// Begins every call before it waits for the first.
async fn call(resonate: &Resonate, group: &str, calls: Vec<Call>) -> Result<()> {
    let mut handles = Vec::new();
    for call in &calls {
        let handle = resonate
            .rpc::<_, serde_json::Value>(&call.id, &call.function, call.args.clone())
            .target(group)
            .spawn()
            .await?;
        handles.push((call.id.clone(), handle));
    }
    for (id, handle) in handles {
        match handle.result().await {
            Ok(result) => println!("{}", json!({ "id": id, "result": result })),
            Err(error) => println!("{}", json!({ "id": id, "error": error.to_string() })),
        }
    }
    Ok(())
}

/// This version cannot say who is to run what a schedule makes.
#[cfg(feature = "sdk-0-4")]
async fn schedule(
    resonate: &Resonate,
    name: &str,
    cron: &str,
    _group: &str,
    call: Call,
) -> Result<()> {
    resonate
        .schedule(name, cron, &call.function, call.args)
        .await
        .map(drop)
}

#[cfg(feature = "sdk-0-6")]
async fn schedule(
    resonate: &Resonate,
    name: &str,
    cron: &str,
    group: &str,
    call: Call,
) -> Result<()> {
    resonate
        .schedule(name, cron, &call.function, call.args)
        .target(group)
        .await
        .map(drop)
}
