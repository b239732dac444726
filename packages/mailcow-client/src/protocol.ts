/** How a mailbox can be reached (EAS is ActiveSync, DAV calendars and contacts). */
export const PROTOCOLS = ['imap', 'pop3', 'smtp', 'sieve', 'eas', 'dav'] as const
export type Protocol = (typeof PROTOCOLS)[number]
