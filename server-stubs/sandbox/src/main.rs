//! `exai-sandbox`: the exAI API on a laptop.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use exai_sandbox::{Keep, Network, Sandbox, Settings};
use tokio::net::TcpListener;

/// Serves the exAI API on this machine, with state of its own.
///
/// Prints the base URL and the tokens to start with, as lines that a shell can read.
#[derive(Debug, Parser)]
#[command(version, max_term_width = 100)]
struct Args {
    /// The port on 127.0.0.1; 0 takes any that is free
    #[arg(long, default_value_t = 4010)]
    port: u16,

    /// The file that keeps the state; left out, nothing outlives the process
    #[arg(long, value_name = "FILE")]
    data: Option<PathBuf>,

    /// How many times faster than usual simulated work is done
    #[arg(long, default_value_t = 1.0, value_name = "FACTOR")]
    speed: f64,

    /// Deliver webhooks to private addresses too, without TLS: `https://localhost:3000` is called
    /// by HTTP
    #[arg(long)]
    allow_private_webhooks: bool,
}

#[tokio::main]
async fn main() -> ExitCode {
    match serve(Args::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("exai-sandbox: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn serve(args: Args) -> Result<(), exai_sandbox::OpenError> {
    let listener = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, args.port))).await?;
    let base_url = format!("http://{}/v1", listener.local_addr()?);
    let keep = args.data.map_or(Keep::Memory, Keep::File);
    let network = match args.allow_private_webhooks {
        true => Network::Any,
        false => Network::Public,
    };
    let settings = Settings::new(&base_url).keep(keep).speed(args.speed);
    let settings = settings.webhooks(network);
    let sandbox = Sandbox::open(settings)?;
    let tokens = sandbox.tokens();
    println!("EXAI_BASE_URL={base_url}");
    println!("EXAI_API_KEY={}", tokens.organisation.expose());
    println!("EXAI_USER_TOKEN={}", tokens.user.expose());
    let stop = async { drop(tokio::signal::ctrl_c().await) };
    axum::serve(listener, sandbox.router())
        .with_graceful_shutdown(stop)
        .await?;
    Ok(())
}
