import type { Service } from './config.ts'

/** The old server: everything in `hash:` files of its folder, as Postfix' own guide for virtual domains has it. */
export function oldSettings(etc: string): string {
  return `virtual_mailbox_domains = hash:${etc}/vdomains
virtual_mailbox_maps = hash:${etc}/vmailboxes
virtual_alias_domains = hash:${etc}/aliasdomains
virtual_alias_maps = hash:${etc}/valiases
relay_domains = hash:${etc}/relay_domains
relay_recipient_maps = hash:${etc}/relay_recipients
transport_maps = hash:${etc}/transport
smtpd_relay_restrictions = permit_mynetworks, permit_sasl_authenticated, reject_unauth_destination
smtpd_recipient_restrictions =`
}

export const oldServices: readonly Service[] = [
  { port: 25 },
  {
    port: 587,
    settings: {
      smtpd_client_restrictions: 'permit_sasl_authenticated, reject',
      smtpd_relay_restrictions: 'permit_sasl_authenticated, reject',
    },
  },
  // Dovecot's own: redirects and vacation replies
  { port: 588, settings: { mynetworks: '127.0.0.0/8' } },
]
