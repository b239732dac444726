import { staff } from './people.ts'

/** A row of the demo's inventory, as `inventory.yaml` has it. */
export interface DemoMailbox {
  readonly address: string
  readonly name: string
  readonly quotaBytes?: number
  readonly active?: boolean
}

export interface DemoDomain {
  readonly domain: string
  readonly mailboxes: readonly DemoMailbox[]
  readonly aliases: readonly { readonly address: string; readonly targets: readonly string[] }[]
  readonly aliasDomains?: readonly string[]
  readonly domainAdmins?: readonly { readonly username: string; readonly name: string }[]
}

const mebibyte = 1024 * 1024

function mailbox(
  person: { readonly address: string; readonly name: string },
  more: Partial<DemoMailbox> = {},
): DemoMailbox {
  return { address: person.address, name: person.name, ...more }
}

/** The firm that the demo moves. Its accountants have no quota on the old server, and more mail than `quotas.default`. */
const firm: DemoDomain = {
  domain: 'example.at',
  mailboxes: [
    mailbox(staff.anna, { quotaBytes: 50 * mebibyte }),
    mailbox(staff.chef, { quotaBytes: 200 * mebibyte }),
    mailbox(staff.juergen, { quotaBytes: 20 * mebibyte }),
    mailbox(staff.buchhaltung),
    mailbox(staff.office, { quotaBytes: 20 * mebibyte }),
    mailbox(staff.verkauf, { quotaBytes: 10 * mebibyte }),
    mailbox(staff.lager, { quotaBytes: 10 * mebibyte }),
    mailbox(staff.alt, { quotaBytes: 10 * mebibyte, active: false }),
    mailbox({ address: 'praktikum@example.at', name: 'Praktikum' }, { quotaBytes: 5 * mebibyte }),
  ],
  aliases: [
    { address: 'info@example.at', targets: ['anna@example.at'] },
    { address: 'team@example.at', targets: ['anna@example.at', 'chef@example.at', 'juergen@example.at'] },
    {
      address: 'alle@example.at',
      targets: ['team@example.at', 'buchhaltung@example.at', 'lager@example.at'],
    },
    { address: 'presse@example.at', targets: ['kontakt@agentur.example'] },
    { address: 'bestellung@example.at', targets: ['lager@example.at', 'bestellung@huber-soehne.example'] },
    // A forward that keeps a copy, one that keeps nothing, and one inside the house.
    { address: 'office@example.at', targets: ['office@example.at', 'buero@partner.example'] },
    { address: 'verkauf@example.at', targets: ['verkauf@handelsvertretung.example'] },
    { address: 'lager@example.at', targets: ['lager@example.at', 'anna@example.at'] },
  ],
  domainAdmins: [{ username: 'chef-beispiel', name: 'Karl Gruber' }],
}

/** A club whose addresses need somebody's decision before it can move. */
const club: DemoDomain = {
  domain: 'verein.example',
  mailboxes: [
    mailbox(staff.obmann, { quotaBytes: 10 * mebibyte }),
    mailbox(staff.kassa, { quotaBytes: 10 * mebibyte }),
  ],
  aliases: [
    { address: '@verein.example', targets: ['obmann@verein.example'] },
    { address: 'vorstand@verein.example', targets: ['obmann@verein.example', 'kassa@verein.example'] },
    { address: 'rundbrief@verein.example', targets: ['mitglieder@verein.example'] },
    { address: 'mitglieder@verein.example', targets: ['rundbrief@verein.example', 'kassa@verein.example'] },
    { address: 'archiv@verein.example', targets: ['gibt-es-nicht@example.at'] },
  ],
}

export const demoInventory: readonly DemoDomain[] = [firm, club]

/** What the demo's `mailmove.yaml` says beside the servers. */
export const demoSections: Readonly<Record<string, unknown>> = {
  copy: { mailboxesAtOnce: 4, lanesPerMailbox: 2 },
  quotas: { default: '5MiB', headroomPercent: 20 },
  domains: {
    'example.at': {
      language: 'de',
      // Found by the survey to be over the default; this settles it.
      mailboxes: { 'buchhaltung@example.at': { quota: '40MiB' } },
    },
    'verein.example': { language: 'de' },
  },
}

/** Every mailbox of the demo has this password on the old server. */
export const demoPassword = 'Demo-Passw0rd-2014'
