//! An extension by AWS's own crate: prints everything that it is told.
use lambda_extension::{Error, Extension, LambdaTelemetry, SharedService, service_fn};

async fn hear(events: Vec<LambdaTelemetry>) -> Result<(), Error> {
    for event in events {
        println!("rust was told {:?}", event.record);
    }
    Ok(())
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let buffering = lambda_extension::LogBuffering { timeout_ms: 25, max_bytes: 262_144, max_items: 1000 };
    Extension::new()
        .with_telemetry_types(&["platform", "function"])
        .with_telemetry_buffering(buffering)
        .with_telemetry_processor(SharedService::new(service_fn(hear)))
        .run()
        .await
}
