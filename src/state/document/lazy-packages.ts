import { createRequire } from 'node:module'

/**
 * The packages that only text documents need. They take longer to load than the rest of the library, so the first document
 * loads them. It uses `require`, because parsing a document is synchronous and `import()` is not.
 */
const load = createRequire(import.meta.url)

/** Loads the YAML parser. */
export function loadYaml(): typeof import('yaml') {
  return load('yaml') as typeof import('yaml')
}

/** Loads the schema validator. */
export function loadZod(): typeof import('zod') {
  return load('zod') as typeof import('zod')
}
