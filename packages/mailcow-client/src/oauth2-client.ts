import type { Api, DecodeContext } from './api.ts'
import { notAsIntended } from './read-back.ts'
import { addAndFind } from './add-and-find.ts'
import { usageError } from './errors.ts'
import { requireId } from './names.ts'
import type { CallOptions, WriteOptions } from './options.ts'
import { defineReply } from './reply.ts'
import { ignored, integer, nullableText, text } from './wire.ts'
import { byId, writeEach } from './write-each.ts'

/** An application whose users log in with their mailcow account. */
export interface OAuth2Client {
  readonly id: number
  readonly clientId: string
  readonly redirectUri: string
  readonly scope: string | null
}

const oauth2ClientReply = defineReply('OAuth2 client', {
  required: { id: integer, client_id: text, redirect_uri: text },
  expected: { client_secret: ignored, scope: nullableText, grant_types: ignored, user_id: ignored },
  sometimes: {},
})

function decodeOAuth2Client(value: unknown, context: DecodeContext): OAuth2Client {
  const reply = context.parse(oauth2ClientReply, value)
  return {
    id: reply.id,
    clientId: reply.client_id,
    redirectUri: reply.redirect_uri,
    scope: reply.scope ?? null,
  }
}

/** OAuth2 clients: `get/oauth2-client`, `add/oauth2-client`, `edit/oauth2-client`, `delete/oauth2-client`. */
export class OAuth2Clients {
  readonly #api: Api

  constructor(api: Api) {
    this.#api = api
  }

  /** Without the secrets, see {@link secret}. */
  list(options: CallOptions = {}): Promise<OAuth2Client[]> {
    return this.#api.readList('get/oauth2-client', ['all'], decodeOAuth2Client, options)
  }

  async get(id: number, options: CallOptions = {}): Promise<OAuth2Client | undefined> {
    return this.#api.readOne('get/oauth2-client', [String(requireId(id))], decodeOAuth2Client, options)
  }

  /** The secret of one client: the only call that hands it out. */
  async secret(id: number, options: CallOptions = {}): Promise<string | undefined> {
    return this.#api.readOne(
      'get/oauth2-client',
      [String(requireId(id))],
      (value, context) => context.parse(secretReply, value).client_secret,
      options,
    )
  }

  /** Adds a client and resolves with it; mailcow makes its id and secret. */
  async add(settings: { readonly redirectUri: string }, options: WriteOptions = {}): Promise<OAuth2Client> {
    const { redirectUri } = settings
    if (!URL.canParse(redirectUri)) throw usageError('redirectUri is not a URL')
    return addAndFind(
      this.#api,
      {
        write: {
          route: 'add/oauth2-client',
          done: ['Added client access'],
          body: { redirect_uri: redirectUri },
        },
        subject: redirectUri,
        list: () => this.list(options),
        isIt: (candidate) => candidate.redirectUri === redirectUri,
        wanted: {},
      },
      options,
    )
  }

  /** Sets another address, makes a new secret, or logs everybody out. */
  async edit(
    id: number,
    change: { readonly redirectUri: string } | 'renew-secret' | 'revoke-tokens',
    options: CallOptions = {},
  ): Promise<void> {
    const attr =
      typeof change === 'string' ? { [change.replace('-', '_')]: 1 } : { redirect_uri: change.redirectUri }
    await writeEach(
      this.#api,
      id,
      { route: 'edit/oauth2-client', done: ['object_modified'], names: byId, normalise: requireId, attr },
      { signal: options.signal },
    )
  }

  /** Deletes one client; read back, because mailcow reports success for unknown ones. */
  async delete(id: number, options: WriteOptions = {}): Promise<void> {
    await this.#api.write(
      { route: 'delete/oauth2-client', done: ['items_deleted'], body: [requireId(id)] },
      options,
    )
    if (options.readBack !== true) return
    const found = await this.get(id, options)
    if (found !== undefined) throw notAsIntended('delete/oauth2-client', String(id), ['existence'])
  }
}

const secretReply = defineReply('OAuth2 client', {
  required: { client_secret: text },
  expected: {},
  sometimes: {
    id: ignored,
    client_id: ignored,
    redirect_uri: ignored,
    scope: ignored,
    grant_types: ignored,
    user_id: ignored,
  },
})
