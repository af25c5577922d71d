import { parseArgs } from 'node:util'
import { CLIENTS } from './clients/index.mjs'

const HELP = `usage: npm run bench -- [OPTION...]

  --json FILE          also write the result to FILE
  --sizes LIST         numbers of services (100,1000,10000)
  --destinations N     destinations of a service (10)
  --rounds N           rounds of each (5)
  --kernel VERSION     kernel of the lab (6.1)
  --clients LIST       which clients to run besides the limit (all)
  --no-micro           without the benchmark of the library itself (npm run bench:micro)
  --no-guide           leave docs/guide/performance.md alone
`

/** The options of the command line, or undefined if only help was requested. */
export function readOptions() {
  const { values } = parseArgs({
    allowNegative: true,
    options: {
      json: { type: 'string' },
      sizes: { type: 'string', default: '100,1000,10000' },
      destinations: { type: 'string', default: '10' },
      rounds: { type: 'string', default: '5' },
      kernel: { type: 'string', default: '6.1' },
      clients: { type: 'string' },
      micro: { type: 'boolean', default: true },
      guide: { type: 'boolean', default: true },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) {
    console.log(HELP)
    return undefined
  }
  return {
    ...{ json: values.json, kernel: values.kernel, guide: values.guide, micro: values.micro },
    sizes: values.sizes.split(',').map((size) => whole('sizes', size)),
    destinations: whole('destinations', values.destinations),
    rounds: whole('rounds', values.rounds),
    // Every ratio is relative to the limit.
    clients: [...new Set(['limit', ...(values.clients?.split(',').map(known) ?? Object.keys(CLIENTS))])],
  }
}

function whole(name, text) {
  const number = Number(text)
  if (Number.isInteger(number) && number > 0) return number
  console.error(`--${name} wants whole numbers above 0, not ${text}`)
  process.exit(2)
}

function known(client) {
  if (client in CLIENTS) return client
  console.error(`--clients wants some of ${Object.keys(CLIENTS).join(',')}, not ${client}`)
  process.exit(2)
}
