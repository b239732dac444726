import { connect, createServer, type Server, type Socket } from 'node:net'

/** What a scripted server says to a command: raw text (`TAG` stands for the command's tag), or nothing. */
export type Script = (command: string, say: (text: string | Buffer) => void, socket: Socket) => void

export interface ScriptedServer extends AsyncDisposable {
  readonly port: number
  /** First lines of the commands it got, after login. */
  readonly commands: string[]
}

const capabilities =
  'IMAP4rev1 UIDPLUS MULTIAPPEND LITERAL+ LIST-EXTENDED LIST-STATUS SPECIAL-USE NAMESPACE ESEARCH CONDSTORE UNSELECT MOVE'

/** A peer that logs everybody in and then does as its script says: for what no honest server does. */
export async function startScriptedServer(
  script: Script,
  greeting = '* OK hello\r\n',
  can = capabilities,
): Promise<ScriptedServer> {
  const commands: string[] = []
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => sockets.delete(socket))
    socket.write(greeting)
    let loggedIn = false
    let pending = ''
    socket.on('data', (chunk: Buffer) => {
      pending += chunk.toString('latin1')
      for (let end = pending.indexOf('\r\n'); end !== -1; end = pending.indexOf('\r\n')) {
        const line = pending.slice(0, end)
        pending = pending.slice(end + 2)
        const [tag = '', verb = ''] = line.split(' ')
        const say = (text: string | Buffer): void => {
          socket.write(typeof text === 'string' ? Buffer.from(text.replaceAll('TAG', tag), 'latin1') : text)
        }
        if (loggedIn) {
          commands.push(line.slice(tag.length + 1))
          script(line.slice(tag.length + 1), say, socket)
        } else if (/^NAMESPACE$/i.test(verb)) {
          loggedIn = true
          say('* NAMESPACE (("" "/")) NIL NIL\r\nTAG OK\r\n')
        } else say(`* CAPABILITY ${can}\r\nTAG OK [CAPABILITY ${can}] fine\r\n`)
      }
    })
  })
  return { commands, ...(await listening(server, sockets)) }
}

/** A real server behind somebody who changes what it says. */
export async function startRewritingServer(
  upstream: { readonly host: string; readonly port: number },
  pattern: RegExp,
  replacement: string | ((found: string) => string),
  ask: (said: string) => string = (said) => said,
): Promise<AsyncDisposable & { readonly port: number }> {
  const sockets = new Set<Socket>()
  const server = createServer((client) => {
    const real = connect(upstream)
    for (const socket of [client, real]) {
      sockets.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => {
        client.destroy()
        real.destroy()
      })
    }
    client.on('data', (chunk: Buffer) => real.write(ask(chunk.toString('latin1')), 'latin1'))
    real.on('data', (chunk: Buffer) =>
      client.write(
        chunk
          .toString('latin1')
          .replace(pattern, (found) => (typeof replacement === 'string' ? replacement : replacement(found))),
        'latin1',
      ),
    )
  })
  return listening(server, sockets)
}

/** Resolves when it listens. */
export async function listening(
  server: Server,
  sockets: ReadonlySet<Socket>,
): Promise<AsyncDisposable & { readonly port: number }> {
  const port = await new Promise<number>((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      resolve(typeof address === 'object' && address !== null ? address.port : 0)
    })
  })
  return {
    port,
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => {
        for (const socket of sockets) socket.destroy()
        server.close(() => resolve())
      }),
  }
}

/** One folder INBOX with these messages, told the honest way; `change` may answer a command in another way (true: it did). */
export function honestMailbox(
  messages: readonly string[],
  change: (command: string, say: (text: string | Buffer) => void, socket: Socket) => boolean = () => false,
): Script {
  const count = messages.length
  return (command, say, socket) => {
    if (change(command, say, socket)) return
    if (command.startsWith('NAMESPACE')) say('* NAMESPACE (("" "/")) NIL NIL\r\nTAG OK\r\n')
    else if (command.startsWith('LIST'))
      say(
        `* LIST (\\HasNoChildren) "/" INBOX\r\n* STATUS INBOX (MESSAGES ${count} UIDNEXT ${count + 1} UIDVALIDITY 7 HIGHESTMODSEQ 9)\r\nTAG OK\r\n`,
      )
    else if (/^(?:EXAMINE|SELECT)/.test(command))
      say(`* ${count} EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n* OK [UIDNEXT ${count + 1}] x\r\nTAG OK\r\n`)
    else if (command.startsWith('UID SEARCH')) say(`* ESEARCH (TAG "TAG") UID ALL 1:${count}\r\nTAG OK\r\n`)
    else if (/RFC822\.SIZE/.test(command)) {
      for (const [index, text] of messages.entries())
        say(
          `* ${index + 1} FETCH (UID ${index + 1} FLAGS () INTERNALDATE " 1-Jan-2020 00:00:00 +0000" RFC822.SIZE ${text.length})\r\n`,
        )
      say('TAG OK\r\n')
    } else if (/BODY\.PEEK\[\]/.test(command)) {
      for (const [index, text] of messages.entries())
        say(`* ${index + 1} FETCH (UID ${index + 1} BODY[] {${text.length}}\r\n${text})\r\n`)
      say('TAG OK\r\n')
    } else say('TAG OK\r\n')
  }
}
