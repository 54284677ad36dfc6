/** A source text twice, each as long as the original, line ends kept, so that positions agree. */
export interface Scanned {
  /** Comments are blank; strings stand. */
  readonly withStrings: string;
  /** Comments, the insides of strings and of regular expressions are blank. Code inside `${}` stands. */
  readonly code: string;
}

/** A regular expression may begin after one of these, a division after anything else. */
const BEFORE_REGEX =
  /(?:^|[=(,:;!&|?{}[+\-*%<>~^]|=>|\b(?:return|typeof|case|in|of|do|else|void|delete|throw))$/;

/** Reads TypeScript just well enough to tell code from comments and strings. */
export function scan(source: string): Scanned {
  return new Scanner(source).scan();
}

class Scanner {
  readonly #source: string;
  readonly #withStrings: string[];
  readonly #code: string[];
  /** Open braces inside each template substitution that is open. */
  readonly #substitutions: number[] = [];
  #at = 0;

  constructor(source: string) {
    this.#source = source;
    this.#withStrings = source.split('');
    this.#code = source.split('');
  }

  scan(): Scanned {
    while (this.#at < this.#source.length) this.#step();
    return { withStrings: this.#withStrings.join(''), code: this.#code.join('') };
  }

  #step(): void {
    const here = this.#source[this.#at];
    const next = this.#source[this.#at + 1];
    if (here === '/' && next === '/') this.#comment(this.#find('\n', this.#at));
    else if (here === '/' && next === '*') this.#comment(this.#find('*/', this.#at + 2) + 2);
    else if (here === "'" || here === '"') this.#string(here);
    else if (here === '`') this.#template();
    else if (here === '/' && this.#regexMayBegin()) this.#regex();
    else if (here === '{' || here === '}') this.#brace(here);
    else this.#at += 1;
  }

  #find(text: string, from: number): number {
    const found = this.#source.indexOf(text, from);
    return found === -1 ? this.#source.length : found;
  }

  #comment(end: number): void {
    blank(this.#withStrings, this.#at, end);
    blank(this.#code, this.#at, end);
    this.#at = end;
  }

  #string(quote: string): void {
    let end = this.#at + 1;
    while (end < this.#source.length && this.#source[end] !== quote)
      end += this.#source[end] === '\\' ? 2 : 1;
    blank(this.#code, this.#at + 1, end);
    this.#at = end + 1;
  }

  /** From a backquote, or from the `}` that ends a substitution, to the next substitution or the end. */
  #template(): void {
    let end = this.#at + 1;
    while (end < this.#source.length && this.#source[end] !== '`' && !this.#source.startsWith('${', end)) {
      end += this.#source[end] === '\\' ? 2 : 1;
    }
    blank(this.#code, this.#at + 1, end);
    if (this.#source[end] === '$') this.#substitutions.push(0);
    this.#at = end + (this.#source[end] === '$' ? 2 : 1);
  }

  #brace(brace: string): void {
    const open = this.#substitutions.at(-1);
    if (open === 0 && brace === '}') {
      this.#substitutions.pop();
      return this.#template();
    }
    if (open !== undefined)
      this.#substitutions[this.#substitutions.length - 1] = open + (brace === '{' ? 1 : -1);
    this.#at += 1;
  }

  #regexMayBegin(): boolean {
    const before = this.#code
      .slice(Math.max(0, this.#at - 200), this.#at)
      .join('')
      .trimEnd();
    return BEFORE_REGEX.test(before);
  }

  #regex(): void {
    let end = this.#at + 1;
    let inClass = false;
    while (end < this.#source.length && (inClass || this.#source[end] !== '/')) {
      if (this.#source[end] === '[') inClass = true;
      if (this.#source[end] === ']') inClass = false;
      end += this.#source[end] === '\\' ? 2 : 1;
    }
    blank(this.#code, this.#at + 1, end);
    this.#at = end + 1;
  }
}

function blank(letters: string[], from: number, to: number): void {
  for (let at = from; at < Math.min(to, letters.length); at += 1) if (letters[at] !== '\n') letters[at] = ' ';
}
