import type { JsonRecord } from './php-values.ts'
import type { MailcowState } from './state.ts'

/** A fresh installation: no domains, the two default templates, mailcow's own defaults. */
export function freshState(now: string): MailcowState {
  return {
    domains: [],
    mailboxes: [],
    aliases: [],
    aliasDomains: [],
    transports: [],
    forwardingHosts: [],
    appPasswords: [],
    filters: [],
    templates: [
      {
        id: 1,
        template: 'Default',
        type: 'domain',
        attributes: domainDefaults(),
        created: now,
        modified: null,
      },
      {
        id: 2,
        template: 'Default',
        type: 'mailbox',
        attributes: mailboxDefaults(),
        created: now,
        modified: null,
      },
    ],
    dkim: [],
    rateLimits: [],
    senderAcl: [],
    passwordPolicy: { length: '6', chars: '0', special_chars: '0', lowerupper: '0', numbers: '0' },
    fail2ban: {
      ban_time: 1800,
      max_ban_time: 10000,
      ban_time_increment: true,
      max_attempts: 10,
      retry_window: 600,
      netban_ipv4: 32,
      netban_ipv6: 128,
      banlist_id: '3b1f0c6e-0000-4000-8000-000000000001',
      manage_external: 0,
      regex: null,
      whitelist: [],
      blacklist: [],
      attempts: {},
      activeBans: {},
    },
    nextIds: { templates: 3 },
  }
}

function domainDefaults(): JsonRecord {
  return {
    tags: [],
    max_num_aliases_for_domain: 400,
    max_num_mboxes_for_domain: 10,
    def_quota_for_mbox: 3221225472,
    max_quota_for_mbox: 10737418240,
    max_quota_for_domain: 10737418240,
    rl_frame: 's',
    rl_value: '',
    active: 1,
    gal: 1,
    backupmx: 0,
    relay_all_recipients: 0,
    relay_unknown_only: 0,
    dkim_selector: 'dkim',
    key_size: 2048,
  }
}

function mailboxDefaults(): JsonRecord {
  return {
    tags: [],
    quota: 0,
    quarantine_notification: 'hourly',
    quarantine_category: 'reject',
    rl_frame: 's',
    rl_value: '',
    force_pw_update: 0,
    force_tfa: 0,
    sogo_access: 1,
    active: 1,
    tls_enforce_in: 0,
    tls_enforce_out: 0,
    imap_access: 1,
    pop3_access: 1,
    smtp_access: 1,
    sieve_access: 1,
    eas_access: 1,
    dav_access: 1,
    acl_spam_alias: 1,
    acl_tls_policy: 1,
    acl_spam_score: 1,
    acl_spam_policy: 1,
    acl_delimiter_action: 1,
    acl_syncjobs: 0,
    acl_eas_reset: 1,
    acl_sogo_profile_reset: 0,
    acl_pushover: 1,
    acl_quarantine: 1,
    acl_quarantine_attachments: 1,
    acl_quarantine_notification: 1,
    acl_quarantine_category: 1,
    acl_app_passwds: 1,
  }
}
