//! The rules, as data: name, id, class on the wire, class in the source of those who use each
//! package (TypeScript, Python, Go, Rust, server), and what it says. `docs/changes.md` is written
//! from them, and `tests/changes/rules` holds two documents for each.

use crate::target::Target;

/// How bad a change is; the next version follows from it (Semantic Versioning 2.0.0).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Class {
    /// Nothing but words: a patch.
    Docs,
    /// What comes is said more exactly, nobody has to know, and nothing is new: a patch.
    Fix,
    /// Something new that nobody has to know: a minor version.
    Feature,
    /// What worked may not: a major version.
    Breaking,
}

impl Class {
    /// Every class, the worst first.
    pub const ALL: [Self; 4] = [Self::Breaking, Self::Feature, Self::Fix, Self::Docs];

    /// `breaking`, `feature`, `fix` or `docs`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Breaking => "breaking",
            Self::Feature => "feature",
            Self::Fix => "fix",
            Self::Docs => "docs",
        }
    }

    /// Which part of a version's number goes up.
    pub fn bump(self) -> &'static str {
        match self {
            Self::Breaking => "major",
            Self::Feature => "minor",
            Self::Fix | Self::Docs => "patch",
        }
    }
}

macro_rules! rules {
    ($($name:ident $id:literal $wire:ident $packages:literal $says:literal;)*) => {
        /// A kind of change. Ids are stable; a rule that is retired keeps its id.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Rule {
            $(#[doc = $says] $name,)*
        }

        impl Rule {
            /// Every rule.
            pub const ALL: &'static [Rule] = &[$(Rule::$name,)*];

            /// Its name for machines: `operation-removed`.
            pub fn id(self) -> &'static str {
                match self { $(Rule::$name => $id,)* }
            }

            /// What it does to programs that speak to the API, whatever they are written with.
            pub fn wire(self) -> Class {
                match self { $(Rule::$name => Class::$wire,)* }
            }

            /// A letter a package, in the order of [`Target::ALL`]: what it does to source that is
            /// written against it.
            fn packages(self) -> &'static [u8; Target::ALL.len()] {
                match self { $(Rule::$name => $packages,)* }
            }

            /// What it says, and why it is of its class.
            pub fn explanation(self) -> &'static str {
                match self { $(Rule::$name => $says,)* }
            }
        }
    };
}

impl Rule {
    /// What it does to source that is written against a package.
    pub fn code(self, target: Target) -> Class {
        let at = Target::ALL.iter().position(|t| *t == target);
        match at.map(|at| self.packages()[at]) {
            Some(b'D') => Class::Docs,
            Some(b'X') => Class::Fix,
            Some(b'F') => Class::Feature,
            _ => Class::Breaking,
        }
    }

    /// What a package that follows the change is to its users: the worse of wire and code.
    pub fn package(self, target: Target) -> Class {
        self.wire().max(self.code(target))
    }

    /// The worst of its classes.
    pub fn worst(self) -> Class {
        let packages = Target::ALL.iter().map(|target| self.package(*target));
        packages.fold(self.wire(), Class::max)
    }

    /// Where the rule is written about.
    pub fn page(self) -> String {
        let home = env!("CARGO_PKG_REPOSITORY");
        format!("{home}/blob/main/docs/changes.md#{}", self.id())
    }

    /// The rule of an id.
    pub fn of(id: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|rule| rule.id() == id)
    }

    /// The rule for a request that the API sends, to a webhook or a callback, where this one is
    /// for a request that it gets: what its senders may choose, its receivers must bear.
    pub(super) fn turned(self) -> Self {
        match self {
            Self::ParameterBecameOptional
            | Self::RequestBodyAdded
            | Self::RequestBodyBecameOptional
            | Self::RequestMediaTypeAdded
            | Self::ResponseErrorRemoved
            | Self::ResponseBodyAdded
            | Self::ResponseHeaderAdded
            | Self::ResponseHeaderBecameRequired => Self::WebhookChanged,
            other => other,
        }
    }
}

rules! {
    OperationAdded "operation-added" Feature b"FFFFB" "an operation is new";
    OperationRemoved "operation-removed" Breaking b"BBBBB" "an operation is gone, or has another method or path";
    OperationRenamed "operation-renamed" Docs b"BBBBB" "the operationId changed: requests are the same, methods of SDKs are called otherwise";
    OperationRenamedKept "operation-renamed-kept" Docs b"FFFFB" "the operationId changed, and `names.lock` has the old one: clients keep its names, deprecated";
    OperationTagged "operation-tagged" Docs b"BBBBB" "the tags changed: requests are the same, names that follow tags are not";
    OperationTaggedKept "operation-tagged-kept" Docs b"FFFFB" "the tags changed, and `names.lock` has the operation: clients keep the method at its old place, deprecated";
    OperationDeprecated "operation-deprecated" Feature b"FFFFF" "an operation should no longer be used";
    OperationRevived "operation-revived" Feature b"FFFFF" "an operation that should no longer be used may be used again";
    SunsetAnnounced "sunset-announced" Feature b"FFFFF" "`x-sunset` is new or later: a day is told on which it ends";
    SunsetChanged "sunset-changed" Breaking b"BBBBB" "`x-sunset` is gone or another day: who planned for the old one planned wrongly";
    PathParameterRenamed "path-parameter-renamed" Docs b"BBBBB" "a parameter of the path is called otherwise: requests are the same, arguments of SDKs are not";
    ConventionAdded "convention-added" Docs b"BBBBB" "an extension of ours is new: what SDKs make of the operation changes";
    ConventionChanged "convention-changed" Breaking b"BBBBB" "an extension of ours changed or is gone: pages, long-running work, error codes, roles of headers, names";

    ParameterAdded "parameter-added" Feature b"FFFFF" "an optional parameter is new";
    ParameterFirst "parameter-first" Feature b"BFBBB" "the first optional parameter of an operation that had nothing to choose: methods get another signature where a language has no optional arguments";
    ParameterAddedRequired "parameter-added-required" Breaking b"BBBBB" "a required parameter is new";
    ParameterRemoved "parameter-removed" Breaking b"BBBBB" "a parameter is gone";
    ParameterBecameRequired "parameter-became-required" Breaking b"BBBBB" "a parameter may no longer be left out";
    ParameterBecameOptional "parameter-became-optional" Feature b"BBBBB" "a parameter may be left out: its type in SDKs becomes an optional one";
    ParameterEncodingChanged "parameter-encoding-changed" Breaking b"BBBBB" "the style, the explosion or the media type of a parameter changed";
    ParameterDeprecated "parameter-deprecated" Feature b"FFFFF" "a parameter should no longer be used";
    ParameterRevived "parameter-revived" Feature b"FFFFF" "a parameter that should no longer be used may be used again";

    RequestBodyAdded "request-body-added" Feature b"BBBBB" "an optional body is new: methods get another signature";
    RequestBodyAddedRequired "request-body-added-required" Breaking b"BBBBB" "a required body is new";
    RequestBodyRemoved "request-body-removed" Breaking b"BBBBB" "the body is gone";
    RequestBodyBecameRequired "request-body-became-required" Breaking b"BBBBB" "the body may no longer be left out";
    RequestBodyBecameOptional "request-body-became-optional" Feature b"BBBBB" "the body may be left out: methods get another signature";
    RequestMediaTypeAdded "request-media-type-added" Feature b"BBBBB" "the body may be sent as another media type too; which of them SDKs send may change";
    RequestMediaTypeRemoved "request-media-type-removed" Breaking b"BBBBB" "the body may no longer be sent as this media type";
    EncodingChanged "encoding-changed" Breaking b"BBBBB" "a part of a form or of a multipart body is encoded otherwise";

    ResponseSuccessAdded "response-success-added" Breaking b"BBBBB" "an operation may succeed with another status: clients that know the old ones take it for something else";
    ResponseErrorAdded "response-error-added" Feature b"FFFFF" "an operation may fail with another status; clients meet unknown ones as they always had to";
    ResponseSuccessRemoved "response-success-removed" Breaking b"BBBBB" "a success is gone";
    ResponseErrorRemoved "response-error-removed" Fix b"BBBBB" "a failure is gone: its type in SDKs may be, too";
    ResponseBodyAdded "response-body-added" Feature b"BBBBB" "an answer that had no body has one: methods return something";
    ResponseBodyRemoved "response-body-removed" Breaking b"BBBBB" "an answer has no body any more";
    ResponseMediaTypeAdded "response-media-type-added" Feature b"BBBBB" "an answer may come as another media type, if it is asked for: methods may return something else";
    ResponseMediaTypeRemoved "response-media-type-removed" Breaking b"BBBBB" "an answer no longer comes as this media type";
    ResponseHeaderAdded "response-header-added" Feature b"FFFFB" "a header of an answer is new";
    ResponseHeaderRemoved "response-header-removed" Breaking b"BBBBB" "a header of an answer is gone";
    ResponseHeaderBecameOptional "response-header-became-optional" Breaking b"BBBBB" "a header may be missing";
    ResponseHeaderBecameRequired "response-header-became-required" Fix b"BBBBB" "a header is always there: its type in SDKs is no longer an optional one";
    StreamChanged "stream-changed" Breaking b"BBBBB" "an answer became a stream or is none any more, or its end is told otherwise";
    LinkAdded "link-added" Feature b"FFFFF" "a link is new; only an extension of ours makes something of it";
    LinkChanged "link-changed" Breaking b"BBBBB" "a link is gone, or leads elsewhere: waiting for results follows links";

    RequestPropertyAdded "request-property-added" Feature b"FFFFF" "an optional property may be sent";
    RequestPropertyAddedRequired "request-property-added-required" Breaking b"BBBBB" "a new property must be sent";
    RequestPropertyRemoved "request-property-removed" Breaking b"BBBBB" "a property may no longer be sent";
    RequestPropertyBecameRequired "request-property-became-required" Breaking b"BBBBB" "a property may no longer be left out";
    RequestPropertyBecameOptional "request-property-became-optional" Feature b"BBBBB" "a property may be left out: its type in SDKs becomes an optional one";
    ResponsePropertyAdded "response-property-added" Feature b"FFFFB" "a property is new; clients leave alone what they do not know";
    ResponsePropertyRemoved "response-property-removed" Breaking b"BBBBB" "a property is gone";
    ResponsePropertyBecameOptional "response-property-became-optional" Breaking b"BBBBB" "a property may be missing";
    ResponsePropertyBecameRequired "response-property-became-required" Fix b"BBBBB" "a property is always there: its type in SDKs is no longer an optional one";

    RequestTypeNarrowed "request-type-narrowed" Breaking b"BBBBB" "fewer types may be sent";
    RequestTypeWidened "request-type-widened" Feature b"BBBBB" "more types may be sent: the type in SDKs changes";
    RequestTypeChanged "request-type-changed" Breaking b"BBBBB" "other types are to be sent";
    ResponseTypeNarrowed "response-type-narrowed" Fix b"BBBBB" "fewer types can come: the type in SDKs changes";
    ResponseTypeWidened "response-type-widened" Breaking b"BBBBB" "more types can come";
    ResponseTypeChanged "response-type-changed" Breaking b"BBBBB" "other types come";
    RequestFormatNarrowed "request-format-narrowed" Breaking b"BBBBB" "a format must be kept";
    RequestFormatWidened "request-format-widened" Feature b"BBBBB" "a format need not be kept: the type in SDKs changes";
    RequestFormatChanged "request-format-changed" Breaking b"BBBBB" "another format, encoding or media type must be kept";
    ResponseFormatNarrowed "response-format-narrowed" Fix b"BBBBB" "a format is kept: the type in SDKs changes";
    ResponseFormatWidened "response-format-widened" Breaking b"BBBBB" "a format is no longer kept";
    ResponseFormatChanged "response-format-changed" Breaking b"BBBBB" "another format, encoding or media type is kept";
    RequestValueAdded "request-value-added" Feature b"BBFFB" "one more value may be sent: a `match` that names every value of the type in SDKs misses it";
    RequestValueRemoved "request-value-removed" Breaking b"BBBBB" "a value may no longer be sent, or only some may";
    ResponseValueAdded "response-value-added" Breaking b"BBBBB" "a value can come that was not among those listed";
    ResponseValueRemoved "response-value-removed" Fix b"BBBBB" "a value comes no more, or only some do: names in SDKs are gone";
    ResponseOpenValueAdded "response-open-value-added" Feature b"FFFFF" "an open enum has one more value; clients had to meet unknown ones";
    RequestBoundTightened "request-bound-tightened" Breaking b"BBBBB" "a limit leaves less to send";
    RequestBoundLoosened "request-bound-loosened" Feature b"FFFFF" "a limit leaves more to send";
    RequestBoundChanged "request-bound-changed" Breaking b"BBBBB" "a pattern or a step of what is sent changed; which values it leaves cannot be told";
    ResponseBoundTightened "response-bound-tightened" Fix b"XXXXB" "a limit leaves less that can come";
    ResponseBoundLoosened "response-bound-loosened" Breaking b"BBBBB" "a limit leaves more that can come";
    ResponseBoundChanged "response-bound-changed" Breaking b"BBBBB" "a pattern or a step of what comes changed; which values it leaves cannot be told";
    RequestAdditionalNarrowed "request-additional-narrowed" Breaking b"BBBBB" "less may be sent beside what is listed";
    RequestAdditionalWidened "request-additional-widened" Feature b"BBBBB" "more may be sent beside what is listed: the type in SDKs changes";
    ResponseAdditionalNarrowed "response-additional-narrowed" Fix b"BBBBB" "less comes beside what is listed: the type in SDKs changes";
    ResponseAdditionalWidened "response-additional-widened" Breaking b"BBBBB" "more can come beside what is listed";
    RequestVariantAdded "request-variant-added" Feature b"BBBBB" "one more variant of a union may be sent: a `match` that names every variant of the type in SDKs misses it";
    RequestVariantRemoved "request-variant-removed" Breaking b"BBBBB" "a variant of a union may no longer be sent";
    ResponseVariantAdded "response-variant-added" Breaking b"BBBBB" "a variant of a union can come that was not among those listed";
    ResponseVariantRemoved "response-variant-removed" Fix b"BBBBB" "a variant of a union comes no more: its names in SDKs are gone";
    ResponseOpenVariantAdded "response-open-variant-added" Feature b"FFFFF" "an open union has one more variant; clients had to meet unknown ones";
    DiscriminatorChanged "discriminator-changed" Breaking b"BBBBB" "variants are told apart otherwise";
    ConditionChanged "condition-changed" Breaking b"BBBBB" "a condition of a schema changed, such as `allOf`, `not` or `if`; which values it leaves cannot be told";
    OpennessChanged "openness-changed" Breaking b"BBBBB" "an enum or a union was opened or closed: the type in SDKs changes";
    RequestDefaultChanged "request-default-changed" Breaking b"BBBBB" "what is left out means something else";
    ResponseDefaultChanged "response-default-changed" Docs b"DDDDD" "the default of something that comes changed";
    TypeDivided "type-divided" Docs b"BBBBB" "a type that is sent and comes got its first `readOnly` or `writeOnly` property, or lost its last: SDKs make two types of it, or one";
    TypeRenamed "type-renamed" Docs b"BBBBB" "a schema goes by another name: values are the same, types of SDKs are called otherwise";
    TypeRenamedKept "type-renamed-kept" Docs b"FFFFB" "a schema goes by another name, and `names.lock` has the old one: clients keep it, deprecated";
    SchemaDeprecated "schema-deprecated" Feature b"FFFFF" "a property or a type should no longer be used";
    SchemaRevived "schema-revived" Feature b"FFFFF" "a property or a type that should no longer be used may be used again";

    SecurityTightened "security-tightened" Breaking b"BBBBB" "a call that was allowed needs other credentials or scopes";
    SecurityLoosened "security-loosened" Feature b"FFFFF" "a call is allowed with other or fewer credentials or scopes too";
    SecuritySchemeChanged "security-scheme-changed" Breaking b"BBBBB" "credentials are sent, or gotten, otherwise";
    SecuritySchemeAdded "security-scheme-added" Feature b"FFFFF" "clients may be given credentials of another kind";
    SecuritySchemeRemoved "security-scheme-removed" Breaking b"BBBBB" "clients are no longer given credentials of this kind";
    SecurityScopeAdded "security-scope-added" Feature b"FFFFF" "a scope may be asked for";
    SecurityScopeRemoved "security-scope-removed" Breaking b"BBBBB" "a scope may no longer be asked for";
    ServerAdded "server-added" Feature b"FFFFF" "the API is at one more address";
    ServerRemoved "server-removed" Breaking b"BBBBB" "the API is no longer at this address";
    ServerDefaultChanged "server-default-changed" Breaking b"BBBBB" "another address is the first, which SDKs call unless they are told";
    ServerVariableChanged "server-variable-changed" Breaking b"BBBBB" "a variable of an address is gone or new, or has another default or fewer values";
    ServerVariableWidened "server-variable-widened" Feature b"BFFFF" "a variable of an address may have one more value; an option that lists them lists one more";

    WebhookAdded "webhook-added" Feature b"FFFFF" "a webhook is new";
    WebhookRemoved "webhook-removed" Breaking b"BBBBB" "a webhook is gone";
    WebhookChanged "webhook-changed" Breaking b"BBBBB" "a webhook or a callback is sent or answered otherwise: what is safe in a request is not when its receiver is the user's server";
    CallbackAdded "callback-added" Feature b"FFFFF" "a callback is new";
    CallbackRemoved "callback-removed" Breaking b"BBBBB" "a callback is gone";
    TitleChanged "title-changed" Docs b"BBBBB" "the API is called otherwise, and so may packages and clients be";
    DialectChanged "dialect-changed" Breaking b"BBBBB" "schemas are to be read by another dialect of JSON Schema";
    WordsChanged "words-changed" Docs b"DDDDD" "titles, summaries, descriptions or examples changed";
    NamesChanged "names-changed" Docs b"BBBBB" "public names of a package are gone or declared otherwise, and no other rule says so: it breaks this package alone";
    NamesAdded "names-added" Docs b"FFFFF" "public names of a package are new, and no other rule says so: it is a feature of this package alone";
}
