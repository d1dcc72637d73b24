//! The templates that every sandbox has, the same in each.

use exai_server::types::{Template, TemplateKind, TemplateOwner, TemplateVisibility};
use jiff::Timestamp;

use crate::archive::Entry;

/// A template: the end of its id, slug, name, what it is, kind, stars.
const ROWS: [(&str, &str, &str, &str, TemplateKind, i64); 3] = [
    (
        "T1",
        "rust-service",
        "Rust service",
        "A service on axum, with tests.",
        TemplateKind::Workspace,
        120,
    ),
    (
        "T2",
        "next-app",
        "Next.js app",
        "A web app with a login.",
        TemplateKind::Workspace,
        310,
    ),
    (
        "T3",
        "review-and-fix",
        "Review and fix",
        "A plan: review a change, then mend what was found.",
        TemplateKind::Plan,
        45,
    ),
];

/// What a built-in template holds.
pub(super) fn tree(template: &Template) -> Vec<Entry> {
    let description = template.description.as_deref().unwrap_or_default();
    let (path, content) = match template.kind {
        TemplateKind::Plan => ("plan.json", PLAN.to_owned()),
        _ => (
            "README.md",
            format!("# {}\n\n{description}\n", template.name),
        ),
    };
    vec![Entry {
        path: path.to_owned(),
        executable: false,
        content: content.into_bytes(),
    }]
}

/// A review, and a pause after which its findings would be mended.
const PLAN: &str = r#"{
  "name": "Review and fix",
  "nodes": [
    {"type": "wait", "key": "review", "until": {"type": "duration", "duration": "PT1S"}},
    {"type": "wait", "key": "fix", "until": {"type": "duration", "duration": "PT1S"}}
  ],
  "edges": [{"source": "review", "target": "fix"}]
}
"#;

/// In no order.
pub(super) fn templates() -> Vec<Template> {
    let since = Timestamp::from_second(1_767_225_600).unwrap_or(Timestamp::UNIX_EPOCH);
    ROWS.into_iter()
        .map(|(id, slug, name, description, kind, star_count)| Template {
            id: format!("tpl_01JB8Z6Q4M2N7T5V9X1C3E5G{id}"),
            created_at: since,
            description: Some(description.to_owned()),
            fork_count: 0,
            forked_from: None,
            kind,
            latest_version: "1.0.0".to_owned(),
            name: name.to_owned(),
            owner: TemplateOwner {
                name: "exAI".to_owned(),
                slug: "exai".to_owned(),
                verified: true,
            },
            parameters: Vec::new(),
            slug: slug.to_owned(),
            star_count,
            starred: false,
            tags: Vec::new(),
            updated_at: since,
            use_count: star_count * 7,
            visibility: TemplateVisibility::Public,
        })
        .collect()
}
