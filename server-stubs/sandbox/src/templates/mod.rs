//! Starting points for workspaces and plans.

mod builtin;

use exai_server::unimplemented::Templates;
use exai_server::{
    ApiError, GetTemplateResponse, ListTemplatesParams, ListTemplatesResponse, RequestContext,
    types,
};

use crate::Sandbox;
use crate::pages::page;
use crate::store::Kind;
use crate::world::caller;

/// An organisation's own templates by slug.
pub(crate) const TEMPLATES: Kind<types::Template> = Kind::new("template");

impl Templates for Sandbox {
    async fn list_templates(
        &self,
        cx: &RequestContext,
        params: ListTemplatesParams,
    ) -> Result<ListTemplatesResponse, ApiError> {
        let mut found = self.templates(&caller(cx)?.org)?;
        found.retain(|template| {
            let (kind, visibility) = (params.kind.as_ref(), params.visibility.as_ref());
            let query = params.query.as_deref().map(str::to_lowercase);
            let says = |query: &String| {
                let description = template.description.as_deref().unwrap_or_default();
                let texts = [template.name.as_str(), template.slug.as_str(), description];
                texts.iter().any(|text| text.to_lowercase().contains(query))
            };
            let tagged = |tags: &Vec<String>| tags.iter().all(|tag| template.tags.contains(tag));
            kind.is_none_or(|kind| *kind == template.kind)
                && visibility.is_none_or(|one| *one == template.visibility)
                && params
                    .starred
                    .is_none_or(|starred| starred == template.starred)
                && query.as_ref().is_none_or(says)
                && params.tag.as_ref().is_none_or(tagged)
        });
        // Most first; where as many, by id, so that every place is one template's.
        let mut placed: Vec<(String, types::Template)> = found
            .into_iter()
            .map(|template| {
                let place = match params.sort.as_ref() {
                    Some(types::TemplateSort::Uses) => template.use_count,
                    Some(types::TemplateSort::CreatedAt) => template.created_at.as_millisecond(),
                    _ => template.star_count,
                };
                (format!("{place:019}{}", template.id), template)
            })
            .collect();
        placed.sort_by(|(a, _), (b, _)| a.cmp(b));
        let cursor = params.cursor.as_deref();
        let (data, next_cursor) = page(placed, |(key, _)| key, None, cursor, params.limit)?;
        let data = data.into_iter().map(|(_, template)| template).collect();
        Ok(ListTemplatesResponse::Ok(types::TemplateList {
            data,
            next_cursor,
        }))
    }

    async fn get_template(
        &self,
        cx: &RequestContext,
        slug: types::TemplateSlug,
    ) -> Result<GetTemplateResponse, ApiError> {
        let found = self.templates(&caller(cx)?.org)?;
        let template = found.into_iter().find(|template| template.slug == slug);
        let missing = || ApiError::not_found(format!("there is no template {slug}"));
        Ok(GetTemplateResponse::Ok(template.ok_or_else(missing)?))
    }
}

impl Sandbox {
    /// Every template that an organisation sees: those that are built in, then its own.
    fn templates(&self, org: &str) -> Result<Vec<types::Template>, ApiError> {
        let mut templates = builtin::templates();
        templates.extend(self.store.list(&TEMPLATES, org, "")?);
        Ok(templates)
    }
}
