import { createRequire } from 'node:module'

/**
 * The packages that only documents in text need. Loading them takes longer than all the rest of the library, so that is done
 * when the first document comes. Reading one is no promise, and so they are required: `import()` would have to be waited for.
 */
const load = createRequire(import.meta.url)

/** The package that knows YAML, with the place of everything in it. */
export function loadYaml(): typeof import('yaml') {
  return load('yaml') as typeof import('yaml')
}

/** The package that checks the shape of data. */
export function loadZod(): typeof import('zod') {
  return load('zod') as typeof import('zod')
}
