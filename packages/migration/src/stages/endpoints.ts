import type { Endpoint } from '@iteg/imap-sync'
import type { Config, MasterConfig, ServerConfig } from '../config/index.ts'

/** A mailbox on the old server, through the master login. */
export function oldEndpoint(config: Config, address: string): Endpoint {
  return masterEndpoint(config.old.imap, config.old.master, address)
}

/** A mailbox on mailcow, through the master login; with `access: appPassword` see app-passwords.ts. */
export function newMasterEndpoint(config: Config, address: string): Endpoint | undefined {
  return config.new.master === undefined
    ? undefined
    : masterEndpoint(config.new.imap, config.new.master, address)
}

function masterEndpoint(server: ServerConfig, master: MasterConfig, address: string): Endpoint {
  const login = {
    user: `${address}${master.separator}${master.user}`,
    password: master.password.reveal(),
  }
  return { server, login }
}

/** `imaps://mailhaus.example:993`, for people. */
export function serverUrl(server: ServerConfig): string {
  const host = server.host.includes(':') ? `[${server.host}]` : server.host
  return `${server.tls === 'implicit' ? 'imaps' : 'imap'}://${host}:${server.port}`
}

/** What mailcow's transport takes: brackets keep Postfix from looking up an MX, which would lead in a circle. */
export function transportNexthop(smtp: { readonly host: string; readonly port: number }): string {
  return `[${smtp.host.replaceAll(/[[\]]/g, '')}]:${smtp.port}`
}
