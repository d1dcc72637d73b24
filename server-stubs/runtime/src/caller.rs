//! Who calls.

use serde::ser::SerializeMap;
use serde::{Deserialize, Serialize, Serializer};

/// Whom a token speaks for. Handlers find it in the request's extensions.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Caller {
    /// The organisation; everything the caller does happens inside it.
    pub org: String,
    /// The id of the token, never the token: what its own rate limit counts by.
    pub token: String,
    /// The name of the security scheme that the token is of: `userToken`.
    pub scheme: String,
    /// The role, in the words of the server; `None` where it has no roles.
    pub role: Option<String>,
    /// How the caller appears in receipts.
    pub actor: Actor,
}

impl Caller {
    /// A service, through a token of an organisation.
    pub fn service(
        org: impl Into<String>,
        scheme: impl Into<String>,
        token_id: impl Into<String>,
        token_name: impl Into<String>,
    ) -> Self {
        let token = token_id.into();
        Self {
            org: org.into(),
            token: token.clone(),
            scheme: scheme.into(),
            role: None,
            actor: Actor::Token {
                token_id: token,
                token_name: token_name.into(),
            },
        }
    }

    /// A person, through a token of their own.
    pub fn person(
        org: impl Into<String>,
        scheme: impl Into<String>,
        token_id: impl Into<String>,
        user_id: impl Into<String>,
        display_name: impl Into<String>,
    ) -> Self {
        Self {
            org: org.into(),
            token: token_id.into(),
            scheme: scheme.into(),
            role: None,
            actor: Actor::User {
                user_id: user_id.into(),
                display_name: display_name.into(),
            },
        }
    }

    /// With a role.
    #[must_use]
    pub fn with_role(mut self, role: impl Into<String>) -> Self {
        self.role = Some(role.into());
        self
    }

    /// The id of the person, where it is one.
    pub fn user(&self) -> Option<&str> {
        match &self.actor {
            Actor::User { user_id, .. } => Some(user_id),
            _ => None,
        }
    }
}

/// Who did something; on the wire it is told apart by `type`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Actor {
    /// A person.
    User {
        /// `usr_...`
        user_id: String,
        /// The name that people see.
        display_name: String,
    },
    /// A service.
    Token {
        /// `tok_...`
        token_id: String,
        /// The name that the token was given.
        token_name: String,
    },
    /// An agent.
    Agent {
        /// `agt_...`
        agent_id: String,
        /// The run that it acted in.
        run_id: Option<String>,
    },
    /// The server itself.
    System {
        /// The part that acted: `scheduler`.
        component: String,
    },
}

/// Members in the order of RFC 8785, section 3.2.3, the tag among them: receipts are hashed as they
/// are written.
impl Serialize for Actor {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        match self {
            Self::User {
                user_id,
                display_name,
            } => {
                map.serialize_entry("display_name", display_name)?;
                map.serialize_entry("type", "user")?;
                map.serialize_entry("user_id", user_id)?;
            }
            Self::Token {
                token_id,
                token_name,
            } => {
                map.serialize_entry("token_id", token_id)?;
                map.serialize_entry("token_name", token_name)?;
                map.serialize_entry("type", "token")?;
            }
            Self::Agent { agent_id, run_id } => {
                map.serialize_entry("agent_id", agent_id)?;
                map.serialize_entry("run_id", run_id)?;
                map.serialize_entry("type", "agent")?;
            }
            Self::System { component } => {
                map.serialize_entry("component", component)?;
                map.serialize_entry("type", "system")?;
            }
        }
        map.end()
    }
}
