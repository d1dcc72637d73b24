//! `exai-sandbox`: the exAI API on a laptop.

use std::future::{pending, ready};
use std::io::{IsTerminal, Write};
use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use axum::routing::get;
use clap::Parser;
use exai_runtime::{Bounds, Postgres, RedisRateLimits, serve};
use exai_sandbox::{Keep, Latency, Network, OpenError, Sandbox, Settings, Trouble};
use jiff::Timestamp;
use metrics_exporter_prometheus::PrometheusBuilder;
use tokio::net::TcpListener;
use tracing_subscriber::EnvFilter;

/// Bounds of the buckets of times, in seconds: those of OpenTelemetry's semantic conventions.
const BUCKETS: &[f64] = &[
    0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0,
];

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

    /// Keep the state in Postgres, which several nodes may share: postgres://user@host/database
    #[arg(long, value_name = "URL", conflicts_with = "data")]
    postgres: Option<String>,

    /// Count requests in Redis, for all nodes: redis://host
    #[arg(long, value_name = "URL")]
    redis: Option<String>,

    /// How many times faster than usual simulated work is done
    #[arg(long, default_value_t = 1.0, value_name = "FACTOR")]
    speed: f64,

    /// Deliver webhooks to private addresses too, without TLS: `https://localhost:3000` is called
    /// by HTTP
    #[arg(long)]
    allow_private_webhooks: bool,

    /// Begin with example data: plans, runs, workspaces, a build
    #[arg(long)]
    seed: bool,

    /// Begin anew at times, as a staging server does: everything but the tokens goes
    #[arg(long, value_name = "WHEN")]
    reset: Option<Reset>,

    /// Wait so long before each request, in milliseconds: 50, or 20-200
    #[arg(long, value_name = "MS")]
    latency: Option<Latency>,

    /// Answer so many of a hundred requests with 503, and do nothing
    #[arg(long, default_value_t = 0, value_name = "PERCENT", value_parser = clap::value_parser!(u8).range(..=100))]
    unavailable: u8,

    /// Take requests at any rate: for a test of something else than the limits
    #[arg(long)]
    unlimited: bool,

    /// Serve /livez, /readyz and /metrics on this port of 127.0.0.1; 0 takes any that is free
    #[arg(long, value_name = "PORT")]
    admin_port: Option<u16>,

    /// What to log on standard error: warn, info for every request, exai_runtime=debug
    #[arg(long, default_value = "warn", value_name = "FILTER")]
    log: String,
}

/// When a sandbox begins anew.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Reset {
    /// At midnight, UTC
    Daily,
    /// At midnight before Monday, UTC
    Weekly,
}

impl Reset {
    /// How long it is until the next time.
    fn wait(self, now: Timestamp) -> Duration {
        const DAY: u64 = 24 * 60 * 60;
        let (period, first) = match self {
            Self::Daily => (DAY, 0),
            // The first Monday of Unix time: 1970 began with a Thursday.
            Self::Weekly => (7 * DAY, 4 * DAY),
        };
        let now = u64::try_from(now.as_second()).unwrap_or(first);
        let into = (now + period - first % period) % period;
        Duration::from_secs(period - into)
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(Args::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("exai-sandbox: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(args: Args) -> Result<(), OpenError> {
    tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::try_new(&args.log)?)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr)
        .init();
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, args.port)).await?;
    let base_url = format!("http://{}/v1", listener.local_addr()?);
    let keep = match (args.postgres, args.data) {
        (Some(url), _) => Keep::Nodes(Postgres::connect(&url).await?),
        (None, Some(file)) => Keep::File(file),
        (None, None) => Keep::Memory,
    };
    let settings = Settings::new(&base_url)
        .keep(keep)
        .speed(args.speed)
        .webhooks(match args.allow_private_webhooks {
            true => Network::Any,
            false => Network::Public,
        })
        .unlimited(args.unlimited)
        .trouble(Trouble {
            latency: args.latency,
            unavailable: args.unavailable,
        });
    let settings = match args.redis {
        Some(url) => settings.rate_limits(Arc::new(RedisRateLimits::connect(&url).await?)),
        None => settings,
    };
    let sandbox = Sandbox::open(settings)?;
    let seed = match args.seed {
        true => Some(sandbox.seed().await?),
        false => None,
    };
    let health = sandbox.health();
    let tokens = sandbox.tokens();
    say("EXAI_BASE_URL", &base_url);
    say("EXAI_API_KEY", tokens.organisation.expose());
    say("EXAI_USER_TOKEN", tokens.user.expose());
    if let Some(seed) = seed {
        say("EXAI_PLAN_ID", &seed.plan);
        say("EXAI_RUN_ID", &seed.run);
        say("EXAI_WORKSPACE_ID", &seed.workspace);
    }
    if let Some(port) = args.admin_port {
        let admin = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
        say("EXAI_ADMIN_URL", &format!("http://{}", admin.local_addr()?));
        let metrics = PrometheusBuilder::new()
            .set_buckets(BUCKETS)?
            .install_recorder()?;
        let page = get(move || ready(metrics.render()));
        let pages = health.router().route("/metrics", page);
        tokio::spawn(serve(admin, pages, Bounds::default(), pending()));
    }
    if let Some(reset) = args.reset {
        let sandbox = sandbox.clone();
        tokio::spawn(async move {
            if let Err(error) = begin_anew(&sandbox, reset, args.seed).await {
                eprintln!("exai-sandbox: it does not begin anew any more: {error}");
            }
        });
    }
    let stop = async {
        asked_to_stop().await;
        health.stop();
    };
    serve(listener, sandbox.router(), Bounds::default(), stop).await?;
    Ok(())
}

/// Empties a sandbox whenever it is time to.
async fn begin_anew(sandbox: &Sandbox, reset: Reset, seed: bool) -> Result<(), OpenError> {
    loop {
        tokio::time::sleep(reset.wait(Timestamp::now())).await;
        sandbox.reset()?;
        if seed {
            sandbox.seed().await?;
        }
    }
}

/// Prints a line that a shell can read. Whoever reads may have gone away.
fn say(name: &str, value: &str) {
    let _ = writeln!(std::io::stdout(), "{name}={value}");
}

/// Done when somebody presses Ctrl-C, or whoever has started the process ends it.
async fn asked_to_stop() {
    let interrupted = async { drop(tokio::signal::ctrl_c().await) };
    #[cfg(unix)]
    let terminated = async {
        use tokio::signal::unix::{SignalKind, signal};
        match signal(SignalKind::terminate()) {
            Ok(mut signal) => drop(signal.recv().await),
            Err(_) => pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminated = pending::<()>();
    tokio::select! {
        () = interrupted => {}
        () = terminated => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_week_ends_before_monday_and_a_day_at_midnight() {
        let wait =
            |reset: Reset, now: &str| reset.wait(now.parse().expect("a time")).as_secs() / 60;
        assert_eq!(wait(Reset::Daily, "2026-11-24T23:30:00Z"), 30);
        assert_eq!(wait(Reset::Weekly, "2026-11-29T23:00:00Z"), 60);
        assert_eq!(wait(Reset::Weekly, "2026-11-30T00:00:00Z"), 7 * 24 * 60);
    }
}
