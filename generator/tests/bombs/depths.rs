//! What goes on for long before it ends.

use crate::End::{self, Made, Refused};
use crate::{chain, document, schemas};

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
    let json = format!("{{\"openapi\": {}", "[".repeat(200_000));
    let inline = format!("{}{{}}{}", "{ items: ".repeat(100), " }".repeat(100));
    vec![
        ("collections.json", json, Refused("E0008")),
        (
            "collections",
            document(&format!("x-a: {}", "[".repeat(100_000))),
            Refused("E0008"),
        ),
        (
            "schemas",
            schemas(&format!("    S0: {inline}\n")),
            Refused("E0008"),
        ),
        ("references", chain(1_000, next, object), Made),
        ("lists", chain(1_000, items, "{ type: string }"), Made),
        ("records", chain(1_000, property, "{ type: string }"), Made),
        (
            "lists of records",
            chain(1_000, inside, "{ type: string }"),
            Made,
        ),
        (
            "allOf of allOf",
            chain(500, grown, object),
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
