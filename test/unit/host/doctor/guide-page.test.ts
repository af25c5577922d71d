import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { FINDINGS } from '../../../../src/host/doctor/model/finding.ts'

it('the guide page lists every finding once, with its severity', () => {
  const text = readFileSync(join(import.meta.dirname, '../../../../docs/guide/doctor.md'), 'utf8')
  const rows = [...text.matchAll(/^\| `([\w-]+)` *\| (error|warning|hint) *\|/gm)]
  const shown = rows.map(([, id, severity]) => [id, severity])
  expect(shown.toSorted()).toEqual(Object.entries(FINDINGS).toSorted())
})
