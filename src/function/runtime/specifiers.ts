/** `from '…'`, `import '…'`, `import('…')` and `require('…')` of a relative path. */
const RELATIVE_IMPORT = /(\bfrom\s*|\bimport\s*\(?\s*|\brequire\s*\(\s*)(['"])(\.{1,2}\/[^'"\n]*|\.{1,2})\2/g;

/** Replaces relative import specifiers for which `follow` answers another one; the rest of the text stays. */
export function rewriteSpecifiers(code: string, follow: (specifier: string) => string | undefined): string {
  return code.replaceAll(RELATIVE_IMPORT, (whole, before: string, quote: string, specifier: string) => {
    const other = follow(specifier);
    return other === undefined ? whole : `${before}${quote}${other}${quote}`;
  });
}
