//! Starting points for workspaces and plans.

mod builtin;
mod instances;
mod stars;
mod versions;

use exai_server::runtime::Body;
use exai_server::{
    ApiError, CreateTemplateResponse, DeleteTemplateResponse, Download,
    DownloadTemplateArchiveParams, DownloadTemplateArchiveResponse, ForkTemplateResponse,
    GetTemplateResponse, GetTemplateVersionResponse, InstantiateTemplateResponse,
    ListTemplateVersionsParams, ListTemplateVersionsResponse, ListTemplatesParams,
    ListTemplatesResponse, PublishTemplateVersionResponse, RequestContext, StarTemplateResponse,
    Templates, UnstarTemplateResponse, UpdateTemplateResponse, UploadTemplateArchiveParams,
    UploadTemplateArchiveResponse, types,
};
use types::{AuditAction, AuditResourceType, TemplateVisibility};

use crate::Sandbox;
use crate::audit::resource;
use crate::numbers::rises;
use crate::pages::page;
use crate::patch::merge;
use crate::store::Kind;
use crate::world::{caller, id, now, refused};

use self::versions::{Publication, etag};

/// An organisation's own templates by slug.
pub(crate) const TEMPLATES: Kind<types::Template> = Kind::new("template");

impl Templates for Sandbox {
    async fn list_templates(
        &self,
        cx: &RequestContext,
        params: ListTemplatesParams,
    ) -> Result<ListTemplatesResponse, ApiError> {
        let mut found = self.templates(caller(cx)?)?;
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
        let template = self.template(caller(cx)?, &slug)?;
        Ok(GetTemplateResponse::Ok(template))
    }

    async fn create_template(
        &self,
        cx: &RequestContext,
        body: types::CreateTemplate,
    ) -> Result<CreateTemplateResponse, ApiError> {
        let caller = caller(cx)?;
        self.is_free(cx, &body.slug)?;
        let (kind, archive) = self.taken_from(caller, &body.source)?;
        let parameters = body.parameters.unwrap_or_default();
        let template = types::Template {
            description: body.description,
            tags: body.tags.unwrap_or_default(),
            visibility: body.visibility.unwrap_or(TemplateVisibility::Private),
            parameters: parameters.clone(),
            ..new(kind, body.slug, body.name)
        };
        self.store
            .put(&TEMPLATES, &caller.org, &template.slug, &template)?;
        let first = Publication {
            version: template.latest_version.clone(),
            changelog: None,
            parameters,
            archive,
        };
        self.keep_version(caller, &template.slug, first)?;
        self.audit(cx, 201, AuditAction::TemplateCreated, named(&template))?;
        Ok(CreateTemplateResponse::Created(template))
    }

    async fn update_template(
        &self,
        cx: &RequestContext,
        slug: types::TemplateSlug,
        body: types::UpdateTemplate,
    ) -> Result<UpdateTemplateResponse, ApiError> {
        let caller = caller(cx)?;
        let template = self.own_template(caller, &slug)?;
        if body.visibility == Some(TemplateVisibility::Private) && template.fork_count > 0 {
            let message = "others have forked the template";
            return Err(refused("/visibility", "forked", message));
        }
        self.store
            .update(&TEMPLATES, &caller.org, &slug, |template| {
                merge(template, &body)?;
                template.updated_at = now();
                Ok(())
            })?;
        let template = self.template(caller, &slug)?;
        self.audit(cx, 200, AuditAction::TemplateUpdated, named(&template))?;
        Ok(UpdateTemplateResponse::Ok(template))
    }

    async fn delete_template(
        &self,
        cx: &RequestContext,
        slug: types::TemplateSlug,
    ) -> Result<DeleteTemplateResponse, ApiError> {
        let caller = caller(cx)?;
        let template = self.own_template(caller, &slug)?;
        self.store.remove(&TEMPLATES, &caller.org, &slug)?;
        self.forget_versions(&caller.org, &slug)?;
        self.forget_stars(&caller.org, &slug)?;
        self.audit(cx, 204, AuditAction::TemplateDeleted, named(&template))?;
        Ok(DeleteTemplateResponse::NoContent)
    }

    async fn fork_template(
        &self,
        cx: &RequestContext,
        slug: types::TemplateSlug,
        body: types::ForkTemplate,
    ) -> Result<ForkTemplateResponse, ApiError> {
        let caller = caller(cx)?;
        let forked = self.template(caller, &slug)?;
        self.is_free(cx, &body.slug)?;
        let found = self.version(caller, &slug, body.version.as_deref())?;
        let missing = || refused("/version", "reference", "the template has no such version");
        let (version, archive) = found.ok_or_else(missing)?;
        let template = types::Template {
            description: forked.description,
            tags: forked.tags,
            visibility: body.visibility.unwrap_or(TemplateVisibility::Private),
            parameters: version.parameters.clone(),
            forked_from: Some(types::TemplateOrigin {
                slug,
                version: version.version,
            }),
            ..new(forked.kind, body.slug, body.name.unwrap_or(forked.name))
        };
        self.store
            .put(&TEMPLATES, &caller.org, &template.slug, &template)?;
        let first = Publication {
            version: template.latest_version.clone(),
            changelog: None,
            parameters: version.parameters,
            archive,
        };
        self.keep_version(caller, &template.slug, first)?;
        self.audit(cx, 201, AuditAction::TemplateCreated, named(&template))?;
        Ok(ForkTemplateResponse::Created(template))
    }

    async fn instantiate_template(
        &self,
        cx: &RequestContext,
        slug: types::TemplateSlug,
        body: Option<types::InstantiateTemplate>,
    ) -> Result<InstantiateTemplateResponse, ApiError> {
        let template = self.template(caller(cx)?, &slug)?;
        let made = self.instantiate(cx, &template, body.unwrap_or_default())?;
        self.audit(cx, 202, AuditAction::TemplateInstantiated, named(&template))?;
        Ok(InstantiateTemplateResponse::Accepted(made))
    }

    async fn star_template(
        &self,
        cx: &RequestContext,
        slug: types::TemplateSlug,
    ) -> Result<StarTemplateResponse, ApiError> {
        self.star(caller(cx)?, &slug, true)?;
        Ok(StarTemplateResponse::NoContent)
    }

    async fn unstar_template(
        &self,
        cx: &RequestContext,
        slug: types::TemplateSlug,
    ) -> Result<UnstarTemplateResponse, ApiError> {
        self.star(caller(cx)?, &slug, false)?;
        Ok(UnstarTemplateResponse::NoContent)
    }

    async fn download_template_archive(
        &self,
        cx: &RequestContext,
        slug: types::TemplateSlug,
        params: DownloadTemplateArchiveParams,
    ) -> Result<DownloadTemplateArchiveResponse, ApiError> {
        let found = self.version(caller(cx)?, &slug, params.version.as_deref())?;
        let (version, archive) = found.ok_or_else(|| no_version(&slug))?;
        let number = &version.version;
        Ok(DownloadTemplateArchiveResponse::Ok {
            content_disposition: format!("attachment; filename=\"{slug}-{number}.tar.gz\""),
            content_length: i64::try_from(archive.len()).ok(),
            e_tag: etag(&version.digest),
            body: Download::new(archive),
        })
    }

    async fn upload_template_archive(
        &self,
        cx: &RequestContext,
        slug: types::TemplateSlug,
        params: UploadTemplateArchiveParams,
        body: Body,
    ) -> Result<UploadTemplateArchiveResponse, ApiError> {
        let caller = caller(cx)?;
        let template = self.own_template(caller, &slug)?;
        let if_match = params.if_match.as_deref();
        let (body, e_tag) = self.draft(caller, &slug, if_match, body).await?;
        self.audit(cx, 200, AuditAction::TemplateUpdated, named(&template))?;
        Ok(UploadTemplateArchiveResponse::Ok { body, e_tag })
    }

    async fn get_template_version(
        &self,
        cx: &RequestContext,
        slug: types::TemplateSlug,
        version: types::SemanticVersion,
    ) -> Result<GetTemplateVersionResponse, ApiError> {
        let found = self.version(caller(cx)?, &slug, Some(&version))?;
        let (version, _) = found.ok_or_else(|| no_version(&slug))?;
        Ok(GetTemplateVersionResponse::Ok(version))
    }

    async fn list_template_versions(
        &self,
        cx: &RequestContext,
        slug: types::TemplateSlug,
        params: ListTemplateVersionsParams,
    ) -> Result<ListTemplateVersionsResponse, ApiError> {
        let versions = self.versions(caller(cx)?, &slug)?.into_iter();
        // Later versions are higher ones, so that a version keeps its place.
        let placed: Vec<_> = versions
            .enumerate()
            .map(|(place, version)| (format!("{place:08}"), version))
            .collect();
        let cursor = params.cursor.as_deref();
        let (data, next_cursor) = page(
            placed,
            |(place, _)| place,
            params.order,
            cursor,
            params.limit,
        )?;
        let data = data.into_iter().map(|(_, version)| version).collect();
        let list = types::TemplateVersionList { data, next_cursor };
        Ok(ListTemplateVersionsResponse::Ok(list))
    }

    async fn publish_template_version(
        &self,
        cx: &RequestContext,
        slug: types::TemplateSlug,
        body: types::PublishTemplateVersion,
    ) -> Result<PublishTemplateVersionResponse, ApiError> {
        let caller = caller(cx)?;
        let template = self.own_template(caller, &slug)?;
        rises(&body.version, &template.latest_version)?;
        let archive = match &body.source {
            Some(source) => {
                let (kind, archive) = self.taken_from(caller, source)?;
                if kind != template.kind {
                    let message = format!("the template makes a {}", template.kind.as_str());
                    return Err(refused("/source/type", "kind", message));
                }
                archive
            }
            None => {
                let uploaded = self.drafted(&caller.org, &slug)?;
                let message = "nothing was uploaded, and no source is named";
                uploaded.ok_or_else(|| refused("/source", "required", message))?
            }
        };
        let parameters = body.parameters.unwrap_or(template.parameters);
        let publication = Publication {
            version: body.version,
            changelog: body.changelog,
            parameters,
            archive,
        };
        let version = self.keep_version(caller, &slug, publication)?;
        let template = self
            .store
            .update(&TEMPLATES, &caller.org, &slug, |template| {
                template.latest_version.clone_from(&version.version);
                template.parameters.clone_from(&version.parameters);
                template.updated_at = now();
                Ok(())
            })?;
        let action = AuditAction::TemplateVersionPublished;
        self.audit(cx, 201, action, named(&template))?;
        Ok(PublishTemplateVersionResponse::Created(version))
    }
}

impl Sandbox {
    /// 422 for a slug that a template has.
    fn is_free(&self, cx: &RequestContext, slug: &str) -> Result<(), ApiError> {
        let mut templates = self.templates(caller(cx)?)?.into_iter();
        match templates.any(|template| template.slug == slug) {
            true => Err(refused("/slug", "unique", "the slug is taken")),
            false => Ok(()),
        }
    }
}

/// A template of the organisation's own that nobody has used.
fn new(kind: types::TemplateKind, slug: String, name: String) -> types::Template {
    let now = now();
    types::Template {
        id: id("tpl"),
        created_at: now,
        description: None,
        fork_count: 0,
        forked_from: None,
        kind,
        latest_version: "1.0.0".to_owned(),
        name,
        owner: types::TemplateOwner {
            name: "Sandbox".to_owned(),
            slug: "sandbox".to_owned(),
            verified: false,
        },
        parameters: Vec::new(),
        slug,
        star_count: 0,
        starred: false,
        tags: Vec::new(),
        updated_at: now,
        use_count: 0,
        visibility: TemplateVisibility::Private,
    }
}

fn named(template: &types::Template) -> types::AuditResource {
    let kind = AuditResourceType::Template;
    resource(kind, &template.id, Some(&template.name))
}

fn no_version(slug: &str) -> ApiError {
    ApiError::not_found(format!("{slug} has no such version"))
}
