/** The kinds of objects in a document of which we know every key. */
export type Part =
  | 'document'
  | 'pathItem'
  | 'operation'
  | 'parameter'
  | 'requestBody'
  | 'response'
  | 'mediaType'
  | 'securityScheme'
  | 'server'
  | 'schema';

/** Every key that OpenAPI 3.0 to 3.2 defines there, whether or not it says anything that a client needs. */
export const KEYWORDS: Readonly<Record<Part, ReadonlySet<string>>> = {
  document: set(
    '$self components externalDocs info jsonSchemaDialect openapi paths security servers tags webhooks',
  ),
  pathItem: set(
    '$ref additionalOperations delete description get head options parameters patch post put query servers summary ' +
      'trace',
  ),
  operation: set(
    'callbacks deprecated description externalDocs operationId parameters requestBody responses security servers ' +
      'summary tags',
  ),
  parameter: set(
    '$ref allowEmptyValue allowReserved content deprecated description example examples explode in name required ' +
      'schema style summary',
  ),
  requestBody: set('$ref content description required summary'),
  response: set('$ref content description headers links summary'),
  mediaType: set('$ref encoding example examples itemEncoding itemSchema prefixEncoding schema'),
  securityScheme: set(
    '$ref bearerFormat deprecated description flows in name oauth2MetadataUrl openIdConnectUrl scheme summary type',
  ),
  server: set('description name url variables'),
  // Those of JSON Schema, draft-04 to 2020-12, and those that OpenAPI added.
  schema: set(
    '$anchor $comment $defs $dynamicAnchor $dynamicRef $id $ref $schema $vocabulary additionalItems ' +
      'additionalProperties allOf anyOf const contains contentEncoding contentMediaType contentSchema default ' +
      'definitions dependencies dependentRequired dependentSchemas deprecated description discriminator else enum ' +
      'example examples exclusiveMaximum exclusiveMinimum externalDocs format id if items maxContains maxItems ' +
      'maxLength maxProperties maximum minContains minItems minLength minProperties minimum multipleOf not nullable ' +
      'oneOf pattern patternProperties prefixItems properties propertyNames readOnly required then title type ' +
      'unevaluatedItems unevaluatedProperties uniqueItems writeOnly xml',
  ),
};

function set(words: string): ReadonlySet<string> {
  return new Set(words.split(' '));
}
