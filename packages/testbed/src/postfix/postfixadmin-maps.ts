/** The queries of PostfixAdmin's own documentation (POSTFIX_CONF.txt), by the parameter of main.cf that they serve. */
const queries: Readonly<Record<string, readonly string[]>> = {
  virtual_mailbox_domains: [
    "SELECT domain FROM domain WHERE domain='%s' AND backupmx = '0' AND active = '1'",
  ],
  virtual_mailbox_maps: [
    "SELECT maildir FROM mailbox WHERE username='%s' AND active = '1'",
    "SELECT maildir FROM mailbox,alias_domain WHERE alias_domain.alias_domain = '%d' AND mailbox.username = CONCAT('%u', '@', alias_domain.target_domain) AND mailbox.active = '1' AND alias_domain.active = '1'",
  ],
  virtual_alias_maps: [
    "SELECT goto FROM alias WHERE address='%s' AND active = '1'",
    "SELECT goto FROM alias,alias_domain WHERE alias_domain.alias_domain = '%d' AND alias.address = CONCAT('%u', '@', alias_domain.target_domain) AND alias.active = '1' AND alias_domain.active = '1'",
    "SELECT goto FROM alias,alias_domain WHERE alias_domain.alias_domain = '%d' AND alias.address = CONCAT('@', alias_domain.target_domain) AND alias.active = '1' AND alias_domain.active = '1'",
  ],
  relay_domains: ["SELECT domain FROM domain WHERE domain='%s' AND backupmx = '1' AND active = '1'"],
  transport_maps: [
    "SELECT REPLACE(transport, 'virtual', ':') FROM domain WHERE domain='%s' AND active = '1'",
  ],
}

/** Files of mysql: maps by name, and the parameters that ask them before the `hash:` files. */
export function postfixAdminMaps(url: string, etc: string) {
  const { hostname, port, username, password, pathname } = new URL(url)
  const login = `hosts = ${hostname}:${port}\nuser = ${username}\npassword = ${password}\ndbname = ${pathname.slice(1)}\n`
  const hashed: Readonly<Record<string, string>> = {
    virtual_mailbox_domains: 'vdomains',
    virtual_mailbox_maps: 'vmailboxes',
    virtual_alias_maps: 'valiases',
    relay_domains: 'relay_domains',
    transport_maps: 'transport',
  }
  const files = new Map<string, string>()
  const parameters = Object.entries(queries).map(([parameter, list]) => {
    const maps = list.map((query, index) => {
      const name = `mysql_${parameter}${index === 0 ? '' : String(index)}.cf`
      files.set(name, `${login}query = ${query}\n`)
      return `mysql:${etc}/${name}`
    })
    return `${parameter} = ${[...maps, `hash:${etc}/${hashed[parameter] ?? ''}`].join(', ')}`
  })
  return { files, parameters }
}
