//! Answers an invocation with a greeting, and prints one for each message of a queue. A message that is no JSON is
//! reported, and comes again alone.
//!
//!     millrace deploy examples/rust --queue greetings

use aws_lambda_events::sqs::{SqsBatchResponse, SqsMessage};
use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use serde::{Deserialize, Serialize};

/// Messages that each say whom to greet, or one who is greeted.
#[derive(Deserialize)]
#[serde(untagged)]
enum Event {
    Batch {
        #[serde(rename = "Records")]
        records: Vec<SqsMessage>,
    },
    One(Guest),
}

#[derive(Deserialize)]
struct Guest {
    name: Option<String>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Answer {
    Batch(SqsBatchResponse),
    One { greeting: String },
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    run(service_fn(handle)).await
}

async fn handle(event: LambdaEvent<Event>) -> Result<Answer, Error> {
    match event.payload {
        Event::One(guest) => Ok(Answer::One { greeting: hello(&guest) }),
        Event::Batch { records } => Ok(Answer::Batch(greet_all(records))),
    }
}

fn greet_all(records: Vec<SqsMessage>) -> SqsBatchResponse {
    let mut answer = SqsBatchResponse::default();
    for message in records {
        match serde_json::from_str(message.body.as_deref().unwrap_or_default()) {
            Ok(guest) => println!("{}", hello(&guest)),
            Err(error) => {
                let id = message.message_id.unwrap_or_default();
                println!("{id}: {error}");
                answer.add_failure(id);
            }
        }
    }
    answer
}

fn hello(guest: &Guest) -> String {
    format!("Hello, {}!", guest.name.as_deref().unwrap_or("world"))
}
