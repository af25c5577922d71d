import { OPERATIONS } from '../rules.mjs'
import { grouped } from './columns.mjs'
import { growthTable, rowsTable } from './markdown.mjs'
import { methodSection } from './method.mjs'
import { microSection } from './micro-section.mjs'

/** The page docs/guide/performance.md for a result. */
export function guidePage(result) {
  return [
    head(result),
    methodSection(result),
    ...tables(result),
    growth(result),
    trash(result),
    microSection(result),
  ]
    .filter((part) => part !== undefined)
    .join('\n\n')
    .concat('\n')
}

const head = ({ date, kernel, cpu, machine, node }) => `---
title: Performance
---

# Performance

\`npm run bench\` generated this page on ${date.slice(0, 10)}: Linux ${kernel}, Node.js ${node}, ${cpu}; the kernel runs on ${machine}.
Without KVM that machine is emulated, and everything takes 10 to 20 times as long as on the processor itself. Compare the
ratios and the numbers of system calls, which do not depend on the machine.`

function* tables({ rows, notes }) {
  for (const services of new Set(rows.map((row) => row.services))) {
    yield `## ${grouped(services)} services`
    for (const operation of OPERATIONS) {
      const some = rows.filter((row) => row.services === services && row.operation === operation)
      if (some.length > 0) yield `### ${operation}: ${amount(some[0])}\n\n${rowsTable(some)}`
    }
    for (const { client, variant, text } of notes.filter((note) => note.services === services)) {
      yield `\`${`${client} ${variant}`.trim()}\`: ${text}.`
    }
  }
}

function amount({ operation, services, destinationsPerService, commands }) {
  if (operation !== 'read') return `${grouped(commands)} commands`
  return `${grouped(services)} services, ${grouped(services * destinationsPerService)} destinations`
}

function growth({ growth }) {
  if (growth.length === 0) return undefined
  return `## Growth

How much more a command costs with 10,000 services than with 1,000, divided by the same ratio of the limit (the kernel looks
services up in a hash table of fixed size, which affects every client alike):

${growthTable(growth)}`
}

const trash = ({ trash: { services, destinations, freshSeconds, againSeconds, ratio } }) => `## After a flush

The kernel keeps removed destinations for two to three minutes and compares each new destination of a service with all of them. The C
program took ${freshSeconds.toPrecision(3)} s for ${grouped(services)} services with ${destinations} destinations in a new namespace, and ${againSeconds.toPrecision(3)} s for the
same after a flush: ${ratio.toFixed(1)} times as long. Do not flush a table in order to rebuild it; change only what differs.`
