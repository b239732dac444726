// Where a Cyrus 3.6 is another server than the tables have in mind. Each list is held against it: what it says of each
// name and message must be what stands here.

/** Folder names that it does not take: nothing to copy. */
export const refusedFolders: readonly string[] = [
  '80 backslashes',
  'a backslash',
  'a backslash at the end',
  'a bell',
  'a literal',
  'a per cent sign',
  'a slash',
  'a slash at the end',
  'a slash in front',
  'a slash that leads to another',
  'double quotes',
  'every sign on the keyboard',
  'quotes at both ends',
  'tabs',
  'two slashes',
]

/** With slashes between levels it takes all of them. */
export const refusedSlashFolders: readonly string[] = []

/** Messages that APPEND refuses, by what it says. They are put into its storage as files, as another program would. */
export const refusedMessages: Readonly<Record<string, readonly string[]>> = {
  'Message contains NUL characters': [
    'NUL in the body',
    'NUL in a header field',
    'NUL as the first and the last byte',
    'a body of NULs only',
    'every byte from 0 to 255, three times',
    'BINARYMIME body with NUL, lone CR and lone LF',
    'UTF-16 body, sent as it is',
    'NUL here',
  ],
  'Message contains bare newlines': [
    'bare LF throughout',
    'mixed line ends',
    'header with CRLF, body with LF, in a multipart',
    'lone LF as the last byte',
    'LF CR',
    'the twin with bare line feeds',
  ],
  'Message contains invalid header': [
    'ends within the header',
    'blanks before the colon',
    'a line without colon among the fields',
    'a single byte',
    'no header at all',
  ],
}

/** Messages that it cannot hold at all. */
export const impossibleMessages: readonly string[] = ['zero bytes']
