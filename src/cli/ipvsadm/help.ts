/** The version of ipvsadm that this program reproduces. Tools parse this line. */
const VERSION = 'ipvsadm v1.31 2019/12/24'

/** The output of `ipvsadm -v`. */
export function printVersion(ipvs: string): string {
  return `${VERSION} (compiled with popt and IPVS v${ipvs})\n`
}

/** The output of `ipvsadm -h` below the version. */
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

const EXPLANATIONS = `Commands (one, as the first word):
  -A, --add-service      add a virtual service       -a, --add-server      add a real server
  -E, --edit-service     change its settings         -e, --edit-server     change its settings
  -D, --delete-service   remove it                   -d, --delete-server   remove it
  -L, -l, --list         list the table              -C, --clear           remove every service
  -S, --save             print the table as rules    -R, --restore         read rules from standard input
  -Z, --zero             reset counters                  --set             set timeouts in seconds; 0: unchanged
      --start-daemon, --stop-daemon                  synchronise connections with another director
  -h, --help             print this help             -v, --version         print the version

SERVICE, the virtual service:
  -t, --tcp-service HOST[:PORT]    -u, --udp-service HOST[:PORT]    --sctp-service HOST[:PORT]
  -f, --fwmark-service MARK [-6, --ipv6]

SERVER, a real server: HOST[:PORT]
  -g, --gatewaying  direct routing, the default     -m, --masquerading  NAT     -i, --ipip  a tunnel

TUNNEL: --tun-type ipip|gue|gre, --tun-port PORT (gue), --tun-nocsum|--tun-csum|--tun-remcsum (gue, gre)

Settings:
  -s, --scheduler NAME        rr wrr lc wlc lblc lblcr dh sh sed nq fo ovf mh; default wlc
  -b, --sched-flags FLAGS     sh-fallback, sh-port, mh-fallback, mh-port, flag-1, flag-2, flag-3, separated by commas
  -p, --persistent [SECONDS]  send a client to the same server again; default 360 seconds
  -M, --netmask MASK          group clients by network: an IPv4 mask or an IPv6 prefix length
      --pe ENGINE             distinguish clients by their data: sip
  -o, --ops                   schedule each UDP packet separately
  -w, --weight NUMBER         relative share of connections; default 1; 0: no new connections
  -x, --u-threshold NUMBER    no new connections above this number
  -y, --l-threshold NUMBER    accept connections again below this number

Listings:
  -n, --numeric  numbers, no names      --exact   counters in full      --nosort  the kernel's order
  -c, --connection  connections         --timeout timeouts              --daemon  synchronisation daemons

DAEMON:
  --mcast-interface NAME  --mcast-group ADDRESS  --mcast-port PORT  --mcast-ttl TTL
  --syncid 0..255         --sync-maxlen BYTES
`
