/** What the report says, in one language. */
export interface Words {
  readonly language: 'de' | 'en'
  /** How numbers and dates are written where the readers live. */
  readonly locale: string
  readonly title: string
  readonly intro: (servers: { readonly old: string; readonly new: string }) => string
  readonly summary: string
  readonly mailboxes: string
  readonly messagesMoved: string
  readonly amount: string
  readonly messagesNotMoved: string
  readonly verifiedMailboxes: string
  readonly allMoved: string
  readonly someNotMoved: string
  readonly notFinished: string
  readonly perMailbox: string
  readonly mailbox: string
  readonly inOld: string
  readonly moved: string
  readonly notMoved: string
  readonly size: string
  readonly compared: string
  readonly equal: (date: string) => string
  readonly differs: (count: string) => string
  readonly notCompared: string
  readonly skipped: string
  readonly inactive: string
  readonly notCopied: string
  readonly notMovedTitle: string
  readonly nothingLeft: string
  readonly notMovedIntro: string
  readonly folder: string
  readonly date: string
  readonly reason: string
  readonly agreed: string
  readonly excluded: (count: string, folders: string) => string
  readonly more: (count: string) => string
  readonly remarks: string
  readonly about: string
  readonly when: string
  readonly milestones: Readonly<Record<Milestone, string>>
  readonly how: string
  readonly howText: readonly string[]
  readonly comparisons: string
  readonly result: string
  readonly allEqual: string
  readonly withDifferences: string
  readonly fingerprint: string
  readonly digestTitle: string
  readonly digestText: (file: string) => string
  readonly made: (date: string) => string
  readonly remark: Readonly<Record<string, string>>
}

export type Milestone =
  | 'survey'
  | 'warn'
  | 'provision'
  | 'copy'
  | 'relayed'
  | 'lastDelta'
  | 'announce'
  | 'mx'
  | 'catchup'

export const german: Words = {
  language: 'de',
  locale: 'de-AT',
  title: 'Bericht zur Mail-Umstellung',
  intro: (servers) =>
    `Dieser Bericht hält fest, was vom bisherigen Mailserver (${servers.old}) auf den neuen (${servers.new}) übertragen wurde, was nicht und warum nicht, und wie wir das Ergebnis überprüft haben.`,
  summary: 'Auf einen Blick',
  mailboxes: 'Postfächer',
  messagesMoved: 'übertragene Nachrichten',
  amount: 'Datenmenge',
  messagesNotMoved: 'nicht übertragen',
  verifiedMailboxes: 'Postfächer geprüft und gleich',
  allMoved: 'Alle Nachrichten wurden übertragen, und die Prüfung hat keinen Unterschied ergeben.',
  someNotMoved:
    'Einige Nachrichten wurden nicht übertragen. Welche das sind und warum, steht unten; verloren ist keine davon.',
  notFinished: 'Die Übertragung ist noch nicht abgeschlossen: Dieser Bericht zeigt den derzeitigen Stand.',
  perMailbox: 'Die Postfächer im Einzelnen',
  mailbox: 'Postfach',
  inOld: 'im bisherigen',
  moved: 'übertragen',
  notMoved: 'nicht übertragen',
  size: 'Größe',
  compared: 'Prüfung',
  equal: (date) => `gleich, ${date}`,
  differs: (count) => `${count} Unterschiede`,
  notCompared: 'noch nicht geprüft',
  skipped: 'auf Wunsch nicht übertragen',
  inactive: 'im bisherigen abgeschaltet',
  notCopied: 'noch nicht übertragen',
  notMovedTitle: 'Was nicht übertragen wurde',
  nothingLeft: 'Es wurde nichts zurückgelassen.',
  notMovedIntro:
    'Der neue Mailserver nimmt diese Nachrichten nicht an, meist weil sie beschädigt oder zu groß sind. Wir haben jede davon unverändert als Datei aufbewahrt und geben sie Ihnen gerne.',
  folder: 'Ordner',
  date: 'Datum',
  reason: 'Grund (wie ihn der Server nennt)',
  agreed: 'Vereinbart',
  excluded: (count, folders) =>
    `Vereinbarungsgemäß ausgenommen${folders === '' ? '' : ` (Ordner ${folders})`}: ${count} Nachrichten.`,
  more: (count) => `Weitere ${count} stehen in den Einzelheiten.`,
  remarks: 'Was sonst anders ist',
  about: 'Betrifft',
  when: 'Der zeitliche Ablauf',
  milestones: {
    survey: 'Bestand aufgenommen',
    warn: 'Benutzerinnen und Benutzer vorab informiert',
    provision: 'Postfächer und Adressen auf dem neuen Server angelegt',
    copy: 'Nachrichten zuletzt übertragen',
    relayed: 'Zustellung auf den neuen Server umgestellt',
    lastDelta: 'Letzter Abgleich geprüft: Ab hier kam im bisherigen Postfach nichts mehr an',
    announce: 'Zugangsdaten übergeben',
    mx: 'Eintrag im DNS (MX) umgestellt',
    catchup: 'Nachzügler zuletzt eingesammelt',
  },
  how: 'Wie geprüft wurde',
  howText: [
    'Nach der Übertragung haben wir beide Server noch einmal vollständig gelesen, unabhängig von den Aufzeichnungen der Übertragung. Für jede Nachricht wurde aus ihrem gesamten Inhalt eine Prüfsumme (SHA-256) gebildet und auf beiden Seiten verglichen, dazu Ordner, Datum und Markierungen wie „gelesen“.',
    '„Gleich“ heißt: Jede Nachricht des bisherigen Postfachs liegt mit demselben Inhalt im neuen, oder sie ist in diesem Bericht als nicht übertragen angeführt.',
  ],
  comparisons: 'Durchgeführte Vergleiche',
  result: 'Ergebnis',
  allEqual: 'gleich',
  withDifferences: 'mit Unterschieden, danach nochmals übertragen',
  fingerprint: 'Prüfsumme des Protokolls (SHA-256)',
  digestTitle: 'Einzelheiten',
  digestText: (file) =>
    `Die Einzelheiten stehen in der Datei ${file}, die zu diesem Bericht gehört. Ihre Prüfsumme (SHA-256) lautet:`,
  made: (date) => `Erstellt am ${date}`,
  remark: {
    'folder-left-out': 'Der Ordner wurde nicht übernommen.',
    'folder-merged': 'Zwei Ordner desselben Zwecks wurden zu einem zusammengeführt.',
    'folder-renamed': 'Der Ordner heißt auf dem neuen Server anders.',
    'keywords-dropped':
      'Einige Schlagwörter an Nachrichten kennt der neue Server nicht; die Nachrichten selbst sind da.',
    'date-replaced': 'Der Eingangszeitpunkt war unbrauchbar und wurde ersetzt.',
    'script-not-compiling': 'Die Filterregeln waren fehlerhaft und laufen so auf dem neuen Server nicht.',
    'script-loses': 'Die Filterregeln enthalten etwas, das der neue Server nicht kann.',
    'filter-left-alone': 'Auf dem neuen Server gab es schon eigene Filterregeln; diese blieben unverändert.',
    'contacts-set-aside': 'Einige Kontakte waren nicht lesbar und liegen als Datei bereit.',
    'contacts-refused': 'Einige Kontakte hat der neue Server nicht angenommen.',
    'contacts-left-alone': 'Kontakte, die schon auf dem neuen Server waren, blieben unverändert.',
    autoreply: 'Eine automatische Antwort war eingerichtet; sie ist neu einzurichten.',
    'alias-dead': 'Die Adresse führte nirgends hin und wurde nicht übernommen.',
    'alias-loop': 'Die Weiterleitung führte im Kreis und wurde nicht übernommen.',
    'alias-inactive': 'Die Adresse war abgeschaltet.',
    'alias-target-dead': 'Ein Ziel der Weiterleitung gibt es nicht mehr.',
    'mailbox-inactive': 'Das Postfach war abgeschaltet.',
  },
}

export const english: Words = {
  language: 'en',
  locale: 'en-GB',
  title: 'Report on your mail migration',
  intro: (servers) =>
    `This report records what was moved from the previous mail server (${servers.old}) to the new one (${servers.new}), what was not and why, and how the result was verified.`,
  summary: 'At a glance',
  mailboxes: 'mailboxes',
  messagesMoved: 'messages moved',
  amount: 'of data',
  messagesNotMoved: 'not moved',
  verifiedMailboxes: 'mailboxes verified as equal',
  allMoved: 'All messages were moved, and the verification found no difference.',
  someNotMoved: 'Some messages were not moved. Which ones and why is listed below; none of them is lost.',
  notFinished: 'The move is not finished yet: this report shows how things stand now.',
  perMailbox: 'Mailbox by mailbox',
  mailbox: 'mailbox',
  inOld: 'on the old server',
  moved: 'moved',
  notMoved: 'not moved',
  size: 'size',
  compared: 'verification',
  equal: (date) => `equal, ${date}`,
  differs: (count) => `${count} differences`,
  notCompared: 'not verified yet',
  skipped: 'left out as agreed',
  inactive: 'switched off on the old server',
  notCopied: 'not moved yet',
  notMovedTitle: 'What was not moved',
  nothingLeft: 'Nothing was left behind.',
  notMovedIntro:
    'The new mail server does not accept these messages, mostly because they are damaged or too large. Each of them is kept unaltered as a file, and is yours for the asking.',
  folder: 'folder',
  date: 'date',
  reason: 'reason (in the words of the server)',
  agreed: 'Agreed',
  excluded: (count, folders) =>
    `Left out as agreed${folders === '' ? '' : ` (folders ${folders})`}: ${count} messages.`,
  more: (count) => `${count} more are in the details.`,
  remarks: 'What else is different',
  about: 'about',
  when: 'When',
  milestones: {
    survey: 'Taken stock',
    warn: 'Users informed beforehand',
    provision: 'Mailboxes and addresses made on the new server',
    copy: 'Messages last copied',
    relayed: 'Delivery switched to the new server',
    lastDelta: 'Last comparison: from here on nothing arrived in the old mailboxes any more',
    announce: 'Access data handed over',
    mx: 'DNS (MX) switched',
    catchup: 'Late mail last collected',
  },
  how: 'How it was verified',
  howText: [
    'After the move both servers were read once more completely, independently of what the copying had recorded. For each message a checksum (SHA-256) was computed over its whole content and compared on both sides, together with folders, dates and marks such as “read”.',
    '“Equal” means: each message of the old mailbox is in the new one with the same content, or is listed in this report as not moved.',
  ],
  comparisons: 'Comparisons made',
  result: 'result',
  allEqual: 'equal',
  withDifferences: 'with differences, copied once more afterwards',
  fingerprint: 'checksum of the record (SHA-256)',
  digestTitle: 'Details',
  digestText: (file) =>
    `The details are in the file ${file}, which belongs to this report. Its checksum (SHA-256) is:`,
  made: (date) => `Made on ${date}`,
  remark: {
    'folder-left-out': 'The folder was not taken over.',
    'folder-merged': 'Two folders of the same purpose became one.',
    'folder-renamed': 'The folder has another name on the new server.',
    'keywords-dropped':
      'The new server does not know some keywords of messages; the messages themselves are there.',
    'date-replaced': 'The time of arrival was unusable and was replaced.',
    'script-not-compiling': 'The filter rules were faulty and do not run on the new server as they are.',
    'script-loses': 'The filter rules hold something that the new server cannot do.',
    'filter-left-alone': 'There were filter rules on the new server already; they stayed as they were.',
    'contacts-set-aside': 'Some contacts could not be read and are kept as a file.',
    'contacts-refused': 'The new server did not accept some contacts.',
    'contacts-left-alone': 'Contacts that were on the new server already stayed as they were.',
    autoreply: 'There was an automatic reply; it has to be set up anew.',
    'alias-dead': 'The address led nowhere and was not taken over.',
    'alias-loop': 'The forward led in a circle and was not taken over.',
    'alias-inactive': 'The address was switched off.',
    'alias-target-dead': 'A target of the forward no longer exists.',
    'mailbox-inactive': 'The mailbox was switched off.',
  },
}
