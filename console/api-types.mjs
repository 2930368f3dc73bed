import openapiTS, { astToString } from 'openapi-typescript'

/** The source of `src/api/schema.gen.ts`: the API's document as types. */
export const apiTypes = async (document) =>
  `// Made from services/gateway/openapi.json by \`npm run openapi\`.\n${astToString(await openapiTS(document, { alphabetize: true }))}`
