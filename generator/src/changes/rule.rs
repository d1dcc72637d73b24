//! The rules, as data.

/// How bad a change is; the next version follows from it (Semantic Versioning 2.0.0).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Class {
    /// Nothing but words: a patch.
    Docs,
    /// Something new that nobody has to know: a minor version.
    Feature,
    /// What worked may not: a major version.
    Breaking,
}

impl Class {
    /// `breaking`, `feature` or `docs`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Breaking => "breaking",
            Self::Feature => "feature",
            Self::Docs => "docs",
        }
    }

    /// Which part of a version's number goes up.
    pub fn bump(self) -> &'static str {
        match self {
            Self::Breaking => "major",
            Self::Feature => "minor",
            Self::Docs => "patch",
        }
    }
}

macro_rules! rules {
    ($($name:ident $id:literal $wire:ident $code:ident $says:literal;)*) => {
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

            /// What it does to source written against the SDKs; the worst of the languages.
            pub fn code(self) -> Class {
                match self { $(Rule::$name => Class::$code,)* }
            }

            /// What it says, and why it is of its class.
            pub fn explanation(self) -> &'static str {
                match self { $(Rule::$name => $says,)* }
            }
        }
    };
}

impl Rule {
    /// The worse of its two classes.
    pub fn worst(self) -> Class {
        self.wire().max(self.code())
    }
}

rules! {
    OperationAdded "operation-added" Feature Feature "an operation is new";
    OperationRemoved "operation-removed" Breaking Breaking "an operation is gone, or has another method or path";
    OperationRenamed "operation-renamed" Docs Breaking "the operationId changed: requests are the same, methods of SDKs are called otherwise";
    OperationTagged "operation-tagged" Docs Breaking "the tags changed: requests are the same, names that follow tags are not";
    OperationDeprecated "operation-deprecated" Feature Feature "an operation should no longer be used";
    PathParameterRenamed "path-parameter-renamed" Docs Breaking "a parameter of the path is called otherwise: requests are the same, arguments of SDKs are not";
    ConventionAdded "convention-added" Docs Breaking "an extension of ours is new: what SDKs make of the operation changes";
    ConventionChanged "convention-changed" Breaking Breaking "an extension of ours changed or is gone: pages, long-running work, error codes, roles of headers, names";

    ParameterAdded "parameter-added" Feature Feature "an optional parameter is new";
    ParameterFirst "parameter-first" Feature Breaking "the first optional parameter of an operation that had nothing to choose: methods get another signature where a language has no optional arguments";
    ParameterAddedRequired "parameter-added-required" Breaking Breaking "a required parameter is new";
    ParameterRemoved "parameter-removed" Breaking Breaking "a parameter is gone";
    ParameterBecameRequired "parameter-became-required" Breaking Breaking "a parameter may no longer be left out";
    ParameterBecameOptional "parameter-became-optional" Feature Breaking "a parameter may be left out: its type in SDKs becomes an optional one";
    ParameterEncodingChanged "parameter-encoding-changed" Breaking Breaking "the style, the explosion or the media type of a parameter changed";
    ParameterDeprecated "parameter-deprecated" Feature Feature "a parameter should no longer be used";

    RequestBodyAdded "request-body-added" Feature Breaking "an optional body is new: methods get another signature";
    RequestBodyAddedRequired "request-body-added-required" Breaking Breaking "a required body is new";
    RequestBodyRemoved "request-body-removed" Breaking Breaking "the body is gone";
    RequestBodyBecameRequired "request-body-became-required" Breaking Breaking "the body may no longer be left out";
    RequestBodyBecameOptional "request-body-became-optional" Feature Breaking "the body may be left out: methods get another signature";
    RequestMediaTypeAdded "request-media-type-added" Feature Feature "the body may be sent as another media type too";
    RequestMediaTypeRemoved "request-media-type-removed" Breaking Breaking "the body may no longer be sent as this media type";
    EncodingChanged "encoding-changed" Breaking Breaking "a part of a form or of a multipart body is encoded otherwise";

    ResponseSuccessAdded "response-success-added" Breaking Breaking "an operation may succeed with another status: clients that know the old ones take it for something else";
    ResponseErrorAdded "response-error-added" Feature Feature "an operation may fail with another status; clients meet unknown ones as they always had to";
    ResponseSuccessRemoved "response-success-removed" Breaking Breaking "a success is gone";
    ResponseErrorRemoved "response-error-removed" Feature Breaking "a failure is gone: its type in SDKs may be, too";
    ResponseBodyAdded "response-body-added" Feature Breaking "an answer that had no body has one: methods return something";
    ResponseBodyRemoved "response-body-removed" Breaking Breaking "an answer has no body any more";
    ResponseMediaTypeAdded "response-media-type-added" Feature Breaking "an answer may come as another media type, if it is asked for: methods may return something else";
    ResponseMediaTypeRemoved "response-media-type-removed" Breaking Breaking "an answer no longer comes as this media type";
    ResponseHeaderAdded "response-header-added" Feature Feature "a header of an answer is new";
    ResponseHeaderRemoved "response-header-removed" Breaking Breaking "a header of an answer is gone";
    ResponseHeaderBecameOptional "response-header-became-optional" Breaking Breaking "a header may be missing";
    ResponseHeaderBecameRequired "response-header-became-required" Feature Breaking "a header is always there: its type in SDKs is no longer an optional one";
    StreamChanged "stream-changed" Breaking Breaking "an answer became a stream or is none any more, or its end is told otherwise";

    RequestPropertyAdded "request-property-added" Feature Feature "an optional property may be sent";
    RequestPropertyAddedRequired "request-property-added-required" Breaking Breaking "a new property must be sent";
    RequestPropertyRemoved "request-property-removed" Breaking Breaking "a property may no longer be sent";
    RequestPropertyBecameRequired "request-property-became-required" Breaking Breaking "a property may no longer be left out";
    RequestPropertyBecameOptional "request-property-became-optional" Feature Breaking "a property may be left out: its type in SDKs becomes an optional one";
    ResponsePropertyAdded "response-property-added" Feature Feature "a property is new; clients leave alone what they do not know";
    ResponsePropertyRemoved "response-property-removed" Breaking Breaking "a property is gone";
    ResponsePropertyBecameOptional "response-property-became-optional" Breaking Breaking "a property may be missing";
    ResponsePropertyBecameRequired "response-property-became-required" Feature Breaking "a property is always there: its type in SDKs is no longer an optional one";

    RequestTypeNarrowed "request-type-narrowed" Breaking Breaking "fewer types may be sent";
    RequestTypeWidened "request-type-widened" Feature Breaking "more types may be sent: the type in SDKs changes";
    RequestTypeChanged "request-type-changed" Breaking Breaking "other types are to be sent";
    ResponseTypeNarrowed "response-type-narrowed" Feature Breaking "fewer types can come: the type in SDKs changes";
    ResponseTypeWidened "response-type-widened" Breaking Breaking "more types can come";
    ResponseTypeChanged "response-type-changed" Breaking Breaking "other types come";
    RequestFormatNarrowed "request-format-narrowed" Breaking Breaking "a format must be kept";
    RequestFormatWidened "request-format-widened" Feature Breaking "a format need not be kept: the type in SDKs changes";
    RequestFormatChanged "request-format-changed" Breaking Breaking "another format, encoding or media type must be kept";
    ResponseFormatNarrowed "response-format-narrowed" Feature Breaking "a format is kept: the type in SDKs changes";
    ResponseFormatWidened "response-format-widened" Breaking Breaking "a format is no longer kept";
    ResponseFormatChanged "response-format-changed" Breaking Breaking "another format, encoding or media type is kept";
    RequestValueAdded "request-value-added" Feature Breaking "one more value may be sent: a `match` that names every value of the type in SDKs misses it";
    RequestValueRemoved "request-value-removed" Breaking Breaking "a value may no longer be sent, or only some may";
    ResponseValueAdded "response-value-added" Breaking Breaking "a value can come that was not among those listed";
    ResponseValueRemoved "response-value-removed" Feature Breaking "a value comes no more, or only some do: names in SDKs are gone";
    ResponseOpenValueAdded "response-open-value-added" Feature Feature "an open enum has one more value; clients had to meet unknown ones";
    RequestBoundTightened "request-bound-tightened" Breaking Breaking "a limit leaves less to send";
    RequestBoundLoosened "request-bound-loosened" Feature Feature "a limit leaves more to send";
    RequestBoundChanged "request-bound-changed" Breaking Breaking "a pattern or a step of what is sent changed; which values it leaves cannot be told";
    ResponseBoundTightened "response-bound-tightened" Feature Feature "a limit leaves less that can come";
    ResponseBoundLoosened "response-bound-loosened" Breaking Breaking "a limit leaves more that can come";
    ResponseBoundChanged "response-bound-changed" Breaking Breaking "a pattern or a step of what comes changed; which values it leaves cannot be told";
    RequestAdditionalNarrowed "request-additional-narrowed" Breaking Breaking "less may be sent beside what is listed";
    RequestAdditionalWidened "request-additional-widened" Feature Breaking "more may be sent beside what is listed: the type in SDKs changes";
    ResponseAdditionalNarrowed "response-additional-narrowed" Feature Breaking "less comes beside what is listed: the type in SDKs changes";
    ResponseAdditionalWidened "response-additional-widened" Breaking Breaking "more can come beside what is listed";
    RequestVariantAdded "request-variant-added" Feature Breaking "one more variant of a union may be sent: a `match` that names every variant of the type in SDKs misses it";
    RequestVariantRemoved "request-variant-removed" Breaking Breaking "a variant of a union may no longer be sent";
    ResponseVariantAdded "response-variant-added" Breaking Breaking "a variant of a union can come that was not among those listed";
    ResponseVariantRemoved "response-variant-removed" Feature Breaking "a variant of a union comes no more: its names in SDKs are gone";
    ResponseOpenVariantAdded "response-open-variant-added" Feature Feature "an open union has one more variant; clients had to meet unknown ones";
    DiscriminatorChanged "discriminator-changed" Breaking Breaking "variants are told apart otherwise";
    ConditionChanged "condition-changed" Breaking Breaking "a condition of a schema changed, such as `allOf`, `not` or `if`; which values it leaves cannot be told";
    OpennessChanged "openness-changed" Breaking Breaking "an enum or a union was opened or closed: the type in SDKs changes";
    RequestDefaultChanged "request-default-changed" Breaking Breaking "what is left out means something else";
    ResponseDefaultChanged "response-default-changed" Docs Docs "the default of something that comes changed";
    TypeRenamed "type-renamed" Docs Breaking "a schema goes by another name: values are the same, types of SDKs are called otherwise";
    SchemaDeprecated "schema-deprecated" Feature Feature "a property or a type should no longer be used";

    SecurityTightened "security-tightened" Breaking Breaking "a call that was allowed needs other credentials or scopes";
    SecurityLoosened "security-loosened" Feature Feature "a call is allowed with other or fewer credentials or scopes too";
    SecuritySchemeChanged "security-scheme-changed" Breaking Breaking "credentials are sent, or gotten, otherwise";
    ServerAdded "server-added" Feature Feature "the API is at one more address";
    ServerRemoved "server-removed" Breaking Breaking "the API is no longer at this address";
    ServerDefaultChanged "server-default-changed" Breaking Breaking "another address is the first, which SDKs call unless they are told";
    ServerVariableChanged "server-variable-changed" Breaking Breaking "a variable of an address is gone or new, or has another default or fewer values";
    ServerVariableWidened "server-variable-widened" Feature Feature "a variable of an address may have one more value";

    WebhookAdded "webhook-added" Feature Feature "a webhook is new";
    WebhookRemoved "webhook-removed" Breaking Breaking "a webhook is gone";
    CallbackAdded "callback-added" Feature Feature "a callback is new";
    CallbackRemoved "callback-removed" Breaking Breaking "a callback is gone";
    TitleChanged "title-changed" Docs Breaking "the API is called otherwise, and so may packages and clients be";
    DialectChanged "dialect-changed" Breaking Breaking "schemas are to be read by another dialect of JSON Schema";
    WordsChanged "words-changed" Docs Docs "titles, summaries or descriptions changed";
}
