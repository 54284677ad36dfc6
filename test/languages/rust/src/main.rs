//! Functions in Rust as people write them; the name of the handler says which one it is.

use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent};
use axum::{Json, Router, extract::{Path, Query}, http::StatusCode, routing::post};
use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use serde_json::{Value, json};
use std::{collections::HashMap, env, fmt, process};

#[derive(Debug)]
struct NoBudget(&'static str);

impl fmt::Display for NoBudget {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "no budget: {}", self.0)
    }
}

impl std::error::Error for NoBudget {}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    match env::var("_HANDLER")?.as_str() {
        "charge" => run(service_fn(charge)).await,
        "answer" => run(service_fn(answer)).await,
        "web" => lambda_http::run(web()).await,
        _ => process::exit(3),
    }
}

/// A web application that knows nothing of functions: axum's, handed to AWS's own crate.
fn web() -> Router {
    Router::new().route("/{city}", post(greet))
}

async fn greet(
    Path(city): Path<String>,
    Query(asked): Query<HashMap<String, String>>,
    Json(guest): Json<Value>,
) -> (StatusCode, [(&'static str, String); 1], String) {
    let name = guest["name"].as_str().unwrap_or("nobody");
    let text = format!("Hello, {name}!");
    let said = if asked.contains_key("loud") { text.to_uppercase() } else { text };
    (StatusCode::CREATED, [("x-city", city)], said)
}

/// Reports the records that are no orders.
async fn charge(event: LambdaEvent<SqsEvent>) -> Result<SqsBatchResponse, Error> {
    let mut answer = SqsBatchResponse::default();
    for record in event.payload.records {
        match serde_json::from_str::<Value>(record.body.as_deref().unwrap_or_default()) {
            Ok(order) => println!("charged {}", order["amount"]),
            Err(_) => answer.add_failure(record.message_id.unwrap_or_default()),
        }
    }
    Ok(answer)
}

/// Does what the event says.
async fn answer(event: LambdaEvent<Value>) -> Result<Value, Error> {
    match event.payload["do"].as_str() {
        Some("fail") => return Err(NoBudget("Ada").into()),
        Some("panic") => panic!("on purpose"),
        Some("exit") => process::exit(7),
        _ => {}
    }
    println!("by println");
    eprintln!("to stderr");
    print!("without an end");
    let told = &event.context;
    Ok(json!({
        "function": told.env_config.function_name,
        "memory": told.env_config.memory,
        "arn": told.invoked_function_arn,
        "request": told.request_id.len(),
        "deadline": told.deadline > 1_700_000_000_000,
    }))
}
