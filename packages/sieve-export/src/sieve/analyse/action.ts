/** What a command does with a message. */
export type Action =
  | { readonly kind: 'keep'; readonly flags: readonly string[] }
  | {
      readonly kind: 'file'
      readonly folder: string
      readonly copy: boolean
      readonly create: boolean
      readonly flags: readonly string[]
    }
  | { readonly kind: 'redirect'; readonly address: string; readonly copy: boolean }
  | { readonly kind: 'discard' | 'stop' }
  | { readonly kind: 'reject'; readonly reason: string }
  | {
      readonly kind: 'vacation'
      readonly subject?: string
      readonly days?: number
      readonly seconds?: number
    }
  | { readonly kind: 'flags'; readonly how: 'set' | 'add' | 'remove'; readonly flags: readonly string[] }
  | { readonly kind: 'notify'; readonly recipients: readonly string[] }
  | { readonly kind: 'set'; readonly name: string; readonly value: string }
  | { readonly kind: 'addHeader'; readonly name: string; readonly value: string }
  | { readonly kind: 'deleteHeader'; readonly names: readonly string[] }
  | { readonly kind: 'include'; readonly name: string; readonly global: boolean }
  | { readonly kind: 'program'; readonly name: string }
  | { readonly kind: 'other'; readonly name: string }
