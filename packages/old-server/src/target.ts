/** Where an alias leads. */
export type Target =
  /** An address in a domain that the inventory hosts: a mailbox, another alias, or nothing at all. */
  | { readonly kind: 'mailbox'; readonly address: string }
  /** An address elsewhere. */
  | { readonly kind: 'external'; readonly address: string }
  /** `@example.net`: the same local part in another domain. */
  | { readonly kind: 'domain'; readonly domain: string }
  /** A name without a domain: the old server appended its own (`myorigin`). */
  | { readonly kind: 'unqualified'; readonly name: string }
  /** `|command`: mail is fed to a program. */
  | { readonly kind: 'pipe'; readonly command: string }
  /** `/path`: mail is appended to a file. */
  | { readonly kind: 'file'; readonly path: string }
  /** `:include:/path`: further targets stand in a file. */
  | { readonly kind: 'include'; readonly path: string }
  /** `/dev/null`, `devnull`: mail is thrown away. */
  | { readonly kind: 'discard' }
  /** PostfixAdmin's vacation: `anna#example.at@autoreply.example.at`. The text stands elsewhere. */
  | { readonly kind: 'autoreply'; readonly address: string }
