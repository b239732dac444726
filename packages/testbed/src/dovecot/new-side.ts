import type { DovecotFacts } from './config.ts'
import { specialUseNames } from './special-use.ts'

/** The new server, configured as mailcow configures its Dovecot in what a migration can notice. */
export function newSideSettings({ dir, certificates, storage }: DovecotFacts): string {
  const encrypted = storage === 'as-mailcow'
  const plugins = `quota acl listescape${encrypted ? ' zlib mail_crypt' : ''}`
  return `mail_location = maildir:~/Maildir:INDEX=${dir}/index/%u
mail_plugins = ${plugins}
maildir_very_dirty_syncs = yes
mail_attribute_dict = file:~/dovecot-attributes
mail_max_userip_connections = 500
valid_chroot_dirs = /nonexistent
imap_max_line_length = 2M
passdb {
  driver = passwd-file
  args = ${dir}/master.passwd
  master = yes
  # As on mailcow nobody asks here whether the account exists: then the connection is dropped without a word.
}
passdb {
  driver = lua
  args = file=${dir}/accounts.lua blocking=no
}
namespace inbox {
  inbox = yes
  separator = /
  prefix =
${mailboxes()}
}
namespace {
  type = shared
  separator = /
  prefix = Shared/%%u/
  location = maildir:%%h/Maildir:INDEX=~/shared/%%u
  subscriptions = no
  list = children
}
protocol imap {
  mail_plugins = $mail_plugins imap_quota imap_acl imap_zlib
  imap_metadata = yes
}
protocol lmtp {
  mail_plugins = $mail_plugins sieve
  postmaster_address = postmaster@mailcow.test
}
protocol sieve {
  managesieve_logout_format = bytes=%i/%o
}
plugin {
  quota = maildir:Userquota
  quota_rule2 = Trash:storage=+100%%
  acl = vfile
  acl_shared_dict = file:${dir}/state/shared-mailboxes
  acl_anyone = allow
  # The master user has the user's own rights.
  acl_user = %u
  # a backslash, as in mailcow
  listescape_char = "\\\\"
${encrypted ? cryptSettings(certificates) : ''}
  sieve = ${dir}/sieve/active/%u.sieve
  sieve_dir = ~/sieve
  sieve_before = ${dir}/sieve/global_before.sieve
  sieve_before2 = ${dir}/sieve/prefilter/%u.sieve
  sieve_after = ${dir}/sieve/postfilter/%u.sieve
  sieve_after2 = ${dir}/sieve/global_after.sieve
  sieve_plugins = sieve_imapsieve sieve_extprograms
  sieve_extensions = +notify +imapflags +vacation-seconds +editheader
  sieve_global_extensions = +vnd.dovecot.pipe +vnd.dovecot.execute
  sieve_vacation_send_from_recipient = yes
  sieve_redirect_envelope_from = recipient
  sieve_max_script_size = 1M
  sieve_max_redirects = 100
  sieve_max_actions = 101
  sieve_quota_max_scripts = 0
  sieve_quota_max_storage = 0
  sieve_vacation_min_period = 5s
  sieve_vacation_max_period = 0
  sieve_vacation_default_period = 60s
  sieve_duplicate_default_period = 1m
  sieve_duplicate_max_period = 7d
}
`
}

function mailboxes(): string {
  return Object.entries(specialUseNames)
    .flatMap(([role, names]) =>
      names.map(
        (name, index) =>
          `  mailbox "${name}" {
    ${index === 0 ? 'auto = subscribe' : 'auto = no'}
    special_use = \\${role}
  }`,
      ),
    )
    .join('\n')
}

function cryptSettings(certificates: string): string {
  return `  zlib_save = lz4
  mail_crypt_global_private_key = <${certificates}/mail-crypt.key
  mail_crypt_global_public_key = <${certificates}/mail-crypt.pub
  mail_crypt_save_version = 2`
}
