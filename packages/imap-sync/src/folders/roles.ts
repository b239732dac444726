import type { Role } from './types.ts'

// Special-use roles: by attribute (RFC 6154), then by name. The names are those that mail programs and webmailers gave
// their folders in the languages below, and those that mailcow itself binds to a role: a folder of such a name on
// mailcow would be a second \Junk or \Sent, whatever it holds.

/** One line a language or two, names separated by bars. */
const names: Readonly<Record<Role, readonly string[]>> = {
  sent: [
    'Sent|Sent Items|Sent Messages|Sent Mail|Sent-Mail|Sent Objects',
    'Gesendet|Gesendete|Gesendete Objekte|Gesendete Elemente|Gesendete Nachrichten|Gesendete Mails',
    'Gesendete E-Mails|Envoyés|Éléments envoyés|Messages envoyés|Objets envoyés|Envoyes',
    'Posta inviata|Inviati|Inviata|Messaggi inviati|Elementi inviati',
    'Enviados|Elementos enviados|Mensajes enviados|Itens Enviados|Mensagens enviadas|Enviadas',
    'Verzonden|Verzonden items|Verzonden berichten|Wysłane|Elementy wysłane|Odeslané|Odeslaná pošta',
    'Odoslané|Odoslaná pošta|Elküldött|Elküldött elemek|Poslano|Poslana pošta|Poslane stavke',
    'Skickat|Skickade objekt|Sendt|Sendte elementer|Lähetetyt|Gönderilmiş Öğeler|Gönderilenler',
    'Отправленные|Отправленные элементы|Надіслані|Надіслані елементи',
    '已发送|已发送消息|已发送邮件|送信済み|送信済みアイテム',
  ],
  trash: [
    'Trash|Deleted|Deleted Items|Deleted Messages|Rubbish|Bin|Wastebasket',
    'Papierkorb|Gelöscht|Gelöschte|Gelöschte Objekte|Gelöschte Elemente|Gelöschte Nachrichten',
    'Corbeille|Éléments supprimés|Messages supprimés|Objets supprimés|Supprimés',
    'Cestino|Posta eliminata|Elementi eliminati|Messaggi eliminati',
    'Papelera|Papelera de reciclaje|Elementos eliminados|Mensajes eliminados',
    'Lixeira|Lixo|Itens Excluidos|Itens Excluídos|Itens eliminados',
    'Prullenbak|Prullenmand|Verwijderde items|Verwijderde berichten|Kosz|Elementy usunięte',
    'Koš|Odstraněná pošta|Odstránené položky|Kôš|Kuka|Törölt elemek|Smeće|Izbrisano|Izbrisane stavke',
    'Papperskorgen|Borttagna objekt|Papirkurv|Slettede elementer|Roskakori|Poistetut|Çöp Kutusu',
    'Silinmiş Öğeler',
    'Удаленные|Удалённые|Удаленные элементы|Корзина|Видалені|Видалені елементи|Кошик',
    '废件箱|已删除消息|已删除邮件|ゴミ箱|削除済みアイテム',
  ],
  drafts: [
    'Drafts|Draft|Entwürfe|Entwurf|Brouillons|Brouillon|Bozze|Bozza',
    'Borradores|Borrador|Rascunhos|Rascunho|Concepten|Szkice|Kopie robocze|Wersje robocze',
    'Koncepty|Rozepsané|Rozpísané|Piszkozatok|Osnutki|Skice|Utkast|Kladder|Luonnokset|Taslaklar',
    'Черновики|Чернетки|草稿|草稿箱|下書き',
  ],
  junk: [
    'Junk|Junk E-Mail|Junk-E-Mail|Junk Mail|Junk Email|Spam|Bulk Mail|SPAM-Verdacht|Spamverdacht',
    'Unerwünscht|Unerwünschte Werbung|Courrier indésirable|Indésirables|Pourriel|Pourriels',
    'Posta indesiderata|Indesiderata|Correo no deseado|Correo basura|No deseado|Lixo Eletrônico',
    'Lixo eletrónico|Correo electrónico no deseado',
    'Ongewenst|Ongewenste e-mail|Ongewenste reclame|Wiadomości-śmieci|Niechciane|Nevyžádaná pošta',
    'Nevyžiadaná pošta|Infikované položky|Levélszemét|Neželena pošta|Vsiljena pošta|Skräppost',
    'Søppelpost',
    'Uønsket e-post|Uønsket mail|Roskaposti|Gereksiz|Önemsiz E-posta',
    'Спам|Нежелательная почта|Небажана пошта|垃圾|垃圾箱|垃圾邮件|迷惑メール',
  ],
  archive: [
    'Archive|Archives|Archiv|Archivierte Nachrichten|Archiviert|Archivio|Archivi|Archivo|Archivos',
    'Arquivo|Arquivos|Archief|Archiwum|Archív|Archivovať|Archívum|Arhiv|Arkiv|Arkisto|Arşiv',
    'Архив|Архів|归档|存档|アーカイブ',
  ],
}

const byAttribute: ReadonlyMap<string, Role> = new Map([
  ['\\archive', 'archive'],
  ['\\drafts', 'drafts'],
  ['\\junk', 'junk'],
  ['\\spam', 'junk'],
  ['\\sent', 'sent'],
  ['\\trash', 'trash'],
])

const byName: ReadonlyMap<string, Role> = new Map(
  allRoles().flatMap((role) =>
    names[role].flatMap((line) => line.split('|').map((name) => [nameKey(name), role] as const)),
  ),
)

/** Folders that show mail of other folders: copying them would double it (RFC 6154 \All, \Flagged; RFC 8457 \Important). */
const virtual: ReadonlySet<string> = new Set(['\\all', '\\flagged', '\\important', '\\allmail', '\\starred'])

/** The name mailcow makes for a role. */
export const canonicalNames: Readonly<Record<Role, string>> = {
  sent: 'Sent',
  trash: 'Trash',
  drafts: 'Drafts',
  junk: 'Junk',
  archive: 'Archive',
}

function allRoles(): readonly Role[] {
  return ['sent', 'trash', 'drafts', 'junk', 'archive']
}

export function roleOfAttributes(attributes: readonly string[]): Role | undefined {
  return attributes.flatMap((attribute) => byAttribute.get(attribute) ?? []).at(0)
}

/** The role of a top-level folder with this name. */
export function roleOfName(name: string): Role | undefined {
  return byName.get(nameKey(name))
}

export function isVirtual(attributes: readonly string[]): boolean {
  return attributes.some((attribute) => virtual.has(attribute))
}

function nameKey(name: string): string {
  return name
    .normalize('NFC')
    .toLowerCase()
    .replaceAll(/[\s_-]+/g, ' ')
    .trim()
}
