//! Toolchains that a machine must have, and how to get them.

use std::process::Command;

/// A program, the version it must have at least, and where it comes from.
struct Tool {
    program: &'static str,
    args: &'static [&'static str],
    at_least: (u32, u32),
    get: &'static str,
}

const NODE: Tool = Tool {
    program: "node",
    args: &["--version"],
    at_least: (20, 19),
    get: "install Node.js 20.19 or newer from nodejs.org, or with nvm: nvm install 20",
};
const NPM: Tool = Tool {
    program: "npm",
    args: &["--version"],
    at_least: (10, 0),
    get: "npm comes with Node.js, from nodejs.org",
};
const PYTHON: Tool = Tool {
    program: "python3",
    args: &["--version"],
    at_least: (3, 11),
    get: "install Python 3.11 or newer from python.org, or with pyenv: pyenv install 3.11",
};
const GO: Tool = Tool {
    program: "go",
    args: &["version"],
    at_least: (1, 25),
    get: "install Go 1.25 or newer from go.dev/dl",
};
const CARGO: Tool = Tool {
    program: "cargo",
    args: &["--version"],
    at_least: (1, 90),
    get: "install Rust with rustup from rustup.rs; rust-toolchain.toml names the version",
};

/// Says which toolchains of a group are missing or too old.
///
/// # Errors
/// One line a toolchain: its name, what was found, how to get it.
pub(crate) fn require(group: &str) -> Result<(), String> {
    let tools: &[Tool] = match group {
        "typescript" => &[NODE, NPM],
        "python" => &[PYTHON],
        "go" => &[GO],
        "conformance" => &[CARGO, NODE, NPM, PYTHON, GO],
        _ => &[CARGO],
    };
    let missing: Vec<String> = tools.iter().filter_map(missing).collect();
    if missing.is_empty() {
        Ok(())
    } else {
        Err(missing.join("\n"))
    }
}

fn missing(tool: &Tool) -> Option<String> {
    let (major, minor) = tool.at_least;
    let found = Command::new(tool.program).args(tool.args).output().ok();
    let text = found.map(|output| String::from_utf8_lossy(&output.stdout).into_owned());
    match text.as_deref().and_then(version) {
        Some(version) if version >= tool.at_least => None,
        Some((a, b)) => Some(format!(
            "{} {a}.{b} is too old, {major}.{minor} is needed: {}",
            tool.program, tool.get
        )),
        None => Some(format!("{} is missing: {}", tool.program, tool.get)),
    }
}

/// The first `1.2` in a text.
fn version(text: &str) -> Option<(u32, u32)> {
    text.split(|c: char| !(c.is_ascii_digit() || c == '.'))
        .find_map(|word| {
            let mut parts = word.split('.');
            Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
        })
}

#[cfg(test)]
mod tests {
    use super::version;

    #[test]
    fn versions_are_found_in_what_tools_print() {
        assert_eq!(version("v20.20.2"), Some((20, 20)));
        assert_eq!(version("go version go1.26.8 linux/amd64"), Some((1, 26)));
        assert_eq!(version("Python 3.11.7"), Some((3, 11)));
        assert_eq!(version("nothing"), None);
    }
}
