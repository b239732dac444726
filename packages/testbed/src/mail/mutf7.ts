/** A folder name in IMAP's modified UTF-7 (RFC 3501 §5.1.3), as maildirs and the wire have it. */
export function encodeFolderName(name: string): string {
  return name.replaceAll('&', '&-').replaceAll(/[^\u0020-\u007e]+/g, (text) => {
    const utf16 = Buffer.from(text, 'utf16le').swap16()
    return `&${utf16.toString('base64').replaceAll('=', '').replaceAll('/', ',')}-`
  })
}
