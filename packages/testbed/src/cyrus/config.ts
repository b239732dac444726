export interface CyrusFacts {
  /** Its own folder; everything below is Cyrus's. */
  readonly dir: string
  readonly layout: CyrusLayout
}

/** `netnews`: `.` between levels, everything below `INBOX.`, as Debian ships it. `unix`: `/`, beside INBOX. */
export type CyrusLayout = 'netnews' | 'unix'

/** The name that passwords are kept under. */
export const realm = 'mailhaus.test'

/** imapd.conf(5). */
export function cyrusConfig({ dir, layout }: CyrusFacts): string {
  const unix = layout === 'unix' ? 'yes' : 'no'
  return `configdirectory: ${dir}/config
defaultpartition: default
partition-default: ${dir}/spool
proc_path: ${dir}/run/proc
mboxname_lockpath: ${dir}/run/lock
lmtpsocket: ${dir}/run/lmtp
idlesocket: ${dir}/run/idle
notifysocket: ${dir}/run/notify
servername: ${realm}
unixhierarchysep: ${unix}
altnamespace: ${unix}
admins: cyrus
allowplaintext: yes
sasl_pwcheck_method: auxprop
sasl_auxprop_plugin: sasldb
sasl_sasldb_path: ${dir}/sasldb2
sasl_mech_list: PLAIN
autocreate_quota: 100000000
maxmessagesize: 0
reject8bitheader: no
munge8bit: no
`
}

/** cyrus.conf(5): an IMAP server, nothing else. */
export function cyrusServices(configuration: string, port: number): string {
  return `START {
  recover cmd="ctl_cyrusdb -C ${configuration} -r"
}
SERVICES {
  imap cmd="imapd -C ${configuration}" listen="127.0.0.1:${port}" prefork=0
}
EVENTS {
}
`
}
