import { OPERATIONS } from '../rules.mjs'

const SIZES = { small: 1000, large: 10_000 }

/**
 * How much more a command of each client costs in a large table than in a small one, divided by how much more it costs
 * the limit. Empty unless both sizes were measured.
 */
export function growthOf(rows) {
  const growth = []
  for (const row of rows) {
    if (row.services !== SIZES.large || row.client === 'limit') continue
    const small = rows.find(
      ({ services, client, variant, operation }) =>
        services === SIZES.small &&
        client === row.client &&
        variant === row.variant &&
        operation === row.operation,
    )
    if (small === undefined) continue
    const { client, variant, operation } = row
    growth.push({ client, variant, operation, growth: row.ratioToLimit / small.ratioToLimit })
  }
  return growth
}

/** The same as a table: a line a client, a column an operation. */
export function growthLines(growth, show) {
  const names = [...new Set(growth.map(nameOf))]
  return names.map((name) => [
    name,
    ...OPERATIONS.map((operation) =>
      show(growth.find((one) => nameOf(one) === name && one.operation === operation)?.growth),
    ),
  ])
}

const nameOf = ({ client, variant }) => `${client} ${variant}`.trim()
