//! The root of a document and what it says of the API as a whole (sections 4.8.1 to 4.8.6).

use super::Reader;
use super::fields::Fields;
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::model::{
    Components, Contact, Document, ExternalDocs, Info, Kind, License, Map, PathItem, RefOr, Server,
    ServerVariable, Tag, Targets,
};
use crate::source::{Node, Spanned};

impl Reader<'_> {
    /// The root document; references to other places are pending after it.
    pub(super) fn document(&mut self, node: &Node, openapi: Spanned<String>) -> Option<Document> {
        let mut f = self.open(node, "OpenAPI document")?;
        f.take("openapi");
        f.take("$self");
        let (paths, paths_extensions) = self.paths(&mut f);
        let document = Document {
            file: self.root,
            span: node.span,
            openapi,
            info: self.info(&mut f),
            json_schema_dialect: self.string(&mut f, "jsonSchemaDialect"),
            servers: self.servers(&mut f),
            paths,
            paths_extensions,
            webhooks: self.map(&mut f, "webhooks", |reader, node| {
                reader.ref_or(node, Kind::PathItem, Self::path_item)
            }),
            components: match f.take("components") {
                Some(node) => self.components(node).unwrap_or_default(),
                None => Components::default(),
            },
            security: self.security(&mut f),
            tags: self.list(&mut f, "tags", Self::tag),
            external_docs: f
                .take("externalDocs")
                .and_then(|node| self.external_docs(node)),
            extensions: Vec::new(),
            targets: Targets::default(),
        };
        let has_content = f.has("paths") || f.has("webhooks") || f.has("components");
        if !has_content {
            self.missing(&f, "paths");
        }
        Some(Document {
            extensions: self.finish(f),
            ..document
        })
    }

    fn paths(
        &mut self,
        fields: &mut Fields<'_>,
    ) -> (Map<RefOr<PathItem>>, crate::document::model::Extensions) {
        let Some(mut f) = fields
            .take("paths")
            .and_then(|node| self.open(node, "Paths Object"))
        else {
            return (Map::new(), Vec::new());
        };
        let mut paths = Map::new();
        for (key, node) in f.take_rest() {
            if let Some(item) = self.ref_or(node, Kind::PathItem, Self::path_item) {
                paths.insert(key.clone(), item);
            }
        }
        (paths, self.finish(f))
    }

    fn info(&mut self, fields: &mut Fields<'_>) -> Info {
        let node = fields.take("info");
        if node.is_none() {
            let found = self.lacks(fields, "info");
            self.push(Diagnostic {
                severity: Severity::Warning,
                ..found.label("the API is called `API`")
            });
        }
        if let Some(node) = node
            && let Some(mut f) = self.open(node, "Info Object")
        {
            let info = Info {
                span: node.span,
                title: self.expected_string(&mut f, "title", "API"),
                summary: self.string(&mut f, "summary"),
                description: self.string(&mut f, "description"),
                terms_of_service: self.string(&mut f, "termsOfService"),
                contact: f.take("contact").and_then(|node| self.contact(node)),
                license: f.take("license").and_then(|node| self.license(node)),
                version: self.expected_string(&mut f, "version", "0.0.0"),
                extensions: Vec::new(),
            };
            return Info {
                extensions: self.finish(f),
                ..info
            };
        }
        let stands_in = |text: &str| Spanned::new(text.to_owned(), fields.span);
        Info {
            span: fields.span,
            title: stands_in("API"),
            summary: None,
            description: None,
            terms_of_service: None,
            contact: None,
            license: None,
            version: stands_in("0.0.0"),
            extensions: Vec::new(),
        }
    }

    fn contact(&mut self, node: &Node) -> Option<Contact> {
        let mut f = self.open(node, "Contact Object")?;
        let (name, url, email) = (
            self.string(&mut f, "name"),
            self.string(&mut f, "url"),
            self.string(&mut f, "email"),
        );
        Some(Contact {
            span: node.span,
            name,
            url,
            email,
            extensions: self.finish(f),
        })
    }

    fn license(&mut self, node: &Node) -> Option<License> {
        let mut f = self.open(node, "License Object")?;
        let name = self.expected_string(&mut f, "name", "");
        let (identifier, url) = (
            self.string(&mut f, "identifier"),
            self.string(&mut f, "url"),
        );
        Some(License {
            span: node.span,
            name,
            identifier,
            url,
            extensions: self.finish(f),
        })
    }

    /// The list under `servers`.
    pub(super) fn servers(&mut self, fields: &mut Fields<'_>) -> Vec<Server> {
        self.list(fields, "servers", Self::server)
    }

    /// A Server Object.
    pub(super) fn server(&mut self, node: &Node) -> Option<Server> {
        let mut f = self.open(node, "Server Object")?;
        let server = Server {
            span: node.span,
            url: self.required_string(&mut f, "url"),
            name: self.string(&mut f, "name"),
            description: self.string(&mut f, "description"),
            variables: self.map(&mut f, "variables", Self::server_variable),
            extensions: Vec::new(),
        };
        Some(Server {
            extensions: self.finish(f),
            ..server
        })
    }

    fn server_variable(&mut self, node: &Node) -> Option<ServerVariable> {
        let mut f = self.open(node, "Server Variable Object")?;
        let variable = ServerVariable {
            span: node.span,
            enum_values: self.strings(&mut f, "enum"),
            default: self.required_string(&mut f, "default"),
            description: self.string(&mut f, "description"),
            extensions: Vec::new(),
        };
        Some(ServerVariable {
            extensions: self.finish(f),
            ..variable
        })
    }

    fn tag(&mut self, node: &Node) -> Option<Tag> {
        let mut f = self.open(node, "Tag Object")?;
        let tag = Tag {
            span: node.span,
            name: self.required_string(&mut f, "name"),
            summary: self.string(&mut f, "summary"),
            description: self.string(&mut f, "description"),
            external_docs: f
                .take("externalDocs")
                .and_then(|node| self.external_docs(node)),
            parent: self.string(&mut f, "parent"),
            kind: self.string(&mut f, "kind"),
            extensions: Vec::new(),
        };
        Some(Tag {
            extensions: self.finish(f),
            ..tag
        })
    }

    /// An External Documentation Object.
    pub(super) fn external_docs(&mut self, node: &Node) -> Option<ExternalDocs> {
        let mut f = self.open(node, "External Documentation Object")?;
        let url = self.expected_string(&mut f, "url", "");
        let description = self.string(&mut f, "description");
        Some(ExternalDocs {
            span: node.span,
            url,
            description,
            extensions: self.finish(f),
        })
    }
}
