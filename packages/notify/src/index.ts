export { isNotifyError, NotifyError, type NotifyErrorCode } from './errors.ts'
export { NoticeUsageError, TemplateError, type TemplateProblem } from './errors.ts'
export {
  type AccessSettings,
  type CommonData,
  defaultPasswordRule,
  type NoticeAddressBook,
  type NoticeDate,
  type NoticeForward,
  type NoticeLinks,
  type NoticeMailbox,
  type NoticeProvider,
  type NoticeScript,
  type PasswordRule,
  type ServerSettings,
} from './data/common.ts'
export {
  type AccessData,
  type ContactAlias,
  type ContactMailbox,
  type DigestData,
  type DigestMailbox,
  type DigestState,
  type HandOverData,
  type KeepOldServerData,
  type LetterReason,
  type NoticeData,
  type NoticeKind,
  noticeKinds,
  type OldLogin,
  type PasswordResetData,
  type PreWarningContactData,
  type PreWarningData,
  type QuotaData,
  type QuotaFolder,
  type ReminderData,
  type SwitchOffData,
} from './data/kinds.ts'
export type { SiteData, SiteDomain, SiteScreenshot } from './data/site.ts'
export { loadTemplates } from './load-templates.ts'
export type { LoadTemplatesOptions, Templates } from './templates/templates.ts'
export { renderNotice } from './render/render-notice.ts'
export type { NoticeRequest, RenderedNotice } from './render/notice.ts'
export {
  letterKinds,
  type LetterKind,
  type LetterRequest,
  renderLetter,
  type RenderedLetter,
} from './render/letter.ts'
export { maskData, maskedPassword, renderPreview, type PreviewOptions } from './preview/render-preview.ts'
export { renderPreviewIndex, type PreviewEntry, type PreviewIndexOptions } from './preview/preview-index.ts'
export { sampleData, sampleSite } from './preview/samples.ts'
export { renderSite, type SiteOptions } from './site/render-site.ts'
export { composeMessage, newMessageId } from './message/compose.ts'
export type { ComposeOptions, MailAddress, MessageAttachment } from './message/options.ts'
export { openSmtp } from './smtp/open-smtp.ts'
export type {
  NotifyLogger,
  SmtpDelivery,
  SmtpEnvelope,
  SmtpOptions,
  SmtpResult,
  SmtpSendOptions,
} from './smtp/options.ts'
export {
  isSmtpError,
  SmtpError,
  type SmtpErrorCode,
  type SmtpErrorDetails,
  type SmtpRejection,
} from './smtp/errors.ts'
