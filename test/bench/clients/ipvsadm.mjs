import { existsSync, writeFileSync } from 'node:fs'
import { argumentsOf } from '../rules.mjs'
import { runForJson } from '../run.mjs'
import { countCalls, traced } from '../strace.mjs'

/** The ways in which ipvsadm reads; the first one is the main one. */
const READ = { '': ['ipvsadm', '-L', '-n'], save: ['ipvsadm', '-S', '-n'] }

/** ipvsadm, with all rules of an operation in one file. Its start is part of the time. */
class Ipvsadm {
  name = 'ipvsadm'
  variant = ''
  slow = true
  #timed
  #scratch
  #namespace

  constructor({ programs, scratch }) {
    this.#timed = `${programs}/timed`
    this.#scratch = scratch
  }

  enter(namespace) {
    this.#namespace = namespace
  }

  async run(operation, table) {
    const samples = []
    for (const { variant, input, words } of this.#runs(operation, table)) {
      samples.push({
        variant,
        ...(await runForJson(this.#namespace.enter(this.#timed, input, ...words))),
      })
    }
    return samples
  }

  async trace(operation, table) {
    const counts = []
    const report = `${this.#scratch}/ipvsadm.calls`
    for (const { variant, input, words } of this.#runs(operation, table)) {
      const inside = this.#namespace.enter(this.#timed, input, ...traced(report, ...words))
      counts.push({ variant, ...(await countCalls(report, inside)) })
    }
    return counts
  }

  #runs(operation, table) {
    if (operation !== 'read') {
      return [{ variant: '', input: this.#rules(operation, table), words: ['ipvsadm', '-R'] }]
    }
    return Object.entries(READ).map(([variant, words]) => ({ variant, input: '/dev/null', words }))
  }

  #rules(operation, table) {
    const path = `${this.#scratch}/${operation}-${table.services}-${table.destinations}.rules`
    if (!existsSync(path)) {
      const lines = argumentsOf(operation, table).map((words) => `${words.join(' ')}\n`)
      writeFileSync(path, lines.join(''))
    }
    return path
  }
}

export const ipvsadm = (context) => [new Ipvsadm(context)]
