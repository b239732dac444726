import { createVCard, davRequest, propfind, updateVCard } from 'tsdav'
import { sameCard } from '../vcard/same-card.ts'
import { CardDavError } from './errors.ts'
import { digestOf, type ImportedCard, type ImportState } from './state.ts'
import type { Transport } from './transport.ts'

/**
 * What became of a card: `written` new · `updated` the old server's changed, the user's copy had not · `unchanged` it was
 * there · `changedThere` the user changed it: left alone · `deletedThere` the user deleted it: not made again ·
 * `foreign` another card has its name · `refused` the server does not take it.
 */
export type CardFate =
  | 'written'
  | 'updated'
  | 'unchanged'
  | 'changedThere'
  | 'deletedThere'
  | 'foreign'
  | 'refused'

/** After how many cards the memory is written. */
const batch = 50

/** One address book on the server. */
export class RemoteBook {
  readonly #url: string
  readonly #name: string
  readonly #transport: Transport
  readonly #state: ImportState
  readonly #there: ReadonlyMap<string, string>
  readonly #known: ReadonlyMap<string, ImportedCard>
  #fresh = new Map<string, ImportedCard>()

  private constructor(
    url: string,
    name: string,
    transport: Transport,
    state: ImportState,
    there: ReadonlyMap<string, string>,
    known: ReadonlyMap<string, ImportedCard>,
  ) {
    this.#url = url
    this.#name = name
    this.#transport = transport
    this.#state = state
    this.#there = there
    this.#known = known
  }

  /**
   * Opens a book, or makes it. Undefined when we made it once and the user removed it: it stays removed.
   *
   * @throws CardDavError
   */
  static async open(
    transport: Transport,
    state: ImportState,
    book: { readonly home: string; readonly name: string; readonly displayName: string },
  ): Promise<RemoteBook | undefined> {
    const url = new URL(`${encodeURIComponent(book.name)}/`, book.home.replace(/\/*$/, '/')).href
    const known = await state.read(book.name)
    let there = await listing(transport, url)
    if (there === undefined) {
      if (known.size > 0) return undefined
      await make(transport, url, book.displayName)
      there = (await listing(transport, url)) ?? new Map<string, string>()
    }
    return new RemoteBook(url, book.name, transport, state, there, known)
  }

  /** Brings a card to the server, unless the user has the last word on it. */
  async put(file: string, card: string): Promise<CardFate> {
    const sha256 = digestOf(card)
    const etag = this.#there.get(file)
    const known = this.#known.get(file)
    if (known === undefined && etag === undefined) return this.#send(file, card, sha256, undefined)
    if (known?.sha256 === sha256) return etag === undefined ? 'deletedThere' : 'unchanged'
    if (etag === undefined) return 'deletedThere'
    // RFC 7232 §2.3: a weak tag does not say that nothing changed
    if (known?.etag !== undefined && known.etag === etag && !etag.startsWith('W/'))
      return this.#send(file, card, sha256, etag)
    // Not ours, or changed since; or we were killed after sending, before we could remember it.
    if (await this.#has(file, card)) {
      await this.#remember(file, { sha256, etag })
      return 'unchanged'
    }
    return known === undefined ? 'foreign' : 'changedThere'
  }

  /** Writes down what is not yet in the memory. */
  async flush(): Promise<void> {
    if (this.#fresh.size === 0) return
    await this.#state.record(this.#name, this.#fresh)
    this.#fresh = new Map()
  }

  async #send(file: string, card: string, sha256: string, etag: string | undefined): Promise<CardFate> {
    const { fetch } = this.#transport
    const url = new URL(file, this.#url).href
    const response =
      etag === undefined
        ? await createVCard({ addressBook: { url: this.#url }, filename: file, vCardString: card, fetch })
        : await updateVCard({ vCard: { url, data: card, etag }, fetch })
    // RFC 7232 §4.2: in the moment between our look and our writing, somebody else wrote
    if (response.status === 412) return etag === undefined ? 'foreign' : 'changedThere'
    if (response.status === 403 && etag === undefined && this.#fresh.size === 0 && this.#known.size === 0)
      throw new CardDavError(
        'refused',
        `The server does not let us write into the address book ${this.#name} (403).`,
      )
    if (!response.ok) return 'refused'
    const written = response.headers.get('etag') ?? (await etagOf(this.#transport, url))
    await this.#remember(file, { sha256, ...(written === undefined ? {} : { etag: written }) })
    return etag === undefined ? 'written' : 'updated'
  }

  async #has(file: string, card: string): Promise<boolean> {
    const response = await this.#transport.fetch(new URL(file, this.#url).href)
    return response.ok && sameCard(await response.text(), card)
  }

  async #remember(file: string, card: ImportedCard): Promise<void> {
    this.#fresh.set(file, card)
    if (this.#fresh.size >= batch) await this.flush()
  }
}

/** File names and their ETags; undefined when there is no such book. */
async function listing(transport: Transport, url: string): Promise<Map<string, string> | undefined> {
  const answers = await propfind({ url, props: { 'd:getetag': {} }, depth: '1', fetch: transport.fetch })
  const [first] = answers
  if (first?.status === 404) return undefined
  if (first === undefined || !first.ok)
    throw new CardDavError(
      first?.status === 403 ? 'refused' : 'protocol',
      `The server does not list the address book ${new URL(url).pathname} (${first?.status ?? 'no answer'}).`,
    )
  const folder = decodedPath(new URL(url).pathname)
  const files = new Map<string, string>()
  for (const { href, props } of answers) {
    const path = href === undefined ? '' : decodedPath(new URL(href, url).pathname)
    const etag = text(props?.['getetag'])
    if (path.startsWith(folder) && path.length > folder.length && etag !== undefined)
      files.set(path.slice(folder.length), etag)
  }
  return files
}

async function etagOf(transport: Transport, url: string): Promise<string | undefined> {
  const [answer] = await propfind({ url, props: { 'd:getetag': {} }, depth: '0', fetch: transport.fetch })
  return text(answer?.props?.['getetag'])
}

/** tsdav makes a number of what looks like one. */
function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : undefined
}

const namespaces = { 'xmlns:d': 'DAV:', 'xmlns:card': 'urn:ietf:params:xml:ns:carddav' }

/** Extended MKCOL (RFC 5689, RFC 6352 §6.3.1); the name once more for servers that only know plain MKCOL. */
async function make(transport: Transport, url: string, displayName: string): Promise<void> {
  const { fetch } = transport
  const [answer] = await davRequest({
    url,
    init: {
      method: 'MKCOL',
      namespace: 'd',
      body: {
        mkcol: {
          _attributes: namespaces,
          set: {
            prop: { resourcetype: { collection: {}, 'card:addressbook': {} }, displayname: displayName },
          },
        },
      },
    },
    fetch,
  })
  // 405: it came into being meanwhile
  if (answer !== undefined && !answer.ok && answer.status !== 405)
    throw new CardDavError(
      'refused',
      `The server does not make the address book ${displayName} (${answer.status}).`,
    )
  await davRequest({
    url,
    init: {
      method: 'PROPPATCH',
      namespace: 'd',
      body: {
        propertyupdate: {
          _attributes: namespaces,
          set: { prop: { displayname: displayName } },
        },
      },
    },
    fetch,
  })
}

function decodedPath(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}
