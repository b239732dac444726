import { describe, expect, test } from 'vitest'
import {
  accepted,
  check,
  copy,
  exported,
  plan,
  provision,
  status,
  survey,
  verify,
} from '../../test/sample-reports.ts'
import { plain } from '../ui/paint.ts'
import { renderAccept } from './accept.ts'
import { renderCheck } from './check.ts'
import { renderCopy } from './copy.ts'
import { renderExport } from './export.ts'
import { renderPlan } from './plan.ts'
import { renderProvision } from './provision.ts'
import { renderStatus } from './status.ts'
import type { RenderStyle } from './style.ts'
import { renderSurvey } from './survey.ts'
import { renderVerify } from './verify.ts'

const style: RenderStyle = { width: 80, paint: plain, verbose: false, typed: (text) => text }
describe('at 80 columns', () => {
  test('survey', () =>
    expect(renderSurvey(survey, style)).toMatchInlineSnapshot(`
      "example.at
        2 mailboxes · 12,345 messages · 6.1 GiB · 1 alias · 2 forwards · 15 contacts
        in 2 address books · catch-all · alias domains example.co.at · findings: 1
        red, 1 info

        mailbox          messages     size  folders  new quota  note
        anna@example.at    12,345  6.1 GiB        1      5 GiB
        jörg@example.at         ?        ?        ?      5 GiB  inactive, not read, on
                                                                mailcow

        red       over-quota  anna@example.at
                  The mailbox holds 6.1 GiB, which is more than the 5 GiB it would get
                  on mailcow.
                → Give it more in the configuration (domains, mailboxes, quota) or run
                  mailmove accept example.at over-quota.

        info      folder-merged
                  jörg@example.at: Gesendet: Gesendet and Sent become one folder,
                  Sent.

      skipped  example.org: Another run works on it.

      Next: mailmove plan example.at"
    `))
  test('a headline that is longer is wrapped', () => {
    const domains = verify.domains.map((domain) => ({ ...domain, outcome: 'equal' as const }))
    const totals = { sourceMessages: 1_234_567, targetMessages: 0, matched: 0, bytes: 1e12, differences: 0 }
    const long = domains.map((domain) => ({ ...domain, domain: 'a-longer-name.example', totals }))
    for (const line of renderVerify({ ...verify, domains: long }, style).split('\n'))
      expect(line.length).toBeLessThanOrEqual(80)
  })
  test('export', () =>
    expect(renderExport(exported, style)).toMatchInlineSnapshot(`
      "example.at  1 mailbox of 3 failed; 2 Sieve scripts and 318 contacts exported

        mailbox          outcome     scripts  contacts  for mailcow
        anna@example.at  done     2 (1 gone)       318  1 accepted, 1 unchecked
        jörg@example.at  failed            ?

        warning    anna@example.at: The script "x" could not be read: the server says
                   no.
        mailcow    anna@example.at: It is on mailcow as "mailmove-import". It is the
                   active one there.
        SOGo       anna@example.at: 3 cards put into SOGo, 315 cards there already.
        unchecked  anna@example.at: The mailbox is not on mailcow yet.

        failed     jörg@example.at
                   The old server refuses the login.
                 → Check it, then run mailmove export again.

        findings: 1 yellow

        yellow    script-loses  anna@example.at: alt
                  Not all of it can be carried over: Line 3: it needs spamtest.
                → Its summary.txt says it all; tell the user if it matters.

      Files (and 1 script of the server itself): /srv/mailmove/exports

      Next: mailmove export example.at"
    `))
  test('plan', () =>
    expect(renderPlan(plan, style)).toMatchInlineSnapshot(`
      "example.at: provision  3 writes, 1 object already as planned

        write                object
        add-forwarding-host  192.0.2.10: spam filter on
        add-mailbox          anna@example.at: Anna Müller, 5 GiB
        add-alias            office@example.at: to anna@example.at,
                             extern@example.net, inactive until cut-over

      example.at: copy  7 messages, as a mirror of the old mailboxes

        mailbox          messages  folders
        anna@example.at         7        1

      example.at: cut-over

        waits    Everything is ready. Something is missing before the cut-over may
                 begin:
                   copy has not ended well: mailmove copy example.at

        red       over-quota  anna@example.at
                  The mailbox holds 6.1 GiB, which is more than the 5 GiB it would get
                  on mailcow.
                → Give it more in the configuration (domains, mailboxes, quota) or run
                  mailmove accept example.at over-quota.

      1 red finding stops example.at.

      Next: mailmove accept example.at over-quota"
    `))
  test('provision', () =>
    expect(renderProvision(provision, style)).toMatchInlineSnapshot(`
      "example.at  partly done: 1 write; 2 objects not as planned

        outcome  write                object
        done     add-forwarding-host  192.0.2.10: spam filter on
        failed   add-mailbox          anna@example.at: mailcow: mailbox_quota_exceeded
        blocked  add-alias            office@example.at: to anna@example.at,
                                      extern@example.net, inactive until cut-over

      Next: mailmove provision example.at"
    `))
  test('copy', () =>
    expect(renderCopy(copy, style)).toMatchInlineSnapshot(`
      "example.at  1 mailbox of 2 failed; 5 messages (2 KiB) copied

        mailbox          outcome  source  copied  there  set aside   size
        anna@example.at  done          7       5      1          1  2 KiB
        jörg@example.at  failed        0       0      0          0    0 B

        warning    anna@example.at: the keyword $Label1 was refused
        set aside  anna@example.at: INBOX, UID 12, “Grüße”: the new server refuses it;
                   kept as /data/12.eml

        1 message not copied. Once the owners have them, let that pass:
        mailmove accept example.at message-set-aside --reason "..."

        failed     jörg@example.at
                   The old server refuses the login.
                 → Run mailmove check.

      Next: mailmove copy example.at"
    `))
  test('verify', () =>
    expect(renderVerify(verify, style)).toMatchInlineSnapshot(`
    "example.at  different: 1 unexplained difference

      mailbox          outcome    old  new  equal  differences   size
      anna@example.at  different    7    6      6            1  2 KiB

      missing       anna@example.at: INBOX, UID 7, “Rechnung”: Not on the new
                    server.

      Only some mailboxes were compared: this is no evidence for the cut-over.

    Next: mailmove copy example.at"
  `))
  test('status', () =>
    expect(renderStatus(status, true, style)).toMatchInlineSnapshot(`
      "domain      stage   mailboxes  made  copied  verified   size  red
      example.at  survey          1     0       0         0  2 KiB    1

      example.at  findings: 1 red

        mailbox          state     messages   size  quota  note
        anna@example.at  surveyed         7  2 KiB  5 GiB  over quota

      1 red finding stops example.at.
        - Reload Postfix on mailcow.
          docker compose exec postfix-mailcow postfix reload
      Next for example.at: mailmove provision example.at"
    `))
  test('check', () =>
    expect(renderCheck(check, style)).toMatchInlineSnapshot(`
    "ok       old.imap         imaps://mailhaus.example:993: Dovecot, TLS 1.3
    FAILED   old.imap.master  migrator
             The old server refuses the login of the master user.
           → Look at OLD_MASTER_PASSWORD.

    1 check failed; nothing was changed anywhere."
  `))
  test('accept', () =>
    expect(renderAccept(accepted, style)).toMatchInlineSnapshot(`
    "Accepted for example.at, on the record:
      over-quota  anna@example.at

    1 red finding left:

      red       over-quota  anna@example.at
                The mailbox holds 6.1 GiB, which is more than the 5 GiB it would get
                on mailcow.
              → Give it more in the configuration (domains, mailboxes, quota) or run
                mailmove accept example.at over-quota.

    Next: mailmove provision example.at"
  `))
})
