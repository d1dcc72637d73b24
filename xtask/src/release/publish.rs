//! The last question, and then each registry.

use std::io::{BufRead, Write};
use std::path::Path;

use super::{build, check};
use crate::step::Step;

/// What has to be typed.
const WORD: &str = "publish";

/// Shows what is to be sent, asks, and sends it.
///
/// # Errors
/// The answer is another than the word that is asked for, or a registry refuses; then what was
/// sent before is said, for it cannot be taken back.
pub(super) fn publish(
    folder: &Path,
    answers: &mut dyn BufRead,
    send: &mut dyn FnMut(&Step) -> Result<(), String>,
) -> Result<(), String> {
    let uploads = uploads(folder)?;
    for upload in &uploads {
        println!("  {}", upload.command());
    }
    print!("send these to npm, PyPI and crates.io? type `{WORD}` to do it: ");
    std::io::stdout()
        .flush()
        .map_err(|error| error.to_string())?;
    let mut answer = String::new();
    let read = answers.read_line(&mut answer);
    if read.is_err() || answer.trim() != WORD {
        return Err("not published".to_owned());
    }
    let mut sent = Vec::new();
    for upload in &uploads {
        send(upload).map_err(|error| match sent.is_empty() {
            true => format!("{error}\nnothing was published"),
            false => format!("{error}\npublished already: {}", sent.join(", ")),
        })?;
        sent.push(upload.name.as_str());
    }
    println!("the Go module is published by its tag: git tag and push it");
    Ok(())
}

/// A command for each package that a registry takes, by the package's name.
fn uploads(folder: &Path) -> Result<Vec<Step>, String> {
    let packages = folder.join("packages");
    let mut files = build::files(&packages)?;
    files.sort();
    let one = |file: &Path| {
        let name = file.to_string_lossy().into_owned();
        let path = packages.join(file).display().to_string();
        match file.extension().and_then(|ending| ending.to_str()) {
            Some("tgz") => {
                let args = ["publish", "--access", "public", &path];
                Some(Step::new(&name, "npm", &args))
            }
            Some("whl" | "gz") => {
                let args = ["-m", "twine", "upload", &path];
                Some(Step::new(&name, check::PYTHON, &args))
            }
            // cargo packs again what it sends: the folder that the package was made of has what it
            // is made of, which the repository has not. It was built when it was checked.
            Some("crate") => {
                let package = name.rsplit_once('-').map_or("", |(package, _)| package);
                let args = [
                    "publish",
                    "--no-verify",
                    "--allow-dirty",
                    "--package",
                    package,
                ];
                let stage = folder.join("once").display().to_string();
                Some(Step::new(&name, "cargo", &args).at(&stage))
            }
            _ => None,
        }
    };
    Ok(files.iter().filter_map(|file| one(file)).collect())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::publish;

    /// A folder of packages, and what is sent of it for an answer.
    fn sent(answer: &str, mut refused: Option<&str>) -> (Vec<String>, Result<(), String>) {
        let folder = tempfile::tempdir().expect("a folder");
        for file in [
            "exai-sdk-0.9.0.crate",
            "exai-sdk-1.4.0.tgz",
            "exai_sdk-1.4.0-py3-none-any.whl",
            "exai_sdk-1.4.0.tar.gz",
            "go/sdk-go/@v/v1.4.0.zip",
        ] {
            super::super::write(&folder.path().join("packages").join(file), "").expect("a file");
        }
        let home = folder.path().display().to_string();
        let mut commands = Vec::new();
        let mut send = |step: &crate::step::Step| {
            if refused.take_if(|name| *name == step.name).is_some() {
                return Err("the registry says no".to_owned());
            }
            commands.push(step.command().replace(&home, "."));
            Ok(())
        };
        let done = publish(folder.path(), &mut answer.as_bytes(), &mut send);
        (commands, done)
    }

    #[test]
    fn nothing_is_sent_unless_the_word_is_said() {
        // No answer is what a program that has no terminal gives.
        for answer in [
            "",
            "\n",
            "no\n",
            "yes\n",
            "y\n",
            "Publish\n",
            "publish it\n",
            "\npublish\n",
        ] {
            let (commands, done) = sent(answer, None);
            assert_eq!(done, Err("not published".to_owned()), "{answer:?}");
            assert!(commands.is_empty(), "{answer:?}: {commands:?}");
        }
    }

    #[test]
    fn each_registry_gets_its_own_packages_when_it_is() {
        let (commands, done) = sent("publish\n", None);
        assert_eq!(done, Ok(()));
        let python = super::check::PYTHON;
        assert!(Path::new(python).is_absolute());
        assert_eq!(
            commands,
            [
                "cd ./once && cargo publish --no-verify --allow-dirty --package exai-sdk"
                    .to_owned(),
                "npm publish --access public ./packages/exai-sdk-1.4.0.tgz".to_owned(),
                format!("{python} -m twine upload ./packages/exai_sdk-1.4.0-py3-none-any.whl"),
                format!("{python} -m twine upload ./packages/exai_sdk-1.4.0.tar.gz"),
            ]
        );
    }

    #[test]
    fn what_was_sent_before_a_registry_refused_is_said() {
        let (commands, done) = sent("publish\n", Some("exai-sdk-1.4.0.tgz"));
        assert_eq!(commands.len(), 1);
        let said = done.expect_err("a registry refused");
        assert!(
            said.contains("published already: exai-sdk-0.9.0.crate"),
            "{said}"
        );
        let (_, done) = sent("publish\n", Some("exai-sdk-0.9.0.crate"));
        let said = done.expect_err("a registry refused");
        assert!(said.contains("nothing was published"), "{said}");
    }
}
