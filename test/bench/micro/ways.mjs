// The ways to read over netlink that this build of the library supports.
import { Ipvs } from '@lvs/netlink'
import { waysToRead } from '../clients/lvs-operations.mjs'

console.log(JSON.stringify(waysToRead(Ipvs).filter((way) => way !== 'overview')))
