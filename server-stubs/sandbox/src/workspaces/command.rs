//! A few commands, acted out over the files of a workspace. Nothing of the host is run.

use exai_server::types::ExecInWorkspace;

/// What a command did.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Done {
    pub(super) output: Vec<u8>,
    pub(super) error: Vec<u8>,
    pub(super) code: i32,
    /// How long it took.
    pub(super) millis: u64,
}

/// Runs a command. `read` gives a file's bytes, `list` the paths in a directory.
pub(super) fn run(
    body: &ExecInWorkspace,
    read: impl Fn(&str) -> Option<Vec<u8>>,
    list: impl Fn(&str) -> Vec<String>,
) -> Done {
    let words: Vec<&str> = body.command.iter().map(String::as_str).collect();
    let (name, arguments) = words.split_first().map_or(("", &[][..]), |(n, a)| (*n, a));
    let mut done = Done::default();
    match name {
        "true" | ":" => {}
        "false" => done.code = 1,
        "echo" => done.output = format!("{}\n", arguments.join(" ")).into_bytes(),
        "pwd" => {
            let folder = body.working_directory.as_deref().unwrap_or_default();
            done.output = format!("/workspace/{folder}\n").into_bytes();
        }
        "sleep" => {
            let seconds: f64 = arguments
                .first()
                .and_then(|s| s.parse().ok())
                .unwrap_or(0.0);
            done.millis = (seconds.clamp(0.0, 60.0) * 1000.0) as u64;
        }
        "env" => {
            for (name, value) in body.environment.iter().flatten() {
                done.output.extend(format!("{name}={value}\n").into_bytes());
            }
        }
        "cat" if arguments.is_empty() => {
            done.output = body.stdin.clone().unwrap_or_default().into_bytes();
        }
        "cat" => {
            for path in arguments {
                match read(path) {
                    Some(bytes) => done.output.extend(bytes),
                    None => {
                        done.code = 1;
                        let said = format!("cat: {path}: No such file or directory\n");
                        done.error.extend(said.into_bytes());
                    }
                }
            }
        }
        "ls" => {
            for path in list(arguments.first().copied().unwrap_or_default()) {
                done.output.extend(format!("{path}\n").into_bytes());
            }
        }
        other => {
            done.code = 127;
            done.error = format!("{other}: command not found\n").into_bytes();
        }
    }
    done
}

#[cfg(test)]
mod tests {
    use super::*;

    fn done(command: &[&str]) -> Done {
        let body = ExecInWorkspace {
            command: command.iter().map(|word| (*word).to_owned()).collect(),
            environment: None,
            stdin: None,
            timeout: None,
            working_directory: None,
        };
        let read = |path: &str| (path == "a").then(|| b"content".to_vec());
        run(&body, read, |_| vec!["a".to_owned()])
    }

    #[test]
    fn commands_act_on_the_workspace_alone() {
        assert_eq!(done(&["echo", "a", "b"]).output, b"a b\n");
        assert_eq!(done(&["cat", "a"]).output, b"content");
        assert_eq!(done(&["cat", "/etc/passwd"]).code, 1);
        assert_eq!(done(&["ls"]).output, b"a\n");
        assert_eq!(done(&["false"]).code, 1);
        assert_eq!(done(&["rm", "-rf", "/"]).code, 127);
    }
}
