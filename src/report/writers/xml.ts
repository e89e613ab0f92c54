const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\n': '&#10;',
  '\t': '&#9;',
  '\r': '&#13;',
};

/** Text for an attribute or an element. What XML 1.0 has no place for, even as a reference, becomes U+FFFD. */
export function xml(text: string): string {
  return text
    .replaceAll(
      /[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g,
      '\ufffd',
    )
    .replaceAll(/[&<>"\n\t\r]/g, (sign) => ENTITIES[sign]!);
}

/** The same for an element, where lines stay lines. */
export function xmlLines(lines: Iterable<string>): string {
  return Array.from(lines, xml).join('\n');
}
