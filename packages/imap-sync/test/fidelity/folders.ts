import { roleCases, type FolderCase } from './folder-case.ts'

/** Alphabets, and what modified UTF-7 makes of them. */
const letters: readonly FolderCase[] = [
  {
    name: 'umlauts and an ampersand',
    source: 'RFC 3501 §5.1.3',
    old: 'Müller & Söhne',
    target: 'Müller & Söhne',
  },
  { name: 'an ampersand alone', source: 'RFC 3501 §5.1.3', old: '&', target: '&' },
  { name: 'ampersands in a row', source: 'RFC 3501 §5.1.3', old: '&&', target: '&&' },
  { name: 'what looks like an encoded ampersand', source: 'RFC 3501 §5.1.3', old: 'R&-D', target: 'R&-D' },
  { name: 'what looks like modified UTF-7', source: 'RFC 3501 §5.1.3', old: '&APw-', target: '&APw-' },
  {
    name: 'what looks like UTF-7',
    source: 'https://github.com/imapsync/imapsync/issues/187',
    old: '+BD8EQAQ1-',
    target: '+BD8EQAQ1-',
  },
  {
    name: 'plus signs before digits',
    source: 'https://github.com/imapsync/imapsync/issues/187',
    wire: 'R&AOk-ponses 1200+1201+1202',
    target: 'Réponses 1200+1201+1202',
  },
  {
    name: 'Cyrillic',
    source: 'https://github.com/imapsync/imapsync/issues/23',
    wire: '&BD8EQAQ+BDUEOgRC-',
    target: 'проект',
  },
  {
    name: 'Cyrillic around an ampersand',
    source: 'https://github.com/modern-email/defects/issues/46',
    wire: '&BBAEMQQy-&-&BDMENAQ1-',
    target: 'Абв&где',
  },
  {
    name: 'a smiley',
    source: 'https://github.com/stalwartlabs/stalwart/pull/2564',
    old: 'Spaß 😄',
    target: 'Spaß 😄',
  },
  {
    name: 'joined emoji',
    source: 'https://github.com/flectar/mail/issues/1',
    old: '👨‍👩‍👧 Familie',
    target: '👨‍👩‍👧 Familie',
  },
  { name: 'Japanese', source: 'RFC 3501 §5.1.3', old: '日本語', target: '日本語' },
  { name: 'Hebrew, from the right', source: 'RFC 3501 §5.1.3', old: 'דואר נכנס', target: 'דואר נכנס' },
  {
    name: 'Arabic with an override of direction',
    source: 'RFC 3501 §5.1.3',
    old: 'x\u202eبريد\u202c',
    target: 'x\u202eبريد\u202c',
  },
  { name: 'a no-break space', source: 'RFC 3501 §5.1.3', old: 'Foo\u00a0Bar', target: 'Foo\u00a0Bar' },
  {
    name: 'letters taken apart',
    source: 'https://github.com/jmapio/jmap/pull/170',
    old: 'e\u0301tude',
    target: 'étude',
  },
  {
    name: 'composed',
    source: 'https://github.com/twentyhq/twenty/pull/24056',
    old: 'Ka\u0308se'.normalize('NFC'),
    target: 'Käse',
  },
  {
    name: 'the same, taken apart',
    source: 'https://github.com/twentyhq/twenty/pull/24056',
    old: 'Ka\u0308se',
    target: 'Käse (2)',
  },
  {
    name: 'a bell',
    source: 'RFC 3501 §5.1.3',
    old: 'ring\u0007',
    target: 'ring_',
    onDisk: true,
    subscribed: false,
  },
  {
    name: 'tabs',
    source: 'https://github.com/jstedfast/MailKit/issues/945',
    old: 'Da\tOggetto\tRicevuto',
    target: 'Da_Oggetto_Ricevuto',
    onDisk: true,
    subscribed: false,
  },
]

/** Characters that mean something to IMAP. */
const signs: readonly FolderCase[] = [
  {
    name: 'double quotes',
    source: 'https://github.com/ikvk/imap_tools/pull/240',
    old: 'Sub "i am subfolder"',
    target: 'Sub "i am subfolder"',
  },
  {
    name: 'quotes at both ends',
    source: 'https://github.com/jakartaee/mail-api/issues/152',
    old: '"Vxx"',
    target: '"Vxx"',
  },
  {
    name: 'an apostrophe',
    source: 'https://github.com/jakartaee/mail-api/issues/152',
    old: "Nature's Way",
    target: "Nature's Way",
  },
  {
    name: 'a backslash',
    source: 'https://github.com/IndySockets/Indy/issues/329',
    old: 'Folder\\Sub 1',
    target: 'Folder\\Sub 1',
  },
  { name: 'a backslash at the end', source: 'RFC 3501 §4.3', old: 'end\\', target: 'end\\' },
  {
    name: 'every sign on the keyboard',
    source: 'https://github.com/IndySockets/Indy/issues/112',
    old: '!@#$^&()_+{}|:"?><`',
    target: '!@#$^&()_+{}|:"?><`',
  },
  { name: 'a per cent sign', source: 'RFC 3501 §6.3.8', old: '100%', target: '100%' },
  { name: 'an asterisk', source: 'RFC 3501 §6.3.8', old: '*wichtig*', target: '*wichtig*' },
  {
    name: 'square brackets',
    source: 'https://github.com/kisli/vmime/issues/250',
    old: '[Gmail]',
    target: '[Gmail]',
  },
  {
    name: 'round brackets',
    source: 'https://github.com/jstedfast/MailKit/issues/945',
    old: 'Newsletters (QuickFile)',
    target: 'Newsletters (QuickFile)',
  },
  {
    name: 'a literal',
    source: 'https://github.com/OfflineIMAP/offlineimap3/pull/180',
    old: '{5}',
    target: '{5}',
  },
  { name: 'NIL', source: 'https://github.com/jstedfast/MailKit/issues/482', old: 'NIL', target: 'NIL' },
  {
    name: 'a number',
    source: 'https://github.com/stalwartlabs/vandelay/issues/26',
    old: '200',
    target: '200',
  },
  { name: 'a command', source: 'RFC 3501 §6', old: 'x LOGOUT', target: 'x LOGOUT' },
  { name: 'a number sign in front', source: 'RFC 3501 §5.1.2', old: '#news', target: '#news' },
  { name: 'a minus in front', source: 'RFC 3501 §5.1', old: '-rf', target: '-rf' },
  { name: 'a single blank', source: 'https://github.com/mscdex/node-imap/pull/180', old: ' ', target: ' ' },
  {
    name: 'a blank in front',
    source: 'https://github.com/rgrove/larch/issues/45',
    old: ' leading',
    target: ' leading',
  },
  {
    name: 'a blank at the end',
    source: 'https://github.com/mtsatsenko/imaputils/issues/9',
    old: 'trailing ',
    target: 'trailing ',
  },
  { name: 'two blanks', source: 'https://github.com/rgrove/larch/issues/45', old: 'a  b', target: 'a  b' },
]

/** Levels, prefixes, and names that are somebody else's. */
const hierarchy: readonly FolderCase[] = [
  {
    name: 'a slash',
    source: 'https://github.com/imapsync/imapsync/issues/440',
    old: 'GPR/GPA',
    target: 'GPR-GPA',
  },
  {
    name: 'the name that the slash leads to',
    source: 'https://github.com/imapsync/imapsync/issues/440',
    old: 'X-Y',
    target: 'X-Y',
  },
  {
    name: 'a slash that leads to another',
    source: 'https://github.com/imapsync/imapsync/issues/440',
    old: 'X/Y',
    target: 'X-Y (2)',
  },
  {
    name: 'two slashes',
    source: 'https://github.com/mscdex/node-imap/issues/553',
    old: 'a//b',
    target: 'a--b',
  },
  {
    name: 'a slash in front',
    source: 'https://github.com/mscdex/node-imap/issues/553',
    old: '/lead',
    target: '-lead',
  },
  {
    name: 'a slash at the end',
    source: 'https://github.com/mscdex/node-imap/issues/553',
    old: 'trail/',
    target: 'trail-',
  },
  {
    name: 'a level that begins with a blank',
    source: 'https://github.com/OfflineIMAP/offlineimap3/issues/143',
    old: 'Archive 1.Dr. Jones',
    target: 'Archive 1/Dr/ Jones',
  },
  {
    name: 'ten levels',
    source: 'RFC 3501 §5.1.1',
    old: 'a.b.c.d.e.f.g.h.i.j',
    target: 'a/b/c/d/e/f/g/h/i/j',
  },
  {
    name: 'a parent that is none',
    source: 'https://github.com/twentyhq/twenty/issues/19090',
    old: 'Others',
    target: 'Others',
    exists: false,
  },
  {
    name: 'the child of a parent that is none',
    source: 'https://github.com/twentyhq/twenty/issues/19090',
    old: 'Others.Subfolder1',
    target: 'Others/Subfolder1',
  },
  {
    name: 'a number with numbers below',
    source: 'https://github.com/imapsync/imapsync/issues/148',
    old: '123456.54321',
    target: '123456/54321',
  },
  {
    name: 'Inbox below the prefix, with a child',
    source: 'https://github.com/imapsync/imapsync/issues/324',
    old: 'Inbox.COMPTA',
    target: 'Inbox (2)/COMPTA',
  },
  { name: 'the namespace of shared folders', source: 'RFC 2342 §5', old: 'Shared', target: 'Shared (2)' },
  {
    name: 'below the namespace of shared folders',
    source: 'RFC 2342 §5',
    old: 'Shared.Team',
    target: 'Shared (2)/Team',
  },
  { name: 'that namespace in small letters', source: 'RFC 2342 §5', old: 'shared', target: 'shared' },
  {
    name: 'one name in small letters',
    source: 'https://github.com/imapsync/imapsync/issues/519',
    old: 'folder',
    target: 'folder',
  },
  {
    name: 'the same with a capital',
    source: 'https://github.com/imapsync/imapsync/issues/519',
    old: 'Folder',
    target: 'Folder',
  },
  {
    name: 'the same in capitals',
    source: 'https://github.com/rgrove/larch/issues/46',
    old: 'FOLDER',
    target: 'FOLDER',
  },
  { name: '150 characters', source: 'RFC 3501 §5.1', old: 'x'.repeat(150), target: 'x'.repeat(150) },
  { name: '60 umlauts', source: 'RFC 3501 §5.1', old: 'Ä'.repeat(60), target: 'Ä'.repeat(60) },
  {
    name: 'levels of 230 bytes together',
    source: 'RFC 3501 §5.1',
    old: `${'y'.repeat(114)}.${'z'.repeat(115)}`,
    target: `${'y'.repeat(114)}/${'z'.repeat(115)}`,
  },
  { name: '80 backslashes', source: 'RFC 3501 §5.1', old: '\\'.repeat(80), target: '\\'.repeat(80) },
  {
    name: 'a name that is too long only on the target',
    source: 'RFC 3501 §5.1',
    old: `Shared.${'x'.repeat(240)}`,
    target: /^Shared \(2\)\/x{200,}~[0-9a-f]{8}$/,
  },
]

/** What a folder is for, said by its name. */
const roles: readonly FolderCase[] = [
  ...roleCases('https://github.com/nextcloud/mail/issues/2919', 'Sent', ['Gesendet']),
  ...roleCases('https://github.com/nextcloud/mail/issues/2919', 'Drafts', ['Entwürfe']),
  ...roleCases('https://github.com/nextcloud/mail/issues/2919', 'Trash', ['Papierkorb']),
  ...roleCases('https://github.com/thunderbird/thunderbird-android/issues/1036', 'Sent', [
    'Envoyés',
    'Messages envoyés',
  ]),
  ...roleCases('https://github.com/nikolausm/imap-mcp-server/pull/83', 'Sent', ['Éléments envoyés']),
  ...roleCases('https://github.com/nikolausm/imap-mcp-server/pull/83', 'Drafts', ['Brouillons']),
  ...roleCases('https://github.com/warmbly/warmbly/issues/349', 'Sent', ['Enviados', 'Elküldött elemek']),
  ...roleCases('https://github.com/hmailserver/hmailserver/issues/534', 'Sent', ['Verzonden items']),
  ...roleCases('https://github.com/hmailserver/hmailserver/issues/534', 'Trash', ['Verwijderde items']),
  ...roleCases('https://github.com/hmailserver/hmailserver/issues/534', 'Drafts', ['Concepten']),
  ...roleCases('https://github.com/hmailserver/hmailserver/issues/534', 'Junk', ['Ongewenste e-mail']),
  ...roleCases('https://github.com/imapsync/imapsync/issues/224', 'Drafts', ['Borradores']),
  ...roleCases('https://github.com/imapsync/imapsync/issues/224', 'Junk', ['Correo electrónico no deseado']),
  ...roleCases('https://github.com/imapsync/imapsync/issues/224', 'Trash', ['Elementos eliminados']),
  ...roleCases('https://github.com/imapsync/imapsync/issues/224', 'Sent', ['Elementos enviados']),
  ...roleCases('https://github.com/imapsync/imapsync/issues/397', 'Trash', ['Deleted Messages']),
  ...roleCases('https://github.com/imapsync/imapsync/issues/397', 'Sent', ['Sent Messages']),
  ...roleCases('https://github.com/imapsync/imapsync/issues/397', 'Junk', ['Junk E-mail']),
  ...roleCases('https://github.com/pimalaya/himalaya/issues/370', 'Sent', ['Отправленные']),
  ...roleCases('https://github.com/pimalaya/himalaya/issues/370', 'Junk', ['Спам']),
  ...roleCases('https://github.com/pimalaya/himalaya/issues/370', 'Trash', ['Удаленные']),
  ...roleCases('https://github.com/pimalaya/himalaya/issues/370', 'Drafts', ['Черновики']),
  ...roleCases('https://github.com/imdinu/apple-mail-mcp/issues/120', 'Archive', ['Ars\u0327iv']),
  ...roleCases('https://github.com/thunderbird/thunderbird-android/issues/632', 'Junk', ['Spam', 'spam']),
  ...roleCases('RFC 6154 §2', 'Sent', ['Posta inviata', 'Wysłane']),
  ...roleCases('RFC 6154 §2', 'Trash', ['Cestino', 'Corbeille', 'Kosz']),
  {
    name: 'a folder below one of a role',
    source: 'https://github.com/nextcloud/mail/issues/3732',
    old: 'Gesendet.2019',
    target: 'Sent/2019',
  },
  {
    name: 'the name of a role further down',
    source: 'https://github.com/nextcloud/mail/issues/3732',
    old: 'Kunden.Gesendet',
    target: 'Kunden/Gesendet',
  },
]

/** Subscribed or not: exactly as it was. */
const subscriptions: readonly FolderCase[] = [
  { name: 'not subscribed', source: 'RFC 3501 §6.3.7', old: 'still', target: 'still', subscribed: false },
  {
    name: 'not subscribed, with umlauts',
    source: 'RFC 3501 §6.3.7',
    old: 'früher',
    target: 'früher',
    subscribed: false,
  },
  {
    name: 'not subscribed, below one that is',
    source: 'RFC 3501 §6.3.9',
    old: 'folder.leise',
    target: 'folder/leise',
    subscribed: false,
  },
]

/** Every awkward folder name of a server with `.` between levels. */
export const folderCases: readonly FolderCase[] = [
  ...letters,
  ...signs,
  ...hierarchy,
  ...roles,
  ...subscriptions,
]

/** Names that such a server cannot have: of one with `/` between levels and no prefix. */
export const slashFolderCases: readonly FolderCase[] = [
  {
    name: 'a dot and a blank',
    source: 'https://github.com/OfflineIMAP/offlineimap3/issues/143',
    old: 'Archive 1/Dr. Jones',
    target: 'Archive 1/Dr. Jones',
  },
  {
    name: 'dots at the end',
    source: 'https://github.com/OfflineIMAP/offlineimap3/issues/143',
    old: 'Some Stuff...',
    target: 'Some Stuff...',
  },
  {
    name: 'an address',
    source: 'https://github.com/OfflineIMAP/offlineimap/issues/148',
    old: 'dog.food.me@hotmail.com',
    target: 'dog.food.me@hotmail.com',
  },
  {
    name: 'a domain',
    source: 'https://github.com/linagora/james-project/issues/324',
    old: 'linagora.com',
    target: 'linagora.com',
  },
  {
    name: 'a dot in front',
    source: 'https://github.com/linagora/james-project/issues/324',
    old: '.test',
    target: '.test',
  },
  { name: 'two dots', source: 'RFC 3501 §5.1', old: 'x/..', target: 'x/..' },
  { name: 'a tilde in front', source: 'RFC 3501 §5.1', old: '~tilde', target: '~tilde' },
  {
    name: 'a dot and a blank at the end',
    source: 'https://github.com/imapsync/imapsync/issues/397',
    old: 'Notes.changes ',
    target: 'Notes.changes ',
  },
  {
    name: 'below INBOX',
    source: 'https://github.com/imapsync/imapsync/issues/324',
    old: 'INBOX/COMPTA',
    target: 'INBOX/COMPTA',
  },
  {
    name: 'a domain below INBOX',
    source: 'https://github.com/imapsync/imapsync/issues/324',
    old: 'INBOX/linagora.com',
    target: 'INBOX/linagora.com',
  },
]
