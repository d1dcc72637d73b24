//! What there is much of.

use crate::End::{self, Made, Refused};
use crate::{document, list, many, schemas};

/// Each by its name, with what it must come to.
pub(crate) fn all() -> Vec<(&'static str, String, End)> {
    let one = |text: String| schemas(&format!("    S0: {text}\n"));
    let alike = |index: usize| {
        let letters =
            "abcdefghijklmn"
                .chars()
                .enumerate()
                .map(|(at, letter)| match index >> at & 1 {
                    0 => letter,
                    _ => letter.to_ascii_uppercase(),
                });
        format!("{}: {{ type: string }}", letters.collect::<String>())
    };
    let branch =
        |i| format!("{{ type: object, required: [k], properties: {{ k: {{ const: a{i} }} }} }}");
    let parameter = |i| format!("{{ name: p{i}, in: query, schema: {{ type: string }} }}");
    let parameters = format!(
        "parameters: [{}]\n      responses:",
        list(many(500, 50), parameter)
    );
    let number = "9".repeat(100_000);
    // Words that are the same, told apart by punctuation alone.
    let punctuated = |index: usize| {
        let mark = |at: u32| [" ", "-", ".", "_", ":", ";", "!"][index / 7_usize.pow(at) % 7];
        format!("'a{}b'", (0..4).map(mark).collect::<String>())
    };
    // Each is files of its own, in every package.
    let operation = |i| {
        format!(
            "  /t{i}: {{ get: {{ operationId: t{i}, tags: [t{i}], responses: {{ '204': {{ description: A. }} }} }} }}\n"
        )
    };
    let operations: String = (0..many(150, 20)).map(operation).collect();
    let tagged = one("{ type: string }".to_owned()).replacen(
        "paths:\n",
        &format!("paths:\n{operations}"),
        1,
    );
    let server = |i| format!("{{ url: 'https://s{i}.example', description: 's' }}");
    let required = |i| format!("p{i}");
    vec![
        (
            "values",
            one(format!(
                "{{ type: string, enum: [{}] }}",
                list(many(20_000, 1_000), |i| format!("v{i}"))
            )),
            Made,
        ),
        (
            "fields",
            one(format!(
                "{{ type: object, properties: {{ {} }} }}",
                list(many(20_000, 500), |i| format!("p{i}: {{ type: string }}"))
            )),
            Made,
        ),
        (
            "names alike",
            one(format!(
                "{{ type: object, properties: {{ {} }} }}",
                list(many(1 << 14, 256), alike)
            )),
            Made,
        ),
        (
            "values alike",
            one(format!(
                "{{ type: string, enum: [{}] }}",
                list(many(2_401, 343), punctuated)
            )),
            Made,
        ),
        (
            "types alike",
            one(format!(
                "{{ type: object, properties: {{ {} }} }}",
                list(many(1_000, 100), |i| format!(
                    "{}: {{ type: object, properties: {{ a: {{ type: string }} }} }}",
                    punctuated(i)
                ))
            )),
            Made,
        ),
        (
            "variants alike",
            one(format!(
                "{{ oneOf: [{}] }}",
                list(many(1_000, 100), |i| format!(
                    "{{ title: Same, type: object, properties: {{ a: {{ type: string, maxLength: {i} }} }} }}"
                ))
            )),
            Made,
        ),
        (
            "required",
            one(format!(
                "{{ type: object, required: [{}] }}",
                list(many(5_000, 1_000), required)
            )),
            Made,
        ),
        (
            "servers",
            one("{ type: string }".to_owned())
                + &format!("servers: [{}]\n", list(many(1_000, 100), server)),
            Made,
        ),
        (
            "a key twice and again",
            document(&format!("x-a:\n{}", "  a: 1\n".repeat(many(20_000, 1_000)))),
            Refused("E0007"),
        ),
        (
            "tags",
            one("{ type: string }".to_owned())
                + &format!(
                    "tags: [{}]\n",
                    list(many(3_000, 100), |i| format!("{{ name: t{i} }}"))
                ),
            Made,
        ),
        ("tags that operations have", tagged, Made),
        (
            "variants",
            one(format!("{{ oneOf: [{}] }}", list(many(300, 50), branch))),
            Made,
        ),
        (
            "parameters",
            one("{ type: string }".to_owned()).replacen("responses:", &parameters, 1),
            Made,
        ),
        (
            "text",
            one(format!(
                "{{ type: string, description: '{}' }}",
                "*`_[<a ".repeat(many(50_000, 2_000))
            )),
            Made,
        ),
        (
            "a word",
            one(format!(
                "{{ type: string, description: '{}' }}",
                "a".repeat(many(1_000_000, 50_000))
            )),
            Made,
        ),
        (
            "a number",
            one(format!(
                "{{ type: number, maximum: {number}, default: 1e400 }}"
            )),
            Made,
        ),
        // No pattern is run when code is generated, and none is compiled.
        (
            "patterns",
            one(format!(
                "{{ type: string, pattern: '^(a+)+$', default: '{}!' }}",
                "a".repeat(60)
            )),
            Made,
        ),
        (
            "repeats",
            one("{ type: string, pattern: '((x{1,1000}){1,1000}){1,1000}' }".to_owned()),
            Made,
        ),
    ]
}
