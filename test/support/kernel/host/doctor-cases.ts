import type { FindingId } from '../../../../src/host/doctor/model/finding.ts'
import type { Case } from './doctor-case.ts'
import { HOST_CASES } from './doctor-host-cases.ts'
import { RULE_CASES } from './doctor-rule-cases.ts'

/** For each thing that a doctor finds, how it comes about. */
export const CASES: Readonly<Record<FindingId, readonly Case[]>> = { ...HOST_CASES, ...RULE_CASES }
