/** For error messages: `"x"`, or `byte 0xF6`. */
export function describeByte(byte: number): string {
  return byte > 0x20 && byte < 0x7f
    ? JSON.stringify(String.fromCharCode(byte))
    : `byte 0x${byte.toString(16).toUpperCase().padStart(2, '0')}`
}
