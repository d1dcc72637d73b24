//! What refers to what, twice a level.

use crate::End::{self, Made, Refused};
use crate::{chain, document, list, schemas};

/// Each by its name, with what it must come to.
pub(crate) fn all() -> Vec<(&'static str, String, End)> {
    let object = "{ type: object, properties: { a: { type: string } } }";
    let aliases = (0..20).fold("x-0: &a0 [1, 1, 1, 1, 1]\n".to_owned(), |text, index| {
        let again = list(9, |_| format!("*a{index}"));
        format!("{text}x-{n}: &a{n} [{again}]\n", n = index + 1)
    });
    let merged = (1..200).fold("x-0: &m0 { a: 1 }\n".to_owned(), |text, index| {
        let n = index - 1;
        format!("{text}x-{index}: &m{index} {{ <<: [*m{n}, *m{n}], k{index}: 1 }}\n")
    });
    let pair =
        |next: &str, _| format!("{{ type: object, properties: {{ a: {next}, b: {next} }} }}");
    let both = |next: &str, _| format!("{{ allOf: [{next}, {next}] }}");
    let either = |next: &str, _| format!("{{ oneOf: [{next}, {next}] }}");
    let told = |next: &str, _| {
        format!("{{ oneOf: [{next}, {next}], discriminator: {{ propertyName: kind }} }}")
    };
    let kind = "{ type: object, required: [kind], properties: { kind: { type: string } } }";
    let many = list(30, |i| {
        let branch =
            |j| format!("{{ type: object, properties: {{ p{i}x{j}: {{ type: string }} }} }}");
        format!("{{ oneOf: [{}] }}", list(10, branch))
    });
    // Properties that are made of the next schema, and of themselves, in each record anew.
    let grown = |next: &str, name: &str| {
        format!(
            "{name}: {{ allOf: [{next}, {{ properties: {{ q{name}: {{ type: string }} }} }}] }}"
        )
    };
    let grows = |next: &str, _| {
        let (a, b) = (grown(next, "a"), grown(next, "b"));
        format!("{{ type: object, properties: {{ {a}, {b} }} }}")
    };
    let own = grows("{ $ref: '#/components/schemas/S0' }", 0);
    let beside = (0..30).fold("{ type: string }".to_owned(), |inner, _| {
        let branch = |i| format!("{{ properties: {{ q{i}: {{ type: string }} }} }}");
        let branches = list(2, branch);
        format!("{{ type: object, properties: {{ a: {inner} }}, oneOf: [{branches}] }}")
    });
    let wide = list(300, |i| {
        format!("p{i}: {{ $ref: '#/components/schemas/S1' }}")
    });
    let all = (2..500).fold(String::new(), |text, i| {
        format!("{text}    S{i}: {{ allOf: [{{ $ref: '#/components/schemas/Wide' }}, {{ properties: {{ q{i}: {{ type: string }} }} }}] }}\n")
    });
    let taken_over = schemas(&format!(
        "    S0: {{ type: object }}\n    S1: {{ type: string }}\n    Wide: {{ type: object, properties: {{ {wide} }} }}\n{all}"
    ));
    let unions = (0..60).fold(String::new(), |text, index| {
        let refer = |i| format!("{{ $ref: '#/components/schemas/S{}' }}", index + i + 1);
        let next = list(19.min(60 - index), refer);
        format!("{text}    S{index}: {{ oneOf: [{next}, {{ type: object, properties: {{ p{index}: {{ type: string }} }} }}] }}\n")
    });
    let unions = schemas(&format!("{unions}    S60: {object}\n"));
    vec![
        ("aliases", document(&aliases), Refused("E0009")),
        ("merge keys", document(&merged), Refused("E0009")),
        ("properties", chain(60, pair, "{ type: string }"), Made),
        ("allOf", chain(60, both, object), Made),
        ("oneOf", chain(60, either, object), Made),
        ("discriminators", chain(60, told, kind), Made),
        (
            "unions in allOf",
            schemas(&format!("    S0: {{ allOf: [{many}] }}\n")),
            Made,
        ),
        (
            "allOf in properties",
            chain(40, grows, object),
            Refused("E0211"),
        ),
        (
            "allOf of itself in properties",
            schemas(&format!("    S0: {own}\n")),
            Made,
        ),
        (
            "unions beside properties",
            schemas(&format!("    S0: {beside}\n")),
            Refused("E0211"),
        ),
        ("properties taken over", taken_over, Refused("E0211")),
        ("unions of unions", unions, Made),
    ]
}
