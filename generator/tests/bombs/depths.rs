//! What goes on for long before it ends.

use crate::End::{self, Made, Refused};
use crate::{chain, document, list, many, schemas};

/// Each by its name, with what it must come to.
pub(crate) fn all() -> Vec<(&'static str, String, End)> {
    let next = |next: &str, _| next.to_owned();
    let grown = |next: &str, index| {
        format!("{{ allOf: [{next}, {{ properties: {{ p{index}: {{ type: string }} }} }}] }}")
    };
    let object = "{ type: object, properties: { a: { type: string } } }";
    let property = |next: &str, _| format!("{{ type: object, properties: {{ next: {next} }} }}");
    let inside = |next: &str, _| {
        format!("{{ type: object, properties: {{ all: {{ type: array, items: {next} }} }} }}")
    };
    let items = |next: &str, _| format!("{{ type: array, items: {next} }}");
    let json = format!("{{\"openapi\": {}", "[".repeat(many(200_000, 10_000)));
    let inline = format!("{}{{}}{}", "{ items: ".repeat(100), " }".repeat(100));
    // More than may be begun inside one another.
    let long = many(1_000, 200);
    let tagged = |text: &str, tag: &str| {
        text.replacen("get:", &format!("get:\n      tags: [{tag}]"), 1)
            .replacen("3.1.0", "3.2.0", 1)
    };
    let only = schemas("    S0: { type: string }\n");
    let depth = many(200, 50);
    let tags = list(depth, |index| match index {
        0 => "{ name: a t0 }".to_owned(),
        _ => format!("{{ name: a t{index}, parent: a t{} }}", index - 1),
    });
    let tags = tagged(&only, &format!("a t{}", depth - 1)) + &format!("tags: [{tags}]\n");
    let long_tag = tagged(&only, &"long ".repeat(200));
    vec![
        ("collections.json", json, Refused("E0008")),
        (
            "collections",
            document(&format!("x-a: {}", "[".repeat(many(100_000, 10_000)))),
            Refused("E0008"),
        ),
        (
            "schemas",
            schemas(&format!("    S0: {inline}\n")),
            Refused("E0008"),
        ),
        ("references", chain(long, next, object), Made),
        ("lists", chain(long, items, "{ type: string }"), Made),
        ("records", chain(long, property, "{ type: string }"), Made),
        (
            "lists of records",
            chain(long, inside, "{ type: string }"),
            Made,
        ),
        ("tags in tags", tags, Made),
        ("a long tag", long_tag, Made),
        (
            "allOf of allOf",
            chain(many(500, 100), grown, object),
            Refused("E0008"),
        ),
        (
            "allOf of itself",
            schemas("    S0: { allOf: [{ $ref: '#/components/schemas/S0' }] }\n"),
            Refused("E0122"),
        ),
        (
            "items of itself",
            schemas("    S0: { type: array, items: { $ref: '#/components/schemas/S0' } }\n"),
            Made,
        ),
    ]
}
