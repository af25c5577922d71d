/** The version that the commands and the output follow. Tools read it from here. */
const VERSION = 'ipvsadm v1.31 2019/12/24'

/** What `ipvsadm -v` prints. */
export function printVersion(ipvs: string): string {
  return `${VERSION} (compiled with popt and IPVS v${ipvs})\n`
}

/** What `ipvsadm -h` prints below that. */
export function printUsage(program: string): string {
  const lines = SYNOPSES.map((synopsis) => `  ${program} ${synopsis}\n`)
  return `Usage:\n${lines.join('')}\n${EXPLANATIONS}`
}

const SYNOPSES = [
  '-A|-E SERVICE [-s SCHEDULER] [-b FLAGS] [-p [SECONDS]] [-M MASK] [--pe ENGINE] [-o]',
  '-D SERVICE',
  '-a|-e SERVICE -r SERVER [-g|-m|-i [TUNNEL]] [-w WEIGHT] [-x UPPER] [-y LOWER]',
  '-d SERVICE -r SERVER',
  '-L [SERVICE] [-n] [--stats|--rate|--thresholds|--persistent-conn|--tun-info] [--exact] [--nosort]',
  '-L -c [-n] [--persistent-conn]',
  '-L --timeout|--daemon',
  '-C',
  '-S [-n]',
  '-R',
  '-Z [SERVICE]',
  '--set TCP TCPFIN UDP',
  '--start-daemon master|backup [DAEMON]',
  '--stop-daemon master|backup',
  '-h|-v',
]

const EXPLANATIONS = `Commands, of which a command line has one, the first word:
  -A, --add-service      make a virtual service      -a, --add-server      give it a real server
  -E, --edit-service     set it anew                 -e, --edit-server     set that anew
  -D, --delete-service   remove it                   -d, --delete-server   take it away
  -L, -l, --list         show the table              -C, --clear           remove every service
  -S, --save             print the table as rules    -R, --restore         read rules from standard input
  -Z, --zero             set counters to zero            --set             set timeouts, in seconds; 0 keeps one
      --start-daemon, --stop-daemon                  synchronise connections with another director
  -h, --help             print this                  -v, --version         print the version

SERVICE, the virtual service:
  -t, --tcp-service HOST[:PORT]    -u, --udp-service HOST[:PORT]    --sctp-service HOST[:PORT]
  -f, --fwmark-service MARK [-6, --ipv6]

SERVER, a real server: HOST[:PORT]
  -g, --gatewaying  direct routing, the default     -m, --masquerading  NAT     -i, --ipip  a tunnel

TUNNEL: --tun-type ipip|gue|gre, --tun-port PORT (gue), --tun-nocsum|--tun-csum|--tun-remcsum (gue, gre)

Settings:
  -s, --scheduler NAME        rr wrr lc wlc lblc lblcr dh sh sed nq fo ovf mh; wlc without
  -b, --sched-flags FLAGS     sh-fallback, sh-port, mh-fallback, mh-port, flag-1, flag-2, flag-3, with commas
  -p, --persistent [SECONDS]  send a client where it was sent before; 360 seconds without
  -M, --netmask MASK          which clients count as one: an IPv4 mask, an IPv6 prefix length
      --pe ENGINE             tell clients apart by what they send: sip
  -o, --ops                   schedule every UDP packet by itself
  -w, --weight NUMBER         share of the connections; 1 without, 0 for no new ones
  -x, --u-threshold NUMBER    at so many connections a real server gets no more
  -y, --l-threshold NUMBER    below so many it gets some again

Listings:
  -n, --numeric  numbers, no names      --exact   counters in full      --nosort  the kernel's order
  -c, --connection  connections         --timeout timeouts              --daemon  synchronisation daemons

DAEMON:
  --mcast-interface NAME  --mcast-group ADDRESS  --mcast-port PORT  --mcast-ttl TTL
  --syncid 0..255         --sync-maxlen BYTES
`
