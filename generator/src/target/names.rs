//! Words to identifiers: casing, and the allocation of names in a scope.
//!
//! What a language reserves and how it repairs a name is the target's to say.

use std::borrow::Cow;
use std::collections::HashSet;

use super::reserved;
use crate::ir::Name;
use crate::letters;

/// Words that are written in capitals where a language's habit asks for it (Go's initialisms).
pub const ACRONYMS: &[&str] = &[
    "acl", "api", "ascii", "cidr", "cpu", "css", "csv", "dag", "db", "dns", "eof", "gid", "guid",
    "hec", "html", "http", "https", "iam", "id", "ip", "json", "jwt", "lhs", "ndjson", "qps",
    "ram", "rhs", "rpc", "sdk", "siem", "sla", "smtp", "sql", "sse", "ssh", "sso", "tcp", "tls",
    "ttl", "udp", "ui", "uid", "uri", "url", "utc", "utf8", "uuid", "vm", "xml", "xsrf", "xss",
];

/// `run_id`
pub fn snake(words: &[String]) -> String {
    words.join("_")
}

/// `RUN_ID`
pub fn screaming(words: &[String]) -> String {
    words.join("_").to_uppercase()
}

/// `run-id`
pub fn kebab(words: &[String]) -> String {
    words.join("-")
}

/// `RunId`. Two digits that would meet are kept apart by `_`, so that `v1`, `4` and `v14` differ.
pub fn pascal(words: &[String]) -> String {
    join(words, capitalize)
}

/// `runId`
pub fn camel(words: &[String]) -> String {
    let mut first = true;
    join(words, |word| {
        if std::mem::take(&mut first) {
            word.to_owned()
        } else {
            capitalize(word)
        }
    })
}

/// `RunID`: [`pascal`] with [`ACRONYMS`] in capitals.
pub fn pascal_initialisms(words: &[String]) -> String {
    join(words, initialism)
}

/// `runID`: [`camel`] with [`ACRONYMS`] in capitals, but for the first word.
pub fn camel_initialisms(words: &[String]) -> String {
    let mut first = true;
    join(words, |word| {
        if std::mem::take(&mut first) {
            word.to_owned()
        } else {
            initialism(word)
        }
    })
}

fn initialism(word: &str) -> String {
    if ACRONYMS.contains(&word) {
        return word.to_uppercase();
    }
    match word.strip_suffix('s') {
        Some(singular) if ACRONYMS.contains(&singular) => singular.to_uppercase() + "s",
        _ => capitalize(word),
    }
}

fn capitalize(word: &str) -> String {
    let mut chars = word.chars();
    chars
        .next()
        .map(|c| letters::capital(c).chain(chars).collect())
        .unwrap_or_default()
}

fn join(words: &[String], mut each: impl FnMut(&str) -> String) -> String {
    let mut out = String::new();
    for word in words {
        let digits_meet = out.ends_with(|c: char| c.is_ascii_digit())
            && word.starts_with(|c: char| c.is_ascii_digit());
        if digits_meet {
            out.push('_');
        }
        out.push_str(&each(word));
    }
    out
}

/// How long a file's name is before what each target adds: tar has 100 bytes for one, most disks
/// have 255.
const LONGEST_FILE_NAME: usize = 80;

/// The words of a file's name: those in ASCII, since not every disk, archive and compiler takes
/// others (rustc's E0754), and the first of many. Where some are lost, a fingerprint of all of them
/// is the last word; no name is that of a device.
pub fn file_words(words: &[String]) -> Vec<String> {
    let plain = words
        .iter()
        .map(|word| word.replace(|c: char| !c.is_ascii(), ""));
    let mut plain: Vec<String> = plain.filter(|word| !word.is_empty()).collect();
    let is_short = cut(&mut plain);
    if !is_short || words.iter().any(|word| !word.is_ascii()) {
        plain.push(fingerprint(&words.join("_"), 0));
    }
    if matches!(plain.as_slice(), [only] if reserved::is_device(only)) {
        plain.push("resource".to_owned());
    }
    plain
}

/// Leaves as many words as fit a file's name, of the first a part at least; whether all did.
fn cut(words: &mut Vec<String>) -> bool {
    let mut length = 0;
    let fitting = words.iter().take_while(|word| {
        length += word.len() + 1;
        length <= LONGEST_FILE_NAME
    });
    let fitting = fitting.count();
    if fitting == words.len() {
        return true;
    }
    words.truncate(fitting.max(1));
    words[0].truncate(LONGEST_FILE_NAME);
    false
}

/// Gives every name of a scope an identifier of its own, in the order of `wanted`.
///
/// `plain` makes the identifier that the name should have; `repair` makes a legal one of an
/// identifier that the language reserves, or starts with a digit (it is called with every
/// plain identifier, and gives back what is legal already). The result does not depend on
/// the order of names: of those that want the same identifier the pinned one gets it, else the
/// one whose wire name is that identifier, else none of them; the others get a suffix made of
/// their own wire name alone. So adding a name never changes one that does not collide with it.
/// `fold` tells which identifiers count as the same ([`exactly`], or lower case where a
/// file system folds case).
pub fn allocate(
    wanted: &[&Name],
    taken: &HashSet<String>,
    plain: impl Fn(&Name) -> String,
    repair: impl Fn(String) -> String,
    fold: impl Fn(&str) -> Cow<'_, str>,
) -> Vec<String> {
    let candidates: Vec<String> = wanted.iter().map(|name| repair(plain(name))).collect();
    let folded: Vec<Cow<'_, str>> = candidates.iter().map(|name| fold(name)).collect();
    let taken: HashSet<Cow<'_, str>> = taken.iter().map(|name| fold(name)).collect();
    let mut order: Vec<usize> = (0..wanted.len()).collect();
    order.sort_by_key(|&i| &folded[i]);
    let mut out = vec![String::new(); wanted.len()];
    let mut rest: Vec<usize> = Vec::new();
    for members in order.chunk_by(|&a, &b| folded[a] == folded[b]) {
        let free = !taken.contains(&folded[members[0]]);
        let best = best(members, wanted, &candidates).filter(|_| free);
        if let Some(i) = best {
            out[i].clone_from(&candidates[i]);
        }
        rest.extend(members.iter().filter(|&&i| best != Some(i)));
    }
    if rest.is_empty() {
        return out;
    }
    let given = out.iter().filter(|name| !name.is_empty());
    let mut used: HashSet<String> = given.map(|name| fold(name).into_owned()).collect();
    used.extend(taken.into_iter().map(Cow::into_owned));
    rest.sort_by_key(|&i| (wanted[i].wire().clone(), i));
    for i in rest {
        let mut salt = 0;
        loop {
            let name = format!(
                "{}_{}",
                candidates[i],
                fingerprint(wanted[i].wire().raw(), salt)
            );
            if used.insert(fold(&name).into_owned()) {
                out[i] = name;
                break;
            }
            salt += 1;
        }
    }
    out
}

/// The fold of names that are the same where they are written the same.
pub fn exactly(name: &str) -> Cow<'_, str> {
    Cow::Borrowed(name)
}

fn best(members: &[usize], wanted: &[&Name], candidates: &[String]) -> Option<usize> {
    if let [only] = members {
        return Some(*only);
    }
    let unique = |test: &dyn Fn(usize) -> bool| {
        let mut hits = members.iter().copied().filter(|&i| test(i));
        let first = hits.next()?;
        hits.next().is_none().then_some(first)
    };
    unique(&|i| wanted[i].is_pinned())
        .or_else(|| unique(&|i| wanted[i].wire().raw() == candidates[i]))
}

/// Four letters and digits that stand for a wire name: FNV-1a, folded to base 36.
fn fingerprint(wire: &str, salt: u32) -> String {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64 ^ u64::from(salt);
    for byte in wire.bytes() {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3);
    }
    let mut out = String::new();
    for _ in 0..4 {
        out.extend(char::from_digit((hash % 36) as u32, 36));
        hash /= 36;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ir::build::name;

    fn words(wire: &str) -> Vec<String> {
        name(wire).words().to_vec()
    }

    #[test]
    fn casing() {
        let w = words("runId");
        assert_eq!(
            (snake(&w), screaming(&w), kebab(&w)),
            ("run_id".into(), "RUN_ID".into(), "run-id".into())
        );
        assert_eq!((pascal(&w), camel(&w)), ("RunId".into(), "runId".into()));
        assert_eq!(
            (pascal_initialisms(&w), camel_initialisms(&w)),
            ("RunID".into(), "runID".into())
        );
        assert_eq!(pascal_initialisms(&words("artifact_ids")), "ArtifactIDs");
        assert_ne!(pascal(&words("v1.4")), pascal(&words("v14")));
    }

    #[test]
    fn files_are_named_in_ascii_and_apart() {
        assert_eq!(file_words(&words("runId")), ["run", "id"]);
        let names = ["字符串", "字符", "a字符串", "a 字符串 b"]
            .map(|wire| snake(&file_words(&words(wire))));
        assert!(
            names.iter().all(|name| name.is_ascii() && !name.is_empty()),
            "{names:?}"
        );
        assert_eq!(HashSet::from(names).len(), 4);
    }

    #[test]
    fn files_are_named_shortly_and_apart() {
        let long = |last: &str| file_words(&words(&("very long ".repeat(40) + last)));
        assert_eq!(long("a")[..3], ["very", "long", "very"]);
        let one_word = file_words(&["w".repeat(300)]);
        let names = [long("a"), long("b"), one_word].map(|words| snake(&words));
        assert!(names.iter().all(|name| name.len() < 100), "{names:?}");
        assert_eq!(HashSet::from(names).len(), 3);
    }

    #[test]
    fn collisions_do_not_depend_on_order_and_spare_the_exact_name() {
        let names = [
            name("foo-bar"),
            name("foo_bar"),
            name("fooBar"),
            name("baz"),
        ];
        let give = |order: &[usize]| {
            let wanted: Vec<&Name> = order.iter().map(|&i| &names[i]).collect();
            let out = allocate(
                &wanted,
                &HashSet::new(),
                |n| snake(n.words()),
                |s| s,
                exactly,
            );
            let mut by_name = vec![String::new(); names.len()];
            for (at, &i) in order.iter().enumerate() {
                by_name[i].clone_from(&out[at]);
            }
            by_name
        };
        let forward = give(&[0, 1, 2, 3]);
        assert_eq!(forward, give(&[3, 2, 1, 0]));
        assert_eq!(forward[1], "foo_bar");
        assert_eq!(forward[3], "baz");
        assert_eq!(forward.iter().collect::<HashSet<_>>().len(), 4);
    }

    #[test]
    fn taken_and_reserved_names_are_avoided() {
        let names = [name("class"), name("client")];
        let wanted: Vec<&Name> = names.iter().collect();
        let taken = HashSet::from(["client".to_owned()]);
        let repair = |s: String| if s == "class" { "class_".to_owned() } else { s };
        let out = allocate(&wanted, &taken, |n| snake(n.words()), repair, exactly);
        assert_eq!(out[0], "class_");
        assert!(out[1].starts_with("client_"), "{out:?}");
    }
}
