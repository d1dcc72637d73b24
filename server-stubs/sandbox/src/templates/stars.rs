//! Templates as a caller sees them: with its star, and the counts of what others did.

use exai_runtime::Caller;
use exai_server::{ApiError, types};
use serde::{Deserialize, Serialize};
use types::Template;

use super::{TEMPLATES, builtin};
use crate::Sandbox;
use crate::store::Kind;

/// Stars by the template's slug and who gave them.
const STARS: Kind<Star> = Kind::new("star");
/// How often a template was used, by its slug.
const USES: Kind<i64> = Kind::new("template-uses");

#[derive(Serialize, Deserialize)]
struct Star {}

impl Sandbox {
    /// Every template that a caller sees: those that are built in, then those of its organisation.
    pub(super) fn templates(&self, caller: &Caller) -> Result<Vec<Template>, ApiError> {
        let org = &caller.org;
        let own = self.store.list(&TEMPLATES, org, "")?;
        let forks: Vec<String> = own
            .iter()
            .filter_map(|one| one.forked_from.as_ref().map(|origin| origin.slug.clone()))
            .collect();
        let mut found = builtin::templates();
        found.extend(own);
        for template in &mut found {
            let slug = &template.slug;
            let stars = self.store.list(&STARS, org, &format!("{slug}/"))?.len();
            let mine = self.store.get(&STARS, org, &star(caller, slug))?;
            template.starred = mine.is_some();
            template.star_count += i64::try_from(stars).unwrap_or(i64::MAX);
            template.use_count += self.store.get(&USES, org, slug)?.unwrap_or(0);
            let forks = forks.iter().filter(|origin| *origin == slug).count();
            template.fork_count += i64::try_from(forks).unwrap_or(i64::MAX);
        }
        Ok(found)
    }

    /// A template; 404 where the caller sees none.
    pub(super) fn template(&self, caller: &Caller, slug: &str) -> Result<Template, ApiError> {
        let mut found = self.templates(caller)?.into_iter();
        let missing = || ApiError::not_found(format!("there is no template {slug}"));
        found.rfind(|one| one.slug == slug).ok_or_else(missing)
    }

    /// A template that the caller may change; 403 for one of another organisation.
    pub(super) fn own_template(&self, caller: &Caller, slug: &str) -> Result<Template, ApiError> {
        let template = self.template(caller, slug)?;
        match self.store.get(&TEMPLATES, &caller.org, slug)? {
            Some(_) => Ok(template),
            None => Err(ApiError::forbidden_role(format!(
                "{slug} is a template of another organisation"
            ))),
        }
    }

    /// Gives a star, or takes it back; twice is as once.
    pub(super) fn star(&self, caller: &Caller, slug: &str, given: bool) -> Result<(), ApiError> {
        self.template(caller, slug)?;
        let key = star(caller, slug);
        if given {
            return self.store.put(&STARS, &caller.org, &key, &Star {});
        }
        self.store.remove(&STARS, &caller.org, &key)?;
        Ok(())
    }

    /// Counts a use.
    pub(super) fn count_use(&self, org: &str, slug: &str) -> Result<(), ApiError> {
        let uses = self.store.get(&USES, org, slug)?.unwrap_or(0);
        self.store.put(&USES, org, slug, &(uses + 1))
    }

    /// Takes the stars and uses of a template that is gone away.
    pub(super) fn forget_stars(&self, org: &str, slug: &str) -> Result<(), ApiError> {
        self.store.remove_all(&STARS, org, &format!("{slug}/"))?;
        self.store.remove(&USES, org, slug)?;
        Ok(())
    }
}

fn star(caller: &Caller, slug: &str) -> String {
    use exai_runtime::Actor;
    match &caller.actor {
        Actor::User { user_id, .. } => format!("{slug}/{user_id}"),
        _ => format!("{slug}/{}", caller.token),
    }
}
