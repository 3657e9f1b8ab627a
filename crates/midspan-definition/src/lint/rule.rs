//! The rules, by name. `docs/definition.md` is generated from this list.

/// How bad it is that a definition breaks a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The platform, or the command that uploads the file, refuses it.
    Error,
    /// It can be imported; certification refuses it, or a maker stumbles over it.
    Warning,
}

impl Severity {
    /// As it stands before a message.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

/// What a rule is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the headings of Microsoft's list, and ours")]
pub enum Section {
    File,
    Operations,
    Arrays,
    Unsupported,
    Parameters,
    Properties,
    Responses,
    Security,
    Webhooks,
    Metadata,
    ApiProperties,
}

impl Section {
    /// The heading in the documentation.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::File => "The file",
            Self::Operations => "Operations",
            Self::Arrays => "Arrays",
            Self::Unsupported => "Not supported",
            Self::Parameters => "Parameters",
            Self::Properties => "Properties",
            Self::Responses => "Responses and schemas",
            Self::Security => "Security",
            Self::Webhooks => "Webhooks",
            Self::Metadata => "Metadata",
            Self::ApiProperties => "apiProperties.json",
        }
    }
}

macro_rules! rules {
    ($($section:ident { $($(#[doc = $doc:literal])+ $name:ident $origin:ident $severity:ident $help:literal,)+ })+) => {
        /// A rule that a definition can break. Names are Microsoft's where it has the rule.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Rule {
            $($($(#[doc = $doc])+ $name,)+)+
        }

        impl Rule {
            /// Every rule, by section.
            pub const ALL: &[Self] = &[$($(Self::$name,)+)+];

            /// Its name.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $($(Self::$name => stringify!($name),)+)+ }
            }

            /// What it is about.
            #[must_use]
            pub const fn section(self) -> Section {
                match self { $($(Self::$name => Section::$section,)+)+ }
            }

            /// How bad it is to break it.
            #[must_use]
            pub const fn severity(self) -> Severity {
                match self { $($(Self::$name => Severity::$severity,)+)+ }
            }

            /// What is asked for.
            #[must_use]
            pub const fn meaning(self) -> &'static str {
                match self { $($(Self::$name => concat!($($doc),+),)+)+ }
            }

            /// How to mend what breaks it.
            #[must_use]
            pub const fn help(self) -> &'static str {
                match self { $($(Self::$name => $help,)+)+ }
            }

            /// Whether Microsoft's validator has it under this name.
            #[must_use]
            pub const fn is_microsofts(self) -> bool {
                match self { $($(Self::$name => origin!($origin),)+)+ }
            }
        }
    };
}

macro_rules! origin {
    (Microsoft) => {
        true
    };
    (Ours) => {
        false
    };
}

rules! {
    File {
        /// The file is JSON.
        NotJson Ours Error "correct the syntax at this place",
        /// The file has no byte order mark: paconn refuses one.
        ByteOrderMark Ours Warning "save the file as UTF-8 without a byte order mark",
        /// The file is UTF-8.
        NotUtf8 Ours Warning "save the file as UTF-8",
        /// The file is strict JSON: paconn refuses comments and trailing commas.
        LooseJson Ours Warning "remove comments and trailing commas",
        /// A key stands once in an object: most readers take the last, some refuse the file.
        DuplicateKey Ours Warning "remove one of the two",
        /// The file is at most 1 MB, and 500,000 characters where it is part of a solution.
        DefinitionTooLarge Ours Warning "share schemas by `$ref`, shorten descriptions, or split the connector",
        /// The file is valid under the JSON schema that Microsoft publishes for it.
        SchemaViolation Ours Warning "write it as the schema allows",
    }
    Operations {
        /// `x-ms-api-annotation` names a replacement on deprecated operations only.
        ApiAnnotationExtensionReplacementInfoForNonDeprecatedOperations Microsoft Warning "set `deprecated` to true, or remove `replacement`",
        /// A replacement names its `api`.
        ApiAnnotationExtensionReplacementInfoMissingApiProperty Microsoft Warning "add `api` to `replacement`",
        /// A replacement names its `operationId`.
        ApiAnnotationExtensionReplacementInfoMissingOperationIdProperty Microsoft Warning "add `operationId` to `replacement`",
        /// Values of `required`, `enum`, `tags`, `schemes` and the like are unique.
        ArrayDuplicateValue Microsoft Warning "remove the repeated value",
        /// A trigger that is polled has no body.
        BodyOrFormDataParameterInFetchOperationNotAllowed Microsoft Warning "pass the value in the query",
        /// No parameter is called `connectionId`: the gateway has it in its path.
        ConnectionIdParameterNotAllowed Microsoft Warning "give the parameter another name",
        /// An operation with a body says which MIME types it takes.
        ConsumesMissing Microsoft Warning "add `consumes` to the operation or to the definition",
        /// `x-ms-enum-values` names each value once.
        DuplicateEnumValuesInExtension Microsoft Warning "keep one display name for the value",
        /// Two operations differ in method or in static segments of their path.
        DuplicateOperationPath Microsoft Warning "change a static segment of one of the two paths",
        /// Dynamic extensions of a body stand in its schema.
        DynamicExtensionDefinitionNotAllowedInParameter Microsoft Warning "move the extension into `schema`",
        /// `x-ms-dynamic-values` whose reference is ambiguous comes with `x-ms-dynamic-list`.
        DynamicListExtensionRequiredForAmbiguousReferences Microsoft Warning "add `x-ms-dynamic-list` with a `parameterReference`",
        /// `x-ms-dynamic-values` that refers into a body comes with `x-ms-dynamic-list`.
        DynamicListExtensionRequiredForNonParameterReferences Microsoft Warning "add `x-ms-dynamic-list` with a `parameterReference`",
        /// `x-ms-dynamic-schema` whose reference is ambiguous comes with `x-ms-dynamic-properties`.
        DynamicPropertiesExtensionRequiredForAmbiguousReferences Microsoft Warning "add `x-ms-dynamic-properties` with a `parameterReference`",
        /// `x-ms-dynamic-schema` that refers into a body comes with `x-ms-dynamic-properties`.
        DynamicPropertiesExtensionRequiredForNonParameterReferences Microsoft Warning "add `x-ms-dynamic-properties` with a `parameterReference`",
        /// `x-ms-dynamic-schema` that points to a schema's `properties` comes with `x-ms-dynamic-properties`.
        DynamicPropertiesExtensionRequiredForPropertiesValuePath Microsoft Warning "add `x-ms-dynamic-properties` whose `itemValuePath` is the schema itself",
        /// `x-ms-dynamic-properties` and `x-ms-dynamic-schema` point to the same schema.
        DynamicPropertiesItemValuePathMismatch Microsoft Warning "make `itemValuePath` the `value-path` without `properties` at its end",
        /// A file picker has `x-ms-dynamic-tree`.
        DynamicTreeExtensionMissing Microsoft Warning "add `x-ms-dynamic-tree`",
        /// Values of an `enum` have the type of the schema.
        InvalidEnumValue Microsoft Warning "write the value in the schema's type",
        /// Values of `x-ms-enum-values` stand in `enum`.
        InvalidEnumValuesExtensionValue Microsoft Warning "use a value of `enum`, or add this one to it",
        /// Names of form data are ASCII.
        InvalidFormDataParameterName Microsoft Warning "use letters of ASCII only",
        /// `nextLinkName` is `nextLink` or `@odata.nextLink`.
        InvalidNextLinkNameValue Microsoft Warning "answer the link as `nextLink` or `@odata.nextLink`, and name that",
        /// The path of a list in a dynamic extension leads to an array in the called operation's answer.
        InvokedOperationShouldProduceArray Microsoft Warning "name a property of the answer that is an array, or describe it in the response's schema",
        /// The path of a value or title in a dynamic extension leads to a property in the called operation's answer.
        InvokedOperationShouldProduceProperty Microsoft Warning "name a property of the answer, or describe it in the response's schema",
        /// What an operation consumes fits its body: an object is JSON, XML or a form; a file is form data.
        MimeTypeNotCompatibleWithRequestContentSchemaType Microsoft Warning "change `consumes`, or the type of the parameter",
        /// `x-ms-notification` stands at the operation that is polled, not at the webhook.
        NotificationExtensionNotSupportedInWebhookOperation Microsoft Warning "remove `x-ms-notification` from the webhook",
        /// `x-ms-notification` stands at a trigger.
        NotificationExtensionSupportedForTriggerOnly Microsoft Warning "add `x-ms-trigger`, or remove `x-ms-notification`",
        /// `x-ms-notification` names a webhook operation.
        NotificationOperationMustBeWebhook Microsoft Warning "name the operation that subscribes",
        /// Revisions in a family of operations are unique.
        OperationFamilyHasDuplicateRevisions Microsoft Warning "count the revision up",
        /// A family of operations has at most two that aren't deprecated.
        OperationFamilyHasManyActiveOperations Microsoft Warning "set `deprecated` on the older ones",
        /// A family of operations has one in production that isn't deprecated.
        OperationFamilyHasManyActiveProductionOperations Microsoft Warning "set `deprecated` on the older one",
        /// At most one operation of a family has no revision.
        OperationFamilyHasManyEmptyRevisions Microsoft Warning "give each a `revision`",
        /// One response of an operation has a schema: the designer shows one.
        OperationHasManyResponsesWithSchema Microsoft Warning "keep the schema of the expected response",
        /// An operation that an extension names is in the definition.
        OperationIdNotFound Microsoft Warning "name an operation of this definition; ids are compared with their case",
        /// Ids of operations are unique.
        OperationIdNotUnique Microsoft Error "rename one of the two",
        /// Every operation has an id.
        OperationIdRequired Microsoft Error "add an `operationId` that stays the same in later versions",
        /// Ids of operations are letters and digits; a revision such as `_V2` may follow.
        OperationIdSanitized Microsoft Warning "use letters and digits only; note that renaming breaks flows and apps that use it",
        /// From the second revision on, an id ends with it: `GetNews_V2`.
        OperationIdShouldEndWithRevision Microsoft Warning "end the id with the revision",
        /// Ids of operations have fewer than 80 characters, the limit of API Management.
        OperationIdTooLong Microsoft Warning "shorten the id",
        /// Every variable of a path is a parameter.
        OperationMissingPathParameter Microsoft Error "add the parameter with `\"in\": \"path\"`",
        /// A dynamic extension gives all that the called operation requires.
        OperationMissingRequiredProperty Microsoft Warning "give it in the extension's `parameters`",
        /// A webhook describes what it sends.
        OperationMustHaveNotificationContentExtension Microsoft Warning "add `x-ms-notification-content` to the path",
        /// An operation has a response.
        OperationMustHaveResponse Microsoft Error "add the response that it gives",
        /// A name in a dynamic extension means either a parameter or a property of the body.
        OperationParameterNameIsAmbiguous Microsoft Warning "rename one of the two, or use a `parameterReference`",
        /// Parameters that a dynamic extension names are there, in the called operation and in the caller.
        OperationParameterNameNotFound Microsoft Warning "name a parameter of the operation",
        /// What a called operation requires is not taken from an optional parameter.
        OperationParameterRequiredMismatch Microsoft Warning "make the parameter required, or give it a default",
        /// An operation has each parameter once.
        OperationParametersAreNotUnique Microsoft Error "remove the repeated one",
        /// No two parameters of an operation have the same name and place.
        OperationParametersContainDuplicateParameter Microsoft Error "rename or remove one of the two",
        /// An operation has at most one body.
        OperationParametersContainMultipleBodyParameters Microsoft Error "put both into one object",
        /// A value that a dynamic extension gives has the type of the called operation's parameter.
        OperationParameterStaticTypeMismatch Microsoft Warning "write the value in the parameter's type",
        /// A parameter that a dynamic extension passes on has the type of the called operation's.
        OperationParameterTypeMismatch Microsoft Warning "give both the same type",
        /// A path has no wildcard.
        OperationPathContainsUnsupportedCharacters Microsoft Error "use a path parameter instead of `*`",
        /// A path has no query and no fragment.
        OperationPathMayNotContainQueryOrFragment Microsoft Warning "make it a query parameter, or escape `?` and `#`",
        /// A path starts with a slash.
        OperationPathMustStartWithSlash Microsoft Error "start it with `/`",
        /// Braces in a path come in pairs within one segment.
        OperationPathTemplateNotValid Microsoft Error "close the brace in its segment, or escape it",
        /// Variables of a path have no default.
        OperationPathVariablesContainDefaults Microsoft Error "put the default into the parameter",
        /// An operation of a family has a revision.
        OperationRevisionEmpty Microsoft Warning "add `revision`",
        /// An operation has at most 16,384 schemas.
        OperationSchemaCountExceedsMaxAllowed Microsoft Error "remove properties that nobody needs, or leave deep parts as plain objects",
        /// An operation describes a success.
        OperationShouldHaveSuccessfulResponse Microsoft Warning "add a response with a status of 200 to 299",
        /// No operation is in production before its connector.
        OperationStatusAheadOfConnector Microsoft Warning "change the `status` of one of the two",
        /// A summary has at most 80 characters.
        OperationSummaryTooLong Microsoft Warning "shorten it; `description` has room for more",
        /// No value of a path parameter leads to another operation.
        PartialDuplicateOperationPath Microsoft Warning "change a static segment, so that the paths differ for any value",
        /// Path parameters are required.
        PathParameterMustBeRequired Microsoft Error "add `\"required\": true`",
        /// Path parameters are variables of the path.
        PathParameterNotDefinedInTemplate Microsoft Error "write it into the path in braces, or remove it",
        /// No two parameters of a path have the same name and place.
        PathParametersContainDuplicateParameter Microsoft Error "rename or remove one of the two",
        /// A path's common parameters have at most one body.
        PathParametersContainMultipleBodyParameters Microsoft Error "put both into one object",
        /// Paths differ by more than their case.
        PathRedefined Microsoft Warning "join the two, or change one of them",
        /// A summary has no slashes, angle brackets or control characters.
        RestrictedCharactersInSummary Microsoft Warning "write it in words",
        /// `selectedItemValuePath` stands in `browse` of `x-ms-dynamic-tree`.
        SelectedItemValuePathNotAllowedInThisPosition Microsoft Warning "move it into `browse`, or remove it",
        /// No binary text in a URL-encoded form.
        StringBinaryNotSupportedForFormUrlEncoded Microsoft Warning "consume `multipart/form-data`",
        /// At most 256 operations.
        TotalOperationsCountExceedsMaxAllowed Microsoft Error "split the connector",
        /// A `format` is one that the platform knows for the type.
        UnrecognizedTypeFormat Microsoft Warning "use a format of the type, or none",
        /// A webhook's body has a property for the address to call.
        WebhookOperationsMissingNotificationUrlProperty Microsoft Warning "mark the property with `\"x-ms-notification-url\": true`",
    }
    Arrays {
        /// An array says what its items are.
        ArrayHasNoItems Microsoft Warning "add `items`",
        /// `required` has a value.
        RequiredPropertyArrayEmpty Microsoft Warning "remove `required`",
        /// `schemes` has a value.
        SchemesArrayEmpty Microsoft Warning "add `https`",
    }
    Unsupported {
        /// `collectionFormat` is `csv` or `multi`.
        CollectionFormatValueNotSupported Microsoft Warning "use `csv`, or `multi` in the query or a form",
        /// A MIME type is one that the platform can send or show.
        MimeTypeNotSupported Microsoft Warning "use `application/json` or another supported type",
        /// A path is written out.
        PathItemRefNotSuppored Microsoft Error "write the operations where the `$ref` stands",
        /// Keywords are those of OpenAPI 2.0.
        SwaggerKeywordNotSupported Microsoft Warning "write it in the words of OpenAPI 2.0",
    }
    Parameters {
        /// Files are form data.
        FileParameterMustBeInFormData Microsoft Warning "set `\"in\": \"formData\"`",
        /// An operation has a body or form data.
        ParameterListContainsFormDataAndBody Microsoft Error "use one of the two",
        /// A parameter that is referred to is there.
        ParameterReferenceNotFound Microsoft Error "add it to `parameters`, or correct the name",
        /// References to parameters start with `#/parameters/`.
        ParameterReferenceNotValid Microsoft Error "write `#/parameters/NAME`",
        /// A shared parameter is written out.
        ParameterRefLoopNotAllowed Microsoft Error "write the parameter where the `$ref` stands",
        /// Parameters of the same name in a poll and its webhook have the same type and visibility.
        ParamtersWithSameNameMustHaveSameTypeAndVisibility Microsoft Warning "give both the same type and `x-ms-visibility`",
        /// Path parameters say how they are escaped.
        PathParameterMissingEncoding Microsoft Warning "add `\"x-ms-url-encoding\": \"single\"`",
        /// Query parameters don't say how they are escaped.
        QueryParameterEncodingNotSupported Microsoft Warning "remove `x-ms-url-encoding`",
        /// Headers that the gateway sets are not parameters.
        ReservedParameterIsUsed Microsoft Warning "declare the authentication in apiProperties.json, or remove the parameter",
        /// A shared response is written out.
        ResponseRefLoopNotAllowed Microsoft Error "write the response where the `$ref` stands",
        /// What a dynamic extension passes on is visible to the maker.
        SourcePropertyInternal Microsoft Warning "make the parameter visible, or give a fixed value",
    }
    Properties {
        /// Extensions have only the properties that they define.
        AdditionalPropertyNotAllowed Microsoft Warning "remove it",
        /// Nothing stands beside a `$ref`.
        AdditionalPropertyNotAllowedAdjacentToRef Microsoft Warning "remove what stands beside it, or move it to what is referred to",
        /// `basePath` starts with a slash.
        BasePathNotValid Microsoft Error "start it with `/`",
        /// A body describes its type in `schema`.
        BodyParameterPropertyNotValid Microsoft Warning "move it into `schema`",
        /// `x-ms-connector-metadata` has `Website`, `Privacy policy` and `Categories`.
        ConnectorMetadataPropertiesMissing Microsoft Warning "add an object with this `propertyName` and its `propertyValue`",
        /// The contact's `email` is an address.
        ContactEmailNotValid Microsoft Warning "write an address such as support@contoso.com",
        /// A `default` has the type of its schema.
        DefaultValueMustMatchType Microsoft Warning "write the value in the schema's type",
        /// `enum` has a value.
        EnumMustContainAtLeastOneElement Microsoft Warning "add a value, or remove `enum`",
        /// Properties are those of OpenAPI 2.0; extensions start with `x-`.
        ExtensionNameNotValid Microsoft Warning "correct the name, or start it with `x-`",
        /// `filterFunctions` has a value.
        FilterFunctionsPropertyEmpty Microsoft Warning "add a function, or remove `filterFunctions`",
        /// `filterFunctions` names each function once.
        FilterFunctionsPropertyHasDuplicates Microsoft Warning "remove the repeated one",
        /// `filterFunctions` stands in a response.
        FilterFunctionsPropertyInInputSchema Microsoft Warning "remove it from the input",
        /// `filterFunctions` names functions that the platform delegates.
        FilterFunctionsPropertyInvalidValue Microsoft Warning "use OData's names, such as `eq` or `startswith`",
        /// `host` is a host, with a port at most.
        HostNameNotValid Microsoft Error "put the scheme into `schemes` and the path into `basePath`",
        /// An internal property of a body with a default is required, or it is not sent.
        InternalPropertyWithDefaultOptional Microsoft Warning "add it to `required`",
        /// Categories are those of the connector gallery.
        InvalidConnectorCategory Microsoft Warning "use the gallery's categories, separated by semicolons",
        /// Binary text is a whole body or a form's field.
        InvalidStringBinaryProperty Microsoft Warning "use `byte` (Base64) inside an object",
        /// Keywords have the type that OpenAPI 2.0 gives them.
        JsonTypeIncorrect Microsoft Error "write a value of the expected type",
        /// Keywords with a closed list of values have one of them.
        JsonValueNotInEnum Microsoft Error "use one of the values",
        /// MIME types have the form `type/subtype`.
        MimeTypeNotValid Microsoft Warning "write it as `type/subtype`, such as `application/json`",
        /// Values in `x-ms-enum-values` have a `displayName`.
        MissingEnumValuesDisplayName Microsoft Warning "add `displayName`",
        /// `multipleOf` is greater than zero.
        MultipleOfMustBeGreaterThanZero Microsoft Warning "use a number above 0",
        /// Of properties that exclude one another, one is there.
        OneOfPropertiesRequired Microsoft Warning "add one of them",
        /// An internal parameter with a default is required, or it is not sent.
        PropertyMustBeRequired Microsoft Warning "add `\"required\": true`",
        /// What `required` names is a property of the object.
        RequiredPropertyDefinitionMissing Microsoft Warning "add it to `properties`, or remove it from `required`",
        /// What OpenAPI 2.0 requires is there.
        RequiredPropertyMissing Microsoft Error "add it",
        /// `required` stands at objects.
        RequiredPropertyNotOnObject Microsoft Warning "remove `required`, or set `\"type\": \"object\"`",
        /// Properties of an input are not both required and read-only.
        RequiredReadOnlyPropertyNotAllowedAsInput Microsoft Warning "remove `readOnly`, or remove it from `required`",
        /// Transfer protocols are `http` and `https`.
        SchemeNotValid Microsoft Error "use `https`",
        /// A security definition has only the properties of its type.
        SecuritySchemePropertyNotValid Microsoft Warning "remove it",
        /// A security definition has all properties of its type.
        SecuritySchemePropertyRequired Microsoft Error "add it",
        /// `swagger` is `2.0`.
        SpecificationVersionIncorrect Microsoft Error "write the definition in OpenAPI 2.0 with `\"swagger\": \"2.0\"`",
        /// Tags are defined once.
        TagRedefined Microsoft Warning "remove one of the two",
        /// A connector has at most two categories.
        TooManyConnectorCategories Microsoft Warning "keep the two that fit best",
        /// Addresses are absolute.
        UrlNotValid Microsoft Warning "write an address such as https://contoso.com/terms",
        /// What is required and internal has a default: the maker can't give it.
        InternalRequiredWithoutDefault Ours Warning "add `default`, or make it visible",
        /// `x-ms-` extensions are those that the platform knows.
        UnknownExtension Ours Warning "correct the name; the platform passes over what it does not know",
        /// `host` and `schemes` are there: they form the service's address, which paconn needs.
        ServiceUrlIncomplete Ours Warning "add it",
    }
    Responses {
        /// A body has a schema.
        BodyParameterSchemaRequired Microsoft Error "add `schema`",
        /// A body has at most 512 schemas.
        BodySchemaCountExceedsMaxAllowed Microsoft Warning "remove properties that nobody needs, or leave deep parts as plain objects",
        /// The `default` response has no schema: the designer would take it for the answer.
        DefaultResponseHasSchema Microsoft Warning "remove the schema, and describe the expected response",
        /// `x-ms-editor` is `dictionary` for objects with additional properties only.
        InvalidCustomEditorExtensionDictionaryValue Microsoft Warning "set `\"type\": \"object\"` and `additionalProperties`",
        /// A JSON Pointer is one by RFC 6901.
        JsonPointerNotValid Microsoft Warning "start each part with `/`; write `~` as `~0` and `/` as `~1`",
        /// Only bodies have a schema.
        NonBodyParameterSchemaNotValid Microsoft Warning "write `type` at the parameter",
        /// No schema requires itself.
        RequiredLoopInSchemaNotAllowed Microsoft Warning "make one property of the loop optional",
        /// Examples have a MIME type that the operation produces.
        ResponseExampleMustBeProducedByOperation Microsoft Warning "add the type to `produces`",
        /// Headers of a response differ by more than their case.
        ResponseHeadersAreNotUnique Microsoft Warning "remove one of the two",
        /// Responses stand under a status code or `default`.
        ResponseMustBeDefaultOrHttpStatusCode Microsoft Error "use a number from 100 to 599, or `default`",
        /// A response that is referred to is there.
        ResponseReferenceNotFound Microsoft Error "add it to `responses`, or correct the name",
        /// References to responses start with `#/responses/`.
        ResponseReferenceNotValid Microsoft Error "write `#/responses/NAME`",
        /// What the designer shows stands at 200 or 201, or in `x-ms-notification-content`.
        SchemaDefinitionSetIncorrectly Microsoft Warning "move the schema to the response that the designer reads",
        /// A schema that is referred to is there.
        SchemaReferenceNotFound Microsoft Error "add it to `definitions`, or correct the name",
        /// References to schemas start with `#/definitions/`.
        SchemaReferenceNotValid Microsoft Error "write `#/definitions/NAME`",
        /// A shared schema is written out.
        SchemaRefLoopNotAllowed Microsoft Warning "write the schema where the `$ref` stands",
        /// Schemas are at most 64 deep, references included.
        SchemaTooDeep Microsoft Warning "leave the deep part as a plain object",
        /// The type `file` is for form data and whole responses.
        SchemaTypeFileNotValid Microsoft Warning "use `string` with the format `binary` or `byte`",
        /// The platform calls over HTTP, not over a web socket.
        SchemeNotSupported Microsoft Error "use `https`",
        /// A pageable operation's answer has the property that `nextLinkName` names.
        NextLinkPropertyMissing Ours Warning "add the property to the response's schema",
    }
    Security {
        /// Scopes that are required are defined.
        OAuthSecurityRequirementValueMustBeScopeName Microsoft Warning "add the scope to `scopes`, or correct its name",
        /// Security that is required is defined.
        SecurityRequirementMustBeDefined Microsoft Warning "add it to `securityDefinitions`, or correct its name",
        /// Only OAuth has scopes.
        SecurityRequirementMustHaveEmptyValue Microsoft Warning "write `[]`",
        /// A security requirement has a list, empty or of scopes.
        SecurityRequirementMustHaveValue Microsoft Warning "write `[]`",
    }
    Webhooks {
        /// The address to call stands in the body of the subscription.
        NotificationUrlNotAllowedInThisPosition Microsoft Warning "move it into the body",
        /// The address to call is internal: the platform gives it, not the maker.
        NotificationUrlNotInternal Microsoft Warning "add `\"x-ms-visibility\": \"internal\"`",
        /// The address to call is required, with all that it stands in.
        NotificationUrlNotRequired Microsoft Warning "add it to `required`",
        /// The address to call is a text.
        NotificationUrlNotString Microsoft Warning "set `\"type\": \"string\"`",
        /// A connector with a webhook can unsubscribe: the platform calls DELETE on the subscription's `Location`.
        WebhookUnsubscribeMissing Ours Warning "add the DELETE operation of the subscription, with `\"x-ms-visibility\": \"internal\"`",
    }
    Metadata {
        /// `allowEmptyValue` is for the query and forms.
        AllowEmptyValueOnlyValidForQueryFormData Microsoft Warning "remove it",
        /// `discriminator` names a required text.
        DiscriminatorMustBeARequiredStringProperty Microsoft Warning "add it to `properties` as a text, and to `required`",
        /// `exclusiveMaximum` comes with `maximum`.
        ExclusiveMaximumRequiresMaximum Microsoft Warning "add `maximum`",
        /// `exclusiveMinimum` comes with `minimum`.
        ExclusiveMinimumRequiresMinimum Microsoft Warning "add `minimum`",
        /// The title has at most 30 characters, `x-ms-summary` at most 80.
        FieldLengthExceeded Microsoft Warning "shorten it",
        /// The description has 30 to 500 characters.
        FieldLengthNotInRange Microsoft Warning "say in a sentence or two what the connector is for",
        /// `maxItems` is not negative.
        MaxItemsMustBeGreaterThanOrEqualToZero Microsoft Warning "use 0 or more",
        /// `maxLength` is not negative.
        MaxLengthMustBeGreaterThanOrEqualToZero Microsoft Warning "use 0 or more",
        /// `maxProperties` is not negative.
        MaxPropertiesMustBeGreaterThanOrEqualToZero Microsoft Warning "use 0 or more",
        /// `minimum` is not above `maximum`.
        MinimumShouldBeLessThanOrEqualToMaximum Microsoft Warning "exchange the two",
        /// `minItems` is not negative.
        MinItemsMustBeGreaterThanOrEqualToZero Microsoft Warning "use 0 or more",
        /// `minItems` is not above `maxItems`.
        MinItemsShouldBeLessThanOrEqualToMaxItems Microsoft Warning "exchange the two",
        /// `minLength` is not negative.
        MinLengthMustBeGreaterThanOrEqualToZero Microsoft Warning "use 0 or more",
        /// `minLength` is not above `maxLength`.
        MinLengthShouldBeLessThanOrEqualToMaxLength Microsoft Warning "exchange the two",
        /// `minProperties` is not negative.
        MinPropertiesMustBeGreaterThanOrEqualToZero Microsoft Warning "use 0 or more",
        /// `pattern` is a regular expression.
        PatternShouldBeValidRegularExpression Microsoft Warning "correct the expression; a backslash in JSON is written twice",
        /// Names and texts that are asked for are not empty.
        RequiredValueEmpty Microsoft Warning "write it, or remove the property",
        /// The title has none of the words API, Connector, Power Apps and the like.
        ValueContainsRestrictedWords Microsoft Warning "name the service alone",
        /// Texts are in English.
        ValueMustBeInEnglish Microsoft Warning "write it in English",
        /// Titles and summaries end with a letter or a digit.
        ValueMustEndWithAlphanumeric Microsoft Warning "remove the mark at its end",
        /// `x-ms-agentic-protocol` is `mcp-streamable-1.0`, at a POST.
        AgenticProtocolNotValid Ours Warning "use POST and `mcp-streamable-1.0`",
    }
    ApiProperties {
        /// The brand colour is `#RRGGBB`, neither white nor the colour of custom connectors.
        IconBrandColorNotValid Ours Warning "use the service's own colour, such as #0b5cab",
        /// `stackOwner` is set by the platform: `paconn update` fails on it.
        StackOwnerSet Ours Warning "remove `stackOwner` before an update",
        /// A connection parameter's `type` is one that the platform knows.
        ConnectionParameterTypeNotValid Ours Error "use `string`, `securestring`, `int`, `bool`, `oauthSetting` or `gatewaySetting`",
        /// A parameter of the type `oauthSetting` has `oAuthSettings` with an identity provider.
        OAuthSettingsIncomplete Ours Error "add it",
        /// OAuth settings name the addresses or the resource that their identity provider needs.
        OAuthParameterMissing Ours Warning "add it to `customParameters`, as an object with `value`",
        /// OAuth settings hold no secret: it would be in the repository.
        SecretInFile Ours Warning "remove it, and pass it with --secret",
        /// Parameter sets have a unique name, a list of parameters and `uiDefinition`.
        ConnectionParameterSetNotValid Ours Error "give each set a `name` of its own and its `parameters`",
        /// Policies are made from a template that the platform has.
        PolicyTemplateUnknown Ours Warning "use a template of the list, such as `setheader`",
        /// Policies have the parameters that their template needs.
        PolicyParameterMissing Ours Warning "add it to `parameters`",
        /// Operations that policies and scripts name are in the definition.
        PolicyOperationNotFound Ours Warning "name an operation of the definition; ids are compared with their case",
        /// A pageable operation has the policy `updatenextlink`, which leads its next link through the gateway.
        NextLinkPolicyMissing Ours Warning "add a policy with the template `updatenextlink`",
        /// What the definition's security needs from a maker is a connection parameter.
        ConnectionParameterMissing Ours Warning "add it to `connectionParameters`",
    }
}
