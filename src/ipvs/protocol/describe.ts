import { genericPayload } from '../../netlink/wire/describe.ts'
import { COMMAND, INFO } from './attributes.ts'
import { IPVS_CMD } from './uapi.ts'

/** Prints the messages of IPVS. */
export const describePayload = genericPayload({
  commands: IPVS_CMD,
  tableOf: (command) => (command === IPVS_CMD.SET_INFO ? INFO : COMMAND),
})
