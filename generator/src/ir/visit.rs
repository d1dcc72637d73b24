//! Which types a node names, and renaming them.

use super::{Additional, Content, Operation, Payload, Response, Shape, Type, TypeId};

/// A node of the IR that names types.
pub trait NamesTypes {
    /// Calls `each` with every type id in the node, to be read or replaced.
    fn each_type(&mut self, each: &mut dyn FnMut(&mut TypeId));

    /// The ids in the node, in order.
    fn type_ids(&self) -> Vec<TypeId>
    where
        Self: Clone,
    {
        let mut out = Vec::new();
        self.clone().each_type(&mut |id| out.push(*id));
        out
    }
}

impl NamesTypes for Type {
    fn each_type(&mut self, each: &mut dyn FnMut(&mut TypeId)) {
        match self {
            Self::Named(id) => each(id),
            Self::Nullable(inner) | Self::List(inner) | Self::Map(inner) => inner.each_type(each),
            Self::Tuple { items, rest, .. } => {
                items.iter_mut().for_each(|item| item.each_type(each));
                if let Some(rest) = rest {
                    rest.each_type(each);
                }
            }
            _ => {}
        }
    }

    fn type_ids(&self) -> Vec<TypeId> {
        let mut out = Vec::new();
        collect(self, &mut out);
        out
    }
}

/// The ids in a type, in order. Types are asked often, and clones of them add up.
fn collect(ty: &Type, out: &mut Vec<TypeId>) {
    match ty {
        Type::Named(id) => out.push(*id),
        Type::Nullable(inner) | Type::List(inner) | Type::Map(inner) => collect(inner, out),
        Type::Tuple { items, rest, .. } => {
            let items = items.iter().chain(rest.as_deref());
            items.for_each(|item| collect(item, out));
        }
        _ => {}
    }
}

impl NamesTypes for Shape {
    fn each_type(&mut self, each: &mut dyn FnMut(&mut TypeId)) {
        match self {
            Self::Record(record) => {
                record
                    .fields
                    .iter_mut()
                    .for_each(|field| field.ty.each_type(each));
                if let Additional::Typed(ty) = &mut record.additional {
                    ty.each_type(each);
                }
            }
            Self::Union(union) => {
                union
                    .variants
                    .iter_mut()
                    .for_each(|variant| variant.ty.each_type(each));
            }
            Self::Alias(ty) => ty.each_type(each),
            Self::Enum(_) => {}
        }
    }

    fn type_ids(&self) -> Vec<TypeId> {
        let mut out = Vec::new();
        match self {
            Self::Record(record) => {
                let fields = record.fields.iter();
                fields.for_each(|field| collect(&field.ty, &mut out));
                if let Additional::Typed(ty) = &record.additional {
                    collect(ty, &mut out);
                }
            }
            Self::Union(union) => {
                let variants = union.variants.iter();
                variants.for_each(|variant| collect(&variant.ty, &mut out));
            }
            Self::Alias(ty) => collect(ty, &mut out),
            Self::Enum(_) => {}
        }
        out
    }
}

impl NamesTypes for Content {
    fn each_type(&mut self, each: &mut dyn FnMut(&mut TypeId)) {
        match &mut self.payload {
            Payload::Json(ty) => ty.each_type(each),
            Payload::Form { record, .. } | Payload::Multipart { record, .. } => each(record),
            Payload::Events(stream) | Payload::Lines(stream) => stream.item.each_type(each),
            Payload::Text | Payload::Binary => {}
        }
    }
}

impl NamesTypes for Response {
    fn each_type(&mut self, each: &mut dyn FnMut(&mut TypeId)) {
        self.headers
            .iter_mut()
            .for_each(|header| header.ty.each_type(each));
        self.contents
            .iter_mut()
            .for_each(|content| content.each_type(each));
    }
}

impl Operation {
    /// The types of what is sent.
    pub fn each_sent(&mut self, each: &mut dyn FnMut(&mut TypeId)) {
        self.parameters
            .iter_mut()
            .for_each(|parameter| parameter.ty.each_type(each));
        self.body
            .iter_mut()
            .for_each(|content| content.each_type(each));
    }

    /// The types of what comes back.
    pub fn each_received(&mut self, each: &mut dyn FnMut(&mut TypeId)) {
        self.responses
            .iter_mut()
            .for_each(|response| response.each_type(each));
        if let Some(page) = &mut self.page {
            page.item.each_type(each);
        }
    }
}

impl super::Api {
    /// The types of the bodies and headers of errors.
    pub fn each_error_type(&mut self, each: &mut dyn FnMut(&mut TypeId)) {
        for error in &mut self.errors {
            if let Some(body) = &mut error.body {
                body.each_type(each);
            }
            error
                .headers
                .iter_mut()
                .for_each(|header| header.ty.each_type(each));
        }
    }

    /// Every type that something outside the operations is received as: errors and webhooks.
    pub fn each_received_apart(&mut self, each: &mut dyn FnMut(&mut TypeId)) {
        self.each_error_type(each);
        for webhook in &mut self.webhooks {
            if let Some(payload) = &mut webhook.payload {
                payload.each_type(each);
            }
        }
        if let Some(events) = &mut self.webhook_events {
            events.event.each_type(each);
        }
    }

    /// Every type id of the API.
    pub fn each_type(&mut self, each: &mut dyn FnMut(&mut TypeId)) {
        self.types
            .iter_mut()
            .for_each(|(_, def)| def.shape.each_type(each));
        self.operations.iter_mut().for_each(|operation| {
            operation.each_sent(each);
            operation.each_received(each);
        });
        self.each_received_apart(each);
        self.meanings
            .iter_mut()
            .for_each(|meaning| meaning.ty.each_type(each));
    }
}
