import type { DovecotFacts } from './config.ts'

/** The old server: `INBOX.` prefix, `.` as separator, quota by user, a user's own Sieve scripts only. */
export function oldSideSettings({ dir }: DovecotFacts): string {
  return `mail_location = maildir:~/Maildir
mail_plugins = quota
passdb {
  driver = passwd-file
  args = ${dir}/master.passwd
  master = yes
  # The master user sees accounts that exist, nothing else.
  result_success = continue
}
passdb {
  driver = lua
  args = file=${dir}/accounts.lua blocking=no
}
namespace inbox {
  inbox = yes
  separator = .
  prefix = INBOX.
  mailbox Drafts {
    auto = subscribe
    special_use = \\Drafts
  }
  mailbox Sent {
    auto = subscribe
    special_use = \\Sent
  }
  mailbox Trash {
    auto = subscribe
    special_use = \\Trash
  }
  mailbox Junk {
    auto = subscribe
    special_use = \\Junk
  }
}
protocol imap {
  mail_plugins = $mail_plugins imap_quota
}
protocol lmtp {
  mail_plugins = $mail_plugins sieve
  postmaster_address = postmaster@mailhaus.test
}
plugin {
  quota = maildir:User quota
  sieve = file:~/sieve;active=~/.dovecot.sieve
  sieve_extensions = +notify +imapflags
}
`
}
