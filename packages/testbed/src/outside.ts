import type { Resolver } from 'node:dns/promises'
import { createTransport } from 'nodemailer'
import type { Endpoint } from './endpoint.ts'
import { TestbedError } from './errors.ts'
import type { Delivery } from './mail/deliver.ts'

/** The rest of the world: a server that finds a recipient's server in the DNS and sends there. */
export interface Outside {
  /**
   * Sends as an MTA does: to the best mail exchanger that answers. Resolves with the host that took it; rejects with
   * the server's answer (`responseCode`), and tries nothing again.
   */
  send(delivery: Delivery): Promise<{ readonly exchange: string; readonly response: string }>
}

export function outsideWorld(resolver: Resolver, address: string): Outside {
  return {
    send: async ({ from = 'sender@outside.example', to, raw }) => {
      const domain = to.slice(to.lastIndexOf('@') + 1)
      const exchanges = (await resolver.resolveMx(domain)).toSorted((a, b) => a.priority - b.priority)
      let last: unknown = new TestbedError('dns', `${domain} has no mail exchanger`)
      for (const { exchange } of exchanges) {
        const [host = ''] = await resolver.resolve4(exchange)
        const name = 'mx.outside.example'
        const transport = createTransport({
          host,
          port: 25,
          secure: false,
          ignoreTLS: true,
          name,
          localAddress: address,
        })
        try {
          const { response } = await transport.sendMail({ envelope: { from, to: [to] }, raw })
          return { exchange, response }
        } catch (error) {
          last = error
          // what the server says holds; the next one is for servers that say nothing
          if (typeof error === 'object' && error !== null && Reflect.has(error, 'responseCode')) throw error
        } finally {
          transport.close()
        }
      }
      throw last
    },
  }
}

export interface Submission extends Delivery {
  readonly user: string
  readonly password: string
}

/** Hands a message in as a user's mail program does: STARTTLS, login, one recipient. */
export async function submit(
  { host, port }: Endpoint,
  { from, to, raw, user, password }: Submission,
): Promise<string> {
  const transport = createTransport({
    host,
    port,
    secure: false,
    requireTLS: true,
    auth: { user, pass: password },
    // whether the certificate is good is another test's business
    tls: { rejectUnauthorized: false },
  })
  try {
    const { response } = await transport.sendMail({ envelope: { from: from ?? user, to: [to] }, raw })
    return response
  } finally {
    transport.close()
  }
}
