//! A worker for the interop suite. See ../../README.md for what every worker offers and prints.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use resonate_sdk::prelude::*;
use serde_json::{json, Value};

#[resonate_sdk::function]
async fn work(info: &Info, label: String, ms: u64) -> Result<Value> {
    emit("start", "work", info.id(), &label, Value::Null);
    tokio::time::sleep(Duration::from_millis(ms)).await;
    emit("end", "work", info.id(), &label, Value::Null);
    Ok(json!({ "worker": pid(), "label": label }))
}

#[resonate_sdk::function]
async fn factorial(ctx: &Context, label: String, n: u64) -> Result<u64> {
    emit("start", "factorial", ctx.id(), &label, json!(n));
    if n <= 1 {
        return Ok(1);
    }
    let smaller: u64 = ctx.rpc("factorial", (label, n - 1)).await?;
    Ok(n * smaller)
}

#[resonate_sdk::function]
async fn nap(ctx: &Context, label: String, ms: u64) -> Result<Value> {
    emit("start", "nap", ctx.id(), &label, Value::Null);
    ctx.sleep(Duration::from_millis(ms)).await?;
    emit("end", "nap", ctx.id(), &label, Value::Null);
    Ok(json!({ "worker": pid(), "label": label }))
}

#[resonate_sdk::function]
async fn approval(ctx: &Context, label: String, _n: u64) -> Result<Value> {
    emit("start", "approval", ctx.id(), &label, Value::Null);
    let (id, decision) = open_promise(ctx).await?;
    emit("promise", "approval", ctx.id(), &label, json!(id));
    let decision: Value = decision.await?;
    Ok(json!({ "worker": pid(), "decision": decision }))
}

/// Creates the promise that somebody outside will settle.
#[cfg(feature = "sdk-0-4")]
async fn open_promise(ctx: &Context) -> Result<(String, RemoteFuture<Value>)> {
    let promise = ctx.promise::<Value>();
    let id = promise.id().await?;
    Ok((id, promise.create().await?))
}

#[cfg(feature = "sdk-0-6")]
async fn open_promise(ctx: &Context) -> Result<(String, RemoteFuture<Value>)> {
    let promise = ctx.promise::<Value>().create()?;
    Ok((promise.id().await?, promise))
}

fn pid() -> String {
    std::env::var("RESONATE_PID").expect("RESONATE_PID")
}

fn emit(event: &str, function: &str, id: &str, label: &str, detail: Value) {
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .expect("a clock after 1970");
    println!(
        "{}",
        json!({
            "event": event, "function": function, "id": id, "label": label, "detail": detail,
            "worker": pid(), "at": now.as_millis() as u64,
        })
    );
}

#[tokio::main]
async fn main() {
    let resonate = Resonate::new(ResonateConfig {
        url: Some(std::env::var("RESONATE_URL").expect("RESONATE_URL")),
        group: Some(std::env::var("RESONATE_GROUP").expect("RESONATE_GROUP")),
        pid: Some(pid()),
        ..Default::default()
    });
    resonate.register(work).expect("register work");
    resonate.register(factorial).expect("register factorial");
    resonate.register(nap).expect("register nap");
    resonate.register(approval).expect("register approval");
    std::future::pending::<()>().await;
}
