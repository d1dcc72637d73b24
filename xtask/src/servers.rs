//! Postgres and Redis of the distribution, on loopback, for as long as something needs them.

use std::fs;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// How long a server may take to answer.
const PATIENCE: Duration = Duration::from_secs(60);

/// What Debian and its like call them.
const PACKAGES: [&str; 2] = ["postgresql", "redis-server"];

/// Run a command while Postgres and Redis run for it: EXAI_POSTGRES_URL and EXAI_REDIS_URL say where.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The command and its arguments
    #[arg(required = true, trailing_var_arg = true, allow_hyphen_values = true)]
    command: Vec<String>,
}

/// Runs the command.
///
/// # Errors
/// The servers do not start, or the command fails.
pub(crate) fn run(args: &Args) -> Result<(), String> {
    let servers = Servers::start()?;
    let status = Command::new(&args.command[0])
        .args(&args.command[1..])
        .envs(servers.env())
        .status()
        .map_err(|error| format!("cannot run {}: {error}", args.command[0]))?;
    match status.success() {
        true => Ok(()),
        false => Err(format!("{}: {status}", args.command[0])),
    }
}

/// Both servers, empty; they end when this is dropped, and nothing of them is left.
pub(crate) struct Servers {
    postgres: Child,
    redis: Child,
    env: [(String, String); 2],
    _folder: TempDir,
}

impl Servers {
    /// Starts both on free ports, and installs first what is missing.
    ///
    /// # Errors
    /// They cannot be installed or started, and what to do about it.
    pub(crate) fn start() -> Result<Self, String> {
        let missing = || postgres_tools().is_none() || !can_run("redis-server");
        if missing() {
            install()?;
        }
        let tools = postgres_tools().filter(|_| can_run("redis-server"));
        let tools = tools.ok_or_else(|| advice("they are installed, but cannot be found"))?;
        let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
        let redis_port = free_port()?;
        let redis = Command::new("redis-server")
            .args(["--port", &redis_port.to_string(), "--bind", "127.0.0.1"])
            .args(["--save", "", "--appendonly", "no", "--dir"])
            .arg(folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .map_err(|error| advice(&error.to_string()))?;
        let mut redis = Ending(Some(redis));
        let postgres_port = free_port()?;
        let mut postgres = Ending(Some(start_postgres(&tools, folder.path(), postgres_port)?));
        wait_for(redis_port)?;
        wait_for_postgres(&tools, postgres_port)?;
        let postgres_url = format!("postgres://exai@127.0.0.1:{postgres_port}/postgres");
        let redis_url = format!("redis://127.0.0.1:{redis_port}");
        let gone = || "a server ended at once".to_owned();
        Ok(Self {
            postgres: postgres.0.take().ok_or_else(gone)?,
            redis: redis.0.take().ok_or_else(gone)?,
            env: [
                ("EXAI_POSTGRES_URL".to_owned(), postgres_url),
                ("EXAI_REDIS_URL".to_owned(), redis_url),
            ],
            _folder: folder,
        })
    }

    /// Where they are.
    pub(crate) fn env(&self) -> impl Iterator<Item = (String, String)> {
        self.env.iter().cloned()
    }
}

impl Drop for Servers {
    fn drop(&mut self) {
        for child in [&mut self.postgres, &mut self.redis] {
            end(child);
        }
    }
}

/// A server that is ended unless somebody takes it over.
struct Ending(Option<Child>);

impl Drop for Ending {
    fn drop(&mut self) {
        if let Some(child) = &mut self.0 {
            end(child);
        }
    }
}

/// Asks a server to end at once, which Postgres needs for its own processes, and waits for it.
fn end(child: &mut Child) {
    let asked = Command::new("kill")
        .args(["-QUIT", &child.id().to_string()])
        .status();
    let begun = Instant::now();
    while asked.is_ok() && begun.elapsed() < Duration::from_secs(5) {
        if child.try_wait().is_ok_and(|ended| ended.is_some()) {
            return;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    let _ = child.kill();
    let _ = child.wait();
}

/// Makes a cluster and starts it. Postgres does not run as root: root hands it to its own user.
fn start_postgres(tools: &Path, folder: &Path, port: u16) -> Result<Child, String> {
    let data = folder.join("postgres");
    fs::create_dir(&data).map_err(|error| error.to_string())?;
    let root = is_root();
    if root {
        // Its user must be able to pass through to what is its own.
        let opened = Command::new("chmod").arg("711").arg(folder).status();
        let owned = Command::new("chown").arg("postgres").arg(&data).status();
        if !(opened.is_ok_and(|s| s.success()) && owned.is_ok_and(|s| s.success())) {
            return Err(advice("there is no user postgres to run it as"));
        }
    }
    let tool = |name: &str| {
        let program = tools.join(name);
        let mut command = match root {
            true => Command::new("setpriv"),
            false => Command::new(&program),
        };
        if root {
            command
                .args(["--reuid=postgres", "--regid=postgres", "--init-groups"])
                .arg(&program);
        }
        command.current_dir("/").stdin(Stdio::null());
        command
    };
    let made = tool("initdb")
        .args(["--auth=trust", "--username=exai", "--encoding=UTF8"])
        .args(["--no-sync", "--locale=C", "--pgdata"])
        .arg(&data)
        .output()
        .map_err(|error| advice(&error.to_string()))?;
    if !made.status.success() {
        let said = String::from_utf8_lossy(&made.stderr).into_owned();
        return Err(advice(&said));
    }
    tool("postgres")
        .arg("-D")
        .arg(&data)
        .args(["-p", &port.to_string()])
        .args(["-c", "listen_addresses=127.0.0.1"])
        .args(["-c", "unix_socket_directories="])
        .args(["-c", "log_min_messages=fatal"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| advice(&error.to_string()))
}

fn wait_for(port: u16) -> Result<(), String> {
    wait(|| TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok())
}

fn wait_for_postgres(tools: &Path, port: u16) -> Result<(), String> {
    let ready = tools.join("pg_isready");
    wait(|| {
        let asked = Command::new(&ready)
            .args(["-q", "-h", "127.0.0.1", "-p", &port.to_string()])
            .status();
        asked.is_ok_and(|status| status.success())
    })
}

fn wait(is_there: impl Fn() -> bool) -> Result<(), String> {
    let begun = Instant::now();
    while begun.elapsed() < PATIENCE {
        if is_there() {
            return Ok(());
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    Err(advice("a server does not answer"))
}

/// A port that nobody has at the moment.
fn free_port() -> Result<u16, String> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0));
    let address = listener.and_then(|listener| listener.local_addr());
    address
        .map(|address| address.port())
        .map_err(|error| error.to_string())
}

/// The folder of Postgres' programs: Debian keeps them off the path, one folder a version.
fn postgres_tools() -> Option<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten();
    let mut folders: Vec<PathBuf> = versions
        .filter_map(|entry| Some(entry.ok()?.path().join("bin")))
        .collect();
    folders.sort();
    folders.extend(std::env::split_paths(&std::env::var_os("PATH")?));
    let complete = |folder: &PathBuf| {
        let tools = ["initdb", "postgres", "pg_isready"];
        tools.iter().all(|tool| folder.join(tool).exists())
    };
    folders.into_iter().rev().find(complete)
}

fn can_run(program: &str) -> bool {
    let version = Command::new(program)
        .arg("--version")
        .stdout(Stdio::null())
        .status();
    version.is_ok_and(|status| status.success())
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output();
    id.is_ok_and(|id| id.stdout.trim_ascii() == b"0")
}

/// Installs both by the distribution's own tool, where this machine has one and may use it.
fn install() -> Result<(), String> {
    println!("installing {} by apt-get", PACKAGES.join(" and "));
    let apt = |args: &[&str]| {
        let mut command = match is_root() {
            true => Command::new("apt-get"),
            false => Command::new("sudo"),
        };
        if !is_root() {
            command.args(["-n", "apt-get"]);
        }
        let run = command
            .args(args)
            .env("DEBIAN_FRONTEND", "noninteractive")
            .stdin(Stdio::null())
            .output();
        run.map_err(|error| advice(&error.to_string()))
    };
    // An old list of packages may still do.
    let _ = apt(&["update", "-qq"]);
    let options = ["install", "-y", "-qq", "--no-install-recommends"];
    let installed = apt(&[&options[..], &PACKAGES[..]].concat())?;
    match installed.status.success() {
        true => Ok(()),
        false => Err(advice(&String::from_utf8_lossy(&installed.stderr))),
    }
}

fn advice(why: &str) -> String {
    format!(
        "the tests of several nodes need Postgres and Redis of this machine's own: {}\n\
         to get them: apt-get install {}",
        why.trim(),
        PACKAGES.join(" ")
    )
}
