import type { Service } from './config.ts'
import type { mailcowMaps } from './mailcow-maps.ts'

type Maps = ReturnType<typeof mailcowMaps>
type MapName = keyof Maps['parts'] | keyof Maps['whole']

/**
 * mailcow's main.cf in what decides where mail goes. Its maps are SQL through proxymap, which keeps nothing; ours ask
 * the double at each lookup. Not here: postscreen, rspamd (but for what reputation.ts does), DANE.
 */
export function newSettings(map: (name: MapName) => string, policySocket: string): string {
  return `smtp_tls_loglevel = 0
smtputf8_enable = no
parent_domain_matches_subdomains = debug_peer_list, fast_flush_domains, mynetworks, qmqpd_authorized_clients
relay_domains = ${map('relayDomains')}
relay_recipient_maps = ${map('relayRecipients')}
virtual_mailbox_domains = ${map('mailboxDomains')}
virtual_mailbox_maps = ${map('mailboxes')}
virtual_alias_maps = ${map('aliases')}, ${map('resources')}, ${map('spamAliases')}, ${map('aliasDomains')}
virtual_alias_domains =
transport_maps = inline:{ { localhost = local: }, { null@localhost = discard: }, { spam@localhost = discard: }, { ham@localhost = discard: } }, ${map('relayUnknownOnly')}, ${map('transports')}
sender_dependent_default_transport_maps = ${map('senderTransports')}
sender_bcc_maps = ${map('senderBcc')}
recipient_bcc_maps = ${map('recipientBcc')}
recipient_canonical_maps = ${map('recipientCanonical')}
recipient_canonical_classes = envelope_recipient
smtp_sasl_auth_enable = yes
smtp_sasl_password_maps = ${map('senderCredentials')}
smtp_sasl_security_options = noanonymous
smtp_sasl_mechanism_filter = plain, login
smtp_sasl_auth_soft_bounce = no
smtp_sender_dependent_authentication = yes
lmtp_destination_recipient_limit = 1
lmtp_sasl_auth_enable = no
smtpd_tls_auth_only = yes
smtpd_helo_required = yes
smtpd_sasl_authenticated_header = yes
smtpd_sender_login_maps = ${map('senderLogins')}
smtpd_relay_restrictions = permit_mynetworks, permit_sasl_authenticated, defer_unauth_destination
smtpd_recipient_restrictions = permit_sasl_authenticated, permit_mynetworks, reject_invalid_helo_hostname, reject_unauth_destination, check_policy_service unix:${policySocket}
smtpd_sender_restrictions = reject_authenticated_sender_login_mismatch, permit_mynetworks, permit_sasl_authenticated, reject_unlisted_sender, reject_unknown_sender_domain`
}

export function newServices(map: (name: MapName) => string): readonly Service[] {
  return [
    { port: 25 },
    {
      port: 587,
      settings: {
        smtpd_client_restrictions: 'permit_mynetworks, permit_sasl_authenticated, reject',
        smtpd_tls_security_level: 'encrypt',
      },
    },
    // the containers' own: Dovecot's redirects and vacation replies
    { port: 588, settings: { mynetworks: '127.0.0.0/8', smtpd_tls_auth_only: 'no' } },
    {
      port: 'smtp_via_transport_maps',
      settings: {
        smtp_sasl_password_maps: map('transportCredentials'),
        smtp_sender_dependent_authentication: 'no',
      },
    },
  ]
}
