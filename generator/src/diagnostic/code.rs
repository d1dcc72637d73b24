//! The table of everything that exai-gen can say about a document.

/// Declares [`Code`] from the one table of codes, so that no code can miss its
/// number, its name or its line of explanation.
macro_rules! codes {
    ($($variant:ident $id:literal $slug:literal $explanation:literal;)*) => {
        /// What a diagnostic is about. Numbers and slugs are stable: configs
        /// name them to allow them.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Code {
            $(#[doc = $explanation] $variant,)*
        }

        impl Code {
            /// Every code, in the order of the table.
            pub const ALL: &[Code] = &[$(Code::$variant,)*];

            /// The number, `E0101`.
            pub const fn id(self) -> &'static str {
                match self { $(Code::$variant => $id,)* }
            }

            /// The name, `unknown-key`.
            pub const fn slug(self) -> &'static str {
                match self { $(Code::$variant => $slug,)* }
            }

            /// One line on what it means.
            pub const fn explanation(self) -> &'static str {
                match self { $(Code::$variant => $explanation,)* }
            }
        }
    };
}

codes! {
    // Reading files.
    FileUnreadable "E0001" "file-unreadable" "A file cannot be opened or read.";
    FileTooLarge "E0002" "file-too-large" "A file is larger than the limit.";
    NotUtf8 "E0003" "not-utf8" "A file is not UTF-8 text, or holds a NUL.";
    EmptyDocument "E0004" "empty-document" "A file holds no value.";
    YamlSyntax "E0005" "yaml-syntax" "A file is not well-formed YAML.";
    JsonSyntax "E0006" "json-syntax" "A file is not well-formed JSON.";
    DuplicateKey "E0007" "duplicate-key" "A mapping has the same key twice.";
    TooDeep "E0008" "too-deep" "Collections are nested deeper than the limit.";
    TooManyAliases "E0009" "too-many-aliases" "YAML aliases expand to more than the limit.";
    UnsupportedYaml "E0010" "unsupported-yaml" "YAML that JSON has no value for: several documents, tags, keys that are not scalars.";
    MergeKey "E0011" "merge-key" "A YAML merge key (`<<`) that merges no mapping.";

    // The object model.
    UnknownKey "E0101" "unknown-key" "An object has a key that OpenAPI does not define.";
    WrongType "E0102" "wrong-type" "A field holds another kind of value than OpenAPI asks for.";
    MissingField "E0103" "missing-field" "An object lacks a field that OpenAPI requires.";
    InvalidValue "E0104" "invalid-value" "A field holds a value that OpenAPI does not allow there.";
    Swagger2 "E0105" "swagger-2" "The document is Swagger 2.0.";
    UnsupportedVersion "E0106" "unsupported-version" "The document is of a version that exai-gen does not read.";
    ConflictingFields "E0107" "conflicting-fields" "Two fields of an object exclude each other.";
    OlderKeyword "E0108" "older-keyword" "A keyword in a form of OpenAPI 3.0 or an older JSON Schema; read for what it meant there.";

    // References.
    DanglingReference "E0121" "dangling-reference" "A reference leads to nothing.";
    ReferenceLoop "E0122" "reference-loop" "A chain of references leads back to itself.";
    RemoteReference "E0123" "remote-reference" "A reference leads to the network.";
    ReferenceOutside "E0124" "reference-outside" "A reference leads to a file outside the root document's folder.";
    InvalidReference "E0125" "invalid-reference" "A reference is not a URI reference that can be followed.";
    IgnoredSibling "E0126" "ignored-sibling" "A key beside a `$ref` that has no meaning there.";
    DanglingMapping "E0127" "dangling-mapping" "A discriminator's mapping leads to nothing.";
    MisplacedReference "E0128" "misplaced-reference" "A `$ref` where OpenAPI allows none; it is followed all the same.";

    // Rules across the document.
    DuplicateOperationId "E0141" "duplicate-operation-id" "Two operations have the same operationId.";
    InvalidPath "E0142" "invalid-path" "A path does not begin with a slash or is not a path template.";
    UndeclaredPathParameter "E0143" "undeclared-path-parameter" "A path template names a parameter that the operation does not declare.";
    AbsentPathParameter "E0144" "absent-path-parameter" "A declared path parameter does not stand in the path template.";
    DuplicatePath "E0145" "duplicate-path" "Two paths differ only in the names of their parameters.";
    InvalidStatus "E0146" "invalid-status" "A response's key is no status code, no range such as `4XX`, and not `default`.";
    InvalidComponentName "E0147" "invalid-component-name" "A component's name has a character that OpenAPI does not allow.";
    UnknownSecurityScheme "E0148" "unknown-security-scheme" "A security requirement names a scheme that is not declared.";
    InvalidStyle "E0149" "invalid-style" "A parameter's style does not go with where the parameter stands.";
    DuplicateParameter "E0150" "duplicate-parameter" "Two parameters of an operation have the same name and place.";
    DuplicateTag "E0151" "duplicate-tag" "Two tags have the same name.";
    ValueOfOtherType "E0152" "value-of-other-type" "A `default`, `const` or `enum` value is not of the schema's `type`.";
    ValueExcluded "E0153" "value-excluded" "A `default`, `const` or `enum` value is one that the schema itself excludes.";
    InvalidPattern "E0154" "invalid-pattern" "A `pattern`, or a key of `patternProperties`, is no regular expression of ECMA-262.";

    // From the document to an API.
    InvalidExtension "E0201" "invalid-extension" "An `x-exai-` key holds a value that the vocabulary does not know.";
    UnreadableDiscriminator "E0202" "unreadable-discriminator" "Nothing says which value of a discriminator means a branch.";
    UnsupportedSchema "E0203" "unsupported-schema" "A schema that has no type in the model.";
    Contradiction "E0204" "contradiction" "Schemas that must all hold exclude each other.";
    DanglingPin "E0205" "dangling-pin" "A pinned name, or an exception, is for a place where nothing stands.";
    UnsupportedParameter "E0206" "unsupported-parameter" "A parameter that cannot be written as the document says.";
    UnknownOperation "E0207" "unknown-operation" "An operation is named that the document does not have.";
    MethodClash "E0208" "method-clash" "Two operations have the same sdk method.";
    UnsupportedMethod "E0209" "unsupported-method" "An HTTP method that OpenAPI has no field for.";
    UnreadablePage "E0210" "unreadable-page" "A paginated operation lacks the parameter or the property that its pagination names.";
    TooManyRepeats "E0211" "too-many-repeats" "`allOf` and unions repeat more of other schemas than the limit.";

    // Names that shipped.
    NameGone "E0301" "name-gone" "A name that shipped is not in the document, and nothing is known to have taken its place.";

    // From one version of the standard to another.
    LostInConversion "E0401" "lost-in-conversion" "An older version of the standard has no words for something.";

    // Writing.
    Defect "E0901" "defect" "The generator contradicts itself; please report it.";
    NotWritten "E0902" "not-written" "A file cannot be written.";
}
