//! What a server has to know of an operation, as constants that generated code hands over.

/// One operation of the document.
#[derive(Debug, PartialEq, Eq)]
pub struct OperationInfo {
    /// `startRun`
    pub id: &'static str,
    /// `POST`
    pub method: &'static str,
    /// `/runs/{run_id}`, as the document writes it.
    pub path: &'static str,
    /// `/runs/{p1}`, as a router wants it: a segment with a parameter is a placeholder whole.
    pub route: &'static str,
    /// `Orchestrator`; empty where the operation has no tag.
    pub area: &'static str,
    /// The header whose value makes the write safe to repeat, and whether it must be there.
    pub idempotency: Option<(&'static str, bool)>,
    /// The header by which a client goes on with a stream where it had left it.
    pub resume: Option<&'static str>,
    /// The answer is one page of many.
    pub paged: bool,
    /// The answer arrives piece by piece.
    pub streams: bool,
    /// The answer is the promise of a later result.
    pub long_running: bool,
    /// Any one of these sets of schemes is enough; empty: no authentication.
    pub security: &'static [&'static [&'static str]],
    /// Every parameter, path ones first and in the path's order.
    pub parameters: &'static [ParameterInfo],
    /// The media types of the body; empty where there is none.
    pub body: &'static [&'static str],
    /// A body must be sent.
    pub body_required: bool,
    /// How the fields of a form are read; empty where the body is none.
    pub form: &'static [(&'static str, Kind)],
}

impl OperationInfo {
    /// What most operations are not.
    pub const DEFAULT: Self = Self {
        id: "",
        method: "",
        path: "",
        route: "",
        area: "",
        idempotency: None,
        resume: None,
        paged: false,
        streams: false,
        long_running: false,
        security: &[],
        parameters: &[],
        body: &[],
        body_required: false,
        form: &[],
    };
}

/// One parameter of an operation.
#[derive(Debug, PartialEq, Eq)]
pub struct ParameterInfo {
    /// The name on the wire.
    pub name: &'static str,
    /// Where it stands.
    pub place: Place,
    /// How a list or a record is written.
    pub style: Style,
    /// Each item or property apart.
    pub explode: bool,
    /// It must be there.
    pub required: bool,
    /// What its text means.
    pub kind: Kind,
    /// The value where it is left out, as JSON.
    pub default: Option<&'static str>,
}

impl ParameterInfo {
    /// In the path, in its usual style.
    pub const fn path(name: &'static str, kind: Kind) -> Self {
        Self::new(name, Place::Path, Style::Simple, false, kind).required()
    }

    /// Behind the question mark, in its usual style.
    pub const fn query(name: &'static str, kind: Kind) -> Self {
        Self::new(name, Place::Query, Style::Form, true, kind)
    }

    /// A header, in its usual style.
    pub const fn header(name: &'static str, kind: Kind) -> Self {
        Self::new(name, Place::Header, Style::Simple, false, kind)
    }

    /// A cookie, in its usual style.
    pub const fn cookie(name: &'static str, kind: Kind) -> Self {
        Self::new(name, Place::Cookie, Style::Form, true, kind)
    }

    const fn new(
        name: &'static str,
        place: Place,
        style: Style,
        explode: bool,
        kind: Kind,
    ) -> Self {
        Self {
            name,
            place,
            style,
            explode,
            required: false,
            kind,
            default: None,
        }
    }

    /// In a style of its own.
    #[must_use]
    pub const fn styled(self, style: Style, explode: bool) -> Self {
        Self {
            style,
            explode,
            ..self
        }
    }

    /// To be there.
    #[must_use]
    pub const fn required(self) -> Self {
        Self {
            required: true,
            ..self
        }
    }

    /// This value, as JSON, where it is left out.
    #[must_use]
    pub const fn or(self, json: &'static str) -> Self {
        Self {
            default: Some(json),
            ..self
        }
    }
}

/// Where a parameter stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// In the path.
    Path,
    /// Behind the question mark.
    Query,
    /// A header.
    Header,
    /// In the `Cookie` header.
    Cookie,
}

impl Place {
    /// `query`
    pub fn name(self) -> &'static str {
        match self {
            Self::Path => "path",
            Self::Query => "query",
            Self::Header => "header",
            Self::Cookie => "cookie",
        }
    }
}

/// How a value is written: `style` of OpenAPI 3.1, section 4.8.12.4.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// `3,4,5`
    Simple,
    /// `.3.4.5`
    Label,
    /// `;id=3,4,5`
    Matrix,
    /// `id=3,4,5` or `id=3&id=4`
    Form,
    /// `id=3%204%205`
    SpaceDelimited,
    /// `id=3%7C4%7C5`
    PipeDelimited,
    /// `id[a]=3&id[b]=4`
    DeepObject,
}

/// What the text of a parameter or a field means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The text itself.
    Text,
    /// A number.
    Number,
    /// `true` or `false`.
    Boolean,
    /// JSON; a text that is none is itself.
    Json,
    /// Bytes of a form.
    File,
    /// Several of a kind.
    List(&'static Kind),
    /// Properties and their kinds; others are text.
    Record(&'static [(&'static str, Kind)]),
}
