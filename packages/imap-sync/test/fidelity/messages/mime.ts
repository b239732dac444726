import { lines, mime, type MessageCase } from '../message-case.ts'

function nested(depth: number, innermost: string): string {
  let inner = innermost
  for (let level = depth; level > 0; level -= 1)
    inner = mime(`level ${level}`, 'message/rfc822', inner.replace(/\r\n$/, ''))
  return inner
}

function deepMultipart(depth: number): string {
  const open = Array.from({ length: depth }, (_, level) => [
    `--b${level}`,
    `Content-Type: multipart/mixed; boundary=b${level + 1}`,
    '',
  ]).flat()
  return mime(
    'deep multiparts',
    'multipart/mixed; boundary=b0',
    ...open,
    `--b${depth}`,
    '',
    'inside',
    `--b${depth}--`,
  )
}

const manyParts = Array.from({ length: 5000 }, (_, part) => ['--p', '', `part ${part}`]).flat()

/** MIME structures, whole and broken. */
export const structureCases: readonly MessageCase[] = [
  {
    name: 'multipart without its end',
    source: 'RFC 2046 §5.1.1',
    raw: mime('no end', 'multipart/mixed; boundary="outer"', '--outer', '', 'text', '--oute'),
  },
  {
    name: 'one boundary on two levels',
    source: 'RFC 2046 §5.1.2',
    raw: mime(
      'same',
      'multipart/mixed; boundary=b',
      '--b',
      'Content-Type: multipart/mixed; boundary=b',
      '',
      '--b',
      '',
      'x',
      '--b--',
      '--b--',
    ),
  },
  {
    name: 'a boundary that begins like the other',
    source: 'RFC 2046 §5.1.2',
    raw: mime(
      'prefix',
      'multipart/mixed; boundary=b',
      '--b',
      'Content-Type: multipart/mixed; boundary=b1',
      '',
      '--b1',
      '',
      'x',
      '--b1--',
      '--b--',
    ),
  },
  {
    name: 'every character that a boundary may have',
    source: 'RFC 2046 §5.1.1',
    raw: mime(
      'boundary',
      'multipart/mixed; boundary="a\'()+_,-./:=? z"',
      "--a'()+_,-./:=? z  ",
      '',
      'x',
      "--a'()+_,-./:=? z--",
    ),
  },
  {
    name: 'multipart without a boundary',
    source: 'RFC 2046 §5.1',
    raw: mime('no boundary', 'multipart/mixed', '--', '', 'x', '----'),
  },
  {
    name: 'multipart without parts',
    source: 'RFC 2046 §5.1.1',
    raw: mime('no parts', 'multipart/mixed; boundary=b', '--b--'),
  },
  {
    name: 'preamble and epilogue',
    source: 'RFC 2046 §5.1.1',
    raw: mime(
      'around',
      'multipart/mixed; boundary=b',
      'before ',
      '--b',
      '',
      'x',
      '--b--',
      ' after',
      '--b',
      '',
      'y',
    ),
  },
  {
    name: '5,000 parts',
    source: 'RFC 2046 §5.1',
    raw: () => Buffer.from(mime('many', 'multipart/mixed; boundary=p', ...manyParts, '--p--')),
  },
  { name: '100 multiparts inside each other', source: 'RFC 2046 §5.1.2', raw: deepMultipart(100) },
  {
    name: 'message inside a message',
    source: 'RFC 2046 §5.2.1',
    raw: mime(
      'forwarded',
      'multipart/mixed; boundary=b',
      '--b',
      'Content-Type: message/rfc822',
      '',
      'Subject: inside',
      '',
      'x',
      '--b--',
    ),
  },
  {
    name: '60 messages inside each other',
    source: 'RFC 2046 §5.2.1',
    raw: nested(60, 'Subject: core\r\n\r\nx\r\n'),
  },
  {
    name: 'message inside a message, in base64',
    source: 'RFC 2046 §5.2.1',
    raw: lines(
      'MIME-Version: 1.0',
      'Content-Type: message/rfc822',
      'Content-Transfer-Encoding: base64',
      '',
      'U3ViamVjdDogeA0KDQp5DQo=',
    ),
  },
  {
    name: 'message inside a message, with an mbox From line and broken header',
    source: 'https://github.com/thunderbird/import-export-tools-ng/issues/534',
    raw: mime('mbox inside', 'message/rfc822', 'From a@b Mon Jan  3 12:00:00 2005', 'no colon here', '', 'x'),
  },
  {
    name: 'part of a message',
    source: 'RFC 2046 §5.2.2',
    raw: mime('partial', 'message/partial; id="a@b"; number=2; total=9', 'in the middle of it'),
  },
  {
    name: 'body that lies elsewhere',
    source: 'RFC 2046 §5.2.3',
    raw: mime(
      'external',
      'message/external-body; access-type=anon-ftp; site=ftp.example; name=x',
      'Content-Type: text/plain',
      '',
      '',
    ),
  },
  {
    name: 'delivery report',
    source: 'RFC 3464 §2',
    raw: mime(
      'dsn',
      'multipart/report; report-type=delivery-status; boundary=b',
      '--b',
      'Content-Type: message/delivery-status',
      '',
      'Reporting-MTA: dns; mx.example',
      '',
      'Final-Recipient: rfc822; x@example.com',
      'Action: failed',
      'Status: 5.1.1',
      '--b--',
    ),
  },
  {
    name: 'invitation',
    source: 'RFC 6047 §2.4',
    raw: mime(
      'invitation',
      'text/calendar; method=REQUEST; charset=UTF-8',
      'BEGIN:VCALENDAR',
      'SUMMARY:Grü',
      ' ße',
      'END:VCALENDAR',
    ),
  },
  {
    name: 'Content-Type twice, and one without a subtype',
    source: 'RFC 2045 §5.1',
    raw: lines('Content-Type: text/html', 'Content-Type: text', 'Content-Type: ;charset=utf-8;', '', '<p>x'),
  },
  {
    name: 'MIME-Version with comments',
    source: 'RFC 2045 §4',
    raw: lines('MIME-Version: (produced (by)) 1(x).0', 'Content-Type: text/plain (plain (flowed))', '', 'x'),
  },
]

/** Encodings, whole and broken, and signatures that stand on each byte. */
export const encodingCases: readonly MessageCase[] = [
  ...(
    [
      ['no padding', 'RFC 2045 §6.8', ['QQ', 'QUI', 'QUJD']],
      ['padding in the middle', 'RFC 2045 §6.8', ['QQ==QUI=QUJD', '====', 'Q===']],
      [
        'characters that are none of base64',
        'RFC 2045 §6.8',
        ['this is no base64 at all !!! \u00e4', '-_-_'],
      ],
      [
        'lines of odd lengths, and one of 40,000',
        'RFC 2045 §6.8',
        ['Q', 'QUJ', 'QUJDREVGRw', 'A'.repeat(40_000), ''],
      ],
    ] as const
  ).map(([name, source, body]): MessageCase => ({
    name: `base64 with ${name}`,
    source,
    raw: lines('MIME-Version: 1.0', 'Content-Transfer-Encoding: base64', `Subject: ${name}`, '', ...body),
  })),
  {
    name: 'quoted-printable with everything that is wrong in it',
    source: 'RFC 2045 §6.7',
    raw: lines(
      'MIME-Version: 1.0',
      'Content-Transfer-Encoding: quoted-printable',
      '',
      '=c3=bc =XY =',
      '=',
      'blank =20 ',
      '= ',
      'x=0D=0A',
      'end =',
    ),
  },
  {
    name: 'Content-Transfer-Encoding: 8bits',
    source: 'https://github.com/chadxz/imap-simple/issues/70',
    raw: lines('MIME-Version: 1.0', 'Content-Transfer-Encoding: 8bits', '', 'Grüße'),
  },
  {
    name: 'quoted-printable NUL in HTML',
    source: 'https://github.com/cyrusimap/cyrus-imapd/pull/4603',
    raw: lines(
      'Content-Type: text/html',
      'Content-Transfer-Encoding: quoted-printable',
      '',
      '<html>hello=00 world</html>',
    ),
  },
  {
    name: 'S/MIME, clear-signed, parts in 8bit',
    source: 'https://github.com/PHPMailer/PHPMailer/issues/1197',
    raw: mime(
      'smime',
      'multipart/signed; protocol="application/pkcs7-signature"; micalg=sha-256; boundary="----3D7C"',
      'This is an S/MIME signed message',
      '',
      '------3D7C',
      'Content-Type: text/plain; charset=utf-8',
      'Content-Transfer-Encoding: 8bit',
      '',
      'Test: ö ä ü ß   ',
      '',
      '------3D7C',
      'Content-Type: application/pkcs7-signature; name="smime.p7s"',
      'Content-Transfer-Encoding: base64',
      '',
      'MIAGCSqGSIb3DQEHAqCAMIACAQExDTALBglghkgBZQMEAgEwgAYJKoZIhvcNAQcB',
      '------3D7C--',
      '',
    ),
  },
  {
    name: 'S/MIME, opaque',
    source: 'RFC 8551 §3.5.2',
    raw: lines(
      'MIME-Version: 1.0',
      'Content-Type: application/pkcs7-mime; smime-type=signed-data; name=smime.p7m',
      'Content-Transfer-Encoding: base64',
      '',
      'MIAGCSqGSIb3DQEHAqCAMIACAQExDzANBglghkgBZQMEAgEFADCABgkqhkiG9w0BBwGggCSABHU=',
    ),
  },
  {
    name: 'PGP/MIME, signed, an empty line before the boundary',
    source: 'https://github.com/pazz/alot/issues/1459',
    raw: mime(
      'pgp',
      'multipart/signed; micalg=pgp-sha512;\r\n\tprotocol="application/pgp-signature"; boundary=---------------------a5cf',
      '-----------------------a5cf',
      'Content-Type: text/plain;',
      '\tcharset="utf-8"',
      '',
      'blanks at the end  ',
      'From here',
      '-- ',
      '',
      '',
      '-----------------------a5cf',
      'Content-Type: application/pgp-signature; name="signature.asc"',
      '',
      '-----BEGIN PGP SIGNATURE-----',
      '',
      'iQIzBAABCgAdFiEE6jqH8KTroDDkXfJAnowa+77/2zIFAmYLDZQACgkQnowa+77/',
      '=njUN',
      '-----END PGP SIGNATURE-----',
      '-----------------------a5cf--',
    ),
  },
  {
    name: 'PGP/MIME, the signed header folded with a tab',
    source: 'https://github.com/Meddington/OutlookPrivacyPlugin/issues/88',
    raw: mime(
      'fold',
      'multipart/signed; boundary=s',
      '--s',
      'Content-Type: text/plain;',
      '\tcharset="utf-8"',
      '',
      'x',
      '--s',
      'Content-Type: application/pgp-signature',
      '',
      'sig',
      '--s--',
    ),
  },
  {
    name: 'PGP, clear-signed in the text, with trailing blanks',
    source: 'https://github.com/Zimbra-Community/pgp-zimlet/issues/77',
    raw: mime(
      'inline pgp',
      'text/plain',
      '-----BEGIN PGP SIGNED MESSAGE-----',
      'Hash: SHA512',
      '',
      '- -- ',
      '- From here   ',
      '-----BEGIN PGP SIGNATURE-----',
      '',
      'iQ=',
      '-----END PGP SIGNATURE-----',
    ),
  },
  {
    name: 'PGP/MIME, encrypted',
    source: 'RFC 3156 §4',
    raw: mime(
      'encrypted',
      'multipart/encrypted; protocol="application/pgp-encrypted"; boundary=e',
      '--e',
      'Content-Type: application/pgp-encrypted',
      '',
      'Version: 1',
      '',
      '--e',
      'Content-Type: application/octet-stream',
      '',
      '-----BEGIN PGP MESSAGE-----',
      '',
      'hQ==',
      '-----END PGP MESSAGE-----',
      '--e--',
    ),
  },
]
