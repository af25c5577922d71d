/** Texts of /proc/net/ip_vs, and a function that reads one. */

import type { ServiceOverview } from '../../../src/ipvs/proc/overview.ts'
import { readOverview } from '../../../src/ipvs/proc/overview-text.ts'
import { FakeTransport } from '../netlink/fake-transport.ts'

export const HEADINGS = `IP Virtual Server version 1.2.1 (size=4096)
Prot LocalAddress:Port Scheduler Flags
  -> RemoteAddress:Port Forward Weight ActiveConn InActConn
`

/** Printed by Linux 6.1.176 with 100 ticks per second: services at addresses, then services under marks. */
export const LINUX_6_1 = `${HEADINGS}TCP  [2001:0db8:0000:0000:0000:0000:0000:0001]:0050 sh 
  -> [0000:0000:0000:0000:0000:0000:0000:0001]:0050      Local   1      0          0         
  -> C633640C:0050      Tunnel  1      0          0         
  -> [2001:0db8:0001:0000:0000:0000:0000:0011]:0050      Route   100    0          0         
UDP  [2001:0db8:0000:0000:0000:0000:0000:0001]:0035 wlc persistent 30000 40000000
TCP  C0000201:0050 wrr  
  -> [2001:0db8:0000:0000:0000:0000:0000:0015]:0050      Tunnel  1      0          0         
  -> C633640E:0050      Masq    2147483647 0          0         
  -> C633640D:0050      Local   1      0          0         
  -> C633640B:0050      Route   0      0          0         
  -> C633640A:1F90      Masq    2      0          0         
UDP  C0000201:0035 wlc ops  
  -> C633640A:14E9      Masq    1      0          0         
UDP  C0000201:0036 wlc ops  persistent 10000 FFFFFFFF
TCP  C0000201:FFFE wlc  persistent 0 FF00FF00
SCTP  C0000201:26AB none  persistent 36000 FFFFFF00
FWM  FFFFFFFF wlc persistent 6000 FFFFFFFF
FWM  00000001 rr 
  -> [2001:0db8:0001:0000:0000:0000:0000:0010]:0000      Route   1      0          0         
FWM  00000001 rr 
  -> C633640A:0000      Route   1      0          0         
FWM  00000002 wlc ops persistent 6000 60000000
  -> C633640A:0000      Tunnel  1      0          0         
FWM  00000002 wlc ops 
  -> C633640A:0000      Tunnel  1      0          0         
`

/** Printed by Linux 7.2.13 with 250 ticks per second: one table for all services. */
export const LINUX_7_2 = `${HEADINGS.replace('4096', '256')}SCTP  [0000:0000:0000:0000:0000:0000:0000:0000]:0000 wlc persistent 75000 80000000
FWM  00000001 rr 
  -> C633640A:0000      Route   1      0          0         
IP  C0000201:0000 wlc  
IP_47  C0000201:0000 wlc  
ICMPv6  C0000201:0000 wlc  
ICMP  C0000201:0000 wlc  
TCP  C0000201:FFFF wlc  persistent 1073741750 00000000
IP_65535  C0000201:0000 wlc  
`

/** Reads a text, which arrives in chunks of seven bytes. */
export async function overviewIn(text: string): Promise<ServiceOverview[]> {
  const transport = new FakeTransport()
  transport.files.set('/proc/net/ip_vs', text)
  const services: ServiceOverview[] = []
  for await (const service of readOverview(transport, undefined)) services.push(service)
  return services
}

/** A table with these lines. */
export const tableOf = (...lines: string[]) => HEADINGS + lines.map((line) => `${line}\n`).join('')
