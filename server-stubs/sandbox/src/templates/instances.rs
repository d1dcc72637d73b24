//! What templates make: workspaces and plans.

use exai_runtime::Caller;
use exai_server::{ApiError, RequestContext, types};
use serde_json::{Map, Value, json};
use types::{InstantiateTemplate, TemplateInstance, TemplateKind, TemplateParameter};

use crate::Sandbox;
use crate::archive::{Entry, unpack};
use crate::patch::recast;
use crate::store::failed;
use crate::world::{caller, refused};

impl Sandbox {
    /// Makes what a version of a template describes.
    pub(super) fn instantiate(
        &self,
        cx: &RequestContext,
        template: &types::Template,
        body: InstantiateTemplate,
    ) -> Result<TemplateInstance, ApiError> {
        let caller = caller(cx)?;
        let found = self.version(caller, &template.slug, body.version.as_deref())?;
        let missing = || refused("/version", "reference", "the template has no such version");
        let (version, archive) = found.ok_or_else(missing)?;
        hold(&version.parameters, &body)?;
        let origin = types::TemplateOrigin {
            slug: template.slug.clone(),
            version: version.version,
        };
        let name = body.name.unwrap_or_else(|| template.name.clone());
        let labels = body.labels;
        let made = if template.kind == TemplateKind::Plan {
            let mut plan = plan_of(&unpack(&archive)?)?;
            plan.name = name;
            plan.labels = labels.or(plan.labels);
            let plan = self.keep_plan(cx, plan)?;
            TemplateInstance::Plan(types::PlanInstance {
                poll_url: self.url(&format!("/plans/{}", plan.id)),
                plan,
                template: origin,
            })
        } else {
            let secrets = body.secrets.unwrap_or_default().into_keys();
            let variables = secrets.map(|name| json!({"name": name, "secret": true}));
            let described = json!({
                "name": name,
                "labels": labels.unwrap_or_default(),
                "environment": variables.collect::<Vec<_>>(),
                "origin": {"type": "template", "slug": origin.slug, "version": origin.version},
            });
            let workspace = self.provision(cx, recast(&described)?)?;
            TemplateInstance::Workspace(types::WorkspaceInstance {
                poll_url: workspace.poll_url.clone(),
                stream_url: workspace.stream_url.clone(),
                template: origin,
                workspace,
            })
        };
        self.count_use(&caller.org, &template.slug)?;
        Ok(made)
    }

    /// Puts what a version of a template holds into a new workspace; 422 where there is none.
    pub(crate) fn unpack_template(
        &self,
        caller: &Caller,
        workspace_id: &str,
        origin: &types::TemplateWorkspaceOrigin,
    ) -> Result<(), ApiError> {
        let missing = |part: &str, message: &str| {
            let pointer = format!("/origin/{part}");
            refused(&pointer, "reference", message)
        };
        let mut templates = self.templates(caller)?.into_iter();
        let template = templates.rfind(|one| one.slug == origin.slug);
        template
            .filter(|one| one.kind == TemplateKind::Workspace)
            .ok_or_else(|| missing("slug", "no template that makes workspaces has this slug"))?;
        let found = self.version(caller, &origin.slug, origin.version.as_deref())?;
        let (_, archive) =
            found.ok_or_else(|| missing("version", "the template has no such version"))?;
        for Entry {
            path,
            executable,
            content,
        } in unpack(&archive)?
        {
            let mode = match executable {
                true => types::FileMode::N100755,
                false => types::FileMode::N100644,
            };
            self.put_file(&caller.org, workspace_id, path, Some(mode), &content)?;
        }
        Ok(())
    }
}

fn plan_of(tree: &[Entry]) -> Result<types::CreatePlan, ApiError> {
    let file = tree.iter().find(|entry| entry.path == "plan.json");
    let broken = |why: String| refused("", "plan", format!("the template's plan.json {why}"));
    let file = file.ok_or_else(|| broken("is missing".to_owned()))?;
    serde_json::from_slice(&file.content).map_err(|error| broken(format!("is no plan: {error}")))
}

/// 422 unless every parameter has a value of its type, and every value a parameter.
fn hold(parameters: &[TemplateParameter], body: &InstantiateTemplate) -> Result<(), ApiError> {
    let (mut values, mut secrets) = (Described::default(), Described::default());
    for parameter in parameters {
        match parameter {
            TemplateParameter::String(one) => values.add(
                &one.name,
                one.default.is_none(),
                json!({"type": "string", "maxLength": one.max_length, "pattern": one.pattern}),
            ),
            TemplateParameter::Integer(one) => values.add(
                &one.name,
                one.default.is_none(),
                json!({"type": "integer", "minimum": one.minimum, "maximum": one.maximum}),
            ),
            TemplateParameter::Boolean(one) => {
                values.add(&one.name, one.default.is_none(), json!({"type": "boolean"}))
            }
            TemplateParameter::Choice(one) => {
                let choices: Vec<&String> = one.choices.iter().map(|one| &one.value).collect();
                values.add(&one.name, one.default.is_none(), json!({"enum": choices}));
            }
            TemplateParameter::Secret(one) => secrets.add(
                &one.name,
                one.optional != Some(true),
                json!({"type": "string"}),
            ),
            TemplateParameter::Unknown(_) => {}
        }
    }
    values.hold(
        "/parameters",
        &serde_json::to_value(&body.parameters).map_err(failed)?,
    )?;
    secrets.hold(
        "/secrets",
        &serde_json::to_value(&body.secrets).map_err(failed)?,
    )
}

/// Values by name, as JSON Schema describes them.
#[derive(Default)]
struct Described {
    properties: Map<String, Value>,
    required: Vec<String>,
}

impl Described {
    fn add(&mut self, name: &str, required: bool, mut schema: Value) {
        if let Some(schema) = schema.as_object_mut() {
            schema.retain(|_, rule| !rule.is_null());
        }
        self.properties.insert(name.to_owned(), schema);
        if required {
            self.required.push(name.to_owned());
        }
    }

    fn hold(self, at: &str, values: &Value) -> Result<(), ApiError> {
        let schema = json!({
            "properties": self.properties,
            "required": self.required,
            "additionalProperties": false,
        });
        let values = match values {
            Value::Null => &json!({}),
            values => values,
        };
        let schema = jsonschema::validator_for(&schema).map_err(|error| {
            let message = format!("a parameter's pattern cannot be used: {error}");
            refused(at, "pattern", message)
        })?;
        match schema.iter_errors(values).next() {
            None => Ok(()),
            // What a secret's value is must not be said.
            Some(error) => {
                let pointer = format!("{at}{}", error.instance_path());
                let rule = error.kind().keyword().to_owned();
                Err(refused(&pointer, &rule, error.masked().to_string()))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(parameters: Value, secrets: Value) -> Option<String> {
        let asked = json!([
            {"type": "string", "name": "name", "label": "Name", "pattern": "^[a-z]+$"},
            {"type": "integer", "name": "count", "label": "Count", "default": 1, "maximum": 9},
            {"type": "secret", "name": "KEY", "label": "Key"},
        ]);
        let asked: Vec<TemplateParameter> = serde_json::from_value(asked).expect("parameters");
        let body = json!({"parameters": parameters, "secrets": secrets});
        let body = serde_json::from_value(body).expect("a body");
        let error = hold(&asked, &body).err()?;
        assert!(!error.message().contains("hidden"));
        Some(error.message().to_owned())
    }

    #[test]
    fn every_parameter_has_a_value_and_every_value_a_parameter() {
        let secret = || json!({"KEY": "hidden"});
        assert_eq!(rule(json!({"name": "a"}), secret()), None);
        assert_eq!(rule(json!({"name": "a", "count": 9}), secret()), None);
        for parameters in [
            json!({}),
            json!({"name": "A"}),
            json!({"name": 1}),
            json!({"name": "a", "count": 10}),
            json!({"name": "a", "other": true}),
        ] {
            assert!(rule(parameters.clone(), secret()).is_some(), "{parameters}");
        }
        assert!(rule(json!({"name": "a"}), Value::Null).is_some());
    }
}
