import type { AccessSettings, NoticeDate, NoticeLinks, NoticeProvider, PasswordRule } from './common.ts'

/** A domain whose dates may be seen by everybody. */
export interface SiteDomain {
  readonly domain: string
  /** Planned or past; undefined: not fixed yet. */
  readonly moveDate?: NoticeDate | undefined
  readonly moved: boolean
  readonly oldMailboxUntil?: NoticeDate | undefined
}

/** A picture for one of the page's slots: `settings-outlook`, `settings-phone`, `login`, `password`, `filters`, `contacts`. */
export interface SiteScreenshot {
  readonly slot: string
  /** The page's file name, such as `login.png`. */
  readonly fileName: string
  readonly content: Uint8Array
  /** By language: what the picture shows, for those who do not see it. */
  readonly alternatives: Readonly<Record<string, string>>
}

/** What the information page says. */
export interface SiteData {
  readonly provider: NoticeProvider
  readonly links: NoticeLinks
  readonly newSettings: AccessSettings
  readonly oldSettings: AccessSettings
  readonly passwordRule: PasswordRule
  /** Only those whose dates are public. */
  readonly domains: readonly SiteDomain[]
  readonly activeSync?: boolean | undefined
  readonly screenshots?: readonly SiteScreenshot[] | undefined
}
