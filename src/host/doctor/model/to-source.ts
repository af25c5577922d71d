/** Plain data as it is written in TypeScript: `{ address: '192.0.2.10', weight: 1 }`. What is undefined is left out. */
export function toSource(value: unknown): string {
  if (typeof value === 'string') return quote(value)
  if (Array.isArray(value)) return `[${value.map(toSource).join(', ')}]`
  if (typeof value !== 'object' || value === null) return String(value)
  const fields = Object.entries(value)
    .filter(([, content]) => content !== undefined)
    .map(([name, content]) => `${/^[a-z_$][\w$]*$/i.test(name) ? name : quote(name)}: ${toSource(content)}`)
  return fields.length === 0 ? '{}' : `{ ${fields.join(', ')} }`
}

function quote(text: string): string {
  return `'${JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`
}
