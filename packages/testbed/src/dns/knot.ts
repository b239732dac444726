export interface KnotFacts {
  readonly dir: string
  readonly address: string
  readonly port: number
  readonly zones: readonly string[]
  /** The name of a key and its base64; it may update and transfer. */
  readonly key: { readonly name: string; readonly secret: string }
  /** The other server of the pair. */
  readonly other: string
  readonly role: 'primary' | 'secondary'
}

/** A zone's name is not always a file's name. */
export function zoneFileName(zone: string): string {
  return zone === '.' ? 'root.zone' : `${zone}.zone`
}

/** The configuration of one knotd. The primary takes signed updates and notifies; the secondary follows by transfers. */
export function knotConfig({ dir, address, port, zones, key, other, role }: KnotFacts): string {
  const primary = role === 'primary'
  return `server:
    listen: ${address}@${port}
    rundir: "${dir}/run"
    udp-workers: 1
    tcp-workers: 1
    background-workers: 1
control:
    listen: "${dir}/run/knot.sock"
database:
    storage: "${dir}/db"
    journal-db-max-size: 64M
    journal-db-mode: asynchronous
    kasp-db-max-size: 20M
    timer-db-max-size: 20M
log:
  - target: stderr
    any: info
key:
  - id: ${key.name}
    algorithm: hmac-sha256
    secret: ${key.secret}
remote:
  - id: other
    address: ${other}@${port}
    via: ${address}
acl:
  - id: by-key
    key: ${key.name}
    action: [update, transfer]
  - id: by-other
    address: ${other}
    action: [${primary ? 'transfer' : 'notify'}]
template:
  - id: default
    storage: "${dir}/zones"
    zonefile-sync: -1
    zonefile-load: difference
    journal-content: ${primary ? 'all' : 'changes'}
    acl: [${primary ? 'by-key, by-other' : 'by-other'}]
    ${primary ? 'notify: other' : 'master: other'}
zone:
${zones.map((zone) => `  - domain: ${zone === '.' ? '.' : `${zone}.`}\n    file: ${zoneFileName(zone)}\n`).join('')}`
}
